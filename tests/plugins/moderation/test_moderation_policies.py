"""What is decided before and what after, who decides, and nobody on their own."""

from typing import Any

import pytest
from sqlalchemy import select

from plugins.moderation import policies, queue
from plugins.moderation.acts import LATER, WAITING
from plugins.moderation.models import Moderator
from repository import items
from repository.api import Invalid, NotAllowed
from repository.house import build_services
from repository.models import Item, Organisation, State
from repository.permissions import may_see


def test_without_any_policy_what_is_handed_in_waits(ana: Any, handed_in: Any, state_of: Any) -> None:
    assert state_of(handed_in(ana).id) == (State.SUBMITTED, WAITING)


def test_a_trusted_contributor_publishes_at_once_and_is_looked_at_later(
    ana: Any, rui: Any, staff: Any, handed_in: Any, set_mode: Any, state_of: Any, decide: Any
) -> None:
    set_mode(f"user:{ana.id}", "after")
    item = handed_in(ana)
    assert state_of(item.id) == (State.PUBLISHED, LATER)
    assert state_of(handed_in(rui).id) == (State.SUBMITTED, WAITING)
    decide(staff, item.id, "look", "")
    assert state_of(item.id)[0] == State.PUBLISHED


def test_what_was_published_at_once_is_returned_and_comes_back_as_it_was(
    ana: Any, staff: Any, handed_in: Any, set_mode: Any, decide: Any, state_of: Any, work_as: Any
) -> None:
    from plugins.moderation import undoing

    set_mode("house", "after")
    item = handed_in(ana)
    number = decide(staff, item.id, "return")
    assert state_of(item.id)[0] == State.CHANGES_REQUESTED
    with work_as(staff) as work:
        undoing.undo(work, number)
    assert state_of(item.id) == (State.PUBLISHED, LATER)


def test_the_narrowest_policy_counts(ana: Any, handed_in: Any, set_mode: Any, state_of: Any, centre: Any) -> None:
    set_mode("house", "after")
    assert state_of(handed_in(ana, "Uma @7").id)[0] == State.PUBLISHED
    set_mode(f"org:{centre.id}", "before")
    assert state_of(handed_in(ana, "Duas @7").id)[0] == State.SUBMITTED
    set_mode("action:7", "after")
    assert state_of(handed_in(ana, "Três @7").id)[0] == State.PUBLISHED
    set_mode("edition:7", "before")
    assert state_of(handed_in(ana, "Quatro @7").id)[0] == State.SUBMITTED
    set_mode(f"user:{ana.id}", "after")
    assert state_of(handed_in(ana, "Cinco @7").id)[0] == State.PUBLISHED
    set_mode(f"user:{ana.id}", "")
    assert state_of(handed_in(ana, "Seis @7").id)[0] == State.SUBMITTED


def test_a_new_version_of_a_trusted_contributor_is_looked_at_under_its_item(
    ana: Any, staff: Any, handed_in: Any, set_mode: Any, state_of: Any, work_as: Any
) -> None:
    set_mode(f"user:{ana.id}", "after")
    item = handed_in(ana)
    with work_as(ana) as work:
        draft = items.begin_version(work, work.session.get_one(Item, item.id))
        work.session.flush()
        items.submit(work, draft)
    assert state_of(item.id) == (State.PUBLISHED, LATER)
    assert state_of(draft.id)[1] == ""


def test_what_the_house_itself_brings_in_needs_no_decision(
    ana: Any, handed_in: Any, work_as: Any, state_of: Any
) -> None:
    item = handed_in(ana, publish=False)
    with work_as() as work:
        items.submit(work, work.session.get_one(Item, item.id))
    assert state_of(item.id) == (State.PUBLISHED, "")


@pytest.mark.parametrize("scope", ["", "org:999", "user:999", "edition:", "x" * 80])
def test_a_policy_for_nothing_known_is_refused(scope: str, admin: Any, work_as: Any) -> None:
    with work_as(admin) as work, pytest.raises(Invalid):
        policies.set_mode(work, scope, "after")


