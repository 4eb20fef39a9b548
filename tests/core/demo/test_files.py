"""Every file of the demonstration can be made, opens, tells its title and language, and is the same each time."""

import hashlib
from dataclasses import replace
from zipfile import ZIP_STORED, ZipFile

import pypdfium2
import pytest
from defusedxml.ElementTree import fromstring
from docx import Document
from fpdf.errors import FPDFUnicodeEncodingException
from PIL import Image
from pptx import Presentation

from repository.demo import demo_materials, make_file
from repository.demo.blocks import Code, Item, Paragraph, Run, Table, parse, runs

FILES = [(f"{material.slug}/{file.name}", file) for material in demo_materials() for file in material.files]
EVERY_FILE = pytest.mark.parametrize("spec", [file for _, file in FILES], ids=[name for name, _ in FILES])


@EVERY_FILE
def test_a_file_is_made_and_opens(tmp_path, spec):
    path = make_file(spec, tmp_path)
    assert path == tmp_path / spec.name
    OPENERS[spec.format](path, spec)


@pytest.mark.parametrize("ending", ["pdf", "docx", "pptx", "odt", "odp", "html", "png", "txt", "md"])
def test_the_same_specification_gives_the_same_bytes(tmp_path, ending):
    spec = replace(next(file for _, file in FILES if file.format == ending))
    digests = []
    for turn in ("first", "second"):
        folder = tmp_path / turn
        folder.mkdir()
        digests.append(hashlib.sha256(make_file(spec, folder).read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_a_pdf_refuses_letters_it_cannot_draw(tmp_path):
    spec = replace(FILES[0][1], name="x.pdf", blocks=(Paragraph("привіт"),))
    with pytest.raises(FPDFUnicodeEncodingException):
        make_file(spec, tmp_path)


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(KeyError):
        make_file(replace(FILES[0][1], name="x.exe"), tmp_path)


def test_a_pdf_keeps_gaps_and_dashes_and_shows_no_marks(tmp_path):
    spec = replace(FILES[0][1], name="x.pdf", blocks=(Paragraph("a ____ b -- c, **forte** e *leve*"),))
    document = pypdfium2.PdfDocument(make_file(spec, tmp_path))
    try:
        assert "a ____ b -- c, forte e leve" in document[0].get_textpage().get_text_range()
    finally:
        document.close()


def test_a_short_last_page_is_drawn_onto_the_page_before(tmp_path):
    pages = []
    for count in (34, 38):
        spec = replace(FILES[0][1], name=f"{count}.pdf", for_pupils=False, blocks=(Paragraph("Uma linha."),) * count)
        document = pypdfium2.PdfDocument(make_file(spec, tmp_path))
        pages.append(len(document))
        document.close()
    assert pages == [1, 2]


def test_markup_becomes_blocks():
    blocks = parse("1. Mede\na água\na) fria\n\n| A | B |\n| | 2 |\n– Olá.\n– Olá!\n```\n  x = 1\n```\nFim")
    assert blocks == (
        Item("1.", "Mede a água", 0),
        Item("a)", "fria", 1),
        Table((("A", "B"), ("", "2"))),
        Paragraph("– Olá."),
        Paragraph("– Olá!"),
        Code(("  x = 1",)),
        Paragraph("Fim"),
    )


def test_stars_make_bold_and_italic_and_a_product_stays_a_product():
    assert runs("**a** e *b*") == [Run("a", bold=True), Run(" e "), Run("b", italic=True)]
    assert runs("2 * 3 * 4") == [Run("2 * 3 * 4")]


def _open_pdf(path, spec):
    document = pypdfium2.PdfDocument(path)
    try:
        assert len(document) >= 1
        assert document.get_metadata_value("Title") == spec.title
        assert spec.title.split()[0] in document[0].get_textpage().get_text_range()
    finally:
        document.close()


def _open_zip(path):
    with ZipFile(path) as package:
        assert package.testzip() is None
        assert {info.date_time[0] for info in package.infolist()} == {2026}
        return {name: package.read(name) for name in package.namelist()}


def _open_docx(path, spec):
    _open_zip(path)
    told = Document(str(path)).core_properties
    assert (told.title, told.language) == (spec.title, spec.language)


def _open_pptx(path, spec):
    _open_zip(path)
    deck = Presentation(str(path))
    assert len(deck.slides) >= 2
    assert deck.slides[0].shapes.title.text_frame.text == spec.title
    assert deck.core_properties.title == spec.title


def _open_odf(path, spec):
    with ZipFile(path) as package:
        first = package.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    parts = _open_zip(path)
    assert parts["mimetype"].decode().startswith("application/vnd.oasis.opendocument.")
    for name in ("content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"):
        fromstring(parts[name])
    assert spec.title.replace("&", "&amp;") in parts["meta.xml"].decode()


def _open_html(path, spec):
    text = path.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert f'<html lang="{spec.language}">' in text
    assert "<script" not in text


def _open_png(path, spec):
    with Image.open(path) as picture:
        picture.load()
        assert min(picture.size) > 1000
        assert picture.info["Title"] == spec.title


def _open_text(path, spec):
    text = path.read_text("utf-8")
    assert spec.title.upper() in text or spec.title in text


OPENERS = {
    "pdf": _open_pdf,
    "docx": _open_docx,
    "pptx": _open_pptx,
    "odt": _open_odf,
    "odp": _open_odf,
    "html": _open_html,
    "png": _open_png,
    "txt": _open_text,
    "md": _open_text,
}
