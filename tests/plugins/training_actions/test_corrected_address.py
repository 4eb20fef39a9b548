"""An address that is corrected: the account of the wrong one is in charge no longer, the right one's is."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.training_actions import contributions, participants
from plugins.training_actions.models import Participant
from repository import accounts
from repository.models import AuditEntry, Item, Organisation, User
from repository.work import SYSTEM, Actor, Services, open_look, open_work
from tests.plugins.training_actions.intake_house import Course, make_course


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff))


@pytest.fixture
def joana(course: Course, ana: User) -> int:
    """Somebody who was added with the address of Ana's account."""
    return course.person("Joana Teles", email=ana.email, user_id=ana.id)


def correct(course: Course, participant_id: int, **values: Any) -> None:
    with open_work(course.services, course.staff) as work:
        who = participants.get_participant(work, participant_id)
        participants.change_participant(work, who, values)
        work.session.flush()
        participants.link_accounts(work, who.edition)


def account_of(services: Services, participant_id: int) -> int | None:
    with open_look(services, SYSTEM) as work:
        return work.session.get_one(Participant, participant_id).user_id


def test_a_corrected_address_leads_to_its_own_account(course: Course, joana: int, rui: User, ana: User) -> None:
    correct(course, joana, email=(rui.email or "").upper())
    assert account_of(course.services, joana) == rui.id
    with open_look(course.services, SYSTEM) as work:
        told = select(AuditEntry).where(AuditEntry.action.in_(("training.account_left", "training.account_joined")))
        entries = {entry.action: entry for entry in work.session.scalars(told)}
    assert entries["training.account_left"].before == {"user": ana.id}
    assert entries["training.account_joined"].after == {"user": rui.id}


@pytest.mark.parametrize("address", ["outra@teste.invalid", ""])
def test_an_address_without_an_account_leads_to_none(course: Course, joana: int, address: str) -> None:
    correct(course, joana, email=address)
    assert account_of(course.services, joana) is None


def test_an_address_that_two_share_leads_to_none(course: Course, joana: int, rui: User) -> None:
    course.person("José Tavares", email=rui.email)
    correct(course, joana, email=rui.email)
    assert account_of(course.services, joana) is None


def test_an_address_that_is_only_written_otherwise_keeps_the_account(course: Course, joana: int, ana: User) -> None:
    correct(course, joana, email=(ana.email or "").upper(), school="Escola")
    assert account_of(course.services, joana) == ana.id


def test_drafts_that_staff_made_follow_and_what_the_account_brought_stays(
    course: Course, joana: int, ana: User, rui: User, run_jobs: Any
) -> None:
    course.send({"Joana Teles - rios.txt": b"Os rios nascem longe."})
    run_jobs()
    with open_work(course.services, SYSTEM) as work:
        brought = contributions.begin(work, work.session.get_one(Participant, joana)).id
    given = next(item.id for item in course.items() if item.id != brought)
    before = {item.id: item.updated_at for item in course.items()}
    correct(course, joana, email=rui.email)
    found = {item.id: item for item in course.items()}
    assert (found[given].owner_id, [credit.user_id for credit in found[given].credits]) == (rui.id, [rui.id])
    assert (found[brought].owner_id, [credit.user_id for credit in found[brought].credits]) == (ana.id, [ana.id])
    assert {item.id: item.updated_at for item in found.values()} == before


def test_a_draft_follows_only_when_nobody_worked_on_it(
    course: Course, joana: int, ana: User, rui: User, run_jobs: Any
) -> None:
    course.send({"Joana Teles - rios.txt": b"Os rios nascem longe."})
    run_jobs()
    with open_work(course.services, SYSTEM) as work:
        item = work.session.scalars(select(Item)).one()
        contributions.describe(work, item, {"title": "O meu título"})
    correct(course, joana, email=rui.email)
    assert [item.owner_id for item in course.items()] == [ana.id]


def test_the_form_and_the_address_of_programs_correct_alike(
    course: Course, joana: int, rui: User, ana: User, staff: User, sign_in: Callable[[User], FlaskClient], work_as: Any
) -> None:
    browser = sign_in(staff)
    said = {"name": "Joana Teles", "email": rui.email, "role": "participant"}
    assert browser.post(f"/actions/manage/people/{joana}", data=said).status_code in (302, 303)
    assert account_of(course.services, joana) == rui.id
    with work_as(staff) as work:
        secret = accounts.issue_token(work, staff, "", ("read", "deposit"))
    answer = browser.patch(
        f"/api/v1/participants/{joana}", json={"email": ana.email}, headers={"Authorization": f"Bearer {secret}"}
    )
    assert (answer.status_code, answer.json["user_id"]) == (200, ana.id)
