"""The report of a school year: everything that its page and its sheets of paper tell, as codes and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugins.reports.gaps import Gaps, gaps
from plugins.reports.grids import Grid, Number, by_one, total_of
from plugins.reports.scopes import Asked
from plugins.reports.tally import YEAR, Tally

PARTS = ("action", "level", "group", "council")  # that the year is told by, where somebody knows them


@dataclass(frozen=True)
class Yearly:
    """A school year: each count of it and of the year before, tables by dimension, several years beside each other, gaps."""

    asked: Asked
    totals: Mapping[str, Number]
    before: Mapping[str, Number]
    tables: Mapping[str, Grid]
    years: Grid
    gaps: Gaps

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of this year."""
        return not any(number or number is None for number in self.totals.values())

    @property
    def actions(self) -> int:
        """How many training actions have a figure in this year."""
        grid = self.tables.get("action")
        return sum(1 for row in grid.rows if row) if grid else 0


def yearly(tally: Tally, asked: Asked, locale: str) -> Yearly:
    """Return the report of a school year."""
    year = asked.year
    return Yearly(
        asked,
        {name: total_of(tally, name, year) for name in tally.counts},
        {name: total_of(tally, name, year - 1) for name in tally.counts},
        {part: by_one(tally, part, year, locale) for part in PARTS if part in tally.dimensions},
        by_one(tally, YEAR, None, locale),
        gaps(tally.work, asked.scope),
    )
