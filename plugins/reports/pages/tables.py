"""Figures as tables in words: one shape for the page, the spreadsheet and the paper."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import format_decimal, gettext

from plugins.reports.gaps import Gaps
from plugins.reports.grids import Grid, Number
from plugins.reports.pages.door import language
from plugins.reports.tally import YEAR, Tally
from repository.api import N_, collect

NOT_TOLD = "…"


@dataclass(frozen=True)
class Line:
    """A row: its code, its words, its numbers (None: not told), and the search that finds it."""

    code: str
    words: str
    cells: Sequence[Number]
    url: str = ""


@dataclass(frozen=True)
class Table:
    """A table in words; `first` heads the rows. `names` are the codes of the columns, `dimension` that of the rows."""

    title: str
    first: str
    heads: Sequence[str]
    lines: Sequence[Line]
    total: Sequence[Number] | None = None
    names: Sequence[str] = ()
    dimension: str = ""
    notes: Sequence[str] = field(default_factory=tuple)

    def column(self, name: str) -> list[tuple[Line, float]]:
        """Return the rows that have something in a column, with it; what is not told is left out."""
        place = list(self.names).index(name)
        cells = ((line, line.cells[place]) for line in self.lines)
        return [(line, number) for line, number in cells if isinstance(number, int | float) and number]

    def rows(self) -> Iterator[list[Any]]:
        """Yield the table for a spreadsheet, the heads first."""
        yield [self.first, *self.heads]
        for line in self.lines:
            yield [line.words, *map(plain, line.cells)]
        if self.total is not None:
            yield [gettext("Total"), *map(plain, self.total)]


def plain(number: Number) -> Any:
    """Return a number for a spreadsheet."""
    if number is None:
        return NOT_TOLD
    return round(number, 1) if isinstance(number, float) and number != int(number) else _whole(number)


def _whole(number: float | str) -> Any:
    return int(number) if isinstance(number, float) else number


def shown(number: Number) -> str:
    """Return a number as people read it in the page's language."""
    if number is None:
        return NOT_TOLD
    if isinstance(number, str):
        return number or "–"
    return str(format_decimal(round(number, 1)))


def label_of(tally: Tally, dimension: str) -> str:
    """Return what a dimension is called."""
    return str(gettext(N_("Ano letivo") if dimension == YEAR else tally.dimensions[dimension].label))


def not_said(label: str) -> str:
    """Return how things are called that say nothing of a dimension: the words stand alone at the head of a row or column."""
    return gettext("Sem indicação de %(what)s", what=inside(label))


def inside(label: str) -> str:
    """Return what something is called as it stands within a sentence; German nouns keep their capital."""
    return label if language().startswith("de") else label[:1].lower() + label[1:]


def table_by(tally: Tally, dimension: str, grid: Grid) -> Table:
    """Return everything by one dimension in words."""
    label = label_of(tally, dimension)
    lines = [
        Line(
            row,
            grid.words[row] or not_said(label),
            [grid.cells[row, column] for column in grid.columns],
            _search(tally, dimension, row),
        )
        for row in grid.rows
    ]
    heads = [gettext(tally.counts[name].label) for name in grid.columns]
    # Years are not added up: what was published before is still used.
    total = None if dimension == YEAR else [grid.total[name] for name in grid.columns]
    notes = _notes(grid) if dimension == YEAR else [*_notes(grid), *_of_several(dimension)]
    return Table(label, label, heads, lines, total, grid.columns, dimension, notes)


def table_of_two(tally: Tally, sides: tuple[str, str], name: str, grid: Grid) -> Table:
    """Return one count by two dimensions in words."""
    labels = [label_of(tally, side) for side in sides]
    title = gettext(
        "%(what)s por %(rows)s e %(columns)s",
        what=gettext(tally.counts[name].label),
        rows=inside(labels[0]),
        columns=inside(labels[1]),
    )
    lines = [
        Line(row, grid.words[f"0:{row}"] or not_said(labels[0]), [grid.cells[row, column] for column in grid.columns])
        for row in grid.rows
    ]
    heads = [grid.words[f"1:{column}"] or not_said(labels[1]) for column in grid.columns]
    return Table(title, labels[0], heads, lines, None, grid.columns, sides[0], _notes(grid))


def _notes(grid: Grid) -> list[str]:
    if not grid.hides:
        return []
    return [gettext("… não se mostra: são menos de 3 pessoas ou casos, ou deixaria calcular outro número assim.")]


def _of_several(dimension: str) -> list[str]:
    if dimension == "action":
        return []
    return [gettext("O que é de dois conta em cada um; o total conta-o uma vez.")]


def _search(tally: Tally, dimension: str, value: str) -> str:
    facet = tally.dimensions[dimension].facet if dimension in tally.dimensions else ""
    wanted: dict[str, Any] = {facet: value}
    return url_for("pages.search", **wanted) if facet and value else ""


@dataclass(frozen=True)
class GapCell:
    """One discipline in one level: how much there is (None: not taught), the search, and where one can ask for it."""

    count: int | None
    search: str = ""
    ask: tuple[str, str] | None = None


@dataclass(frozen=True)
class Lack:
    """Of a level: its code and words, how many disciplines are taught, how many have nothing, and their names."""

    level: str
    words: str
    taught: int
    empty: int
    names: Sequence[str]


@dataclass(frozen=True)
class GapTable:
    """The gaps in words: levels as (code, words), rows as (discipline, cells), and what lacks by level."""

    levels: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[GapCell]]]
    lacking: Sequence[Lack]

    @property
    def empty(self) -> int:
        """How many disciplines of levels have nothing."""
        return sum(lack.empty for lack in self.lacking)

    @property
    def taught(self) -> int:
        """How many disciplines of levels there are."""
        return sum(lack.taught for lack in self.lacking)

    def table(self) -> Table:
        """Return the gaps as a table of numbers, with a word where there are none."""
        lines = [Line("", words, [_in_words(cell) for cell in cells]) for words, cells in self.rows]
        heads = [words for _, words in self.levels]
        return Table(gettext("Onde falta material"), gettext("Disciplina"), heads, lines)


def _in_words(cell: GapCell) -> Number:
    if cell.count is None:
        return "–"
    return cell.count or str(gettext("vazio"))


def gap_table(tally: Tally, found: Gaps, *, links: bool = True) -> GapTable:
    """Return the gaps in words; with `links`, the way to the search and to where one can ask."""
    vocabularies, spoken = tally.work.services.vocabularies, language()
    levels = [(code, _capital(vocabularies.levels.short(code, spoken))) for code in found.levels]
    names = {code: _capital(vocabularies.disciplines.label(code, spoken)) for code in found.disciplines}
    rows = [
        (names[code], [_gap_cell(tally, found.counts.get((code, level)), code, level, links) for level, _ in levels])
        for code in found.disciplines
    ]
    lacking = []
    for level, words in levels:
        taught = sum(1 for _, of in found.counts if of == level)
        empty = [names[code] for code in found.empty_of(level)]
        lacking.append(Lack(level, words, taught, len(empty), empty))
    return GapTable(levels, rows, lacking)


def _gap_cell(tally: Tally, count: int | None, discipline: str, level: str, links: bool) -> GapCell:
    if count is None or not links:
        return GapCell(count)
    filters: Mapping[str, tuple[str, ...]] = {"level": (level,), "discipline": (discipline,)}
    ask = None if count else next(iter(collect(tally.work.hook.places_to_ask, work=tally.work, filters=filters)), None)
    return GapCell(count, url_for("pages.search", kind="digital", level=level, discipline=discipline), ask)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
