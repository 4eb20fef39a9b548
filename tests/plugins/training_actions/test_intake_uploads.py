"""A course's files come by resumable uploads, one by one, and the form begins the intake with what has arrived."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugins.training_actions.intake_uploads import PLACE
from repository import incoming
from repository.models import Organisation, User
from repository.work import Actor, Services
from tests.plugins.training_actions.intake_house import Course, make_course
from tests.plugins.training_actions.test_intake_rules import FILES, text, zipped

TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}
MB = 1024 * 1024


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "José Tavares", "Rui Lopes"])


@pytest.fixture
def sara(staff: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(staff)


def announce(browser: FlaskClient, target: str, name: str, size: int) -> Any:
    told = {"filename": name, "target": target}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return browser.post("/uploads", headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata})


def place(course: Course) -> str:
    return f"{PLACE}/{course.edition_id}"


def send(browser: FlaskClient, course: Course, name: str, data: bytes) -> str:
    """Send a file in two parts, and return the line that tells what has arrived."""
    where = announce(browser, place(course), name, len(data)).headers["Location"]
    half = len(data) // 2
    assert browser.patch(where, data=data[:half], headers=PART | {"Upload-Offset": "0"}).status_code == 204
    assert browser.head(where, headers=TUS).headers["Upload-Offset"] == str(half)
    answer = browser.patch(where, data=data[half:], headers=PART | {"Upload-Offset": str(half)})
    assert answer.status_code == 204, answer.text
    return answer.headers["Upload-File"]


def begin(browser: FlaskClient, course: Course, *lines: str) -> Any:
    return browser.post(f"/actions/manage/editions/{course.edition_id}/intake", data={"kept": list(lines)})


def number(answer: Any) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def test_a_zip_sent_in_parts_is_taken_in_as_one_sent_with_the_form(
    course: Course, sara: FlaskClient, run_jobs: Any
) -> None:
    found = number(begin(sara, course, send(sara, course, "turma.zip", zipped(FILES))))
    run_jobs()
    assert course.intake(found).name == "turma.zip"
    assert list(course.states(found).values()).count("matched") == 4


def test_many_files_keep_the_folders_that_the_browser_told(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    lines = [send(sara, course, f"Turma/{name}/ficha.txt", text(name)) for name in ("Joana Teles", "Rui Lopes")]
    found = number(begin(sara, course, *lines))
    run_jobs()
    assert course.authors(found) == {
        "Turma/Joana Teles/ficha.txt": ("Joana Teles",),
        "Turma/Rui Lopes/ficha.txt": ("Rui Lopes",),
    }


def test_sent_twice_the_form_adds_nothing(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    line = send(sara, course, "Joana Teles.txt", text("Joana"))
    begin(sara, course, line)
    again = number(begin(sara, course, line))
    run_jobs()
    assert len(course.items()) == 1
    assert course.states(again) == {"Joana Teles.txt": "known"}


def test_who_may_not_is_refused_before_a_byte_is_sent(
    course: Course, ana: User, sign_in: Any, client: FlaskClient
) -> None:
    assert announce(client, place(course), "turma.zip", 10).status_code == 401
    assert announce(sign_in(ana), place(course), "turma.zip", 10).status_code in (403, 404)
    assert not list(course.services.blobs.partial.glob("*.data"))


@pytest.mark.parametrize(
    "target", [f"{PLACE}/999999", f"{PLACE}/", f"{PLACE}/x", f"{PLACE}/{'9' * 30}", "nobody/1", "/1"]
)
def test_a_place_that_is_none_is_refused(course: Course, sara: FlaskClient, target: str) -> None:
    assert announce(sara, target, "turma.zip", 10).status_code in (404, 422)


def test_sizes_over_the_settings_are_refused_in_words_before_they_are_sent(
    make_services: Any, course: Course, sara: FlaskClient
) -> None:
    known = course.services.settings
    over = (known["training_archive_mb"] * MB) + 1
    answer = announce(sara, place(course), "turma.zip", over)
    assert (answer.status_code, "mais de 4096 MB" in answer.text) == (413, True)
    assert announce(sara, place(course), "turma.zip", over - 1).status_code in (201, 507)
    answer = announce(sara, place(course), "filme.mp4", known["max_file_mb"] * MB + 1)
    assert (answer.status_code, "mais de 2048 MB" in answer.text) == (413, True)


def test_a_full_disk_is_said_before_a_byte_is_sent(course: Course, sara: FlaskClient, monkeypatch: Any) -> None:
    free = incoming.KEPT_FREE + 1000
    monkeypatch.setattr("repository.incoming.shutil.disk_usage", lambda _path: type("Room", (), {"free": free}))
    assert announce(sara, place(course), "a.zip", 600).status_code == 201
    answer = announce(sara, place(course), "b.zip", 600)  # with what is on its way it is too much
    assert (answer.status_code, "não cabe agora" in answer.text) == (507, True)


def test_a_line_that_another_was_told_or_that_was_changed_begins_nothing(
    course: Course, sara: FlaskClient, admin: User, sign_in: Any
) -> None:
    line = send(sara, course, "Joana Teles.txt", text("Joana"))
    name, digest, size, proof = line.split(".")
    other = base64.urlsafe_b64encode(b"Rui Lopes.txt").decode()
    for changed in (f"{other}.{digest}.{size}.{proof}", f"{name}.{'0' * 64}.{size}.{proof}", line[:-1], "x", ""):
        answer = begin(sara, course, changed)
        assert (answer.status_code, "Envie os ficheiros outra vez" in answer.text) == (422, True)
    assert begin(sign_in(admin), course, line).status_code == 422
    assert course.items() == []


def test_what_was_swept_away_is_asked_for_again(course: Course, sara: FlaskClient) -> None:
    line = send(sara, course, "Joana Teles.txt", text("Joana"))
    course.services.blobs.path(line.split(".")[1]).unlink()
    answer = begin(sara, course, line)
    assert (answer.status_code, "Envie os ficheiros outra vez" in answer.text) == (422, True)


def test_the_form_sends_in_parts_where_scripts_run_and_whole_where_none_do(course: Course, sara: FlaskClient) -> None:
    for where in ("", "/intake"):
        page = sara.get(f"/actions/manage/editions/{course.edition_id}{where}").text
        assert f'data-intake="{place(course)}"' in page
        assert "intake.js" in page
        assert 'enctype="multipart/form-data"' in page
