"""An adaptation counts for its source when it is published."""

import pytest

from plugins.materials.adaptations import adapt
from repository import counting, items, reviewing
from repository.models import Item
from repository.work import SYSTEM, open_look


@pytest.fixture
def item(ana, make_item):
    return make_item(ana)


@pytest.fixture
def counted(services, item):
    def read():
        with open_look(services, SYSTEM) as look:
            return counting.counts_of(look, [item.id])[item.id]

    return read


def test_an_adaptation_counts_for_its_source_once_however_often_it_is_restored(
    services, ana, rui, staff, item, work_as, counted
):
    with work_as(rui) as work:
        draft = adapt(work, work.session.get_one(Item, item.id))
        items.submit(work, draft)
    assert counted()["adapted"] == 1
    with work_as(rui) as work:
        items.withdraw(work, work.session.get_one(Item, draft.id))
    with work_as(rui) as work:
        items.restore(work, work.session.get_one(Item, draft.id))
    assert counted()["adapted"] == 1
    with work_as(staff) as work:
        reviewing.undo_publish(work, work.session.get_one(Item, draft.id))
    assert counted()["adapted"] == 0
