"""Sheets of A4 in the house's manner, as PDF with a title and a language."""

from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

LETTERS = "cp1252"  # of the fonts that every reader of PDF brings along
MARGIN = 18  # mm
INK, SOFT = (29, 36, 51), (91, 100, 114)


class Sheet(FPDF):
    """A document of A4 sheets, lying where `wide`; signs that the fonts have not are written as a question mark."""

    def __init__(self, title: str, language: str, made_at: datetime, *, wide: bool = False) -> None:
        super().__init__("landscape" if wide else "portrait", format="A4")
        self.core_fonts_encoding = LETTERS
        self.set_title(title)
        self.set_lang(language.replace("_", "-"))
        self.set_creator("Partilha")
        self.set_creation_date(made_at)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN)
        self.add_page()

    def say(
        self,
        text: str,
        size: float = 11,
        *,
        bold: bool = False,
        soft: bool = False,
        width: float = 0,
        right: bool = False,
    ) -> None:
        """Write a paragraph at the present place; `width` in mm, 0 to the margin."""
        self.set_font("Helvetica", "B" if bold else "", size)
        self.set_text_color(*(SOFT if soft else INK))
        align = "R" if right else "L"
        self.multi_cell(width, size * 0.5, known(text), align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)

    def longest_word(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how many mm the longest word of a text takes: narrower, it is broken in the middle."""
        self.set_font("Helvetica", "B" if bold else "", size)
        return max((float(self.get_string_width(word)) for word in known(text).split()), default=0.0)

    def rule(self, x: float, y: float, width: float) -> None:
        """Draw a hairline."""
        self.set_draw_color(*SOFT)
        self.line(x, y, x + width, y)

    def room_for(self, height: float) -> None:
        """Begin a new page unless so many mm are left on this one."""
        if self.is_full(height):
            self.add_page()

    def is_full(self, height: float) -> bool:
        """Return whether fewer mm than that are left on this page."""
        return bool(self.get_y() + height > self.h - MARGIN)


def known(text: str) -> str:
    """Return the text with what the fonts cannot write as question marks."""
    return text.translate(NEAR).encode(LETTERS, "replace").decode(LETTERS)


NEAR = {0x202F: " ", 0x2212: "-", 0x2009: " "}  # spaces and signs of numbers that the fonts have by another name
