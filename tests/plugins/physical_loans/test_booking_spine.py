"""Booking: what is kept is kept once, whatever is asked for."""

import pytest
from loans_samples import lesson
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import bookings
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import BookingState, Hold, HoldState
from repository.errors import Invalid


def wish(thing, desk, day=9, **values):
    return Wish(thing.item_id, desk.id, lessons=(lesson(day),), **values)


def holds(work):
    return list(work.session.scalars(select(Hold).where(Hold.state == HoldState.RESERVED).order_by(Hold.starts)))


def test_a_lesson_is_enough_to_know_when_to_pick_up_and_bring_back(at, ana, thing, desk):
    with at(ana) as work:
        (made,) = bookings.book(work, [wish(thing, desk)], ana)
    assert made.state == BookingState.APPROVED
    assert (made.starts_at, made.ends_at) == (lesson(8, "15:30")[0], lesson(10, "10:00", "18:00")[1])


def test_the_last_copy_goes_to_one(at, ana, rui, thing, desk):
    with at(ana) as work:
        bookings.book(work, [wish(thing, desk)], ana)
    with pytest.raises(Taken), at(rui) as work:
        bookings.book(work, [wish(thing, desk)], rui)
    with at(rui) as work:
        bookings.book(work, [wish(thing, desk, day=12)], rui)
        assert len(holds(work)) == 2


def test_the_same_request_sent_twice_is_one_booking(at, ana, thing, desk):
    for _ in range(2):
        with at(ana) as work:
            made = bookings.book(work, [wish(thing, desk)], ana, key="k1")
            assert len(made) == 1
    with at() as work:
        assert len(holds(work)) == 1


def test_several_things_are_booked_all_or_none(at, ana, rui, make_thing, desk):
    first, second = make_thing("Robôs"), make_thing("Sondas")
    with at(rui) as work:
        bookings.book(work, [wish(second, desk)], rui)
    with pytest.raises(Taken), at(ana) as work:
        bookings.book(work, [wish(first, desk), wish(second, desk)], ana)
    with at() as work:
        assert len(holds(work)) == 1


def test_what_is_lent_by_number_is_promised_up_to_the_stock(at, ana, rui, make_thing, desk):
    robots = make_thing(stock=12)
    with at(ana) as work:
        bookings.book(work, [wish(robots, desk, quantity=8)], ana)
    with pytest.raises(Taken), at(rui) as work:
        bookings.book(work, [wish(robots, desk, quantity=5)], rui)
    with at(rui) as work:
        bookings.book(work, [wish(robots, desk, quantity=4)], rui)
    with pytest.raises(Invalid, match="12"), at(rui) as work:
        bookings.book(work, [wish(robots, desk, day=23, quantity=13)], rui)


def test_reservations_change_copies_when_that_makes_room(at, make_person, make_thing, desk):
    """Two copies: the first free from the 9th, the second until then; who wants both weeks gets one all the same."""
    box = make_thing(copies=2)
    people = [make_person(name) for name in ("Eva", "Gil", "Ivo")]
    one, two = (copy.id for copy in box.copies)
    with at() as work:
        for person, day, copy_id in ((people[0], 9, one), (people[1], 23, two)):
            bookings.book(work, [wish(box, desk, day=day, copy_id=copy_id)], person)[0].copy_id = None
    long = Wish(box.item_id, desk.id, first=lesson(8)[0].date(), last=lesson(24)[0].date())
    with at(people[2]) as work:
        (made,) = bookings.book(work, [long], people[2])
        assert len({hold.copy_id for hold in holds(work) if hold.booking_id != made.id}) == 1


def test_the_database_itself_refuses_two_at_once(at, ana, thing, desk):
    with at(ana) as work:
        bookings.book(work, [wish(thing, desk)], ana)
    copied = text(
        "INSERT INTO physical_loans_hold (booking_id, copy_id, unit, starts, ends, state) "
        "SELECT booking_id, copy_id, unit, starts, ends, 'reserved' FROM physical_loans_hold"
    )
    with pytest.raises(IntegrityError, match="physical_loans_no_overlap"), at() as work:
        work.session.execute(copied)
    with pytest.raises(IntegrityError, match="physical_loans_within_stock"), at() as work:
        work.session.execute(text("UPDATE physical_loans_hold SET unit = 2"))


def test_a_cancelled_booking_makes_room_at_once(at, ana, rui, thing, desk):
    with at(ana) as work:
        (made,) = bookings.book(work, [wish(thing, desk)], ana)
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made.id))
    with at(rui) as work:
        bookings.book(work, [wish(thing, desk)], rui)
