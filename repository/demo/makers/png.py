"""Posters: drawn as one PDF page, which has all Portuguese letters in its core fonts, and then painted as a picture."""

from io import BytesIO
from math import cos, pi, sin
from pathlib import Path

import pypdfium2
from fpdf import FPDF
from PIL.PngImagePlugin import PngInfo

from repository.demo.blocks import Block, Heading, Item, Note, Paragraph, plain
from repository.demo.makers.look import INK, MADE_ON, Colours, colours_of, rgb
from repository.demo.makers.pdf import TOP_RIGHT, line_count
from repository.demo.material import DemoFile

WIDTH, HEIGHT = 297.0, 420.0
DOTS_PER_POINT = 1.6
GAP, EDGE = 10.0, 18.0
TOP, FOOT = 92.0, 30.0
PICTURE_INK = ("f4b63f", "24479e", "2c8254", "c23a32", "7a4cc2", "0e8391")


def make(spec: DemoFile, path: Path) -> None:
    """Write the poster as a PNG in A3 proportions, with title and author among its properties."""
    page = FPDF(format=(WIDTH, HEIGHT))
    page.core_fonts_encoding = "cp1252"
    page.set_creation_date(MADE_ON)
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.add_page()
    _draw(page, spec, colours_of(spec.level))
    document = pypdfium2.PdfDocument(BytesIO(bytes(page.output())))
    try:
        picture = document[0].render(scale=DOTS_PER_POINT).to_pil().convert("RGB")
    finally:
        document.close()
    told = PngInfo()
    told.add_itxt("Title", spec.title, lang=spec.language)
    told.add_itxt("Author", spec.authors, lang=spec.language)
    picture.quantize(128).save(path, pnginfo=told, optimize=True)


def _draw(page: FPDF, spec: DemoFile, look: Colours) -> None:
    page.set_fill_color(*rgb("fafaf7"))
    page.rect(0, 0, WIDTH, HEIGHT, style="F")
    _head(page, spec, look)
    panels = _panels(spec.blocks)
    columns = 2 if len(panels) > 3 else 1
    rows = -(-len(panels) // columns)
    width = (WIDTH - 2 * EDGE - GAP * (columns - 1)) / columns
    height = (HEIGHT - TOP - FOOT - GAP * rows) / rows
    for number, (title, lines) in enumerate(panels):
        left = EDGE + (number % columns) * (width + GAP)
        top = TOP + (number // columns) * (height + GAP)
        _panel(page, look, (left, top, width, height), number, title, lines)
    page.set_xy(EDGE, HEIGHT - FOOT + 6)
    page.set_font("helvetica", size=15)
    page.set_text_color(*rgb("5f667a"))
    page.cell(WIDTH - 2 * EDGE, 8, f"{spec.authors} · {spec.licence}")


def _head(page: FPDF, spec: DemoFile, look: Colours) -> None:
    page.set_fill_color(*rgb(look.dark))
    page.rect(0, 0, WIDTH, TOP - GAP, style="F")
    page.set_fill_color(*rgb(look.solid))
    page.ellipse(WIDTH - 62, -22, 84, 84, style="F")
    page.set_fill_color(*rgb("f4b63f"))
    page.ellipse(WIDTH - 48, 40, 26, 26, style="F")
    page.set_text_color(*rgb(look.tint))
    page.set_font("helvetica", size=13)
    page.set_xy(EDGE, 14)
    page.cell(WIDTH - 100, 8, spec.kicker)
    page.set_text_color(255, 255, 255)
    page.set_font("helvetica", "B", 46)
    page.set_xy(EDGE, 27)
    page.multi_cell(WIDTH - 90, 18, spec.title, align="L")


def _panels(blocks: tuple[Block, ...]) -> list[tuple[str, list[str]]]:
    panels: list[tuple[str, list[str]]] = []
    for block in blocks:
        if isinstance(block, Heading):
            panels.append((block.text, []))
        elif isinstance(block, Paragraph | Note):
            panels[-1][1].append(plain(block.text))
        elif isinstance(block, Item):
            panels[-1][1].append(f"{block.mark} {plain(block.text)}")
    return panels


def _panel(
    page: FPDF, look: Colours, box: tuple[float, float, float, float], number: int, title: str, lines: list[str]
) -> None:
    left, top, width, height = box
    page.set_fill_color(255, 255, 255)
    page.set_draw_color(*rgb(look.solid))
    page.set_line_width(1)
    page.rect(left, top, width, height, style="DF", round_corners=TOP_RIGHT, corner_radius=16)
    _figure(page, number, left + 22, top + 22, 13)
    page.set_text_color(255, 255, 255)
    page.set_font("helvetica", "B", 28)
    page.set_xy(left + 9, top + 15)
    page.cell(26, 14, str(number + 1), align="C")
    page.set_text_color(*rgb(look.dark))
    page.set_font("helvetica", "B", 27)
    page.set_xy(left + 42, top + 10)
    page.multi_cell(width - 54, 12, title, align="L")
    page.set_text_color(*rgb(INK))
    size = _fitting_size(page, lines, width - 20, height - max(page.get_y() - top, 40) - 8)
    page.set_xy(left + 10, max(page.get_y() + 3, top + 40))
    page.set_font("helvetica", size=size)
    for line in lines:
        page.multi_cell(width - 20, size * 0.47, line, align="L", new_x="LEFT", new_y="NEXT")
        page.set_xy(left + 10, page.get_y() + size * 0.12)


def _fitting_size(page: FPDF, lines: list[str], width: float, height: float) -> int:
    """Return the largest text size, in points, at which the lines fill at most that height."""
    for size in range(26, 11, -1):
        page.set_font("helvetica", size=size)
        if sum(line_count(page, line, width) * size * 0.47 + size * 0.12 for line in lines) <= height:
            return size
    return 11


def _figure(page: FPDF, number: int, x: float, y: float, radius: float) -> None:
    """Draw the shape that carries a panel's number: circle, diamond, hexagon or square, in turn."""
    page.set_fill_color(*rgb(PICTURE_INK[number % len(PICTURE_INK)] if number % 6 else "b87a00"))
    corners = (0, 4, 6, 8)[number % 4]
    if not corners:
        page.ellipse(x - radius, y - radius, 2 * radius, 2 * radius, style="F")
        return
    turn = [2 * pi * step / corners for step in range(corners)]
    page.polygon([(x + radius * cos(angle), y + radius * sin(angle)) for angle in turn], style="F")
