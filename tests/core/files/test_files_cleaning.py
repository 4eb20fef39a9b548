"""Names in the properties of documents are taken out, and nothing else changes; what would suffer is left alone."""

import zipfile
from pathlib import Path

import file_samples
import fpdf
import pikepdf
import pytest

from repository.attachments import CLEANABLE
from repository.files.cleaning import CLEANERS, clean
from repository.files.examine import Examiner, Limits
from repository.files.extract import extract
from repository.files.faults import Broken, Encrypted, Signed
from repository.files.sniff import sniff

CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Frações</dc:title><dc:creator>Ana Segredo'
    "</dc:creator><cp:lastModifiedBy>Rui Segredo</cp:lastModifiedBy>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">2024-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
)
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Pages>2</Pages>'
    "<Manager>Eva Segredo</Manager><Company>Escola Segredo</Company></Properties>"
)
CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Autor da ficha"><vt:lpwstr>Segredo</vt:lpwstr>'
    '</property><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="Turma"><vt:lpwstr>4.º A</vt:lpwstr>'
    "</property></Properties>"
)
META = (
    f"<office:document-meta {file_samples.SPACES}><office:meta><dc:title>Frações</dc:title><meta:initial-creator>Segredo"
    "</meta:initial-creator><dc:creator>Segredo</dc:creator><meta:printed-by>Segredo</meta:printed-by>"
    "<dc:language>pt-PT</dc:language></office:meta></office:document-meta>"
)
PROPERTIES = {"docProps/core.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM, "meta.xml": META}
OFFICE = ("guia.docx", "aula.pptx", "contas.xlsx", "guia.odt", "aula.odp", "contas.ods")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def named(name: str, folder: Path, **more: bytes | str) -> Path:
    """Return a sample whose properties name several people."""
    path = file_samples.make(name, folder)
    parts = members(path)
    wanted = ("meta.xml",) if ".od" in name else tuple(set(PROPERTIES) - {"meta.xml"})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in (parts | {each: PROPERTIES[each] for each in wanted} | more).items():
            stored = member == "mimetype"
            archive.writestr(member, data, zipfile.ZIP_STORED if stored else None)
    return path


def pdf_of(folder: Path, *, xmp: bool = True, owner: str = "") -> Path:
    path = file_samples.pdf(folder / "guia.pdf", pages=3, author="Ana Segredo", title="O recreio", owner=owner)
    if xmp:
        with pikepdf.open(path, allow_overwriting_input=True) as document:
            with document.open_metadata(set_pikepdf_as_editor=False) as known:
                known["dc:creator"], known["dc:title"] = ["Rui Segredo"], "O recreio"
            # Afterwards, as writing XMP takes out of the older properties what it does not hold itself.
            document.docinfo["/Company"], document.docinfo["/Creator"] = "Escola Segredo", "Um programa"
            document.save(path)
    return path


def hidden_in(path: Path) -> tuple[str, ...]:
    found = extract(path, sniff(path, path.name).media_type, path.name)
    assert found is not None
    return found.hidden


def test_what_may_be_asked_for_is_what_can_be_done():
    assert set(CLEANABLE) == set(CLEANERS)


@pytest.mark.parametrize("name", OFFICE)
def test_the_properties_of_an_office_document_lose_every_name_and_no_other_part_a_byte(tmp_path, name):
    path, out = named(name, tmp_path), tmp_path / "out"
    assert hidden_in(path) == ("author",)
    clean(path, name, out)
    before, after = members(path), members(out)
    assert list(before) == list(after)
    assert {part for part in before if before[part] != after[part]} <= set(PROPERTIES)
    assert not any(b"Segredo" in data for data in after.values())
    kept = after.get("meta.xml") or after["docProps/core.xml"] + after["docProps/custom.xml"]
    assert "Frações".encode() in kept
    assert b"Turma" in kept or ".od" in name


def test_an_open_document_still_begins_with_its_type_as_it_is(tmp_path):
    path, out = named("guia.odt", tmp_path), tmp_path / "out"
    clean(path, path.name, out)
    assert out.read_bytes()[30:77] == b"mimetypeapplication/vnd.oasis.opendocument.text"


def test_the_dates_of_a_word_document_keep_their_type(tmp_path):
    path, out = named("guia.docx", tmp_path), tmp_path / "out"
    clean(path, path.name, out)
    assert b'xsi:type="dcterms:W3CDTF"' in members(out)["docProps/core.xml"]


def test_a_pdf_loses_its_names_in_info_and_xmp_and_the_data_of_its_pages_stays(tmp_path):
    path, out = pdf_of(tmp_path), tmp_path / "out"
    clean(path, path.name, out)
    assert b"Segredo" not in out.read_bytes()
    with pikepdf.open(path) as before, pikepdf.open(out) as after:
        assert [p.Contents.read_raw_bytes() for p in before.pages] == [p.Contents.read_raw_bytes() for p in after.pages]
        assert (str(after.docinfo["/Title"]), str(after.docinfo["/Creator"])) == ("O recreio", "Um programa")
        with after.open_metadata(set_pikepdf_as_editor=False) as known:
            assert "dc:creator" not in known
            assert known["dc:title"] == "O recreio"


def test_a_name_that_only_the_xmp_says_is_found_and_taken_out(tmp_path):
    path, out = pdf_of(tmp_path), tmp_path / "out"
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        del document.docinfo["/Author"]
        document.save(path)
    assert hidden_in(path) == ("author",)
    clean(path, path.name, out)
    assert hidden_in(out) == ()


def signed_pdf(folder: Path) -> Path:
    """Return a PDF with a signature's marks; nobody checks here whether it is genuine."""
    path = pdf_of(folder, xmp=False)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3])
        field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=document.make_indirect(value)))
        document.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=[field])
        document.save(path, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return path


def test_signed_and_locked_files_stay_as_they_are_and_say_why(tmp_path):
    out = tmp_path / "out"
    signed = signed_pdf(tmp_path)
    assert hidden_in(signed) == ("author", "signed")
    with pytest.raises(Signed):
        clean(signed, "guia.pdf", out)
    word = named("guia.docx", tmp_path, **{"_xmlsignatures/sig1.xml": "<Signature/>"})
    assert hidden_in(word) == ("author", "signed")
    with pytest.raises(Signed):
        clean(word, "guia.docx", out)
    locked = pdf_of(tmp_path, xmp=False, owner="segredo")
    assert hidden_in(locked) == ("author", "locked")
    with pytest.raises(Encrypted):
        clean(locked, "guia.pdf", out)
    assert not out.exists()


def test_a_copy_that_says_something_else_is_not_taken(tmp_path, monkeypatch):
    other = fpdf.FPDF()
    other.add_page()

    def damaged(path: Path, out: Path) -> None:
        other.output(str(out))

    monkeypatch.setitem(CLEANERS, "application/pdf", damaged)
    with pytest.raises(Broken):
        clean(pdf_of(tmp_path), "guia.pdf", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_member_that_is_damaged_stops_the_cleaning(tmp_path):
    path = named("guia.docx", tmp_path, **{"word/media/a.bin": b"uma imagem inteira" * 50})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("word/media/a.bin")
    data[info.header_offset + 30 + len(info.filename) + 5] ^= 255
    path.write_bytes(data)
    with pytest.raises(Broken):
        clean(path, path.name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_it_is_done_in_the_child_also_for_files_larger_than_its_pictures_may_be(tmp_path):
    noise = bytes(range(256)) * 8_192
    path = named("aula.pptx", tmp_path, **{"ppt/media/filme.mp4": noise})
    stored = tmp_path / "grande.pptx"
    with zipfile.ZipFile(stored, "w") as archive:
        for name, data in members(path).items():
            archive.writestr(name, data)
    with Examiner(Limits(output_mb=1)) as examiner:
        assert examiner.clean(stored, "aula.pptx", tmp_path / "out") is None
        assert hidden_in(signed_pdf(tmp_path))
        assert examiner.clean(tmp_path / "guia.pdf", "guia.pdf", tmp_path / "no") == "signed"
    assert members(tmp_path / "out")["ppt/media/filme.mp4"] == noise
