"""What imports of tables share: columns by many names, rows read one by one, what each would change, and the error sheet."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repository.api import (
    N_,
    DomainError,
    Invalid,
    Row,
    Table,
    TooLarge,
    csv_lines,
    match_columns,
    read_tables,
    spelling_key,
    write_workbook,
)

MOST_ROWS = 5_000
MOST_CARRIED = 1_500_000  # characters of a table that a form carries on to its next step
ERROR_COLUMN = "erro"
NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "error"
Reader = Callable[[str], Any]


@dataclass
class Planned:
    """What one row of the table would do. `changes` are (field, before, after); `notes` are worth a look, no faults.

    A row that says the same as an earlier one is that one: `same_as` is its number, and nothing more is done for it.
    """

    number: int
    label: str = ""
    outcome: str = UNCHANGED
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)
    notes: list[DomainError] = field(default_factory=list)
    same_as: int | None = None

    def refuse(self, message: str, where: str | None = None, **params: object) -> None:
        """Keep what is wrong with the row; it then has no other outcome."""
        self.problems.append(Invalid(message, where, **params))
        self.outcome = WRONG

    def note(self, message: str, **params: object) -> None:
        """Keep something that somebody should look at before it is applied."""
        self.notes.append(Invalid(message, None, **params))

    def repeat(self, number: int, before: dict[str, Any], values: Mapping[str, Any], found: Mapping[str, str]) -> None:
        """Be one with the row of that number, which said `before` and learns what this one tells besides.

        A row that says otherwise is wrong, and told in which column.
        """
        other = next((name for name in values if name in before and before[name] != values[name]), None)
        if other is not None:
            self.refuse(N_("Contradiz a linha %(row)s, que é da mesma pessoa ou turma."), found.get(other), row=number)
            return
        before.update(values)
        self.same_as = number
        self.note(N_("Diz o mesmo que a linha %(row)s: conta uma vez."), row=number)


@dataclass(frozen=True)
class Columns:
    """The header's word for each known field, and the words that nobody knows."""

    found: Mapping[str, str]
    unknown: tuple[str, ...]


def read(data: bytes, names: Mapping[str, Sequence[str]], sheet: str = "") -> Table:
    """Return the table that is meant: the sheet of that name, or the one whose header is known best. Raises Invalid."""
    tables = [table for table in read_tables(data) if not sheet or table.sheet == sheet]
    if not tables:
        raise Invalid(N_("Não há nenhuma folha com o nome «%(sheet)s»."), field="sheet", sheet=sheet)
    known = {spelling_key(word) for words in names.values() for word in words}
    best = max(tables, key=lambda table: sum(spelling_key(word) in known for word in table.header))
    if not best.rows:
        raise Invalid(N_("A tabela precisa de uma linha de títulos e de pelo menos uma linha."), field="file")
    if len(best.rows) > MOST_ROWS:
        raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), "file", limit=MOST_ROWS)
    return best


def columns(
    table: Table, names: Mapping[str, Sequence[str]], weak: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Columns:
    """Return what the header means; the `weak` names count for what no better one says. Raises Invalid for what lacks."""
    known = match_columns(table.header, names, ())
    found, unknown = dict(known.found), [word for word in known.unknown if spelling_key(word) != ERROR_COLUMN]
    for name, words in weak.items():
        keys = {spelling_key(word) for word in words}
        spare = [word for word in unknown if spelling_key(word) in keys]
        if name not in found and spare:
            found[name] = spare[0]
            unknown.remove(spare[0])
    missing = [name for name in required if name not in found]
    if missing:
        raise Invalid(
            N_("Falta a coluna %(missing)s. A tabela tem: %(header)s."),
            field="file",
            missing=", ".join(f"«{names[name][0]}»" for name in missing),
            header=", ".join(f"«{word}»" for word in table.header if word),
        )
    return Columns(found, tuple(unknown))


def values_of(row: Row, known: Columns, readers: Mapping[str, Reader], planned: Planned) -> dict[str, Any]:
    """Return what the row says, each cell read; empty cells say nothing, and unreadable ones are its problems."""
    values: dict[str, Any] = {}
    for name, reader in readers.items():
        text = row.cells.get(known.found.get(name, ""), "").strip()
        if not text or text in ("-", "–", "—", "n/a", "N/A"):
            continue
        try:
            values[name] = reader(text)
        except DomainError as error:
            planned.refuse(error.message, known.found[name], **error.params)
    return values


def counts(plan: Iterable[Planned]) -> dict[str, int]:
    """Return how many rows have each outcome."""
    found = dict.fromkeys((NEW, CHANGED, UNCHANGED, WRONG), 0)
    for row in plan:
        found[row.outcome] += 1
    return found


def carry(table: Table) -> str:
    """Return the table as text that a form carries to its next step; empty when it is too long for one."""
    rows = [[row.number, *(row.cells.get(name, "") for name in table.header)] for row in table.rows]
    text = json.dumps({"header": table.header, "sheet": table.sheet, "rows": rows}, ensure_ascii=False)
    return text if len(text) <= MOST_CARRIED else ""


def carried(text: str) -> Table:
    """Return the table that a form carried. Raises Invalid when it is not one."""
    try:
        said = json.loads(text)
        header = tuple(str(word) for word in said["header"])
        rows = tuple(
            Row(int(number), {name: str(cell) for name, cell in zip(header, cells, strict=True) if name})
            for number, *cells in said["rows"][: MOST_ROWS + 1]
        )
        return Table(header, rows, str(said["sheet"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid(N_("Escolha outra vez o ficheiro."), field="file") from error


def error_rows(table: Table, plan: Sequence[Planned], say: Callable[[DomainError], str]) -> list[list[str]]:
    """Return the wrong rows of the table as they were, with a column that says what is wrong."""
    names = [name for name in table.header if spelling_key(name) != ERROR_COLUMN]
    wrong = {row.number: " ".join(said(problem, say) for problem in row.problems) for row in plan if row.problems}
    body = [
        [*(row.cells.get(name, "") for name in names), wrong[row.number]] for row in table.rows if row.number in wrong
    ]
    return [[*names, ERROR_COLUMN], *body]


def said(problem: DomainError, say: Callable[[DomainError], str]) -> str:
    """Return a problem's sentence with the column it belongs to."""
    return f"{problem.field}: {say(problem)}" if problem.field else say(problem)


def as_file(rows: Sequence[Sequence[str]], kind: str) -> bytes:
    """Return rows as a file of `kind` csv or xlsx."""
    if kind == "xlsx":
        return write_workbook([("Folha1", rows)])
    return "".join(csv_lines(rows)).encode()
