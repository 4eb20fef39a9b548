"""A file is what its bytes say; the name is only believed where they agree."""

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from pathlib import Path

import file_samples
import pytest

from repository.errors import Invalid
from repository.files.kinds import ACCEPTED, KINDS, known_extension
from repository.files.names import extension
from repository.files.sniff import PROBLEMS, Sniffed, refusal, refusal_announced, sniff


@pytest.mark.parametrize("name", file_samples.SAMPLES)
def test_a_good_file_is_recognised_without_a_problem(tmp_path, name):
    found = sniff(file_samples.make(name, tmp_path), name)
    kind = KINDS[extension(name)]
    assert found == Sniffed(kind.media_type, kind.extension, kind.family, None)
    assert refusal(found) is None


def test_every_kind_has_a_sample():
    assert set(KINDS) - {extension(name) for name in file_samples.SAMPLES} == {"ppsx"}
    assert {"jpeg", "htm", "oga", "m4v", "tgz"} <= set(ACCEPTED)


@pytest.mark.parametrize(
    ("sample", "name", "becomes"),
    [
        ("foto.png", "guia.pdf", "png"),
        ("guia.pdf", "guia.docx", "pdf"),
        ("tudo.zip", "guia.docx", "zip"),
        ("guia.docx", "tudo.zip", "docx"),
        ("guia.odt", "guia.docx", "odt"),
        ("pagina.html", "contas.xls", "html"),
        ("som.mp3", "filme.mp4", "mp3"),
        ("notas.txt", "guia.pdf", "txt"),
        ("velho.doc", "velho.xls", "doc"),
        ("guia.pdf", "guia.exe", "pdf"),
    ],
)
def test_a_name_that_lies_is_said_and_the_truth_kept(tmp_path, sample, name, becomes):
    found = sniff(file_samples.make(sample, tmp_path), name)
    assert (found.extension, found.problem) == (becomes, "mislabelled")
    assert found.media_type == KINDS[becomes].media_type
    assert refusal(found) is None


@pytest.mark.parametrize(
    ("sample", "name"),
    [("foto.jpg", "a.jpeg"), ("pagina.html", "a.HTM"), ("filme.mp4", "a.m4v"), ("filme.mp4", "a.m4a"),
     ("notas.txt", "leia-me"), ("guia.pdf", "guia"), ("som.ogg", "a.oga"), ("jogo.h5p", "a.zip"),
     ("notas.txt", "a.md")],
)  # fmt: skip
def test_another_usual_name_is_no_lie(tmp_path, sample, name):
    assert sniff(file_samples.make(sample, tmp_path), name).problem is None


