"""An adaptation counts for its source when it is published."""

import pytest

from plugins.materials.adaptations import COUNTS, adapt
from repository import counting, items, reviewing
from repository.api import Figure, ReportScope, school_year_of
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


def test_reports_are_given_how_often_each_material_was_adapted(rui, item, work_as):
    with work_as(rui) as work:
        items.submit(work, adapt(work, work.session.get_one(Item, item.id)))
    with work_as() as work:
        year = school_year_of(work.now)
        (adapted,) = COUNTS
        figures = list(adapted.rows(work, ReportScope(frozenset({0, item.organisation_id or 0}), year, year)))
    assert figures == [Figure(year, 1, item.id)]
