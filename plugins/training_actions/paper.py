"""Paper: the receipt, and the sheet with everybody's link. A4, with a title and a language, and QR codes to the pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno

from repository.api import Sheet

MARGIN = 18  # mm
QR_MM = 26
SOFT = (91, 100, 114)


class Page(Sheet):
    """A sheet that can carry a QR code."""

    def qr(self, text: str, x: float, y: float, size: float = QR_MM) -> None:
        """Draw a QR code of `text` as squares, `size` mm wide with its quiet zone."""
        rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=2))
        side = size / len(rows)
        self.set_fill_color(0, 0, 0)
        for row, bits in enumerate(rows):
            start = None
            for column, dark in enumerate([*bits, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    self.rect(x + start * side, y + row * side, (column - start) * side, side, style="F")
                    start = None


def receipt(
    words: dict[str, Any], rows: Sequence[tuple[str, str]], url: str, language: str, made_at: datetime
) -> bytes:
    """Return a receipt: `words` are title, centre, code, check and note; `rows` what was accepted."""
    page = Page(words["title"], language, made_at)
    page.say(words["centre"], 10, soft=True)
    page.ln(2)
    page.say(words["title"], 20, bold=True)
    page.ln(6)
    for name, value in rows:
        page.say(name, 9, soft=True)
        page.say(value, 12)
        page.ln(2.5)
    page.ln(4)
    if page.get_y() > 297 - MARGIN - QR_MM - 20:
        page.add_page()
    top = page.get_y()
    page.qr(url, MARGIN, top)
    page.set_xy(MARGIN + QR_MM + 6, top + 3)
    page.say(words["code"], 16, bold=True)
    page.set_x(MARGIN + QR_MM + 6)
    page.say(f"{words['check']}\n{url}", 9, soft=True)
    page.set_xy(MARGIN, top + QR_MM + 6)
    page.say(words["note"], 9, soft=True)
    return bytes(page.output())


def links_sheet(
    words: dict[str, str], people: Sequence[tuple[str, str, str]], language: str, made_at: datetime
) -> bytes:
    """Return a sheet with one row a person: (name, school, address of the link), to be cut along the lines."""
    page = Page(words["title"], language, made_at)
    page.say(words["title"], 16, bold=True)
    page.ln(1)
    page.say(words["note"], 10, soft=True)
    page.ln(4)
    for name, school, url in people:
        if page.get_y() > 297 - MARGIN - QR_MM - 4:
            page.add_page()
        top = page.get_y()
        page.set_draw_color(*SOFT)
        page.set_dash_pattern(dash=1, gap=1)
        page.line(MARGIN, top, 210 - MARGIN, top)
        page.set_dash_pattern()
        page.qr(url, MARGIN, top + 2)
        page.set_xy(MARGIN + QR_MM + 6, top + 5)
        page.say(name, 13, bold=True)
        page.set_x(MARGIN + QR_MM + 6)
        page.say(school, 9, soft=True)
        page.set_x(MARGIN + QR_MM + 6)
        page.say(url, 8, soft=True)
        page.set_xy(MARGIN, top + QR_MM + 4)
    return bytes(page.output())
