"""What reads the documents of others, and the judgements about them; `python -m bench.elsewhere` asks the questions."""

import struct
import zlib
from importlib import resources
from pathlib import Path

import pytest

from bench.elsewhere import handbooks
from bench.elsewhere.document import WRITERS, Found, write
from bench.elsewhere.gcompris import read
from bench.elsewhere.making import make
from bench.elsewhere.qt import translations, unpacked
from repository.files.extract import extract
from repository.files.sniff import sniff

ACTIVITY = """ActivityInfo {
  difficulty: 2
  //: Activity title
  title: qsTr("Odd numbers")
  description: qsTr("Count.")
  //: Help goal
  goal: ""
  manual: qsTr("Count.") +
          "<ul><li>" + qsTr("Odd numbers") + "</li></ul>"
  section: "math numeration"
}
"""
SAID = {"Odd numbers": "Números ímpares", "Count.": "Contar."}


def resource(name: str, content: bytes) -> bytes:
    packed = struct.pack(">I", len(content)) + zlib.compress(content)
    contents = struct.pack(">I", len(packed)) + packed
    names = struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    tree = struct.pack(">IHIIQ", 0, 2, 1, 1, 0) + struct.pack(">IHHHIQ", 0, 1, 0, 0, 0, 0)
    at = 20
    return struct.pack(">4s4I", b"qres", 2, at, at + 44, at + 44 + len(contents)) + tree + contents + names


def catalogue(said: dict[str, str]) -> bytes:
    def part(tag: int, text: bytes) -> bytes:
        return struct.pack(">BI", tag, len(text)) + text

    messages = b"".join(
        part(3, there.encode("utf-16-be")) + part(6, here.encode()) + part(7, b"ActivityInfo") + b"\x01"
        for here, there in said.items()
    )
    return bytes(16) + part(0x69, messages)


def test_files_come_out_of_a_resource_under_their_names() -> None:
    assert list(unpacked(resource("olá.qml", b"abc" * 9))) == [("/olá.qml", b"abc" * 9)]


def test_what_is_no_resource_is_refused() -> None:
    with pytest.raises(ValueError):
        list(unpacked(b"PK" + bytes(30)))


def test_a_translation_is_found_by_its_context_and_text() -> None:
    assert translations(catalogue(SAID))["ActivityInfo", "Count."] == "Contar."


def test_an_activity_becomes_a_document_in_portuguese(tmp_path: Path) -> None:
    base = tmp_path / "usr/share/gcompris-qt"
    for folder in ("rcc", "translations"):
        (base / folder).mkdir(parents=True)
    (base / "rcc/odd.rcc").write_bytes(resource("ActivityInfo.qml", ACTIVITY.encode()))
    (base / "translations/gcompris_pt.qm").write_bytes(catalogue(SAID))
    (found,) = read(tmp_path)
    assert (found.name, found.title) == ("gcompris/odd", "Números ímpares")
    assert found.blocks == [("p", "Contar."), ("h", "Como se faz"), ("p", "Contar."), ("li", "Números ímpares")]
    assert found.facts["level"] == "pre|1ceb"
    assert found.facts["discipline"] == "EXC-MAT|MAT"


def test_a_chapter_of_a_handbook_becomes_a_document_under_its_title(tmp_path: Path) -> None:
    folder = tmp_path / "usr/share/doc/HTML/pt/kexemplo"
    folder.mkdir(parents=True)
    (folder / "index.docbook").write_text(
        '<!DOCTYPE book [ <!ENTITY a "b"> ]><book><chapter id="usar"><title>Usar o &kexemplo;</title>'
        "<para>Antes<itemizedlist><listitem><para>um &amp; dois</para></listitem></itemizedlist></para></chapter>"
        '<chapter id="credits"><title>Créditos</title><para>x</para></chapter></book>',
        "utf-8",
    )
    (found,) = handbooks.read(tmp_path, "kexemplo", "KExemplo")
    assert (found.name, found.title) == ("kexemplo/kexemplo-usar", "Usar o KExemplo")
    assert found.blocks == [("p", "Antes"), ("li", "um & dois")]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_document_says_the_same_in_every_format(tmp_path: Path, ending: str) -> None:
    document = Found("pasta/exemplo", "Frações", [("h", "Objetivo"), ("p", "Repartir."), ("li", "Três partes")])
    path = write(document, tmp_path, ending)
    assert path == tmp_path / f"pasta/exemplo.{ending}"
    read_again = extract(path, sniff(path, path.name).media_type, path.name)
    assert read_again is not None
    text = " ".join(page for page in read_again.pages)
    assert all(words in text for words in ("Frações", "Objetivo", "Repartir.", "Três partes"))


def test_a_missing_package_is_named_with_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="apt-get download gcompris-qt-data="):
        make(tmp_path, tmp_path / "documents")


def test_sixty_questions_are_judged_and_what_was_judged_later_is_about_them() -> None:
    def rows(name: str) -> list[list[str]]:
        lines = (resources.files("bench.elsewhere") / f"{name}.txt").read_text("utf-8").splitlines()
        return [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]

    asked = [question for _, question, _ in rows("judged")]
    assert len(set(asked)) == len(asked) == 60
    assert {question for question, _ in rows("pooled")} <= set(asked)
