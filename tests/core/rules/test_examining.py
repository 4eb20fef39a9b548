"""What a look into files does to the draft they belong to."""

import pytest

from repository import attachments, examining, items
from repository.errors import Conflict
from repository.models import Item
from tests.conftest import attach_text


@pytest.fixture
def draft(services, work_as, ana):
    with work_as(ana) as work:
        item = items.create_draft(work)
        attach_text(work, services, item, "# Frações com barras\n\nA turma compara barras.", "guiao.md")
        attach_text(work, services, item, "# Respostas\n\nQuarenta e dois.", "respostas.md")
        return item


def look_into(services, work_as, draft, *places):
    with work_as() as work:
        ids = [file.id for file in work.session.get_one(Item, draft.id).files]
    for place in places:
        examining.examine_files(services, [{"file_id": ids[place]}])
    with work_as() as work:
        return work.session.get_one(Item, draft.id)


@pytest.mark.parametrize("places", [(0, 1), (1, 0), (1, 0, 1)])
def test_the_first_file_of_the_list_names_the_draft_whichever_is_read_first(services, work_as, draft, places):
    item = look_into(services, work_as, draft, *places)
    assert item.title == "Frações com barras"
    assert item.proposed.count("title") == 1


def test_a_file_that_comes_to_the_front_is_read_again_and_names_the_draft(services, work_as, run_jobs, ana, draft):
    run_jobs()
    with work_as(ana) as work:
        item = work.session.get_one(Item, draft.id)
        attachments.order(work, item, [item.files[1].id, item.files[0].id])
    run_jobs()
    with work_as() as work:
        assert work.session.get_one(Item, draft.id).title == "Respostas"


def test_a_persons_own_title_is_never_touched(services, work_as, ana, draft):
    with work_as(ana) as work:
        items.describe(work, work.session.get_one(Item, draft.id), {"title": "O meu título"})
    assert look_into(services, work_as, draft, 1, 0).title == "O meu título"


def test_looking_into_a_file_twice_changes_nothing_more(services, work_as, draft):
    once = look_into(services, work_as, draft, 0, 1)
    again = look_into(services, work_as, draft, 0, 1)
    assert (again.title, again.summary, again.keywords) == (once.title, once.summary, once.keywords)


def test_a_file_that_was_taken_off_before_it_was_read_names_nothing(services, work_as, run_jobs, ana, draft):
    with work_as(ana) as work:
        taken, kept = work.session.get_one(Item, draft.id).files
        attachments.remove(work, taken)
        attachments.remove(work, kept)
    run_jobs()
    with work_as() as work:
        item = work.session.get_one(Item, draft.id)
        assert (item.title, item.summary, item.proposed) == ("", "", [])


def test_a_file_that_was_taken_off_and_put_back_names_the_draft(services, work_as, run_jobs, ana, draft):
    with work_as(ana) as work:
        attachments.remove(work, work.session.get_one(Item, draft.id).files[0])
    run_jobs()
    with work_as(ana) as work:
        attachments.put_back(work, work.session.get_one(Item, draft.id).all_files[0])
    run_jobs()
    with work_as() as work:
        assert work.session.get_one(Item, draft.id).title == "Frações com barras"


def test_what_is_published_keeps_the_order_in_which_it_was_decided(work_as, ana, make_item):
    item = make_item(ana)
    with pytest.raises(Conflict), work_as(ana) as work:
        attachments.order(work, work.session.get_one(Item, item.id), [])
