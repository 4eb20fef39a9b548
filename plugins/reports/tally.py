"""Figures counted by whatever is asked: each question is asked of the database once, however many tables need it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from statistics import median

from plugins.reports import few
from repository.api import Figure, ReportCount, ReportDimension, ReportScope, Work, collect

YEAR = "year"  # a dimension that every figure has
NONE = ("",)  # the value of what is not said
Key = tuple[str, ...]


class Tally:
    """What the plugins count in a scope; a name that no plugin counts or tells apart by is not known."""

    def __init__(self, work: Work, scope: ReportScope) -> None:
        self.work, self.scope = work, scope
        self._figures: dict[str, dict[int, list[Figure]]] = {}
        self._places: dict[str, Mapping[int, Sequence[str]]] = {}
        self._hidden: dict[tuple[str, int | None], Mapping[str, set[str]]] = {}

    @cached_property
    def counts(self) -> dict[str, ReportCount]:
        """What is counted, by name, in the order in which it is shown."""
        found = collect(self.work.hook.register_report_counts)
        return {count.name: count for count in sorted(found, key=lambda count: count.weight)}

    @cached_property
    def dimensions(self) -> dict[str, ReportDimension]:
        """What figures are told apart by, besides the year, by name and in order."""
        found = collect(self.work.hook.register_report_dimensions)
        return {dimension.name: dimension for dimension in sorted(found, key=lambda dimension: dimension.weight)}

    def counts_by(self, *dimensions: str) -> list[ReportCount]:
        """Return what can be told apart by all these."""
        wanted = set(dimensions) - {YEAR}
        return [count for count in self.counts.values() if not count.by or wanted <= set(count.by)]

    def figures(self, name: str, year: int | None) -> Iterable[Figure]:
        """Return the figures of a count in one school year, or in all of the scope."""
        if name not in self._figures:
            by_year: dict[int, list[Figure]] = defaultdict(list)
            for figure in self.counts[name].rows(self.work, self.scope):
                by_year[figure.year].append(figure)
            self._figures[name] = by_year
        found = self._figures[name]
        return found.get(year, ()) if year is not None else (figure for figures in found.values() for figure in figures)

    def by(self, name: str, dimensions: Sequence[str], year: int | None = None) -> dict[Key, float]:
        """Return a count by values of dimensions; what has two values counts for each, what has none for ""."""
        every: dict[Key, list[float]] = defaultdict(list)
        for dimension in dimensions:
            self._know(dimension)
        for figure in self.figures(name, year):
            if len(dimensions) == 1:  # by far the most frequent, and one of very many figures
                for value in self._values(figure, dimensions[0]):
                    every[(value,)].append(figure.number)
            else:
                for key in product(*(self._values(figure, dimension) for dimension in dimensions)):
                    every[key].append(figure.number)
        fold = median if self.counts[name].median else sum
        return {key: fold(numbers) for key, numbers in every.items()}

    def total(self, name: str, year: int | None = None) -> float:
        """Return a count as a whole, each thing once; 0 where there is nothing."""
        return self.by(name, (), year).get((), 0)

    def hidden(self, people: str, dimension: str, year: int | None) -> set[str]:
        """Return the values of a dimension whose number of people is not told; all dimensions are looked at together."""
        if (people, year) not in self._hidden:
            by = [name for name in self.dimensions if self.counts[people] in self.counts_by(name)]
            tables = {name: self._rows(people, name, year) for name in by}
            self._hidden[people, year] = few.hidden_rows(tables, self.total(people, year))
        return self._hidden[people, year].get(dimension, set())

    def _rows(self, name: str, dimension: str, year: int | None) -> dict[str, few.Row]:
        """Return of each value how many it has, and which figures."""
        self._know(dimension)
        number: dict[str, float] = defaultdict(float)
        figures: dict[str, int] = defaultdict(int)
        for place, figure in enumerate(self.figures(name, year)):
            for value in self._values(figure, dimension):
                number[value] += figure.number
                figures[value] |= 1 << place
        return {value: few.Row(number[value], figures[value]) for value in number}

    def _values(self, figure: Figure, dimension: str) -> Sequence[str]:
        if dimension == YEAR:
            return (str(figure.year),)
        if figure.of is not None and dimension in figure.of:
            return figure.of[dimension] or NONE
        return self._places[dimension].get(figure.item_id) or NONE

    def _know(self, dimension: str) -> None:
        """Ask once which values the items have."""
        if dimension != YEAR and dimension not in self._places:
            self._places[dimension] = self.dimensions[dimension].of_items(self.work)
