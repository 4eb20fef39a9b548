"""Reading .docx: paragraphs, tables, text boxes and notes, in the order of the document."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from repository.files.extract import markup, ooxml
from repository.files.extraction import Reading
from repository.files.zips import SafeZip, open_zip

MAIN = "word/document.xml"
TITLE_STYLE = re.compile(r"(title|t[ií]?tulo|ttulo|titre|titel)$", re.IGNORECASE)
HEADING_STYLE = re.compile(
    r"(heading|t[ií]?tulo|ttulo|cabe[cç]?alho|titre|berschrift|überschrift|rubrik)1$", re.IGNORECASE
)
NEW_PAGE = "\f"


def read_docx(path: Path) -> Reading:
    """Read a Word document; a page is what lies between page breaks, footnotes are on the last."""
    with open_zip(path) as archive:
        found = ooxml.properties(archive)
        count = ooxml.page_count(archive)
        main = _main_part(archive)
        body = list(_paragraphs(archive.read(main)))
        notes = [text for kind in ("footnotes", "endnotes") for text in _notes(archive, kind)]
    pages = "\n".join(text for _, text in [*body, *notes]).split(NEW_PAGE)
    return replace(
        found,
        heading=_heading(body),
        pages=tuple(pages),
        page_count=max(count or 0, len(pages) if len(pages) > 1 else 0) or None,
    )


def _main_part(archive: SafeZip) -> str:
    if MAIN in archive:
        return MAIN
    links = ooxml.relations(archive, "").values()
    return next((member for kind, member in links if kind == "officeDocument"), MAIN)


def _notes(archive: SafeZip, kind: str) -> Iterator[tuple[str, str]]:
    name = f"word/{kind}.xml"
    if name in archive:
        yield from _paragraphs(archive.read(name))


def _heading(body: list[tuple[str, str]]) -> str:
    for wanted in (TITLE_STYLE, HEADING_STYLE):
        for style, text in body[:200]:
            if wanted.match(style) and text.strip():
                return text
    return ""


def _paragraphs(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of each paragraph that is not empty; a page break is a form feed in the text."""
    repeated = 0  # inside mc:Fallback, which says again what stands before it
    for event, element in markup.walk(data):
        name = markup.local(element.tag)
        if name == "Fallback":
            repeated += 1 if event == "start" else -1
        if event == "end" and name == "p":
            style, text = _paragraph(element)
            element.clear()
            if (text.strip() or NEW_PAGE in text) and not repeated:
                yield style, text


def _paragraph(element: Element) -> tuple[str, str]:
    style, parts = "", []
    for part in element.iter():
        name = markup.local(part.tag)
        if name == "pStyle":
            style = markup.attribute(part, "val")
        elif name == "t":
            parts.append(part.text or "")
        elif name == "tab" and part.attrib == {}:
            parts.append("\t")
        elif name == "lastRenderedPageBreak" or (name == "br" and markup.attribute(part, "type") == "page"):
            parts.append(NEW_PAGE)
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
    return style, "".join(parts)
