"""What lending gives to reports: what left the desk, by thing and by the school that asked, without anybody's name."""

from datetime import UTC, datetime, timedelta

import pytest
from desk_acts import Acts

from plugins.physical_loans import bookings, forgetting, reporting
from repository.api import ReportScope
from repository.models import Organisation

SUMMER = datetime(2027, 7, 1, 10, tzinfo=UTC)


@pytest.fixture
def lent(at, centre):
    def ask():
        with at(moment=SUMMER) as work:
            scope = ReportScope(frozenset({0, centre.id}), 2026, 2026)
            return [tuple(figure) for figure in reporting.lent(work, scope)]

    return ask


def test_a_loan_counts_for_the_thing_and_the_municipality_and_what_was_cancelled_does_not(
    at, staff, desk, ana, make_thing, lent, work_as, centre
):
    with work_as() as work:
        council = Organisation(kind="council", name="Vila do Rio")
        work.session.add(council)
        work.session.flush()
        work.session.get_one(Organisation, centre.id).council_id = council.id
    acts = Acts(at, staff, desk)
    robots = make_thing("Robôs", parts={"cabo": 2})
    acts.back(acts.out(ana, robots))
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, acts.book(ana, robots, 23)))
    told = lent()
    assert told == [(2026, 1, robots.item_id, {"council": (str(council.id),)})]
    with at(moment=SUMMER + timedelta(days=900)) as work:
        assert forgetting.anonymise_old(work, 30) > 0
    assert lent() == told
