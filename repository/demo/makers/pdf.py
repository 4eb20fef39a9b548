"""A4 pages in the core fonts of PDF: texts must stay within Windows-1252, which Portuguese does."""

from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Table, plain, runs
from repository.demo.makers.look import INK, MADE_ON, PAGE_WORD, colours_of, pupil_line, rgb
from repository.demo.makers.tables import column_weights
from repository.demo.material import DemoFile

MARGIN = 20.0
TEXT_SIZE = 10.5
LINE = 5.4
LONELY = 85.0  # a last page that ends above this, in millimetres, is worth saving
CLOSER = (0.96, 0.92, 0.88)
CORNER = 9.0
ITALIC_MARK, UNUSED_MARK = "\x02\x02", "\x01\x01"
TOP_RIGHT: Any = ("TOP_LEFT",)  # fpdf2 2.8.9 mirrors the names of the corners
PAPER = FontFace(fill_color=(255, 255, 255))


class Sheet(FPDF):
    """A document that draws its own foot on each page."""

    def __init__(self, spec: DemoFile, scale: float) -> None:
        super().__init__(format="A4")
        self.spec = spec
        self.scale = scale
        self.leading = LINE * scale
        self.look = colours_of(spec.level)
        self.core_fonts_encoding = "cp1252"
        # Only ** marks bold here: -- and __ are dashes and gaps to fill in.
        self.MARKDOWN_ITALICS_MARKER = ITALIC_MARK
        self.MARKDOWN_UNDERLINE_MARKER = self.MARKDOWN_STRIKETHROUGH_MARKER = UNUSED_MARK
        self.MARKDOWN_MARKERS = (self.MARKDOWN_BOLD_MARKER, ITALIC_MARK, UNUSED_MARK, UNUSED_MARK)
        self.set_margins(MARGIN, 16, MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.set_title(spec.title)
        self.set_author(spec.authors)
        self.set_subject(spec.kicker)
        self.set_lang(spec.language)
        self.set_creation_date(MADE_ON)
        self.alias_nb_pages("{n}")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_draw_color(*rgb(self.look.solid))
        self.set_line_width(0.3)
        self.line(MARGIN, self.h - 16, self.w - MARGIN, self.h - 16)
        self.set_font("helvetica", size=8)
        self.set_text_color(95, 102, 122)
        page = f"{PAGE_WORD.get(self.spec.language[:2], 'Página')} {self.page_no()} / {{n}}"
        self.cell(self.epw - 30, 5, f"{self.spec.authors} · {self.spec.licence}"[:110])
        self.cell(30, 5, page, align="R")

    def write_text(self, size: float = TEXT_SIZE, style: str = "", colour: str = INK) -> None:
        """Set font and colour for what is written next."""
        self.set_font("helvetica", style, size * self.scale)
        self.set_text_color(*rgb(colour))

    def room_for(self, height: float) -> None:
        """Begin a page when less than `height` millimetres are left."""
        if self.will_page_break(height):
            self.add_page()


def line_count(page: FPDF, text: str, width: float) -> int:
    """Return how many lines a text takes at that width in the font that is set."""
    lines = page.multi_cell(width, 1, text, dry_run=True, output="LINES", align="L")
    return len(lines) if isinstance(lines, list) else 1


def make(spec: DemoFile, path: Path) -> None:
    """Write the PDF; FPDFUnicodeEncodingException when a character lies outside Windows-1252."""
    sheet = _drawn(spec, 1.0)
    if sheet.page_no() > 1 and sheet.get_y() < LONELY:
        closer = next(
            (each for each in (_drawn(spec, scale) for scale in CLOSER) if each.page_no() < sheet.page_no()), None
        )
        sheet = closer or sheet
    sheet.output(str(path))


def _drawn(spec: DemoFile, scale: float) -> Sheet:
    sheet = Sheet(spec, scale)
    sheet.add_page()
    _head(sheet)
    if spec.for_pupils:
        _pupil_line(sheet)
    for block in spec.blocks:
        _draw(sheet, block)
    return sheet


def _head(sheet: Sheet) -> None:
    """A band in the tint of the level, with one generous corner, the kicker and the title."""
    spec, width = sheet.spec, sheet.w - 2 * MARGIN + 16
    sheet.set_font("helvetica", "B", 19)
    height = 17.0 + 8 * line_count(sheet, spec.title, width - 24)
    left, top = MARGIN - 8, 12.0
    sheet.set_fill_color(*rgb(sheet.look.tint))
    sheet.rect(left, top, width, height, style="F", round_corners=TOP_RIGHT, corner_radius=CORNER)
    sheet.set_fill_color(*rgb(sheet.look.solid))
    sheet.rect(left, top, 3, height, style="F")
    sheet.set_xy(MARGIN, top + 5)
    sheet.write_text(9, "", sheet.look.dark)
    sheet.cell(width - 24, 5, spec.kicker, new_x="LMARGIN", new_y="NEXT")
    sheet.write_text(19, "B", sheet.look.dark)
    sheet.multi_cell(width - 24, 8, spec.title, align="L", new_x="LMARGIN", new_y="NEXT")
    sheet.set_y(top + height + 5)


def _pupil_line(sheet: Sheet) -> None:
    sheet.write_text(9.5)
    name, group, day = pupil_line(sheet.spec.language)
    sheet.set_draw_color(127, 134, 150)
    sheet.set_line_width(0.2)
    for word, width in ((name, 96.0), (group, 30.0), (day, 44.0)):
        start = sheet.get_x() + sheet.get_string_width(word) + 3
        end = sheet.get_x() + width - 4
        sheet.line(start, sheet.get_y() + 5, end, sheet.get_y() + 5)
        sheet.cell(width, 5.5, word)
    sheet.ln(10)


def _draw(sheet: Sheet, block: Block) -> None:
    match block:
        case Heading():
            _heading(sheet, block)
        case Paragraph():
            sheet.write_text()
            _paragraph(sheet, block.text, 0)
            sheet.ln(1.8)
        case Item():
            _item(sheet, block)
        case Note():
            _note(sheet, block.text)
        case Table():
            _table(sheet, block)
        case Lines():
            for _ in range(block.count):
                sheet.room_for(9)
                sheet.set_draw_color(127, 134, 150)
                sheet.set_line_width(0.2)
                sheet.line(MARGIN, sheet.get_y() + 8, sheet.w - MARGIN, sheet.get_y() + 8)
                sheet.ln(8 * sheet.scale)
            sheet.ln(3)
        case Break():
            sheet.add_page()
        case Code():
            sheet.set_font("courier", size=9.5 * sheet.scale)
            sheet.set_text_color(*rgb(INK))
            for line in block.lines:
                sheet.cell(0, sheet.leading, line, new_x="LMARGIN", new_y="NEXT")
            sheet.ln(2)


def _paragraph(sheet: Sheet, text: str, indent: float) -> None:
    sheet.set_x(MARGIN + indent)
    sheet.multi_cell(
        sheet.epw - indent, sheet.leading, _marked(text), align="L", markdown=True, new_x="LMARGIN", new_y="NEXT"
    )


def _marked(text: str) -> str:
    """Write a text in the marks of fpdf2."""
    return "".join(
        f"**{run.text}**" if run.bold else f"{ITALIC_MARK}{run.text}{ITALIC_MARK}" if run.italic else run.text
        for run in runs(text)
    )


def _heading(sheet: Sheet, block: Heading) -> None:
    size = 14 if block.level == 1 else 11.5
    sheet.room_for(30)
    sheet.ln((3.5 if block.level == 1 else 2) * sheet.scale)
    sheet.write_text(size, "B", sheet.look.dark)
    sheet.multi_cell(0, size * 0.5, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(1.5)


def _item(sheet: Sheet, block: Item) -> None:
    indent = 7.0 + 7.0 * block.depth
    sheet.room_for(sheet.leading)
    sheet.write_text(TEXT_SIZE, "B", sheet.look.dark)
    sheet.set_x(MARGIN + indent - 7)
    sheet.cell(7, sheet.leading, block.mark)
    sheet.write_text()
    _paragraph(sheet, block.text, indent)
    sheet.ln(1.2)


def _note(sheet: Sheet, text: str) -> None:
    sheet.write_text()
    width = sheet.epw - 10
    height = sheet.leading * line_count(sheet, plain(text), width) + 6
    sheet.room_for(height + 3)
    sheet.ln(1)
    top = sheet.get_y()
    sheet.set_fill_color(*rgb(sheet.look.tint))
    sheet.rect(MARGIN, top, sheet.epw, height, style="F")
    sheet.set_fill_color(*rgb(sheet.look.solid))
    sheet.rect(MARGIN, top, 1.4, height, style="F")
    sheet.set_xy(MARGIN + 6, top + 3)
    sheet.multi_cell(width, sheet.leading, _marked(text), align="L", markdown=True)
    sheet.set_xy(MARGIN, top + height + 3)


def _table(sheet: Sheet, block: Table) -> None:
    sheet.ln(1.5)
    sheet.write_text(9.5)
    sheet.set_draw_color(*rgb("c9ced8"))
    sheet.set_line_width(0.2)
    head = FontFace(emphasis="BOLD", color=rgb(sheet.look.dark), fill_color=rgb(sheet.look.tint))
    with sheet.table(
        col_widths=column_weights(block),
        headings_style=head,
        borders_layout=TableBordersLayout.ALL,
        line_height=sheet.leading - 0.4,
        padding=(1.4, 2),
        text_align="LEFT",
        width=sheet.epw,
        markdown=True,
    ) as table:
        for number, cells in enumerate(block.rows):
            empty = number > 0 and not any(cells[1:]) and len(cells) > 1
            row = table.row(min_height=9 if empty else None)
            for cell in cells:
                row.cell(_marked(cell), style=PAPER if number else None)
    sheet.ln(3)
