"""Tables that spreadsheets write and read: CSV in whatever encoding and separator, and cells that run nothing."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from repository.errors import Invalid, TooLarge
from repository.vocabularies import spelling_key
from repository.words import N_

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
SEPARATORS = ";,\t"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and ODS, XLS


@dataclass(frozen=True)
class Row:
    """One row: `number` as a spreadsheet counts it (the header is 1), and the cells by the header's words."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The header's words in order, and the rows that are not empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """Return the table in `data`. Raises Invalid with the row's number where there is one, TooLarge over 20 MB."""
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("A tabela é maior do que o permitido (%(limit)s MB)."), limit=MOST_BYTES // 1024 // 1024)
    lines = _records(decode(data))
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise Invalid(N_("A tabela está vazia. A primeira linha diz o nome de cada coluna."), field="file")
    header = tuple(cell.strip() for cell in lines[0])
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            raise Invalid(
                N_("Linha %(row)s: há mais células do que colunas. Ponha entre aspas o texto com separadores."),
                row=number,
            )
        rows.append(Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=False)}))
    if len(rows) > MOST_ROWS:
        raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), limit=MOST_ROWS)
    return Table(header, tuple(rows))


def decode(data: bytes) -> str:
    """Return the text of `data`: UTF-8 or UTF-16 where they say so, else UTF-8 if it is valid, else Windows-1252."""
    if data.startswith(SPREADSHEETS):
        raise Invalid(N_("Isto é uma folha de cálculo. Guarde-a como CSV e use esse ficheiro."))
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "windows-1252")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(N_("Não se percebe a codificação da tabela. Guarde-a como CSV em UTF-8.")) from error


def _records(text: str) -> list[list[str]]:
    if "\0" in text:
        raise Invalid(N_("Isto não é uma tabela de texto. Guarde-a como CSV em UTF-8."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        raise Invalid(
            N_("Linha %(row)s: as aspas não fecham, ou há texto depois delas."), row=len(records) + 1
        ) from error
    return records


def separator(text: str) -> str:
    """Return which of `;`, `,` and tab separates the columns: the one most often outside quotes in the header."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "\r\n":
            break
        elif not quoted and char in counts:
            counts[char] += 1
    return max(SEPARATORS, key=lambda char: counts[char])


@dataclass(frozen=True)
class Columns:
    """What the header means: `found` is the header's word for each known name, `unknown` the words nobody knows."""

    found: Mapping[str, str]
    unknown: tuple[str, ...]


def match_columns(header: Sequence[str], synonyms: Mapping[str, Sequence[str]], required: Sequence[str]) -> Columns:
    """Find the known columns, in any order and spelling. Raises Invalid for a missing or a repeated one, by name."""
    names = {spelling_key(word): name for name, words in synonyms.items() for word in (name, *words)}
    found: dict[str, str] = {}
    unknown = []
    for word in header:
        name = names.get(spelling_key(word))
        if name is None:
            unknown += [word] if word else []
        elif name in found:
            raise Invalid(
                N_("As colunas «%(one)s» e «%(other)s» dizem o mesmo. Deixe só uma."), one=found[name], other=word
            )
        else:
            found[name] = word
    missing = [synonyms[name][0] if synonyms.get(name) else name for name in required if name not in found]
    if missing:
        raise Invalid(
            N_("Falta a coluna %(missing)s. A tabela tem: %(header)s."),
            missing=", ".join(f"«{name}»" for name in missing),
            header=", ".join(f"«{word}»" for word in header if word),
        )
    return Columns(found, tuple(unknown))


def read_rows(data: bytes, most: int = 5_000) -> list[Row]:
    """Return the rows of a table that must have some, at most `most`. Raises Invalid, as `read_table` does."""
    rows = list(read_table(data).rows)
    if not rows:
        raise Invalid(N_("A tabela precisa de uma linha de títulos e de pelo menos uma linha."), field="file")
    if len(rows) > most:
        raise Invalid(N_("A tabela tem mais de %(most)s linhas."), field="file", most=most)
    return rows


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
