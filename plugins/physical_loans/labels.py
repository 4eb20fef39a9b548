"""Labels for copies, as sheets of A4 that printers' labels come on: a QR code and what a person reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from fpdf import FPDF

LETTERS = "cp1252"  # of the fonts that every reader of PDF brings along
INNER = 2.0  # mm between the edge of a label and what is on it
MOST = 2_000


@dataclass(frozen=True)
class Format:
    """How labels lie on an A4 sheet, in millimetres: so many across and down, their size, the first one's corner, gaps."""

    across: int
    down: int
    width: float
    height: float
    left: float
    top: float
    gap: float = 0

    @property
    def per_sheet(self) -> int:
        """How many labels a sheet has."""
        return self.across * self.down

    def corner(self, place: int) -> tuple[float, float]:
        """Return where the label at a place begins; places count row by row from 0."""
        row, column = divmod(place % self.per_sheet, self.across)
        return self.left + column * (self.width + self.gap), self.top + row * self.height


FORMATS = {
    "3x8": Format(3, 8, 70, 37, 0, 0.5),
    "3x7": Format(3, 7, 63.5, 38.1, 7.25, 15.15, 2.5),
    "2x7": Format(2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
    "2x4": Format(2, 4, 99.1, 67.7, 4.65, 13.1, 2.5),
    "5x13": Format(5, 13, 38.1, 21.2, 4.75, 10.7, 2.5),
}


@dataclass(frozen=True)
class Label:
    """What is on one label: the address that the QR code holds, and what is read without a telephone."""

    url: str
    title: str
    inventory: str
    centre: str
    code: str


def sheets(labels: Sequence[Label], form: Format, title: str, language: str, made_at: datetime, used: int = 0) -> bytes:
    """Return the labels as a PDF; the first `used` places of the first sheet stay empty, for they are gone already."""
    from fpdf import FPDF  # half a second, which a server would wait for at its start

    page = FPDF(format="A4")
    page.core_fonts_encoding = LETTERS
    page.set_title(title)
    page.set_lang(language.replace("_", "-"))
    page.set_creator("Partilha")
    page.set_creation_date(made_at)
    page.set_margins(0, 0, 0)
    page.set_auto_page_break(False)
    first = used % form.per_sheet
    for place, label in enumerate(labels, first):
        if place == first or place % form.per_sheet == 0:
            page.add_page()
        _draw(page, label, form, *form.corner(place))
    if not labels:
        page.add_page()
    return bytes(page.output())


def _draw(page: "FPDF", label: Label, form: Format, x: float, y: float) -> None:
    side = min(form.height - 2 * INNER, form.width * 0.45)
    _qr(page, label.url, x + INNER, y + (form.height - side) / 2, side)
    left, room = x + side + 1.5 * INNER, form.width - side - 2.5 * INNER
    small = form.height < 25
    top = y + INNER + (0 if small else 2)
    top = _say(page, label.inventory, left, top, room, 8.5 if small else 12, bold=True)
    lines = 2 if small else 3
    top = _say(page, label.title, left, top + 0.5, room, 5.5 if small else 8, lines=lines)
    if not small:
        top = _say(page, label.centre, left, top + 1, room, 6.5, lines=2)
    _say(page, label.code, left, top + (0.4 if small else 1), room, 5 if small else 6.5)


def _say(
    page: "FPDF", text: str, x: float, y: float, room: float, size: float, *, bold: bool = False, lines: int = 1
) -> float:
    """Write up to `lines` lines, cut short where there is no room; return where the next may begin."""
    page.set_font("Helvetica", "B" if bold else "", size)
    known = text.encode(LETTERS, "replace").decode(LETTERS)
    height = size * 0.42
    for line in _broken(page, known, room, lines):
        page.set_xy(x, y)
        page.cell(room, height, line)
        y += height
    return y


def _broken(page: "FPDF", text: str, room: float, lines: int) -> list[str]:
    room -= 2 * page.c_margin
    broken: list[str] = []
    for word in text.split():
        joined = f"{broken[-1]} {word}" if broken else word
        if broken and page.get_string_width(joined) <= room:
            broken[-1] = joined
        else:
            broken.append(word)
    shown = broken[:lines]
    for n, line in enumerate(shown):
        cut = len(broken) > lines and n == lines - 1
        shown[n] = _fitted(page, f"{line}…" if cut else line, room)
    return shown


def _fitted(page: "FPDF", line: str, room: float) -> str:
    while len(line) > 1 and page.get_string_width(line) > room:
        line = f"{line.rstrip('…')[:-1]}…"
    return line


def _qr(page: "FPDF", text: str, x: float, y: float, size: float) -> None:
    """Draw a QR code as squares, `size` mm wide with its quiet zone; dark ones side by side are one rectangle."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=2))
    side = size / len(rows)
    page.set_fill_color(0, 0, 0)
    for row, bits in enumerate(rows):
        start = None
        for column, dark in enumerate([*bits, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                page.rect(x + start * side, y + row * side, (column - start) * side, side, style="F")
                start = None
