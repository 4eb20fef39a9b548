"""Workbooks of spreadsheets (.xlsx, ISO/IEC 29500): read as rows of text within limits, and written as plain cells."""

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from repository.errors import Invalid, TooLarge
from repository.files.faults import Bomb, Broken, Encrypted
from repository.files.zips import SafeZip, open_zip
from repository.words import N_

MOST_UNPACKED = 100 * 1024 * 1024
MOST_LINES = 200_000  # empty ones too: a workbook may say that its next row is the millionth
MOST_COLUMNS = 200
MOST_SHEETS = 50
MOST_CELLS = 2_000_000  # of all sheets, with each line as long as the longest of its sheet; of merged cells, too
MOST_MERGED = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MERGED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"
FAULTS = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,  # of XML, too
    EOFError,
    OverflowError,
    struct.error,
    zipfile.BadZipFile,
    DefusedXmlException,
)
Lines = list[list[str]]
_zeros = re.compile(r"0{2,20}")
_not_in_xml = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_not_in_names = re.compile(r"[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\[\]:*?/\\]")  # of sheets


@dataclass(frozen=True)
class Sheet:
    """One sheet: its lines from the first row on, and what is merged as (column, row, last column, last row), from 0."""

    name: str
    lines: Lines
    merged: tuple[tuple[int, int, int, int], ...]


def read_sheets(data: bytes, most_rows: int) -> list[Sheet]:
    """Return the visible sheets that say anything, values only. Raises Invalid for a broken one, TooLarge over a limit.

    Days are written 14/09/2026, numbers as in Portugal (12,5), and codes keep the zeros that their format shows.
    """
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        copy.write(data)
        copy.flush()
        try:
            with open_zip(Path(copy.name)) as archive:
                _check(archive)
                return list(_sheets(archive, Path(copy.name), most_rows))
        except Bomb as error:
            raise TooLarge(N_("Esta folha de cálculo cresce demais ao abrir e não foi lida.")) from error
        except (Broken, Encrypted, *FAULTS) as error:
            raise Invalid(
                N_("Esta folha de cálculo não se consegue abrir. Guarde-a outra vez como XLSX ou CSV."), field="file"
            ) from error


def _check(archive: SafeZip) -> None:
    if "[Content_Types].xml" not in archive or not any(name.startswith("xl/") for name in archive.names):
        raise Broken("no workbook")
    if sum(info.file_size for info in archive.members.values()) > MOST_UNPACKED:
        raise Bomb("a workbook that is too large")


def _sheets(archive: SafeZip, path: Path, most_rows: int) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # openpyxl loads slowly, and a server starts without it

    cells = merged = 0
    file = path.open("rb")  # of one that it cannot load, openpyxl would leave a file open
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets[:MOST_SHEETS]:
            if sheet.sheet_state != "visible":
                continue
            lines = _lines(sheet, most_rows, MOST_CELLS - cells)
            if not any(any(line) for line in lines):
                continue
            cells += len(lines) * max(len(line) for line in lines)
            areas = tuple(_merged(archive, sheet._worksheet_path.lstrip("/"), len(lines), MOST_CELLS - merged))
            merged += sum(map(_size, areas))
            yield Sheet(sheet.title, lines, areas)
    finally:
        file.close()


def _lines(sheet: Any, most_rows: int, room: int) -> Lines:
    """Return the lines of a sheet; a few bytes may say that there is a cell far away, so `room` is for all on the way."""
    lines: Lines = []
    width = 0
    for said, (number, line) in enumerate(_said(sheet), 1):
        if said > most_rows + 10 or number > MOST_LINES:
            raise TooLarge(N_("A tabela tem mais de %(limit)s linhas. Divida-a em partes."), limit=most_rows)
        width = max(width, len(line))
        if number * width > room:
            raise Bomb("cells that are far apart")
        lines.extend([] for _ in range(number - 1 - len(lines)))
        lines.append(line)
    return lines


def _said(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row that says anything.

    From openpyxl's parser itself: its rows are filled up to the furthest cell, which may be the millionth's XFD.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import WorkSheetParser

    book, last = sheet.parent, 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            said = [cell for cell in cells if cell["value"] is not None]
            texts = {cell["column"]: text for cell in said if (text := _text(ReadOnlyCell(sheet, **cell)))}
            if texts and number > last:
                last = number
                width = max((column for column in texts if column <= MOST_COLUMNS), default=0)
                yield number, [texts.get(column, "") for column in range(1, width + 1)]


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return str(value).replace("\xa0", " ").strip()


def _number(value: float, shape: str) -> str:
    if value == int(value) and abs(value) < 10**15:
        text = str(int(value))
        return text.zfill(len(shape)) if _zeros.fullmatch(shape) else text
    return repr(value).replace(".", ",")


def _size(area: tuple[int, int, int, int]) -> int:
    left, top, right, bottom = area
    return (right - left + 1) * (bottom - top + 1)


def _merged(archive: SafeZip, member: str, lines: int, room: int) -> Iterator[tuple[int, int, int, int]]:
    if member not in archive:
        return
    from openpyxl.utils import range_boundaries

    found = 0
    for _, element in iterparse(io.BytesIO(archive.read(member))):
        if element.tag == MERGED:
            left, top, right, bottom = range_boundaries(element.get("ref", ""))
            found += 1
            if None not in (left, top, right, bottom) and top <= lines and left <= MOST_COLUMNS:
                area = left - 1, top - 1, min(right, MOST_COLUMNS) - 1, min(bottom, lines) - 1
                room -= _size(area)
                if room < 0:
                    raise Bomb("cells that are merged again and again")
                yield area
            if found > MOST_MERGED:
                return
        element.clear()


def write_workbook(sheets: Sequence[tuple[str, Iterable[Sequence[object]]]]) -> bytes:
    """Return a workbook of (name, rows), the first row of each as its header; a number stays a number, all else is text that
    runs nothing."""
    from openpyxl import Workbook  # openpyxl loads slowly, and a server starts without it
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(_not_in_names.sub(" ", name)[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            if not number:
                for column, value in enumerate(row, 1):
                    sheet.column_dimensions[get_column_letter(column)].width = max(12, min(40, len(str(value)) + 4))
            sheet.append([_cell(sheet, value, bold=not number) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: Any, value: object, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if type(value) in (int, float):
        return WriteOnlyCell(sheet, value)
    text = "" if value is None else _not_in_xml.sub("", str(value))
    cell = WriteOnlyCell(sheet, text[:32_000])
    cell.data_type, cell.number_format = "s", "@"  # text, also where it looks like a formula or a number
    if bold:
        cell.font = Font(bold=True)
    return cell
