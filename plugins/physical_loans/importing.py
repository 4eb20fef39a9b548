"""An inventory from a table: one row a copy, all of it or nothing, and nothing goes because a row is missing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugins.physical_loans import columns as known
from plugins.physical_loans.columns import Columns, Reader
from repository.api import N_, DomainError, Invalid, Row, Table, TooLarge, match_columns, read_tables, spelling_key

MOST_ROWS = 5_000
MOST_CARRIED = 1_500_000  # characters of a table that a form carries on to its next step
ERROR_COLUMN = "erro"
NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "error"


@dataclass(frozen=True)
class Source:
    """The table of copies, and that of parts when there is one."""

    copies: Table
    parts: Table | None = None


@dataclass
class Planned:
    """What one row would do. `changes` are (field, before, after); `notes` are worth a look, no faults."""

    number: int
    label: str = ""
    outcome: str = UNCHANGED
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)
    notes: list[DomainError] = field(default_factory=list)

    def refuse(self, message: str, where: str | None = None, **params: object) -> None:
        """Keep what is wrong with the row; it then has no other outcome."""
        self.problems.append(Invalid(message, where, **params))
        self.outcome = WRONG


def read(data: bytes) -> Source:
    """Return the inventory in a CSV or XLSX: the sheet whose header is known best, and one of parts. Raises Invalid."""
    tables = read_tables(data)
    best = max(tables, key=lambda table: _fit(table, known.NAMES))
    if not best.rows:
        raise Invalid(N_("A tabela precisa de uma linha de títulos e de pelo menos uma linha."), "file")
    if len(best.rows) > MOST_ROWS:
        raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), "file", limit=MOST_ROWS)
    others = [table for table in tables if table is not best and table.rows and _fit(table, known.PART_NAMES) > 1]
    return Source(best, max(others, key=lambda table: _fit(table, known.PART_NAMES), default=None))


def _fit(table: Table, names: Mapping[str, Sequence[str]]) -> int:
    words = {spelling_key(word) for synonyms in names.values() for word in synonyms}
    return sum(spelling_key(word) in words for word in table.header)


def header_of(table: Table, names: Mapping[str, Sequence[str]], required: Sequence[str]) -> Columns:
    """Return what the header means. Raises Invalid for a column that lacks, or is there twice."""
    found = match_columns(table.header, names, required)
    unknown = tuple(word for word in found.unknown if spelling_key(word) != ERROR_COLUMN)
    return Columns(found.found, unknown)


def values_of(row: Row, header: Columns, readers: Mapping[str, Reader], planned: Planned) -> dict[str, Any]:
    """Return what the row says, each cell read; empty cells say nothing, and unreadable ones are its problems."""
    values: dict[str, Any] = {}
    for name, reader in readers.items():
        text = row.cells.get(header.found.get(name, ""), "").strip()
        if not text or text in ("-", "–", "—", "n/a", "N/A"):
            continue
        try:
            values[name] = reader(text)
        except DomainError as error:
            planned.refuse(error.message, header.found[name], **error.params)
    return values


def counts(plan: Sequence[Planned]) -> dict[str, int]:
    """Return how many rows have each outcome."""
    found = dict.fromkeys((NEW, CHANGED, UNCHANGED, WRONG), 0)
    for row in plan:
        found[row.outcome] += 1
    return found


def carry(source: Source) -> str:
    """Return the tables as text that a form carries to its next step; empty when it is too long for one."""
    text = json.dumps([_carried(table) for table in (source.copies, source.parts) if table], ensure_ascii=False)
    return text if len(text) <= MOST_CARRIED else ""


def _carried(table: Table) -> dict[str, Any]:
    rows = [[row.number, *(row.cells.get(name, "") for name in table.header)] for row in table.rows]
    return {"header": table.header, "rows": rows}


def carried(text: str) -> Source:
    """Return the tables that a form carried. Raises Invalid when they are none."""
    try:
        tables = [_table_of(said) for said in json.loads(text)]
        return Source(tables[0], tables[1] if len(tables) > 1 else None)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Invalid(N_("Escolha outra vez o ficheiro."), "file") from error


def _table_of(said: Mapping[str, Any]) -> Table:
    header = tuple(str(word) for word in said["header"])
    rows = tuple(
        Row(int(number), {name: str(cell) for name, cell in zip(header, cells, strict=True) if name})
        for number, *cells in said["rows"][: MOST_ROWS + 1]
    )
    return Table(header, rows)


def error_rows(table: Table, plan: Sequence[Planned], say: Callable[[DomainError], str]) -> list[list[str]]:
    """Return the wrong rows of the table as they were, with a column that says what is wrong."""
    names = [name for name in table.header if spelling_key(name) != ERROR_COLUMN]
    wrong = {row.number: " ".join(said(problem, say) for problem in row.problems) for row in plan if row.problems}
    body = [[*(row.cells.get(name, "") for name in names), wrong[row.number]]
            for row in table.rows if row.number in wrong]  # fmt: skip
    return [[*names, ERROR_COLUMN], *body]


def said(problem: DomainError, say: Callable[[DomainError], str]) -> str:
    """Return a problem's sentence with the column it belongs to."""
    return f"{problem.field}: {say(problem)}" if problem.field else say(problem)
