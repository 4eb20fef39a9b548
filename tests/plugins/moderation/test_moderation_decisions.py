"""The whole table: every act, in every state, by every kind of person; and each decision sent twice, late and undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from plugins.materials import details
from plugins.moderation import decisions, handling, questions, undoing
from plugins.moderation.acts import ACTS, ASKED, DECIDED, DECISIONS, LATER, WAITING
from plugins.moderation.models import Decision, Review
from repository import items
from repository.api import Conflict, DomainError, Invalid, NotAllowed, NotFound
from repository.models import AuditEntry, Item, ItemVersion, State
from repository.work import ANONYMOUS, open_work

# Where the item and its review stand, by the name of the situation.
SITUATIONS = {
    "submitted": (State.SUBMITTED, WAITING),
    "in_review": (State.IN_REVIEW, WAITING),
    "asked": (State.IN_REVIEW, ASKED),
    "published_later": (State.PUBLISHED, LATER),
    "published": (State.PUBLISHED, DECIDED),
    "returned": (State.CHANGES_REQUESTED, DECIDED),
    "declined": (State.DECLINED, DECIDED),
    "withdrawn": (State.WITHDRAWN, DECIDED),
    "recalled": (State.DRAFT, WAITING),
}
OPEN = {"submitted", "in_review", "asked"}
# In which situations each act does something, said once more than in the code, so that neither changes alone.
POSSIBLE = {
    "claim": OPEN | {"published_later"},
    "release": OPEN | {"published_later"},
    "edit": OPEN,
    "ask": {"submitted", "in_review"},
    "opinion": OPEN | {"published_later"},
    "approve": OPEN,
    "return": OPEN | {"published_later"},
    "decline": OPEN,
    "look": {"published_later"},
}
# Who may: staff and the group's moderator; the author who is staff too, the author, and a stranger may not.
PEOPLE = {"staff": True, "moderator": True, "own": False, "author": False, "stranger": False, "nobody": False}


@pytest.fixture
def people(ana: Any, rui: Any, staff: Any, vera: Any, make_person: Any) -> dict[str, Any]:
    """Those who try, by kind; the item belongs to somebody who is staff too, and is credited to Ana."""
    return {"staff": staff, "moderator": vera, "own": make_person("Olga", "staff"), "author": ana, "stranger": rui}


@pytest.fixture
def situation(people: Any, handed_in: Any, work_as: Any) -> Callable[[str], int]:
    """Bring an item into a situation."""

    def bring(name: str) -> int:
        item = handed_in(people["own"])
        with work_as() as work:
            row = work.session.get_one(Item, item.id)
            items.set_credits(work, row, [("Olga", people["own"].id), ("Ana", people["author"].id)])
            row.state, review = SITUATIONS[name][0], work.session.get_one(Review, item.id)
            review.state = SITUATIONS[name][1]
            if row.state in (State.PUBLISHED, State.WITHDRAWN):
                row.version, row.published_at = 1, work.now
        return item.id

    return bring


def do(work: Any, act: str, item_id: int, seen: str) -> None:
    if act in DECISIONS:
        decisions.decide(work, item_id, act, seen=seen, note="Assim.")
    elif act == "ask":
        questions.ask(work, item_id, "De onde vem?")
    elif act == "edit":
        handling.edit(work, item_id, {"title": "Outro título"})
    else:
        {"claim": handling.claim, "release": handling.release}[act](work, item_id)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_where_the_table_says_by_whom_the_table_says(
    act: str, people: Any, situation: Any, services: Any, actor_for: Any, seen_of: Any, state_of: Any
) -> None:
    actors = {who: ANONYMOUS if who == "nobody" else actor_for(people[who]) for who in PEOPLE}
    for name in SITUATIONS:
        item_id = situation(name)
        for who in sorted(PEOPLE, key=lambda who: PEOPLE[who]):  # first those who may not: they leave the item as it is
            before, seen, done = state_of(item_id), seen_of(item_id), True
            try:
                with open_work(services, actors[who]) as work:
                    do(work, act, item_id, seen)
            except (NotFound, NotAllowed, Conflict):
                done = False
            assert done == (PEOPLE[who] and name in POSSIBLE[act]), (who, name)
            assert state_of(item_id) == (expected(act, before) if done else before), (who, name)
            item_id = situation(name) if done else item_id


def expected(act: str, before: tuple[str, str]) -> tuple[str, str]:
    """Return the states after an act that is done."""
    taken_up = State.IN_REVIEW if before[0] == State.SUBMITTED and act in ("claim", "ask", "edit") else before[0]
    after = {"approve": State.PUBLISHED, "return": State.CHANGES_REQUESTED, "decline": State.DECLINED}
    review = {"ask": ASKED} | dict.fromkeys(("approve", "return", "decline", "look"), DECIDED)
    return after.get(act, taken_up), review.get(act, before[1])


def test_every_act_of_the_code_is_in_the_table_of_the_test() -> None:
    assert set(POSSIBLE) == set(ACTS)
    assert {name for name, act in ACTS.items() if act.review_after == DECIDED} == set(DECISIONS) - {"opinion"}


@pytest.mark.parametrize("name", ["approve", "return", "decline"])
def test_the_same_decision_sent_twice_is_one(
    name: str, ana: Any, staff: Any, handed_in: Any, decide: Any, seen_of: Any, work_as: Any, run_jobs: Any
) -> None:
    item = handed_in(ana)
    seen = seen_of(item.id)
    first = decide(staff, item.id, name, seen=seen)
    assert decide(staff, item.id, name, seen=seen) == first
    with work_as() as work:
        assert work.session.scalar(select(func.count(Decision.id))) == 1
        assert work.session.scalar(select(func.count(ItemVersion.id))) == (1 if name == "approve" else 0)


def test_of_two_moderators_at_once_the_second_hears_of_the_first(
    ana: Any, staff: Any, vera: Any, handed_in: Any, decide: Any, seen_of: Any
) -> None:
    item = handed_in(ana)
    seen = seen_of(item.id)
    first = decide(staff, item.id, "approve", seen=seen)
    assert decide(vera, item.id, "approve", seen=seen) == first
    with pytest.raises(Conflict):
        decide(vera, item.id, "decline", seen=seen)


def test_a_decision_on_something_else_than_was_seen_is_refused(
    ana: Any, staff: Any, handed_in: Any, decide: Any, seen_of: Any, work_as: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    seen = seen_of(item.id)
    with work_as(ana) as work:
        row = work.session.get_one(Item, item.id)
        items.recall(work, row)
        items.describe(work, row, {"summary": "Outra coisa"})
        items.submit(work, row)
    with pytest.raises(Conflict):
        decide(staff, item.id, "approve", seen=seen)
    assert state_of(item.id) == (State.SUBMITTED, WAITING)
    decide(staff, item.id, "approve")


def test_handing_the_same_in_again_needs_a_new_look(
    ana: Any, staff: Any, handed_in: Any, decide: Any, seen_of: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    seen = seen_of(item.id)
    with work_as(ana) as work:
        row = work.session.get_one(Item, item.id)
        items.recall(work, row)
        items.submit(work, row)
    with pytest.raises(Conflict):
        decide(staff, item.id, "approve", seen=seen)


@pytest.mark.parametrize("name", ["return", "decline", "opinion"])
def test_what_needs_words_is_refused_without(name: str, ana: Any, staff: Any, handed_in: Any, decide: Any) -> None:
    item = handed_in(ana)
    with pytest.raises(Invalid) as refusal:
        decide(staff, item.id, name, note="  ")
    assert refusal.value.field == "note"


@pytest.mark.parametrize("name", ["approve", "return", "decline"])
def test_a_decision_taken_back_leaves_the_item_under_review(
    name: str, ana: Any, staff: Any, handed_in: Any, decide: Any, state_of: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    number = decide(staff, item.id, name)
    for _twice in range(2):
        with work_as(staff) as work:
            undoing.undo(work, number)
    assert state_of(item.id) == (State.IN_REVIEW, WAITING)
    with work_as() as work:
        undone = select(func.count(AuditEntry.id)).where(AuditEntry.action == "moderation.undone")
        assert work.session.scalar(undone) == 1
        assert work.session.get_one(Item, item.id).version == 0
    assert decide(staff, item.id, "approve") != number


def test_after_ten_minutes_only_staff_take_a_decision_back(
    ana: Any, staff: Any, vera: Any, handed_in: Any, decide: Any, work_as: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    number = decide(vera, item.id, "approve")
    with work_as() as work:
        work.session.get_one(Decision, number).created_at -= timedelta(minutes=11)
    with work_as(vera) as work, pytest.raises(NotAllowed):
        undoing.undo(work, number)
    with work_as(staff) as work:
        undoing.undo(work, number)
        work.session.flush()
        assert work.session.scalar(select(AuditEntry.actor_id).filter_by(action="moderation.undone_late")) == staff.id
    assert state_of(item.id) == (State.IN_REVIEW, WAITING)


def test_a_return_is_not_taken_back_when_the_authors_went_on(
    ana: Any, staff: Any, handed_in: Any, decide: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    number = decide(staff, item.id, "return")
    with work_as(ana) as work:
        items.describe(work, work.session.get_one(Item, item.id), {"summary": "Já mudei"})
    with work_as(staff) as work, pytest.raises(Conflict):
        undoing.undo(work, number)


def test_only_the_last_decision_is_taken_back(ana: Any, staff: Any, handed_in: Any, decide: Any, work_as: Any) -> None:
    item = handed_in(ana)
    first = decide(staff, item.id, "return")
    with work_as(ana) as work:
        items.submit(work, work.session.get_one(Item, item.id))
    decide(staff, item.id, "approve")
    with work_as(staff) as work, pytest.raises(Conflict):
        undoing.undo(work, first)


def test_approving_a_new_version_takes_the_draft_over_and_undoing_gives_everything_back(
    ana: Any, staff: Any, handed_in: Any, decide: Any, work_as: Any, state_of: Any
) -> None:
    item = handed_in(ana, publish=False)
    with work_as(ana) as work:
        row = work.session.get_one(Item, item.id)
        details.set_details(work, row, {"minutes": 50, "needs": ["tesouras"]})
        items.submit(work, row)
    decide(staff, item.id, "approve")
    with work_as(ana) as work:
        draft = items.begin_version(work, work.session.get_one(Item, item.id))
        work.session.flush()
        items.describe(work, draft, {"title": "Segunda versão"})
        details.set_details(work, draft, {"minutes": 90, "needs": []})
        items.submit(work, draft)
    number = decide(staff, draft.id, "approve")
    assert decide(staff, draft.id, "approve") == number
    assert state_of(draft.id) == (State.DISCARDED, DECIDED)
    with work_as(staff) as work:
        undoing.undo(work, number)
    with work_as() as work:
        shown = work.session.get_one(Item, item.id)
        said = details.details_of(work, shown)
        assert (shown.title, shown.version, said.minutes, said.needs) == ("Frações com barras", 1, 50, ["tesouras"])
    assert state_of(draft.id) == (State.IN_REVIEW, WAITING)
    with work_as(ana) as work, pytest.raises((NotAllowed, NotFound)):
        decisions.decide(work, draft.id, "approve", seen="x")


def test_opinions_are_kept_beside_the_decision_with_their_marks(
    ana: Any, staff: Any, vera: Any, handed_in: Any, decide: Any, work_as: Any, state_of: Any
) -> None:
    item = handed_in(ana)
    decide(vera, item.id, "opinion", "Bom para o 3.º ano.", marks={"Está claro": "yes", "Cita": "maybe"})
    assert state_of(item.id) == (State.SUBMITTED, WAITING)
    with work_as() as work:
        kept = work.session.scalars(select(Decision)).one()
    assert kept.criteria["marks"] == {"Está claro": "yes"}


def test_a_photograph_that_is_being_cleaned_keeps_the_approval_waiting(
    ana: Any, staff: Any, handed_in: Any, decide: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    with work_as() as work:
        work.session.get_one(Item, item.id).files[0].hidden = ["gps"]
    with pytest.raises(Conflict):
        decide(staff, item.id, "approve")


def test_a_decision_that_does_not_exist_is_refused(ana: Any, staff: Any, handed_in: Any, decide: Any) -> None:
    item = handed_in(ana)
    with pytest.raises(DomainError):
        decide(staff, item.id, "destroy")
