"""What decisions give to reports: accepted and declined materials, and how long it took."""

from datetime import timedelta

import pytest

from plugins.moderation import reporting
from plugins.moderation.models import Review
from repository.api import ReportScope, school_year_of
from repository.work import now

YEAR = school_year_of(now())
SCOPE = ReportScope(frozenset({0}), YEAR - 1, YEAR + 1)


@pytest.fixture
def figures(work_as, centre):
    def ask(name):
        count = next(count for count in reporting.COUNTS if count.name == name)
        with work_as() as work:
            scope = ReportScope(frozenset({0, centre.id}), SCOPE.first, SCOPE.last)
            return [(figure.year, figure.number, figure.item_id) for figure in count.rows(work, scope)]

    return ask


def test_a_material_is_accepted_or_declined_once_and_not_when_it_was_undone(
    figures, handed_in, decide, ana, staff, work_as
):
    good, bad = handed_in(ana), handed_in(ana, "Outro")
    with work_as() as work:
        work.session.get_one(Review, good.id).submitted_at -= timedelta(days=4)
    decide(staff, good.id, "approve")
    decide(staff, bad.id, "decline")
    year = school_year_of(now())
    assert figures("accepted") == [(year, 1, good.id)]
    assert figures("declined") == [(year, 1, bad.id)]
    days = {item_id: round(number) for _, number, item_id in figures("decision_days")}
    assert days == {good.id: 4, bad.id: 0}


def test_few_who_were_declined_are_not_told():
    assert {count.name: bool(count.people) for count in reporting.COUNTS} == {
        "accepted": False,
        "declined": True,
        "decision_days": False,
    }
