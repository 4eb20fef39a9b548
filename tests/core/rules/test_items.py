"""The life of an item: the table of moves, who may make them, versions and the bin."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from repository import housekeeping, items
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.models import AuditEntry, Item, ItemVersion, Job, State
from tests.conftest import attach_text


def load(work, item):
    return work.session.get_one(Item, item.id)


def test_a_complete_draft_is_published_at_once_when_nobody_has_to_review_it(work_as, ana, make_item):
    item = make_item(ana)
    with work_as() as work:
        found = load(work, item)
        assert found.state == State.PUBLISHED
        assert found.version == 1
        assert work.session.scalar(select(ItemVersion.snapshot))["title"] == item.title


def test_publishing_asks_for_the_index_in_the_same_transaction(work_as, ana, make_item):
    item = make_item(ana)
    with work_as() as work:
        payloads = [job.payload for job in work.session.scalars(select(Job).filter_by(name="search.index"))]
    assert payloads == [{"item_id": item.id}]


@pytest.mark.parametrize(("without", "field"), [("title", "title"), ("level", "level"), ("licence", "licence")])
def test_a_draft_without_what_it_needs_is_not_submitted_and_says_which_field(work_as, ana, make_item, without, field):
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        draft = load(work, item)
        items.describe(work, draft, {without: [] if without == "level" else ""})
        with pytest.raises(Invalid) as refusal:
            items.submit(work, draft)
    assert refusal.value.field == field


def test_a_draft_without_files_or_link_is_not_submitted(work_as, ana):
    with work_as(ana) as work:
        draft = items.create_draft(work)
        items.describe(work, draft, {"title": "Sem ficheiros", "licence": "CC-BY-4.0", "level": ["sec"]})
        assert [want.field for want in items.missing(draft)] == ["files"]


def test_somebody_elses_draft_is_not_there_at_all(work_as, ana, rui, make_item):
    item = make_item(ana, publish=False)
    with work_as(rui) as work:
        with pytest.raises(NotFound):
            items.get(work, item.id)
        with pytest.raises(NotFound):
            items.describe(work, load(work, item), {"title": "Meu"})


def test_a_published_item_cannot_be_changed_by_another_teacher(work_as, ana, rui, make_item):
    item = make_item(ana)
    with work_as(rui) as work, pytest.raises(NotAllowed):
        items.withdraw(work, load(work, item))


def test_describe_ignores_fields_that_are_not_described(work_as, ana, rui, make_item):
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        draft = load(work, item)
        items.describe(work, draft, {"title": "Novo", "state": "published", "owner_id": rui.id, "version": 9, "id": 77})
        assert (draft.title, draft.state, draft.owner_id, draft.version) == ("Novo", State.DRAFT, ana.id, 0)


@pytest.mark.parametrize(
    "values",
    [{"title": "x" * 301}, {"audience": "todos"}, {"link": "javascript:alert(1)"}, {"keywords": ["a"] * 31}],
)
def test_values_out_of_bounds_are_refused_and_change_nothing(work_as, ana, make_item, values):
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        with pytest.raises(Invalid) as refusal:
            items.describe(work, load(work, item), {"summary": "novo"} | values)
        assert refusal.value.field in values
        assert load(work, item).summary == ""


def test_submitting_twice_is_refused_and_publishes_once(work_as, ana, make_item):
    item = make_item(ana)
    with work_as(ana) as work, pytest.raises(Conflict):
        items.submit(work, load(work, item))
    with work_as() as work:
        assert load(work, item).version == 1


def test_withdrawing_hides_the_item_from_others_and_restoring_brings_it_back(work_as, ana, rui, make_item):
    item = make_item(ana)
    with work_as(ana) as work:
        items.withdraw(work, load(work, item))
    with work_as(rui) as work, pytest.raises(NotFound):
        items.get(work, item.id)
    with work_as(ana) as work:
        items.restore(work, load(work, item))
    with work_as(rui) as work:
        assert items.get(work, item.id).title == item.title


def test_what_the_centre_withdrew_only_the_centre_brings_back(work_as, ana, staff, make_item):
    item = make_item(ana)
    with work_as(staff) as work:
        items.withdraw(work, load(work, item))
    with work_as(ana) as work, pytest.raises(NotAllowed, match="O centro retirou"):
        items.restore(work, load(work, item))
    with work_as(staff) as work:
        items.restore(work, load(work, item))
        assert load(work, item).state == State.PUBLISHED


def test_a_new_version_takes_over_title_and_files_and_keeps_the_old_ones(work_as, services, ana, make_item):
    item = make_item(ana, text="primeira")
    with work_as(ana) as work:
        draft = items.begin_version(work, load(work, item))
        items.describe(work, draft, {"title": "Segunda versão"})
        attach_text(work, services, draft, "segunda", "nova.txt")
        items.submit(work, draft)
    with work_as() as work:
        found = load(work, item)
        old = work.session.scalar(select(ItemVersion).filter_by(item_id=item.id, number=1))
        assert (found.title, found.version, [file.name for file in found.files]) == (
            "Segunda versão",
            2,
            ["ficha.txt", "nova.txt"],
        )
        assert old.snapshot["files"] == [file.id for file in found.all_files if file.removed_at]


def test_a_second_begin_continues_the_version_already_begun(work_as, ana, make_item):
    item = make_item(ana)
    with work_as(ana) as work:
        first = items.begin_version(work, load(work, item))
        assert items.begin_version(work, load(work, item)).id == first.id


def test_a_new_version_of_a_withdrawn_item_is_refused(work_as, ana, make_item):
    item = make_item(ana)
    with work_as(ana) as work:
        draft = items.begin_version(work, load(work, item))
        items.withdraw(work, load(work, item))
        with pytest.raises(Conflict):
            items.submit(work, draft)


def test_a_discarded_draft_can_be_recovered(work_as, ana, make_item):
    item = make_item(ana, publish=False)
    with work_as(ana) as work:
        items.discard(work, load(work, item))
        items.recover(work, load(work, item))
        assert load(work, item).state == State.DRAFT


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", sorted({name for _, name in items.MOVES}))
def test_every_move_that_is_not_in_the_table_is_refused(work_as, ana, make_item, state, name):
    item = make_item(ana, publish=False)
    with work_as() as work:
        found = load(work, item)
        found.state = state
        if (state, name) in items.MOVES:
            items.move(work, found, name)
            assert found.state == items.MOVES[state, name]
        else:
            with pytest.raises(Conflict):
                items.move(work, found, name)


def test_every_move_leaves_an_audit_row_with_actor_before_and_after(work_as, ana, make_item):
    item = make_item(ana)
    with work_as(ana) as work:
        items.withdraw(work, load(work, item))
    with work_as() as work:
        entry = work.session.scalar(select(AuditEntry).filter_by(action="item.withdraw", subject_id=item.id))
    assert (entry.actor_id, entry.before, entry.after) == (ana.id, {"state": "published"}, {"state": "withdrawn"})


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor_id = 1", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_audit_trail(work_as, ana, make_item, statement):
    make_item(ana)
    with pytest.raises(SQLAlchemyError), work_as() as work:
        work.session.execute(text(statement))


def test_a_draft_that_was_open_to_somebody_leaves_the_bin_after_thirty_days(services, ana, make_item, work_as):
    draft = make_item(ana, publish=False)
    with work_as(ana) as work:
        item = work.session.get_one(Item, draft.id)
        items.grant(work, item, "participant:1")
        items.discard(work, item)
        item.updated_at -= timedelta(days=31)
    housekeeping.keep(services, [])
    with work_as() as work:
        assert work.session.get(Item, draft.id) is None
