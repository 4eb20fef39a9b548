"""Tables of figures as codes and numbers: everything by one dimension, one thing by two, with what is not told left out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from plugins.reports import few
from plugins.reports.tally import YEAR, Tally
from repository.api import N_, Invalid, ReportCount

HIDDEN = None  # the number of a cell that is not told
NOTHING = ""  # of a median without a case
FOREMOST = "published"  # what rows without an order of their own are ordered by
Number = float | str | None


@dataclass(frozen=True)
class Grid:
    """Rows and columns by their codes; `cells` has each pair, `total` each column as a whole. The words of rows too."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Mapping[tuple[str, str], Number]
    total: Mapping[str, Number]
    words: Mapping[str, str]

    @property
    def hides(self) -> bool:
        """Whether something is not told."""
        return HIDDEN in self.cells.values() or HIDDEN in self.total.values()


def total_of(tally: Tally, name: str, year: int | None) -> Number:
    """Return a count as a whole, or that it is not told."""
    people = tally.counts[name].people
    if people and few.is_few(tally.total(people, year)):
        return HIDDEN
    return tally.by(name, (), year).get((), _none(tally.counts[name]))


def _none(count: ReportCount) -> Number:
    return NOTHING if count.median else 0


def by_one(tally: Tally, dimension: str, year: int | None, locale: str, names: Collection[str] | None = None) -> Grid:
    """Return what can be told apart by a dimension, everything or the counts in `names`, a row for each value.

    Raises Invalid for an unknown dimension.
    """
    _require(tally, dimension)
    counts = [count for count in tally.counts_by(dimension) if names is None or count.name in names]
    found = {count.name: _by_one_of(tally, count.name, dimension, year) for count in counts}
    behind = {count.people: _by_one_of(tally, count.people, dimension, year) for count in counts if count.people}
    values = {value for numbers in (*found.values(), *behind.values()) for value, number in numbers.items() if number}
    words = words_of(tally, dimension, values, locale)
    sizes = _told_sizes(tally, FOREMOST, dimension, year, found.get(FOREMOST, {}))
    rows = _ordered(tally, dimension, words, _size_of(sizes))
    cells: dict[tuple[str, str], Number] = {}
    for count in counts:
        hidden = _hidden(tally, count.people, dimension, year, rows) if count.people else set()
        for row in rows:
            cells[row, count.name] = HIDDEN if row in hidden else found[count.name].get(row, _none(count))
    columns = [count.name for count in counts]
    return Grid(rows, columns, cells, {name: total_of(tally, name, year) for name in columns}, words)


def _hidden(tally: Tally, people: str, dimension: str, year: int | None, rows: Sequence[str]) -> set[str]:
    """Return which rows are not told. Years are not added up, so that none follows from the others."""
    if dimension != YEAR:
        return tally.hidden(people, dimension, year)
    return {row for row in rows if few.is_few(tally.total(people, int(row)))}


def _by_one_of(tally: Tally, name: str, dimension: str, year: int | None) -> dict[str, float]:
    return {key[0]: number for key, number in tally.by(name, (dimension,), year).items()}


def by_two(tally: Tally, sides: tuple[str, str], name: str, year: int | None, locale: str) -> Grid:
    """Return one count by two dimensions. Raises Invalid for what is not known or cannot be told apart so."""
    for side in sides:
        _require(tally, side)
    if sides[0] == sides[1]:
        raise Invalid(N_("Escolha duas coisas diferentes para cruzar."), field="columns")
    if name not in {count.name for count in tally.counts_by(*sides)}:
        raise Invalid(N_("Isto não se conta por estas duas coisas. Escolha outro número."), field="what")
    found = {key: number for key, number in tally.by(name, sides, year).items() if number}
    people = tally.counts[name].people
    # Where nobody of those behind did anything there is a row, too: that it lacks would say so.
    behind = {key: number for key, number in tally.by(people, sides, year).items() if number} if people else {}
    words = [words_of(tally, side, {key[n] for key in (*found, *behind)}, locale) for n, side in enumerate(sides)]
    sums = [_told_sizes(tally, name, side, year, _by_one_of(tally, name, side, year)) for side in sides]
    rows, columns = (_ordered(tally, side, words[n], _size_of(sums[n])) for n, side in enumerate(sides))
    hidden: set[few.Cell] = set()
    if people:
        numbers = {(row, column): behind.get((row, column), 0) for row in rows for column in columns}
        hidden = _hidden_pairs(tally, sides, people, year, numbers)
    cells = {
        (row, column): HIDDEN if (row, column) in hidden else found.get((row, column), _none(tally.counts[name]))
        for row in rows
        for column in columns
    }
    return Grid(rows, columns, cells, {}, {f"{n}:{value}": said for n in (0, 1) for value, said in words[n].items()})


def _told_sizes(
    tally: Tally, name: str, dimension: str, year: int | None, sizes: Mapping[str, float]
) -> dict[str, float]:
    """Return the sizes that rows may stand in the order of: the place of a row would tell what is hidden."""
    people = tally.counts[name].people if sizes else ""
    hidden = tally.hidden(people, dimension, year) if people and dimension != YEAR else set()
    return {value: size for value, size in sizes.items() if value not in hidden}


def _hidden_pairs(
    tally: Tally, sides: tuple[str, str], people: str, year: int | None, numbers: Mapping[tuple[str, str], float]
) -> set[few.Cell]:
    """Return which cells are not told: by years, what the table of each year does not tell."""
    if YEAR not in sides:
        return few.hidden_in(numbers, *(tally.hidden(people, side, year) for side in sides))
    place = sides.index(YEAR)
    of_year = {cell[place]: tally.hidden(people, sides[1 - place], int(cell[place])) for cell in numbers}
    return {cell for cell in numbers if cell[1 - place] in of_year[cell[place]]}


def _require(tally: Tally, dimension: str) -> None:
    if dimension != YEAR and dimension not in tally.dimensions:
        raise Invalid(N_("Não se sabe contar por isso."), field="rows")


def words_of(tally: Tally, dimension: str, values: set[str], locale: str) -> dict[str, str]:
    """Return the words of values in the order in which they are shown; what is not said comes last, without words."""
    said = values - {""}
    if dimension == YEAR:
        words = {value: f"{value}/{int(value) + 1}" for value in sorted(said)}
    else:
        words = dict(tally.dimensions[dimension].words(tally.work, said, locale))
    return words | ({"": ""} if "" in values else {})


def _ordered(tally: Tally, dimension: str, words: Mapping[str, str], size: Callable[[str], float]) -> list[str]:
    if dimension == YEAR or tally.dimensions[dimension].ordered:
        return list(words)
    return sorted(words, key=lambda value: (value == "", -size(value), words[value]))


def _size_of(sums: Mapping[str, float]) -> Callable[[str], float]:
    return lambda value: sums.get(value, 0)
