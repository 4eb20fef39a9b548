"""`repository check` sees each promise of the lending desk broken when it is, and all kept when none is."""

import pytest
from loans_samples import lesson
from sqlalchemy import text

from plugins.physical_loans import bookings, waiting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.promises import PROMISES
from repository import checking


@pytest.fixture
def booked(at, ana, thing, desk):
    """A booking that keeps the one copy."""
    with at(ana) as work:
        (made,) = bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(9),))], ana)
    return made


@pytest.fixture
def break_it(at):
    """Write something that the rules never write."""

    def write(*statements):
        with at() as work:
            for statement in statements:
                work.session.execute(text(statement))

    return write


def broken(at):
    with at() as work:
        return {promise.words: wrong for promise in PROMISES if (wrong := promise.prove(work)[1])}


def test_all_promises_hold_of_what_the_rules_make_and_check_asks_them(services, at, ana, rui, thing, desk, booked):
    with at(rui) as work:
        waiting.enqueue(work, Wish(thing.item_id, desk.id, lessons=(lesson(9),)), rui)
    assert broken(at) == {}
    asked = {each["promise"]: each["ok"] for each in checking.check(services)["findings"]}
    assert {promise.words: asked.get(promise.words) for promise in PROMISES} == dict.fromkeys(
        (promise.words for promise in PROMISES), True
    )


@pytest.mark.sqlite
def test_a_guard_that_is_gone_and_what_it_let_in_are_found(at, break_it, booked):
    break_it(
        "DROP TRIGGER physical_loans_no_overlap_insert",
        "DROP TRIGGER physical_loans_within_stock_insert",
        "INSERT INTO physical_loans_hold (booking_id, copy_id, unit, starts, ends, state) "
        "SELECT booking_id, copy_id, unit, starts, ends, 'reserved' FROM physical_loans_hold",
        "INSERT INTO physical_loans_hold (booking_id, copy_id, unit, starts, ends, state) "
        "SELECT booking_id, copy_id, 7, starts, ends, 'reserved' FROM physical_loans_hold LIMIT 1",
    )
    found = broken(at)
    assert len(found["no copy is promised twice"]) == 1
    assert "unit 7 of 1" in found["no more is promised than there is"][0]
    assert len(found["the database refuses to promise twice"]) == 2


@pytest.mark.parametrize(
    ("statement", "promise"),
    [
        ("UPDATE physical_loans_hold SET state = 'out'", "what is out is out in a loan"),
        ("UPDATE physical_loans_booking SET state = 'out'", "what is out is out in a loan"),
        ("UPDATE physical_loans_booking SET state = 'cancelled'", "what is over keeps nothing"),
        ("UPDATE physical_loans_booking SET state = 'returned'", "what is over keeps nothing"),
        ("UPDATE physical_loans_hold SET state = 'freed'", "what is promised is kept"),
    ],
)
def test_a_booking_and_what_it_keeps_that_disagree_are_found(at, break_it, booked, statement, promise):
    break_it(statement)
    assert promise in broken(at)


def test_a_turn_given_to_a_later_place_is_found(at, ana, rui, make_person, thing, desk, booked, break_it):
    for person in (rui, make_person("Eva")):
        with at(person) as work:
            last = waiting.enqueue(work, Wish(thing.item_id, desk.id, lessons=(lesson(9),)), person)
    break_it(f"UPDATE physical_loans_booking SET state = 'offered' WHERE id = {last.id}")
    assert "the waiting lists go by turn" in broken(at)
