"""ZIPs from strangers: nothing is written outside, and each odd member is refused for itself."""

import stat
import zipfile

import pytest

from repository.importing.sources import list_zip, member_name
from tests.core.importing.conftest import outcomes

TEXT = "As frações são partes de um todo e comparam-se com barras. " * 4


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def files_below(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_members_come_in_under_their_last_names_and_leave_nothing_unpacked(bring_in, tmp_path, kept, services):
    source = make_zip(tmp_path / "turma.zip", {"Grupo A/ficha.txt": TEXT, "Grupo B/plano.txt": TEXT + "2"})
    assert outcomes(bring_in(source)) == {"Grupo A/ficha.txt": "added", "Grupo B/plano.txt": "added"}
    assert [item.files[0].name for item in kept()] == ["ficha.txt", "plano.txt"]
    assert list(services.blobs.partial.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../fora.txt",
        "a/../../fora.txt",
        "/tmp/fora.txt",
        "C:/fora.txt",
        "C:\\fora.txt",
        "a\\b.txt",
        "a//b.txt",
        "./a.txt",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_and_the_others_come_in(bring_in, tmp_path, name):
    home = tmp_path / "home"
    home.mkdir()
    source = make_zip(home / "turma.zip", {name: TEXT, "bom.txt": TEXT + "2"})
    told = outcomes(bring_in(source))
    assert told.pop("bom.txt") == "added"
    assert list(told.values()) == ["refused"]
    assert {path.name for path in files_below(home)} == {"turma.zip"}
    assert not (tmp_path / "fora.txt").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(bring_in, tmp_path, kind):
    link = zipfile.ZipInfo("ligacao.txt")
    link.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(tmp_path / "turma.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert outcomes(bring_in(tmp_path / "turma.zip")) == {"ligacao.txt": "refused"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_names_that_clash_the_first_comes_in(bring_in, tmp_path, kept):
    with zipfile.ZipFile(tmp_path / "turma.zip", "w") as archive:
        for name, text in (("ficha.txt", TEXT), ("FICHA.TXT", TEXT + "2"), ("ficha.txt", TEXT + "3")):
            archive.writestr(name, text)
    told = bring_in(tmp_path / "turma.zip")
    assert [line["outcome"] for line in told["files"]].count("refused") == 2
    assert len(kept()) == 1


def test_a_bomb_is_refused_whole_before_anything_is_unpacked(bring_in, tmp_path, kept):
    source = make_zip(tmp_path / "bomba.zip", {"zeros.txt": bytes(30_000_000)})
    told = bring_in(source)
    assert (told["code"], "cresce demais" in told["errors"]) == (1, True)
    assert kept() == []


def test_a_member_that_lies_about_its_size_is_refused(bring_in, tmp_path):
    source = make_zip(tmp_path / "mente.zip", {"ficha.txt": "palavra " * 5000})
    data = bytearray(source.read_bytes())
    at = data.rfind(b"PK\x01\x02") + 24  # the uncompressed size in the directory
    data[at : at + 4] = (100).to_bytes(4, "little")
    source.write_bytes(data)
    assert outcomes(bring_in(source)) == {"ficha.txt": "refused"}


def test_a_locked_member_is_refused_with_its_reason(bring_in, tmp_path):
    source = make_zip(tmp_path / "turma.zip", {"ficha.txt": TEXT})
    data = bytearray(source.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    source.write_bytes(data)
    (line,) = bring_in(source)["files"]
    assert (line["outcome"], "palavra-passe" in line["words"]) == ("refused", True)


@pytest.mark.parametrize("data", [b"", b"isto nao e um zip", b"PK\x05\x06" + bytes(10)])
def test_what_is_no_zip_is_refused_in_a_sentence(bring_in, tmp_path, data):
    (tmp_path / "turma.zip").write_bytes(data)
    told = bring_in(tmp_path / "turma.zip")
    assert (told["code"], "ZIP" in told["errors"]) == (1, True)


@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
def test_names_are_read_as_their_maker_wrote_them(tmp_path, encoding):
    info = zipfile.ZipInfo("Avaliação/frações_ª.txt".encode(encoding).decode("cp437"))
    info.flag_bits = 0
    assert member_name(info) == "Avaliação/frações_ª.txt"


def test_decomposed_names_are_composed(tmp_path):
    source = make_zip(tmp_path / "turma.zip", {"frac\u0327o\u0303es.txt": TEXT})
    with zipfile.ZipFile(source) as archive:
        assert [file.name for file in list_zip(archive).files] == ["frações.txt"]
