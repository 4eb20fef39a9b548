"""The report of a school year: everything that its page and its sheets of paper tell, as codes and numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plugins.reports.gaps import Gaps, gaps
from plugins.reports.grids import Grid, Number, by_one, total_of
from plugins.reports.scopes import Asked
from plugins.reports.tally import YEAR, Tally


@dataclass(frozen=True)
class Yearly:
    """A school year: tables by dimension, several years beside each other, gaps, and each count as a whole when asked."""

    asked: Asked
    tally: Tally
    tables: Mapping[str, Grid]
    years: Grid
    gaps: Gaps

    def total(self, name: str) -> Number:
        """Return a count as a whole; 0 for what nobody counts."""
        return total_of(self.tally, name, self.asked.year) if name in self.tally.counts else 0

    def before(self, name: str) -> Number:
        """Return the same count of the year before."""
        return total_of(self.tally, name, self.asked.year - 1) if name in self.tally.counts else 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of this year."""
        return not any(number or number is None for number in map(self.total, self.tally.counts))

    @property
    def actions(self) -> int:
        """How many training actions have a figure in this year."""
        grid = self.tables.get("action")
        return sum(1 for row in grid.rows if row) if grid else 0


def yearly(tally: Tally, asked: Asked, locale: str, parts: Collection[str], names: Collection[str] | None) -> Yearly:
    """Return the report of a school year by some dimensions, with every count or those in `names`."""
    known = [part for part in parts if part in tally.dimensions]
    tables = {part: by_one(tally, part, asked.year, locale, names) for part in known}
    return Yearly(asked, tally, tables, by_one(tally, YEAR, None, locale, names), gaps(tally.work, asked.scope))
