"""DOCX through python-docx."""

from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Table, runs
from repository.demo.makers.look import INK, MADE_ON, Colours, colours_of, pupil_line, repack
from repository.demo.makers.tables import column_weights
from repository.demo.material import DemoFile

FONT = "Arial"
TEXT_WIDTH = 16.6


def make(spec: DemoFile, path: Path) -> None:
    """Write the document with its properties, language and named styles."""
    document = Document()
    look = colours_of(spec.level)
    _set_up(document, spec, look)
    _head(document, spec, look)
    for block in spec.blocks:
        _add(document, block, look)
    document.save(str(path))
    repack(path)


def _set_up(document: DocxDocument, spec: DemoFile, look: Colours) -> None:
    told = document.core_properties
    told.title, told.author, told.subject, told.language = spec.title, spec.authors, spec.kicker, spec.language
    told.comments = told.last_modified_by = ""
    told.created = told.modified = told.last_printed = MADE_ON.replace(tzinfo=None)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(10.5), RGBColor.from_string(INK.upper())
    normal.paragraph_format.space_after = Pt(5)
    normal.element.get_or_add_rPr().append(_element("w:lang", val=spec.language))
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = RGBColor.from_string(look.dark.upper())
        border = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if border is not None:
            style.element.get_or_add_pPr().remove(border)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for place in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{place}"), None)
    foot = section.footer.paragraphs[0]
    foot.text = f"{spec.authors} · {spec.licence}"
    foot.runs[0].font.size = Pt(8)


def _head(document: DocxDocument, spec: DemoFile, look: Colours) -> None:
    kicker = document.add_paragraph()
    kicker.paragraph_format.space_after = Pt(0)
    run = kicker.add_run(spec.kicker)
    run.font.size, run.font.color.rgb = Pt(9.5), RGBColor.from_string(look.dark.upper())
    _shade(kicker, look.tint)
    _shade(document.add_paragraph(spec.title, style="Title"), look.tint)
    if spec.for_pupils:
        name, group, day = pupil_line(spec.language)
        document.add_paragraph(f"{name} {'_' * 40}   {group} {'_' * 8}   {day} {'_' * 12}")


def _add(document: DocxDocument, block: Block, look: Colours) -> None:
    match block:
        case Heading():
            document.add_heading(block.text, block.level)
        case Paragraph():
            _write(document.add_paragraph(), block.text)
        case Item():
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(0.8 + 0.8 * block.depth)
            paragraph.paragraph_format.first_line_indent = Cm(-0.8)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.8 + 0.8 * block.depth))
            paragraph.add_run(f"{block.mark}\t").font.color.rgb = RGBColor.from_string(look.dark.upper())
            _write(paragraph, block.text)
        case Note():
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.3)
            _write(paragraph, block.text)
            _box(paragraph, look)
        case Table():
            _table(document, block, look)
        case Lines():
            for _ in range(block.count):
                document.add_paragraph("_" * 78)
        case Break():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case Code():
            document.add_paragraph().add_run("\n".join(block.lines)).font.name = "Courier New"


def _write(paragraph: DocxParagraph, text: str) -> None:
    for told in runs(text):
        run = paragraph.add_run(told.text)
        run.bold, run.italic = told.bold or None, told.italic or None


def _table(document: DocxDocument, block: Table, look: Colours) -> None:
    table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]), style="Table Grid")
    table.autofit = False
    weights = column_weights(block)
    for place, weight in enumerate(weights):  # LibreOffice heeds the grid, Word the cells
        table.columns[place].width = Cm(TEXT_WIDTH * weight / sum(weights))
    for number, (row, cells) in enumerate(zip(table.rows, block.rows, strict=True)):
        for cell, text, weight in zip(row.cells, cells, weights, strict=True):
            cell.width = Cm(TEXT_WIDTH * weight / sum(weights))
            _write(cell.paragraphs[0], text if number or "**" in text or not text else f"**{text}**")
            cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(3)
        if number and not any(cells[1:]):
            row.height = Cm(0.9)
    for cell in table.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", fill=look.tint))
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color="C9CED8"))
    table._tbl.tblPr.append(borders)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _shade(paragraph: DocxParagraph, colour: str) -> None:
    paragraph._p.get_or_add_pPr().append(_element("w:shd", val="clear", fill=colour))


def _box(paragraph: DocxParagraph, look: Colours) -> None:
    """Put a paragraph in a tinted box with a thick edge in the colour of the level."""
    borders = OxmlElement("w:pBdr")
    for side, colour, size in (
        ("top", look.tint, "4"),
        ("left", look.solid, "36"),
        ("bottom", look.tint, "4"),
        ("right", look.tint, "4"),
    ):
        borders.append(_element(f"w:{side}", val="single", sz=size, space="6", color=colour.upper()))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    _shade(paragraph, look.tint)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(9)


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(name)
    for key, told in attributes.items():
        element.set(qn(f"w:{key}"), told)
    return element
