"""What a material of an intake answers: told by its names or its type, left open in doubt, said by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.training_actions import answering, missing, tray
from plugins.training_actions.actions import get_edition, set_deliverables
from plugins.training_actions.missing import Standing
from plugins.training_actions.models import Contribution, Deliverable, Edition, Participant
from repository import accounts
from repository.errors import Invalid, NotAllowed, NotFound
from repository.models import AuditEntry, Item, Mail, Organisation, State, User
from repository.work import SYSTEM, Actor, Services, open_look, open_work
from tests.plugins.training_actions.intake_house import Course, make_course
from tests.plugins.training_actions.test_intake_rules import text

PLAN = {"title": "Sequência didática", "type": "lesson_plan"}
TALE = {"title": "Relato da experiência"}
TOGETHER = {"title": "Projeto", "by_group": True}


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    return make_services(plugins=["materials", "training_actions"])


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "José Tavares", "Rui Lopes"])


@pytest.fixture
def want(services: Services, course: Course) -> Callable[..., list[int]]:
    """Say what the edition asks for; return the ids."""

    def wanted(*rows: dict[str, Any]) -> list[int]:
        with open_work(services, SYSTEM) as work:
            edition = work.session.get_one(Edition, course.edition_id)
            set_deliverables(work, edition, rows)
            work.session.flush()
            return [row.id for row in edition.deliverables]

    return wanted


@pytest.fixture
def answers(services: Services, course: Course, run_jobs: Any) -> Callable[..., dict[str, str | None]]:
    """Take files in and return what each answers, by the name of its first file."""

    def asked(*paths: str) -> dict[str, str | None]:
        if paths:
            course.send({path: text(path) for path in paths})
            run_jobs()
        with open_look(services, SYSTEM) as work:
            rows = select(Item, Deliverable.title).join(Contribution, Contribution.item_id == Item.id)
            rows = rows.outerjoin(Deliverable, Deliverable.id == Contribution.deliverable_id)
            return {item.files[0].name: title for item, title in work.session.execute(rows)}

    return asked


@pytest.fixture
def line_of(services: Services, course: Course) -> Callable[[str], tuple[missing.Line, list[str]]]:
    """Return how somebody stands and the titles of what they may have still to bring."""

    def asked(name: str) -> tuple[missing.Line, list[str]]:
        with open_look(services, SYSTEM) as work:
            edition = work.session.get_one(Edition, course.edition_id)
            line = next(line for line in missing.lines_of(work, edition) if line.participant.name == name)
            return line, [row.title for row, _ in missing.still_wanted(edition, line)]

    return asked


def item_ids(course: Course) -> list[int]:
    return [item.id for item in course.items()]


def hand_in(course: Course) -> None:
    with open_work(course.services, course.staff) as work:
        for item in course.items():
            work.session.get_one(Item, item.id).state = State.SUBMITTED


def test_the_words_of_a_file_tell_what_it_answers(want: Any, answers: Any) -> None:
    want(PLAN, TALE)
    assert answers("Joana Teles - Relatos.txt", "José Tavares_sequencia.txt") == {
        "Joana Teles - Relatos.txt": "Relato da experiência",
        "José Tavares_sequencia.txt": "Sequência didática",
    }


def test_the_folder_and_the_words_for_a_type_tell_too(want: Any, answers: Any) -> None:
    want(PLAN, TALE)
    assert answers("Relatos/Joana Teles - rios.txt", "José Tavares - plano de aula.txt") == {
        "Joana Teles - rios.txt": "Relato da experiência",
        "José Tavares - plano de aula.txt": "Sequência didática",
    }


def test_names_that_speak_for_two_things_leave_it_open(want: Any, answers: Any) -> None:
    want(PLAN, TALE)
    name = "Joana Teles - relato da sequência.txt"
    assert answers(name) == {name: None}


def test_a_name_that_says_nothing_answers_the_only_thing_open_for_its_author(want: Any, answers: Any) -> None:
    want(PLAN, TALE)
    told = answers("Joana Teles - a.txt", "Joana Teles - relato.txt", "José Tavares - b.txt")
    assert told == {
        "Joana Teles - a.txt": "Sequência didática",  # although the account of it came later
        "Joana Teles - relato.txt": "Relato da experiência",
        "José Tavares - b.txt": None,
    }


def test_two_files_that_say_nothing_never_fill_the_only_thing_twice(want: Any, answers: Any) -> None:
    want(TALE)
    told = answers("Joana Teles - a.txt", "Joana Teles - b.txt")
    assert sorted(told.values(), key=str) == [None, "Relato da experiência"]


def test_the_words_of_the_action_and_of_people_tell_nothing(want: Any, answers: Any) -> None:
    want({"title": "Matemática na sala"}, {"title": "Diário do Rui"})
    assert answers("Rui Lopes - matemática.txt") == {"Rui Lopes - matemática.txt": None}


def test_what_several_made_answers_only_what_is_asked_of_groups(want: Any, answers: Any) -> None:
    want(PLAN, TOGETHER)
    name = "Joana Teles e José Tavares - sequência.txt"
    assert answers(name) == {name: "Projeto"}
    want(PLAN)
    other = "Joana Teles e José Tavares - outra sequência.txt"
    assert answers(other)[other] is None


def test_what_an_intake_made_takes_the_type_that_was_asked_for(want: Any, answers: Any, course: Course) -> None:
    want(PLAN)
    answers("Joana Teles - a.txt")
    assert [item.type for item in course.items()] == ["lesson_plan"]


def test_a_file_of_the_tray_answers_something_when_it_is_given_and_nothing_in_the_tray(
    want: Any, answers: Any, course: Course, services: Services
) -> None:
    want(PLAN, TALE)
    assert answers("relato de ninguém.txt") == {"relato de ninguém.txt": None}
    who = select(Participant.id).filter_by(name="Rui Lopes")
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        tray.give(work, services.vocabularies, edition, {item_ids(course)[0]: [work.session.scalars(who).one()]})
    assert answers() == {"relato de ninguém.txt": "Relato da experiência"}
    with open_work(services, course.staff) as work:
        tray.put_into_tray(work, get_edition(work, course.edition_id), item_ids(course)[0])
    assert answers() == {"relato de ninguém.txt": None}


def test_nobody_is_told_the_wrong_thing_is_missing(want: Any, answers: Any, course: Course, line_of: Any) -> None:
    want(PLAN, TALE)
    answers("Joana Teles - relato.txt", "José Tavares - x.txt")
    hand_in(course)
    assert line_of("Joana Teles")[1] == ["Sequência didática"]
    line, still = line_of("José Tavares")
    assert (line.standing, line.loose, line.lacking) == (Standing.PART, 1, 1)
    assert still == ["Sequência didática", "Relato da experiência"]  # either may be there: neither is said to be


def test_the_page_the_reminder_and_the_api_say_that_it_is_one_of_several(
    want: Any, answers: Any, course: Course, services: Services, sign_in: Any, staff: User, client: Any
) -> None:
    want(PLAN, TALE)
    answers("José Tavares - x.txt")
    hand_in(course)
    with open_work(services, SYSTEM) as work:
        who = work.session.scalars(select(Participant).filter_by(name="José Tavares")).one()
        who.email = "jose@escola.invalid"
        token = accounts.issue_token(work, work.session.get_one(User, staff.id), "t", ["read"])
    browser, base = sign_in(staff), f"/actions/manage/editions/{course.edition_id}"
    page = browser.get(base).text
    assert "falta 1 de: Sequência didática; Relato da experiência" in page
    assert "conta por qualquer uma" in page
    browser.post(f"{base}/remind")
    with services.sessions.reading() as session:
        assert "(1 do que se segue;" in session.scalars(select(Mail.body)).one()
    told = client.get(f"/api/v1/editions/{course.edition_id}/missing", headers={"Authorization": f"Bearer {token}"})
    assert [(each["loose"], each["lacking"]) for each in told.json["people"]] == [(0, 2), (1, 1), (0, 2)]
    assert "1 sem dizer o que é" in page


def test_staff_say_by_hand_what_a_material_answers_and_only_what_they_changed_is_written(
    want: Any, answers: Any, course: Course, services: Services, sign_in: Any, staff: User, line_of: Any
) -> None:
    plan, tale = want(PLAN, TALE)
    answers("Joana Teles - x.txt", "José Tavares - y.txt")
    hand_in(course)
    first, second = item_ids(course)
    browser, base = sign_in(staff), f"/actions/manage/editions/{course.edition_id}"
    page = browser.get(f"{base}/materials").text
    assert f'name="answers-{first}"' in page
    with open_work(services, course.staff) as work:  # meanwhile, somebody else
        answering.say(work, get_edition(work, course.edition_id), {second: tale})
    form = {"page": "1", f"answers-{first}": str(plan), f"was-{first}": ""}
    form |= {f"answers-{second}": "", f"was-{second}": ""}
    for words in ("1 material mudado.", "Nada mudou."):
        assert words in browser.post(f"{base}/answers", data=form, follow_redirects=True).text
    assert answers() == {"Joana Teles - x.txt": PLAN["title"], "José Tavares - y.txt": TALE["title"]}
    assert line_of("Joana Teles")[1] == ["Relato da experiência"]
    with open_look(services, SYSTEM) as work:
        said = work.session.scalars(select(AuditEntry).filter_by(action="training.answer_said")).all()
        assert [(row.subject_id, row.after) for row in said] == [
            (second, {"deliverable": tale}),
            (first, {"deliverable": plan}),
        ]


def test_an_answer_said_by_hand_is_refused_for_other_editions_and_other_people(
    want: Any, answers: Any, course: Course, services: Services, ana: User, actor_for: Any, client: FlaskClient
) -> None:
    (plan,) = want(PLAN)
    answers("Joana Teles - x.txt")
    (item_id,) = item_ids(course)
    with open_work(services, course.staff) as work:
        edition = get_edition(work, course.edition_id)
        with pytest.raises(Invalid):
            answering.say(work, edition, {item_id: 9999})
        with pytest.raises(NotFound):
            answering.say(work, edition, {9999: plan})
    with open_look(services, actor_for(ana)) as work, pytest.raises(NotAllowed):
        answering.say(work, work.session.get_one(Edition, course.edition_id), {item_id: plan})
    assert client.post(f"/actions/manage/editions/{course.edition_id}/answers").status_code in (302, 400, 403)


def test_the_page_of_materials_asks_no_question_per_material(
    want: Any, answers: Any, course: Course, sign_in: Any, staff: User, count_queries: Any
) -> None:
    want(PLAN, TALE)
    browser, address = sign_in(staff), f"/actions/manage/editions/{course.edition_id}/materials"
    answers("Joana Teles - a.txt")
    browser.get(address)
    with count_queries() as few:
        browser.get(address)
    answers(*(f"Joana Teles - {letter * 3}.txt" for letter in "bcdefgh"))
    with count_queries() as many:
        browser.get(address)
    assert len(many) <= len(few)
