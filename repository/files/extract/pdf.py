"""Reading PDF with PDFium: words, properties, and the largest line of the first page."""

import re
from ctypes import byref, c_ushort, sizeof
from pathlib import Path
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from repository.files.extract.choose import MAX_TEXT, keywords_in
from repository.files.extraction import Reading
from repository.files.faults import Broken, Encrypted
from repository.files.pdf_properties import SIGNATURE, holds, names_in

MAX_PAGES = 3000
HEADING_LINES = 60
BIGGER = 1.15
PASSWORD = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def open_pdf(source: Path | bytes) -> pypdfium2.PdfDocument:
    """Open a PDF; raise Encrypted when it wants a password, and Broken."""
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if error.err_code in PASSWORD:
            raise Encrypted(str(error)) from error
        raise Broken(str(error)) from error


def read_pdf(path: Path) -> Reading:
    """Read a PDF; a page is a page, the lines of a paragraph are joined."""
    document = open_pdf(path)
    try:
        known = document.get_metadata_dict()
        pages, left, heading = [], MAX_TEXT, ""
        for number in range(min(len(document), MAX_PAGES)):
            lines, sizes = _lines(document, number)
            if number == 0:
                heading = _heading(lines, sizes)
            text = _joined(lines)
            pages.append(text)
            left -= len(text)
            if left <= 0:
                break
        author = known.get("Author", "").strip()
        return Reading(
            title=known.get("Title", ""),
            heading=heading,
            description=known.get("Subject", ""),
            language=_language(document),
            keywords=keywords_in(known.get("Keywords", "")),
            authors=(author,) if author else (),
            pages=tuple(pages),
            page_count=len(document),
            hidden=_hidden(document, path, author),
        )
    finally:
        document.close()


def _hidden(document: pypdfium2.PdfDocument, path: Path, author: str) -> tuple[str, ...]:
    if not author and not (holds(path, b"<dc:creator") and names_in(path)):
        return ()
    locked = pdfium.FPDF_GetSecurityHandlerRevision(document) != -1
    return ("author", *(("locked",) if locked else ()), *(("signed",) if holds(path, SIGNATURE) else ()))


def _language(document: pypdfium2.PdfDocument) -> str:
    buffer = (c_ushort * 32)()
    length = pdfium.FPDFCatalog_GetLanguage(document, buffer, sizeof(buffer))
    return bytes(buffer)[: max(0, length - 2)].decode("utf-16-le", "replace") if length <= sizeof(buffer) else ""


def _lines(document: pypdfium2.PdfDocument, number: int) -> tuple[list[str], list[float]]:
    """Return the lines of a page and, of the first page, how high each stands, in points."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return [], []
    try:
        text_page = page.get_textpage()
        try:
            lines = text_page.get_text_range().split("\r\n")
            return lines, _heights(text_page, lines) if number == 0 else []
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return [], []
    finally:
        page.close()


def _heights(text_page: pypdfium2.PdfTextPage, lines: list[str]) -> list[float]:
    heights, at, box = [], 0, pdfium.FS_RECTF()
    for line in lines[:HEADING_LINES]:
        first = at + len(line) - len(line.lstrip())
        seen = line.strip() and pdfium.FPDFText_GetLooseCharBox(text_page, first, byref(box))
        heights.append(abs(box.top - box.bottom) if seen else 0.0)
        at += len(line.encode("utf-16-le")) // 2 + 2
    return heights


def _heading(lines: list[str], heights: list[float]) -> str:
    """Return the largest lines that stand together, when they are larger than the usual ones."""
    sized = [(height, number) for number, height in enumerate(heights) if height and _wordy(lines[number])]
    if not sized:
        return ""
    largest, first = max(sized, key=lambda pair: (round(pair[0]), -pair[1]))
    if len(sized) > 1 and largest < BIGGER * median(height for height, _ in sized):
        return ""
    title, last = lines[first].strip(), first + 1
    while last < len(heights) and abs(heights[last] - largest) < 0.5 and len(title) < 150:
        title, last = f"{title} {lines[last].strip()}", last + 1
    return title


def _wordy(line: str) -> bool:
    return sum(char.isalpha() for char in line) >= 3


def _joined(lines: list[str]) -> str:
    """Return the lines as paragraphs: one goes on when its line is long and ends in the middle of a sentence."""
    width = max((len(line) for line in lines), default=0)
    out: list[str] = []
    goes_on = False
    for raw in lines:
        line = raw.strip()
        if not line:
            goes_on = False
            continue
        if goes_on and not re.match(r"[•▪◦–—*-]\s|\d+[.)]\s|[a-z]\)\s", line):
            if out[-1].endswith(("\ufffe", "\u00ad", "\x02")):
                out[-1] = out[-1][:-1] + line
            else:
                out[-1] += " " + line
        else:
            out.append(line)
        ended = line.endswith((".", "!", "?", ":", "…"))
        goes_on = len(line) > 0.6 * width and (not ended or len(line) > 0.9 * width)
    return "\n".join(out)
