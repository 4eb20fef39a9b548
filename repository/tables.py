"""Tables that spreadsheets write and read: CSV in whatever encoding and separator, XLSX, and cells that run nothing."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from repository.errors import Invalid, TooLarge
from repository.spreadsheets import MOST_LINES, Sheet, read_sheets
from repository.vocabularies import spelling_key
from repository.words import N_

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
SEPARATORS = ";,\t"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # XLSX, and XLS
MOST_TITLES = 20
MOST_WORDS = 2_000  # side by side, empty ones too
SAMPLE = 100_000  # bytes that tell one encoding from another
ACCENTED = frozenset("áàâãéêíóôõúüçÁÀÂÃÉÊÍÓÔÕÚÜÇ")
SIGNS, WINDOWS_SIGNS, APOSTROPHES = frozenset("ªº°«»\xa0"), frozenset("“”‘’–—…€§"), "‘’"
EMPTY = N_("A tabela está vazia. A primeira linha diz o nome de cada coluna.")
_beyond_ascii = re.compile(r"[^\x00-\x7f]")
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a cell that begins so is taken for a formula


@dataclass(frozen=True)
class Row:
    """One row: `number` as a spreadsheet counts it (the header is 1), and the cells by the header's words."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The header's words in order, and the rows that are not empty; `sheet` is its name in a workbook."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""


def read_table(data: bytes) -> Table:
    """Return the table in `data`, CSV or XLSX; of a workbook, the first sheet that has rows.

    Raises Invalid with the row's number where there is one, and TooLarge over 20 MB.
    """
    tables = read_tables(data)
    return next((table for table in tables if table.rows), tables[0])


def read_tables(data: bytes) -> list[Table]:
    """Return every table in `data`: one of a CSV, one a sheet of a workbook; never none. Raises as `read_table` does."""
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("A tabela é maior do que o permitido (%(limit)s MB)."), limit=MOST_BYTES // 1024 // 1024)
    if data.startswith(WORKBOOK):
        tables = [_table_of(sheet) for sheet in read_sheets(data, MOST_ROWS)]
        if not tables:
            raise Invalid(EMPTY, field="file")
        return tables
    return [_table(_records(decode(data)))]


def _table(lines: list[list[str]]) -> Table:
    top = _first_of_header(lines)
    if top is None:
        raise Invalid(EMPTY, field="file")
    header = tuple(cell.strip() for cell in lines[top])
    rows = []
    for number, cells in enumerate(lines[top + 1 :], top + 2):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            raise Invalid(
                N_("Linha %(row)s: há mais células do que colunas. Ponha entre aspas o texto com separadores."),
                row=number,
            )
        rows.append(_row(number, header, cells))
    if len(rows) > MOST_ROWS:
        raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), limit=MOST_ROWS)
    return Table(header, tuple(rows))


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    return Row(number, {name: plain_cell(cell) for name, cell in zip(header, cells, strict=False) if name})


def _first_of_header(lines: Sequence[Sequence[str]]) -> int | None:
    """Return where the header is: titles that stand alone above a wider table are not it. None when there is nothing."""
    for at, cells in enumerate(lines[:MOST_TITLES]):
        said = sum(1 for cell in cells if cell.strip())
        if said > 1 or (said and len(cells) == 1):
            return at
    return next((at for at, cells in enumerate(lines) if any(cell.strip() for cell in cells)), None)


def _table_of(sheet: Sheet) -> Table:
    """Return a sheet as a table: merged cells say the same in each row, and a header of two rows becomes one."""
    width = max(len(line) for line in sheet.lines)
    lines = [line + [""] * (width - len(line)) for line in sheet.lines]
    top = _first_of_header(lines) or 0
    below = _last_of_header(sheet, lines, top)
    for left, first, right, last in sheet.merged:
        value = lines[first][left] if first < len(lines) and left < width else ""
        for row in range(first, min(last, len(lines) - 1) + 1):
            for column in range(left, min(right if top <= first < below else left, width - 1) + 1):
                lines[row][column] = lines[row][column] or value
    header = _joined_header(lines[top : below + 1])
    body = enumerate(lines[below + 1 :], below + 2)
    return Table(header, tuple(_row(number, header, cells) for number, cells in body if any(cells)), sheet.name)


def _last_of_header(sheet: Sheet, lines: Sequence[Sequence[str]], top: int) -> int:
    """Return the last row of the header: where a word of its first row spans columns, or rows, it has two."""
    spans = [(left, right, last) for left, first, right, last in sheet.merged if first == top]
    tall = max((last for _, _, last in spans), default=top)
    if tall > top:
        return min(tall, top + 2, len(lines) - 1)
    under = lines[top + 1] if top + 1 < len(lines) else []
    spanned = {column for left, right, _ in spans if right > left for column in range(left, right + 1)}
    said = {column for column, cell in enumerate(under) if cell}
    return top + 1 if spanned and said == spanned else top


def _joined_header(lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return one word a column: the lowest one, with those above it where the lowest alone is said twice."""
    columns = [list(dict.fromkeys(word for word in column if word)) for column in zip(*lines, strict=True)]
    lowest = [words[-1] if words else "" for words in columns]
    return tuple(
        " ".join(words) if lowest.count(words[-1]) > 1 else words[-1] if words else ""
        for words in (column or [""] for column in columns)
    )


def decode(data: bytes) -> str:
    """Return the text of `data`: UTF-8 or UTF-16 where they say so, else UTF-8 if it is valid, else Windows-1252.

    Or code page 850, which old programs and Windows' own command line write, where that makes more sense in Portuguese.
    """
    if data.startswith((WORKBOOK, OLD_WORKBOOK)):
        raise Invalid(N_("Isto é uma folha de cálculo antiga. Guarde-a como XLSX ou CSV e use esse ficheiro."))
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp850" if _is_850(data[:SAMPLE]) else "windows-1252")


def _is_850(data: bytes) -> bool:
    windows = _sense(data.decode("windows-1252", "replace"), SIGNS | WINDOWS_SIGNS)
    return _sense(data.decode("cp850"), SIGNS) > windows


def _sense(text: str, signs: frozenset[str]) -> int:
    """Return how much the letters and signs beyond ASCII look like Portuguese where they stand."""
    score = 0
    for found in _beyond_ascii.finditer(text):
        char, before, after = (
            found[0],
            text[max(0, found.start() - 1) : found.start()],
            text[found.end() : found.end() + 1],
        )
        if char in ACCENTED:
            fits = char.islower() or not before.islower()
        else:
            fits = char in signs and (char in APOSTROPHES or not (before.isalpha() and after.isalpha()))
        score += 1 if fits else -1
    return score


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
        for record in reader:
            if len(record) > MOST_WORDS:
                raise TooLarge(N_("A tabela tem mais de %(limit)s colunas."), limit=MOST_WORDS)
            if len(records) >= MOST_LINES:
                raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), limit=MOST_ROWS)
            records.append(record)
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
    return f"'{text}" if text[:1] in RUNS else text


def plain_cell(text: str) -> str:
    """Return what a cell says, without the sign that `safe_cell` put before it."""
    return text[1:].strip() if text[:1] == "'" and text[1:2] in RUNS else text.strip()


def _in_figures(value: object) -> object:
    """Return a number with decimals as a spreadsheet reads it where `;` separates columns: with a comma."""
    return str(value).replace(".", ",") if isinstance(value, float) else value


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file that spreadsheets open as UTF-8, with `;` as they expect it in Portugal."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    for row in rows:
        writer.writerow([safe_cell(_in_figures(value)) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
