"""Tables that spreadsheets write and read: CSV in whatever encoding and separator, and cells that run nothing."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from repository.errors import Invalid
from repository.words import N_

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000


class Row(NamedTuple):
    """One line of a table: the number a spreadsheet shows for it, and its cells by the heading as written."""

    number: int
    cells: dict[str, str]


def safe_cell(value: object) -> str:
    """Return the value as text that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file that spreadsheets open as UTF-8, with `;` as they expect it in Portugal."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def read_rows(data: bytes) -> list[Row]:
    """Return the rows of a CSV file with headings: UTF-8 (with or without BOM) or Windows-1252, `;` or `,` or tabs.

    Empty lines are left out. Raises Invalid when it is no such table or over the limits.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(N_("A tabela é grande demais."), field="file")
    text = _decode(data)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    try:
        headings = [cell.strip() for cell in next(reader, [])]
        rows = [
            Row(reader.line_num, {name: cell.strip() for name, cell in zip(headings, cells, strict=False)})
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise Invalid(N_("A tabela não se consegue ler."), field="file") from error
    if not any(headings) or not rows:
        raise Invalid(N_("A tabela precisa de uma linha de títulos e de pelo menos uma linha."), field="file")
    if len(rows) > MOST_ROWS:
        raise Invalid(N_("A tabela tem mais de %(most)s linhas."), field="file", most=MOST_ROWS)
    return rows


def _decode(data: bytes) -> str:
    if b"\0" in data:
        raise Invalid(N_("O ficheiro não é uma tabela CSV."), field="file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