def test_only_administrators_say_who_moderates_and_how(ana: Any, staff: Any, work_as: Any) -> None:
    with work_as(staff) as work:
        with pytest.raises(NotAllowed):
            policies.set_mode(work, "house", "after")
        with pytest.raises(NotAllowed):
            policies.add_moderator(work, ana.id, None, "")


def test_a_moderator_sees_and_has_in_the_queue_only_their_part(
    ana: Any, vera: Any, handed_in: Any, work_as: Any
) -> None:
    mine, other = handed_in(ana, "Do grupo"), handed_in(ana, "De outro", group=["500"])
    with work_as(vera) as work:
        assert [row.item_id for row in queue.waiting_for(work)] == [mine.id]
        assert may_see(work, work.session.get_one(Item, mine.id))
        assert not may_see(work, work.session.get_one(Item, other.id))


def test_a_moderator_of_a_place_has_what_lies_below_it_and_a_pair_needs_both(
    ana: Any, rui: Any, admin: Any, centre: Any, make_person: Any, handed_in: Any, work_as: Any
) -> None:
    with work_as() as work:
        school = Organisation(kind="school", name="Escola", parent_id=centre.id)
        work.session.add(school)
    eva = make_person("Eva", organisation=school)
    both = make_person("Berta", None)
    with work_as(admin) as work:
        policies.add_moderator(work, rui.id, centre.id, "")
        policies.add_moderator(work, rui.id, centre.id, "")
        policies.add_moderator(work, both.id, school.id, "110")
        assert len(list(work.session.scalars(select(Moderator)))) == 2
    of_school, elsewhere = handed_in(eva), handed_in(ana)
    other_group = handed_in(eva, group=["500"])
    with work_as(rui) as work:
        assert {row.item_id for row in queue.waiting_for(work)} == {of_school.id, elsewhere.id, other_group.id}
    with work_as(both) as work:
        assert [row.item_id for row in queue.waiting_for(work)] == [of_school.id]


def test_a_moderator_who_is_taken_off_decides_no_more(
    ana: Any, vera: Any, admin: Any, handed_in: Any, work_as: Any, decide: Any
) -> None:
    item = handed_in(ana)
    with work_as(admin) as work:
        policies.remove_moderator(work, work.session.scalars(select(Moderator.id)).one())
    with pytest.raises(Exception, match="Não há nada"):
        decide(vera, item.id, "approve")


def test_ones_own_is_not_in_ones_queue_but_counted(staff: Any, handed_in: Any, work_as: Any) -> None:
    handed_in(staff)
    with work_as(staff) as work:
        assert queue.waiting_for(work) == []
        assert queue.count_own(work) == 1


def test_who_brought_an_item_by_a_link_does_not_decide_on_it(
    ana: Any, staff: Any, handed_in: Any, work_as: Any
) -> None:
    from dataclasses import replace

    item = handed_in(ana)
    with work_as(staff) as work:
        row = work.session.get_one(Item, item.id)
        items.grant(work, row, "participant:4")
        by_link = replace(work.actor, user_id=None, acting="participant:4")
        with_account = replace(work.actor, labels=work.actor.labels | {"participant:4"})
        assert policies.opinion(by_link, "publish", row) is False
        assert policies.opinion(with_account, "review", row) is False
        assert policies.opinion(work.actor, "review", row) is True or work.actor.may_anywhere("items.publish")


def test_switched_off_everything_is_published_at_once_again(
    services: Any, ana: Any, handed_in: Any, actor_for: Any
) -> None:
    from repository.work import open_work

    draft = handed_in(ana, publish=False)
    without = build_services(services.instance, plugins=["materials"])
    try:
        with open_work(without, actor_for(ana)) as work:
            row = work.session.get_one(Item, draft.id)
            items.submit(work, row)
            assert row.state == State.PUBLISHED
    finally:
        without.close()
