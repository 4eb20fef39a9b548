"""What reports are made of, as plain data: a figure, what is counted, by what it is told apart, and of which part."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Date, and_, case, func

if TYPE_CHECKING:
    from repository.work import Work

FIRST_MONTH = 9  # of a school year


def school_year_of(day: date) -> int:
    """Return the year in which the school year of a day or a moment begins: 2026 stands for 2026/2027."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


class Figure(NamedTuple):
    """So many in a school year; nobody is named, and no smaller time than the school year is told.

    What it counts is told apart by the item it belongs to, and by `of`: values by the name of a dimension, which win
    over what the item says ({"group": ("510",)}).
    """

    year: int
    number: float
    item_id: int = 0
    of: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class ReportScope:
    """The part of the house that a report is of: organisations (0: what belongs to none), and school years in a row."""

    organisations: frozenset[int]
    first: int
    last: int

    @property
    def years(self) -> range:
        """The school years, the oldest first."""
        return range(self.first, self.last + 1)

    def holds(self, organisation: Any) -> ColumnElement[bool]:
        """Return the condition that an organisation, a column or a question, belongs to this part."""
        return func.coalesce(organisation, 0).in_(self.organisations)

    def within(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a column of days or moments lies in the school years."""
        return and_(column >= _begin(self.first, column), column < _begin(self.last + 1, column))

    def year_of(self, column: Any) -> ColumnElement[int]:
        """Return the question for the school year of a column of days or moments that lie within."""
        newest_first = [(column >= _begin(year, column), year) for year in reversed(self.years)]
        return case(*newest_first, else_=self.first)


def _begin(year: int, column: Any) -> date:
    if isinstance(column.type, Date):
        return date(year, FIRST_MONTH, 1)
    return datetime(year, FIRST_MONTH, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ReportCount:
    """Something that reports count: `rows` only reads, and yields the figures of a scope.

    `by` names the dimensions it can be told apart by; empty means all that items have. Where few people stand behind a
    number it is not told: `people` names the count that says how many they are, its own name or another's; empty where no
    number could tell of a person. A `median` is not added up: its figures are one for each case, such as days.
    """

    name: str
    label: str
    rows: "Callable[[Work, ReportScope], Iterable[Figure]]"
    weight: int = 50
    by: tuple[str, ...] = ()
    people: str = ""
    median: bool = False


@dataclass(frozen=True)
class ReportDimension:
    """Something that figures are told apart by, such as the level of education.

    `of_items` says which values each item has, by its id. `words` says values in a language, in the order in which they
    are shown where `ordered`, else the largest number comes first. `facet` is the filter of the search that takes such
    a value.
    """

    name: str
    label: str
    of_items: "Callable[[Work], Mapping[int, Sequence[str]]]"
    words: "Callable[[Work, Collection[str], str], Mapping[str, str]]"
    facet: str = ""
    ordered: bool = False
    weight: int = 50
