"""Authors' names in the properties of documents: taken out by their person with one press, or by staff for a course."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient

from plugins.training_actions import links, names_out
from plugins.training_actions.models import Edition, Participant
from repository.models import Item, Organisation, User
from repository.work import SYSTEM, Actor, Services, open_work
from tests.plugins.training_actions.intake_house import Course, make_course


def word(words: str, author: str = "Senhor Computador") -> bytes:
    """Return a Word document that names the owner of a computer."""
    document, out = docx.Document(), BytesIO()
    document.core_properties.author = author
    document.add_paragraph(words)
    document.save(out)
    return out.getvalue()


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    """A course whose two people brought three documents; two of them name somebody."""
    course = make_course(services, centre, actor_for(staff), ["Joana Teles", "Rui Lopes"])
    course.send(
        {
            "Joana Teles.docx": word("As frações da Joana"),
            "Rui Lopes.docx": word("As barras do Rui"),
            "Joana Teles 2.txt": b"Sem propriedades nenhumas",
        }
    )
    return course


def hidden(course: Course) -> dict[str, list[str]]:
    return {file.name: file.hidden for item in course.items() for file in item.files}


def digests(course: Course) -> dict[str, str]:
    return {file.name: file.sha256 for item in course.items() for file in item.files}


def test_a_whole_course_is_cleaned_with_one_press_and_put_back_with_another(
    course: Course, staff: User, sign_in: Any, run_jobs: Any
) -> None:
    run_jobs()
    before, sara = digests(course), sign_in(staff)
    base = f"/actions/manage/editions/{course.edition_id}"
    assert "2 ficheiros guardam o nome" in sara.get(f"{base}/intake").text
    for _twice in range(2):
        assert sara.post(f"{base}/names/out").status_code == 303
    run_jobs()
    assert not any(hidden(course).values())
    assert "guardam o nome" not in sara.get(f"{base}/intake").text
    changed = {name for name, digest in digests(course).items() if digest != before[name]}
    assert changed == {"Joana Teles.docx", "Rui Lopes.docx"}
    for _twice in range(2):
        assert sara.post(f"{base}/names/back").status_code == 303
    run_jobs()
    assert digests(course) == before


def test_cleaned_drafts_can_still_be_handed_in_together(
    course: Course, staff: User, sign_in: Any, run_jobs: Any
) -> None:
    run_jobs()
    sara = sign_in(staff)
    sara.post(f"/actions/manage/editions/{course.edition_id}/names/out")
    run_jobs()
    sara.post(f"/actions/manage/editions/{course.edition_id}/hand-in")
    assert (
        "rascunhos ficam para os autores" not in sara.get(f"/actions/manage/editions/{course.edition_id}/intake").text
    )


def test_nobody_without_the_course_in_their_care_changes_its_files(
    course: Course, ana: User, sign_in: Any, client: FlaskClient, run_jobs: Any
) -> None:
    run_jobs()
    before = digests(course)
    for browser in (sign_in(ana), client):
        assert browser.post(f"/actions/manage/editions/{course.edition_id}/names/out").status_code in (302, 403)
    run_jobs()
    assert digests(course) == before


def test_the_count_asks_the_database_once_however_many_files(
    course: Course, run_jobs: Any, services: Services, count_queries: Any
) -> None:
    run_jobs()
    with open_work(services, SYSTEM) as work:
        edition = work.session.get_one(Edition, course.edition_id)
        with count_queries() as asked:
            assert names_out.count_naming(work, edition) == 2
    assert len(asked) == 1


@pytest.fixture
def my_page(services: Services, edition: Edition, join: Callable[..., Participant]) -> str:
    """The address of a person's page."""
    joana = join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")
    with open_work(services, SYSTEM) as work:
        return f"/u/{links.token_of(services, work.session.get_one(Participant, joana.id))}"


def test_by_the_personal_link_a_name_goes_and_comes_back(
    client: FlaskClient, my_page: str, services: Services, run_jobs: Any
) -> None:
    answer = client.post(
        my_page, data={"files": [(BytesIO(word("Frações")), "guia.docx")]}, content_type="multipart/form-data"
    )
    item_id, where = int(answer.location.rpartition("/")[2]), answer.location
    run_jobs()

    def the_file() -> Any:
        with open_work(services, SYSTEM) as work:
            return work.session.get_one(Item, item_id).files[0]

    before = the_file()
    assert "Guarda nas propriedades o nome de quem o escreveu." in client.get(where).text
    for _twice in range(2):
        assert client.post(where, data={"act": f"clean:{before.id}"}).status_code == 303
    run_jobs()
    assert (the_file().hidden, the_file().state) == ([], "ready")
    assert the_file().sha256 != before.sha256
    page = client.get(where).text
    assert "Os dados escondidos foram retirados." in page
    assert f"unclean:{before.id}" in page
    for _twice in range(2):
        assert client.post(where, data={"act": f"unclean:{before.id}"}).status_code == 303
    run_jobs()
    assert (the_file().sha256, the_file().hidden) == (before.sha256, ["author"])
