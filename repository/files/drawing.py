"""Drawing the beginning of a document from its words, for kinds that nothing here can lay out.

The page is written as PDF and drawn by PDFium, whose own fonts know all letters of Windows-1252.
"""

from collections.abc import Iterator, Sequence

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from repository.files.extract.choose import one_line

WIDE = 480  # points
SHAPES = {"slides": 9 / 16, "sheet": 3 / 4}
A4 = 297 / 210
INK, PALE, RULE = (29, 36, 51), (91, 100, 114), (201, 209, 220)
MARGIN = 36
COLUMNS = 5
MAX_CHARS = 6000
LETTERS = "cp1252"
MOST_UNKNOWN = 0.1
SIZES = {"sheet": (16, 11), "slides": (30, 18)}  # of the title and of the text, in points
USUAL = (22, 13)


def first_page(title: str, pages: Sequence[str], family: str) -> bytes | None:
    """Return a PDF of one page with the title in bold and the first lines below it, in the shape usual for the family.

    Returns None when its script has no letters here.
    """
    lines = list(_lines(title, pages))
    text = "".join(lines) or title
    if sum(char.encode(LETTERS, "ignore") == b"" for char in text) > MOST_UNKNOWN * len(text):
        return None
    page = FPDF(unit="pt", format=(WIDE, WIDE * SHAPES.get(family, A4)))
    page.core_fonts_encoding = LETTERS
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.add_page()
    page.set_auto_page_break(False)
    large, small = SIZES.get(family, USUAL)
    _heading(page, title, large)
    page.set_font("Helvetica", size=small)
    if family == "sheet":
        _grid(page, lines, small)
    else:
        _body(page, lines, small, code=family == "code")
    return bytes(page.output())


def _lines(title: str, pages: Sequence[str]) -> Iterator[str]:
    """Yield the first lines, without the title when they begin with it."""
    first = next((page for page in pages if page.strip()), "")[:MAX_CHARS]
    for number, line in enumerate(first.split("\n")):
        if line.strip() and not (number < 3 and one_line(line).casefold() in title.casefold()):
            yield line.rstrip()


def _known(text: str) -> str:
    return text.replace("\t", "   ").encode(LETTERS, "replace").decode(LETTERS)


def _heading(page: FPDF, title: str, size: int) -> None:
    page.set_text_color(*INK)
    page.set_font("Helvetica", "B", size)
    page.multi_cell(
        0, size * 1.25, _known(title[:160]), align="L", wrapmode=WrapMode.CHAR if " " not in title else WrapMode.WORD,
        new_x=XPos.LMARGIN, new_y=YPos.NEXT,
    )  # fmt: skip
    page.set_draw_color(*RULE)
    page.line(MARGIN, page.y + 8, WIDE - MARGIN, page.y + 8)
    page.set_y(page.y + 20)


def _body(page: FPDF, lines: Sequence[str], size: int, *, code: bool) -> None:
    if code:
        page.set_font("Courier", size=size - 2)
    for line in lines:
        if page.y > page.h:
            return
        wrap = WrapMode.CHAR if code or len(line.split(" ", 1)[0]) > 40 else WrapMode.WORD
        page.multi_cell(0, size * 1.35, _known(line), align="L", wrapmode=wrap, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.set_y(page.y + size * 0.4)


def _grid(page: FPDF, lines: Sequence[str], size: int) -> None:
    page.set_text_color(*PALE)
    columns = min(COLUMNS, max((line.count("\t") + 1 for line in lines[:30]), default=1))
    wide, high = (WIDE - 2 * MARGIN) / columns, size * 2
    for line in lines:
        if page.y > page.h:
            return
        for cell in line.split("\t")[:columns]:
            page.cell(wide, high, _fitting(page, _known(cell[:100]), wide - 8), border=1)
        page.ln(high)


def _fitting(page: FPDF, text: str, room: float) -> str:
    while text and page.get_string_width(text) > room:
        text = text[: int(len(text) * 0.9)]
    return text