def said(tmp_path: Path, data: bytes, name: str) -> str | None:
    path = tmp_path / "file"
    path.write_bytes(data)
    return sniff(path, name).problem


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a"])
def test_an_empty_file_is_refused_in_words(tmp_path, name):
    path = tmp_path / "file"
    path.touch()
    found = sniff(path, name)
    assert found.problem == "empty"
    assert isinstance(refusal(found), Invalid)
    assert "vazio" in str(refusal(found))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"alert(1)", "x.js"),
        (bytes(range(256)), "dados.bin"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "foto.heic"),
        (gzip.compress(b"x", mtime=0), "a.gz"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_on_the_list_is_refused(tmp_path, data, name):
    path = tmp_path / "file"
    path.write_bytes(data)
    found = sniff(path, name)
    assert found.problem == "not_allowed"
    assert isinstance(refusal(found), Invalid)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\0" + bytes(100), "jogo.exe"),
        (b"MZ\x90\0" + bytes(100), "guia.pdf"),
        (b"\x7fELF" + bytes(100), "foto.png"),
        (b"@echo off\r\n", "corre.bat"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_program_is_refused_as_what_it_is(tmp_path, data, name):
    path = tmp_path / "file"
    path.write_bytes(data)
    assert sniff(path, name).problem == "program"
    assert "É um programa e não pode ser guardado aqui" in str(refusal(sniff(path, name)))
    if name.endswith(".exe"):
        assert "É um programa" in str(refusal_announced(name, 5))  # before a byte of it is sent


def test_a_program_in_a_zip_is_refused_by_its_name(tmp_path):
    jar = file_samples.packed(tmp_path / "jar", {"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe\xba\xbe"})
    assert sniff(jar, "jogo.jar").problem == "program"
    assert sniff(jar, "jogo.docx").extension == "zip"


def test_a_document_with_macros_is_refused_under_any_name(tmp_path):
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    path = file_samples.packed(tmp_path / "a", {"[Content_Types].xml": types, "word/document.xml": "<x/>"})
    assert sniff(path, "a.docm").problem == "not_allowed"
    assert sniff(path, "a.docx").problem == "not_allowed"


@pytest.mark.parametrize("name", ["guia.pdf", "foto.png", "foto.jpg", "foto.gif", "guia.docx", "guia.odt", "livro.epub",
                                  "tudo.zip", "som.wav", "filme.mp4", "guia.rtf", "foto.webp"])  # fmt: skip
def test_half_a_file_is_truncated(tmp_path, name):
    data = file_samples.make(name, tmp_path).read_bytes()
    assert said(tmp_path, data[: len(data) // 2], name) == "truncated"


@pytest.mark.parametrize("name", ["guia.pdf", "foto.png", "guia.docx", "som.mp3"])
def test_noise_under_a_good_name_is_broken(tmp_path, name):
    assert said(tmp_path, bytes(random.Random(1).choices(range(256), k=5000)), name) == "broken"


def test_locked_files_are_encrypted(tmp_path):
    assert sniff(file_samples.pdf(tmp_path / "a", password="x"), "a.pdf").problem == "encrypted"
    found = sniff(file_samples.compound(tmp_path / "b", "EncryptionInfo", "EncryptedPackage"), "b.xlsx")
    assert (found.problem, found.extension) == ("encrypted", "xlsx")
    manifest: dict[str, bytes | str] = {"META-INF/manifest.xml": b"<m><encryption-data/></m>"}
    assert sniff(file_samples.odf(tmp_path / "c.odt", extra=manifest), "c.odt").problem == "encrypted"
    locked = bytearray(file_samples.make("tudo.zip", tmp_path).read_bytes())
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert said(tmp_path, bytes(locked), "d.zip") == "encrypted"


def test_files_that_are_two_things_are_polyglots(tmp_path):
    pdf = file_samples.make("guia.pdf", tmp_path).read_bytes()
    archive = file_samples.make("tudo.zip", tmp_path).read_bytes()
    png = file_samples.png_bytes()
    for data, name in (
        (b"<html><script>alert(1)</script>" + pdf, "a.pdf"),
        (b"%PDF-1.4\n<script>alert(1)</script>" + pdf, "a.pdf"),
        (pdf + archive, "a.pdf"),
        (png + archive, "a.png"),
        (b"<html>ol\xc3\xa1</html>" + b"\n" + _stored_zip(), "a.html"),
    ):
        assert said(tmp_path, data, name) == "polyglot", name
    assert sniff(tmp_path / "file", "a.html").media_type == "application/octet-stream"


def _stored_zip() -> bytes:
    """Return blanks and a zip behind them, farther in than the text is looked at."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "olá")
    return b" " * 1_100_000 + out.getvalue()


def test_a_pdf_with_a_document_attached_is_no_polyglot(tmp_path):
    pdf = file_samples.make("guia.pdf", tmp_path).read_bytes()
    archive = file_samples.make("tudo.zip", tmp_path).read_bytes()
    at = pdf.rindex(b"xref")
    assert said(tmp_path, pdf[:at] + archive + pdf[at:], "a.pdf") is None


def huge_png(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_an_image_of_169_megapixels_is_a_bomb(tmp_path):
    assert said(tmp_path, huge_png(13_000), "a.png") == "bomb"
    assert said(tmp_path, huge_png(7_000), "a.png") == "bomb"
    assert said(tmp_path, huge_png(6_000), "a.png") is None


def test_zips_that_grow_share_or_swarm_are_bombs(tmp_path):
    grows = file_samples.odf(tmp_path / "a.odt", extra={"Pictures/x": bytes(50_000_000)})
    assert sniff(grows, "a.odt").problem == "bomb"
    swarm = tmp_path / "c.zip"
    with zipfile.ZipFile(swarm, "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), b"")
    assert sniff(swarm, "c.zip").problem == "bomb"
    assert sniff(shared_members(tmp_path / "b.zip"), "b.zip").problem == "bomb"


def shared_members(path: Path) -> Path:
    """Write a zip whose members all unpack the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(900_000))
    data = out.getvalue()
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x05\x06")]
    entries = b"".join(entry[:46] + bytes([97 + number]) for number in range(20))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + end)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_in_usual_encodings_is_text(tmp_path, encoding):
    assert said(tmp_path, "ação à mão; coração\n".encode(encoding), "lista.csv") is None


def test_texts_with_a_strict_form_must_have_it(tmp_path):
    for name in ("a.svg", "a.rtf", "a.ipynb", "a.hex"):
        assert said(tmp_path, b"s\xc3\xb3 texto", name) == "broken"
    assert said(tmp_path, json.dumps({"cells": []}).encode(), "a.ipynb") is None
    assert said(tmp_path, b"<!doctype html><p>x", "a.txt") == "mislabelled"


def test_a_cut_character_at_the_end_of_the_look_is_still_text(tmp_path):
    assert said(tmp_path, ("a" + "é" * 600_000).encode(), "a.txt") is None


def test_whatever_the_bytes_an_answer_comes(tmp_path):
    chance = random.Random(7)
    starts = [file_samples.make(name, tmp_path).read_bytes()[:64] for name in file_samples.SAMPLES]
    for number in range(400):
        data = chance.choice(starts)[: chance.randint(1, 64)] + chance.randbytes(chance.randint(0, 300))
        problem = said(tmp_path, data, chance.choice(list(file_samples.SAMPLES)))
        assert problem is None or problem in PROBLEMS, number


def test_known_extensions():
    assert known_extension("jpeg") == "jpg"
    assert known_extension("exe") is None
