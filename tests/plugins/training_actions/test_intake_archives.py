"""Archives from strangers: nothing is written outside, nothing grows without end, and each refusal is a sentence."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from bench.intake.generator import renamed
from plugins.training_actions import intake_files
from plugins.training_actions.models import IntakeState
from repository.errors import Invalid
from repository.models import Organisation, User
from repository.work import Actor, Services
from tests.plugins.training_actions.intake_house import Course, make_course

TEXT = b"As fracoes sao partes de um todo. " * 5


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    return make_services(plugins=["materials", "training_actions"])


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Inês Vaz", "José Tavares"])


def archive(members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (0o120777 & 0xFFFF) << 16
    return info


def test_members_that_lead_elsewhere_are_refused_each_for_itself(course: Course, run_jobs: Any, tmp_path: Any) -> None:
    members: list[tuple[str | zipfile.ZipInfo, bytes]] = [
        ("../fora.txt", TEXT), ("/tmp/fora.txt", TEXT), ("C:\\fora.txt", TEXT), (link("atalho.txt"), b"/etc/passwd"),
        ("Inês Vaz/boa.txt", TEXT),
    ]  # fmt: skip
    number = course.send({}, zipped=archive(members))
    run_jobs()
    states = course.states(number)
    assert states.pop("Inês Vaz/boa.txt") == "matched"
    assert set(states.values()) == {"refused"}
    assert not list(tmp_path.rglob("fora.txt"))


def test_a_bomb_of_one_file_and_a_bomb_of_many_are_refused_whole(course: Course, monkeypatch: Any) -> None:
    with pytest.raises(Invalid, match="cresce demais"):
        course.send({}, zipped=archive([("zeros.txt", bytes(30_000_000))]))
    monkeypatch.setattr(intake_files, "FREE_MB", 10)
    many = archive([(f"{n}.txt", bytes(1_000_000)) for n in range(30)])
    with pytest.raises(Invalid, match="cresce demais"):
        course.send({}, zipped=many)
    assert course.items() == []


def test_members_that_share_their_bytes_are_refused(course: Course) -> None:
    data = bytearray(archive([("a.txt", TEXT), ("b.txt", TEXT)]))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 5)  # where the second member says that it begins
    with pytest.raises(Invalid):
        course.send({}, zipped=bytes(data))


def test_more_than_ten_thousand_files_are_refused_with_the_number(course: Course) -> None:
    with pytest.raises(Invalid, match="10000 ficheiros"):
        course.send({}, zipped=archive([(f"{n}.txt", b"") for n in range(10_001)]))


def test_a_locked_member_says_so_and_the_others_come_in(course: Course, run_jobs: Any) -> None:
    data = bytearray(archive([("Inês Vaz.txt", TEXT), ("José Tavares.txt", TEXT + b"2")]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    number = course.send({}, zipped=bytes(data))
    run_jobs()
    assert course.states(number) == {"Inês Vaz.txt": "refused", "José Tavares.txt": "matched"}
    assert "palavra-passe" in course.entries(number)["Inês Vaz.txt"].reason


def test_an_archive_within_the_archive_is_one_file(course: Course, run_jobs: Any) -> None:
    inner = archive([("a.txt", TEXT), ("../b.txt", TEXT)])
    number = course.send({}, zipped=archive([("Inês Vaz/jogo.zip", inner)]))
    run_jobs()
    assert course.states(number) == {"Inês Vaz/jogo.zip": "matched"}
    assert [file.name for item in course.items() for file in item.files] == ["jogo.zip"]


def test_a_damaged_member_is_refused_and_the_intake_ends(course: Course, run_jobs: Any) -> None:
    data = bytearray(archive([("Inês Vaz.txt", bytes(range(256)) * 40), ("José Tavares.txt", TEXT)]))
    data[60:70] = bytes(10)
    number = course.send({}, zipped=bytes(data))
    run_jobs()
    assert course.intake(number).state == IntakeState.DONE
    assert course.states(number) == {"Inês Vaz.txt": "refused", "José Tavares.txt": "matched"}


def test_programs_and_empty_files_stay_out_with_their_reason(course: Course, run_jobs: Any) -> None:
    number = course.send({}, zipped=archive([("Inês Vaz/a.exe", b"MZ" + bytes(200)), ("Inês Vaz/b.txt", b"")]))
    run_jobs()
    assert set(course.states(number).values()) == {"refused"}
    assert all(entry.reason for entry in course.entries(number).values())


@pytest.mark.parametrize("encoding", ["cp850", "utf-8", "cp437"])
def test_names_are_read_in_the_encoding_of_their_maker(course: Course, run_jobs: Any, encoding: str) -> None:
    number = course.send({}, zipped=renamed({"Turma/Inês Vaz - ficha.txt": TEXT}, encoding))
    run_jobs()
    assert course.authors(number) == {"Turma/Inês Vaz - ficha.txt": ("Inês Vaz",)}


def test_what_systems_leave_behind_is_skipped_and_said_so(course: Course, run_jobs: Any) -> None:
    names = ("__MACOSX/._a.txt", ".DS_Store", "T/Thumbs.db", "T/~$ficha.docx", "T/Inês Vaz.txt")
    number = course.send({}, zipped=archive([(name, TEXT) for name in names]))
    run_jobs()
    assert [course.states(number)[name] for name in names] == [*["skipped"] * 4, "matched"]


def test_very_long_paths_stay_different(course: Course, run_jobs: Any) -> None:
    folder = "/".join(["pasta" * 20] * 12)
    number = course.send({}, zipped=archive([(f"{folder}/{n}.txt", TEXT + n.encode()) for n in ("a", "b")]))
    run_jobs()
    states = course.states(number)
    assert list(states.values()) == ["unmatched", "unmatched"]
    assert all(len(path) <= 1000 for path in states)


def test_an_archive_that_was_swept_away_is_said_so(course: Course, services: Services, run_jobs: Any) -> None:
    number = course.send({}, zipped=archive([("Inês Vaz.txt", TEXT)]))
    for digest in list(services.blobs.digests()):
        services.blobs.remove(digest)
    run_jobs()
    told = course.intake(number)
    assert (told.state, "Junte-o outra vez" in told.problem) == (IntakeState.REFUSED, True)


@pytest.mark.parametrize(
    ("told", "shown"),
    [("a\\b.txt", "a/b.txt"), ("/../x/./y.txt", "x/y.txt"), ("..", "ficheiro"), ("a\x00b\n.txt", "a b .txt")],
)
def test_a_path_from_a_browser_leads_nowhere(told: str, shown: str) -> None:
    assert intake_files.safe_path(told) == shown
