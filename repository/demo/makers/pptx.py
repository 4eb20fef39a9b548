"""PPTX through python-pptx: 16:9, a coloured first slide, then one slide per heading."""

from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as PptxPresentation
from pptx.slide import Slide as PptxSlide
from pptx.text.text import TextFrame
from pptx.util import Cm, Pt

from repository.demo.blocks import Item, Note, Paragraph, Table, runs
from repository.demo.makers.look import INK, MADE_ON, Colours, colours_of, repack
from repository.demo.makers.slides import Slide, cut
from repository.demo.makers.tables import column_weights
from repository.demo.material import DemoFile

WIDTH, HEIGHT = 33.87, 19.05
LEFT, BODY_WIDTH = 1.8, 30.2
TITLE_ONLY = 5


def make(spec: DemoFile, path: Path) -> None:
    """Write the presentation with its properties and language."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(WIDTH), Cm(HEIGHT)
    told = deck.core_properties
    told.title, told.author, told.subject, told.language = spec.title, spec.authors, spec.kicker, spec.language
    told.last_modified_by, told.created, told.modified = "", MADE_ON.replace(tzinfo=None), MADE_ON.replace(tzinfo=None)
    look = colours_of(spec.level)
    _cover(deck, spec, look)
    for slide in cut(spec.blocks, spec.title):
        _slide(deck, slide, look, spec.language)
    deck.save(str(path))
    repack(path)


def _cover(deck: PptxPresentation, spec: DemoFile, look: Colours) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = _colour(look.dark)
    for left, top, size, colour, shape in (
        (26.5, -3.0, 11.0, look.solid, MSO_SHAPE.OVAL),
        (24.0, 11.5, 6.0, look.tint, MSO_SHAPE.ROUND_1_RECTANGLE),
        (30.0, 13.5, 5.5, look.solid, MSO_SHAPE.DIAMOND),
    ):
        _shape(slide, shape, (left, top, size, size), colour)
    _title(slide, spec.title, (LEFT, 6.0, 21.5, 5.5), Pt(40), "ffffff", spec.language)
    for text, top in ((spec.kicker, 4.6), (f"{spec.authors} · {spec.licence}", 16.6)):
        box = slide.shapes.add_textbox(Cm(LEFT), Cm(top), Cm(21.5), Cm(1.2)).text_frame
        box.word_wrap = True
        _write(box, 0, text, 16, look.tint, spec.language)


def _slide(deck: PptxPresentation, told: Slide, look: Colours, language: str) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    _shape(slide, MSO_SHAPE.RECTANGLE, (0, 0, 0.7, HEIGHT), look.solid)
    _title(slide, told.title, (LEFT, 0.8, BODY_WIDTH, 2.2), Pt(30), look.dark, language)
    texts = [block for block in told.blocks if isinstance(block, Paragraph | Item)]
    tables = [block for block in told.blocks if isinstance(block, Table)]
    notes = [block for block in told.blocks if isinstance(block, Note)]
    size = _size(sum(len(block.text) for block in texts) + 240 * len(tables) + 60 * len(texts))
    top = 3.4
    if texts:
        height = min(13.5, sum(1 + len(block.text) // (1750 // size) for block in texts) * size * 0.056 + 0.8)
        frame = slide.shapes.add_textbox(Cm(LEFT), Cm(top), Cm(BODY_WIDTH), Cm(height)).text_frame
        frame.word_wrap = True
        for place, block in enumerate(texts):
            lead = ("      " * block.depth + block.mark + "  ") if isinstance(block, Item) else ""
            _write(frame, place, lead + block.text, size, INK, language)
        top += height
    for table in tables:
        top += _table(slide, table, top, look, language)
    for note in notes:
        box = _shape(slide, MSO_SHAPE.ROUND_1_RECTANGLE, (LEFT, 15.6, BODY_WIDTH, 2.5), look.tint)
        box.text_frame.word_wrap = True
        _write(box.text_frame, 0, note.text, 18, look.dark, language)


def _size(length: int) -> int:
    """Return the text size, in points, at which so many characters fill a slide without crowding it."""
    return 32 if length < 260 else 28 if length < 420 else 24 if length < 620 else 20 if length < 900 else 16


def _table(slide: PptxSlide, block: Table, top: float, look: Colours, language: str) -> float:
    """Add a table and return its height in centimetres."""
    height = 1.5 * len(block.rows)
    shape = slide.shapes.add_table(len(block.rows), len(block.rows[0]), Cm(LEFT), Cm(top), Cm(BODY_WIDTH), Cm(height))
    weights = column_weights(block)
    for place, weight in enumerate(weights):
        shape.table.columns[place].width = Cm(BODY_WIDTH * weight / sum(weights))
    for number, cells in enumerate(block.rows):
        for place, text in enumerate(cells):
            cell = shape.table.cell(number, place)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _colour(look.solid if number == 0 else look.tint if number % 2 else "ffffff")
            _write(cell.text_frame, 0, text or " ", 18, "ffffff" if number == 0 else INK, language)
    return height + 0.6


def _title(
    slide: PptxSlide, text: str, box: tuple[float, float, float, float], size: int, colour: str, lang: str
) -> None:
    title = slide.shapes.title
    assert title is not None
    title.left, title.top, title.width, title.height = (Cm(part) for part in box)
    frame = title.text_frame
    frame.word_wrap = True
    _write(frame, 0, text, 0, colour, lang)
    for run in frame.paragraphs[0].runs:
        run.font.size, run.font.bold = size, True


def _shape(slide: PptxSlide, kind: MSO_SHAPE, box: tuple[float, float, float, float], colour: str):
    shape = slide.shapes.add_shape(kind, *(Cm(part) for part in box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _colour(colour)
    shape.line.fill.background()
    themed = shape._element.find(qn("p:style"))  # the theme's style draws a shadow and an edge
    if themed is not None:
        shape._element.remove(themed)
    return shape


def _write(frame: TextFrame, place: int, text: str, size: int, colour: str, language: str) -> None:
    paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
    paragraph.space_after, paragraph.alignment = Pt(9), PP_ALIGN.LEFT
    for told in runs(text):
        run = paragraph.add_run()
        run.text, run.font.color.rgb = told.text, _colour(colour)
        run.font.bold, run.font.italic = told.bold or None, told.italic or None
        run.font.name = "Arial"
        if size:
            run.font.size = Pt(size)
        run._r.get_or_add_rPr().set("lang", language)


def _colour(hexes: str) -> RGBColor:
    return RGBColor.from_string(hexes.upper())
