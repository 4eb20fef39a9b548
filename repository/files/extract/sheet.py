"""Reading .xlsx: one page a sheet, cells apart by tabs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from repository.files.extract import markup, ooxml
from repository.files.extract.choose import MAX_TEXT
from repository.files.extraction import Reading
from repository.files.zips import SafeZip, open_zip

MAIN = "xl/workbook.xml"


def read_xlsx(path: Path) -> Reading:
    """Read an Excel workbook: names of sheets, texts and numbers, as they are stored."""
    with open_zip(path) as archive:
        found = ooxml.properties(archive)
        shared = _shared(archive)
        sheets = ooxml.listed(archive, MAIN, "sheet")
        pages, left = [], MAX_TEXT
        for name, member in sheets:
            page = "\n".join([name, *_rows(archive.read(member), shared, left)])
            left -= len(page)
            pages.append(page)
            if left <= 0:
                break
    heading = next((line for page in pages[:1] for line in page.split("\n")[1:2] if "\t" not in line), "")
    return replace(found, heading=heading, names_itself=False, pages=tuple(pages), page_count=len(sheets))


def _shared(archive: SafeZip) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive:
        return []
    strings = []
    for event, element in markup.walk(archive.read(name)):
        if event == "end" and markup.local(element.tag) == "si":
            strings.append(_text(element))
            element.clear()
    return strings


def _rows(data: bytes, shared: list[str], left: int) -> Iterator[str]:
    for event, element in markup.walk(data):
        if event == "end" and markup.local(element.tag) == "row":
            cells = [_cell(cell, shared) for cell in element if markup.local(cell.tag) == "c"]
            element.clear()
            row = "\t".join(cell for cell in cells if cell)
            if row:
                yield row
                left -= len(row)
                if left <= 0:
                    return


def _cell(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "")
    if kind == "inlineStr":
        return _text(cell)
    value = next((part.text or "" for part in cell if markup.local(part.tag) == "v"), "")
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return "" if kind in ("b", "e") else value


def _text(element: Element) -> str:
    """Return the texts inside, but not how they are pronounced."""
    said = {id(part) for helper in element.iter() if markup.local(helper.tag) == "rPh" for part in helper.iter()}
    parts = (part for part in element.iter() if markup.local(part.tag) == "t" and id(part) not in said)
    return "".join(part.text or "" for part in parts)
