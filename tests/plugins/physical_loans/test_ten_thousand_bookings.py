"""Ten thousand bookings of one thing make neither its pages nor booking it slower: nothing is done for each of them."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from loans_samples import MONDAY, lesson
from sqlalchemy import event, insert, select

from plugins.physical_loans import bookings
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import Booking, BookingState, Hold, HoldState

PAST, AHEAD = 9_600, 400
FAR_FROM_ANY_OTHER = 1_000_000  # PostgreSQL counts on from the keys that it gave itself
HOUR = timedelta(hours=1)


@pytest.fixture
def busy(at, thing, desk, ana):
    """Years of loans that are over, and as many hours ahead as fit before the horizon, but for the coming two weeks."""
    (copy,) = thing.copies
    begins = [MONDAY - HOUR * 2 * n for n in range(PAST, 0, -1)]
    begins += [MONDAY + timedelta(days=20) + HOUR * 2 * n for n in range(AHEAD)]
    shared = {"thing_id": thing.item_id, "desk_id": desk.id, "borrower_id": ana.id, "created_at": MONDAY, "lessons": []}
    rows, holds = [], []
    for number, start in enumerate(begins, FAR_FROM_ANY_OTHER):
        over, end = start < MONDAY, start + HOUR
        state = BookingState.RETURNED if over else BookingState.APPROVED
        times = {"starts_at": start, "ends_at": end, "held_from": start, "held_until": end}
        rows.append({"id": number, "state": state, "closed_at": end if over else None, **shared, **times})
        kept = HoldState.BACK if over else HoldState.RESERVED
        holds.append({"booking_id": number, "copy_id": copy.id, "starts": start, "ends": end, "state": kept})
    with at() as work:
        work.session.execute(insert(Booking), rows)
        work.session.execute(insert(Hold), holds)
    return thing


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture
def cheap(count_queries):
    """Refuse more queries than named, and more than a handful of bookings made into objects."""

    @contextmanager
    def watched(most):
        loaded = []

        def note(row, _context):
            loaded.append(type(row).__name__)

        for kind in (Booking, Hold):
            event.listen(kind, "load", note)
        try:
            with count_queries() as asked:
                yield
        finally:
            for kind in (Booking, Hold):
                event.remove(kind, "load", note)
        assert len(asked) <= most, "\n".join(asked)
        assert len(loaded) <= 10, f"{len(loaded)} rows became objects"

    return watched


def test_its_pages_and_the_desks_ask_as_little_as_ever(sign_in, staff, rui, busy, desk, cheap):
    item, teacher, keeper = f"/items/{busy.item_id}", sign_in(rui), sign_in(staff)
    for browser, address, most in (
        (teacher, f"{item}?month=2027-03", 35),
        (teacher, f"/api/v1/things/{busy.item_id}/availability?from=2027-03-01&to=2027-05-31", 12),
        (teacher, f"/loans/things/{busy.item_id}/book?day=2027-03-22&start=10:30&end=12:00", 45),
        (keeper, "/loans/desk", 30),
        (keeper, f"/loans/c/{busy.copies[0].label}", 35),
    ):
        with cheap(most):
            assert browser.get(address).status_code == 200, address


def test_it_is_booked_and_refused_as_quickly_as_ever(at, rui, busy, desk, cheap):
    with at(rui) as work, cheap(25):
        bookings.book(work, [Wish(busy.item_id, desk.id, lessons=(lesson(9),))], rui)
    with at(rui) as work, cheap(25), pytest.raises(Taken):
        bookings.book(work, [Wish(busy.item_id, desk.id, lessons=(lesson(23),))], rui)
    with at() as work:
        assert work.session.scalars(select(Booking.id).where(Booking.borrower_id == rui.id)).all()
