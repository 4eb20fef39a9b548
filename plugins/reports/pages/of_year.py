"""The report of a school year in words, as its page and its sheets of paper tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plugins.reports.pages.door import language
from plugins.reports.pages.tables import GapTable, Table, gap_table, table_by
from plugins.reports.scopes import Asked
from plugins.reports.tally import YEAR, Tally
from plugins.reports.yearly import Yearly, yearly

MOST_ACTIONS = 10
KEY = ("expected", "delivered", "published", "downloaded", "adapted", "lent")  # what the year is told by
SHOWN = ("level", "council")  # the tables of the year, besides the actions


@dataclass(frozen=True)
class OfYear:
    """The report of a school year in words: its figures, tables by dimension, the years beside each other, and gaps."""

    found: Yearly
    parts: Mapping[str, Table]
    by_year: Table
    gaps: GapTable
    top: Table | None  # the actions that gave the most


def of_year(wanted: Asked, tally: Tally, *, whole: bool = False) -> OfYear:
    """Return the report of a school year in words: by what tells it in short, or as a `whole` with every
    count by every dimension."""
    parts = list(tally.dimensions) if whole else ("action", *SHOWN)
    found = yearly(tally, wanted, language(), parts, None if whole else KEY)
    told = {name: table_by(tally, name, grid) for name, grid in found.tables.items()}
    by_year = table_by(tally, YEAR, found.years)
    missing = gap_table(tally, found.gaps, links=False)
    return OfYear(found, told, by_year, missing, _foremost(told.get("action")))


def _foremost(table: Table | None) -> Table | None:
    """Return the first actions, and what came of none where that makes up the total; else there is no total."""
    named = [line for line in table.lines if line.code] if table else []
    if table is None or not named:
        return None
    if len(named) > MOST_ACTIONS:
        return replace(table, lines=named[:MOST_ACTIONS], total=None)
    return replace(table, lines=[*named, *(line for line in table.lines if not line.code)])
