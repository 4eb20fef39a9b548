"""What goes wrong in real courses: nothing is lost, and nothing is attributed to the wrong person."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from plugins.training_actions import actions, links
from plugins.training_actions.models import Edition, IntakeEntry, Participant
from repository.models import Item, Organisation, User
from repository.work import SYSTEM, Actor, Services, now, open_look, open_work
from tests.plugins.training_actions.intake_house import Course, make_course
from tests.plugins.training_actions.test_intake_rules import text
from tests.plugins.training_actions.test_intake_uploads import announce, begin, place, send
from tests.plugins.training_actions.test_links_pages import begin_with, metadata_for

TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "José Tavares"])


@pytest.fixture
def sara(staff: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(staff)


def change(services: Services, kind: type, number: int, **values: Any) -> None:
    with open_work(services, SYSTEM) as work:
        row = work.session.get_one(kind, number)
        for name, value in values.items():
            setattr(row, name, value)


def test_one_person_under_two_spellings_leaves_the_file_to_staff(course: Course, run_jobs: Any) -> None:
    course.person("Maria João Silva Matos")
    course.person("Maria J. S. Matos")
    number = course.send({"Maria Matos.txt": text("a"), "Joana Teles.txt": text("b")})
    run_jobs()
    assert course.states(number) == {"Maria Matos.txt": "unmatched", "Joana Teles.txt": "matched"}
    guessed = {each for ids, _why in course.entries(number)["Maria Matos.txt"].guesses for each in ids}
    assert len(guessed) == 2


def test_an_edition_that_is_removed_while_its_files_travel_takes_nothing_and_loses_nothing(
    course: Course, sara: FlaskClient, run_jobs: Any
) -> None:
    line = send(sara, course, "Joana Teles.txt", text("Joana"))
    where = announce(sara, place(course), "José Tavares.txt", 5).headers["Location"]
    with open_work(course.services, course.staff) as work:
        actions.remove_edition(work, work.session.get_one(Edition, course.edition_id))
    assert sara.patch(where, data=b"Texto", headers=PART | {"Upload-Offset": "0"}).status_code in (404, 409)
    assert begin(sara, course, line).status_code in (404, 409)
    with open_work(course.services, course.staff) as work:
        actions.bring_back_edition(work, work.session.get_one(Edition, course.edition_id))
    assert begin(sara, course, line).status_code == 303
    run_jobs()
    assert [item.credits[0].name for item in course.items()] == ["Joana Teles"]


def test_a_file_on_its_way_when_the_edition_closes_still_arrives(
    client: FlaskClient, services: Services, edition: Edition, joana_path: str
) -> None:
    item_id = begin_with(client, joana_path)
    known = TUS | {"Upload-Link": joana_path[3:]}
    begun = client.post("/uploads", headers=known | {"Upload-Length": "10", "Upload-Metadata": metadata_for(item_id)})
    part = PART | {"Upload-Link": joana_path[3:]}
    assert client.patch(begun.location, data=b"Texto", headers=part | {"Upload-Offset": "0"}).status_code == 204
    change(services, Item, item_id, created_at=now() - timedelta(minutes=9))
    change(services, Edition, edition.id, closes_at=now() - timedelta(minutes=3))
    assert client.patch(begun.location, data=b" meio", headers=part | {"Upload-Offset": "5"}).status_code == 204
    with open_look(services, SYSTEM) as work:
        assert [file.size for file in work.session.get_one(Item, item_id).files] == [10]


def test_the_same_upload_a_day_too_late_is_refused_in_words_and_the_draft_is_kept(
    client: FlaskClient, services: Services, edition: Edition, joana_path: str
) -> None:
    item_id = begin_with(client, joana_path, "antes.txt")
    known = TUS | {"Upload-Link": joana_path[3:]}
    begun = client.post("/uploads", headers=known | {"Upload-Length": "5", "Upload-Metadata": metadata_for(item_id)})
    change(services, Item, item_id, created_at=now() - timedelta(days=3))
    change(services, Edition, edition.id, closes_at=now() - timedelta(days=2))
    part = PART | {"Upload-Link": joana_path[3:], "Upload-Offset": "0"}
    assert client.patch(begun.location, data=b"Texto", headers=part).status_code == 403
    with open_look(services, SYSTEM) as work:
        assert [file.name for file in work.session.get_one(Item, item_id).files] == ["antes.txt"]


@pytest.fixture
def joana_path(services: Services, edition: Edition, join: Callable[..., Participant]) -> str:
    """The address of a person's page."""
    who = join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")
    with open_work(services, SYSTEM) as work:
        return f"/u/{links.token_of(services, work.session.get_one(Participant, who.id))}"


def test_ten_thousand_files_in_one_zip_are_all_listed(course: Course, services: Services) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"Turma/Joana Teles/parte {number // 100}/ficha {number}.txt", f"Ficha {number}")
    found = course.send({}, zipped=out.getvalue())
    with open_look(services, SYSTEM) as work:
        counted = select(func.count()).select_from(IntakeEntry).filter_by(intake_id=found, state="waiting")
        assert work.session.scalar(counted) == 10_000


def test_zips_within_zips_are_never_unpacked_however_deep(course: Course, run_jobs: Any) -> None:
    inner = text("no fundo")
    for depth in range(20):
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{depth}.zip" if depth else "fundo.txt", inner)
        inner = out.getvalue()
    found = course.send({"Joana Teles.zip": inner, "José Tavares.txt": text("outro")})
    run_jobs()
    assert course.authors(found) == {"Joana Teles.zip": ("Joana Teles",), "José Tavares.txt": ("José Tavares",)}
