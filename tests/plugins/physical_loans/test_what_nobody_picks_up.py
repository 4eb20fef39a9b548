"""What is not picked up is reminded of and let go; what is late or unfit is replaced for those who come next."""

from datetime import UTC, datetime, timedelta

import pytest
from desk_acts import BACK, Acts
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, clockwork, digest, lapses, late
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Component, Copy, Desk, HoldState, Rule
from plugins.physical_loans.pages.desk_door import late_words

S = BookingState


def day(number, hour=12, minute=0):
    return datetime(2027, 3, number, hour, minute, tzinfo=UTC)


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


def look(at, settle, moment):
    clockwork.look_at_pick_ups(lambda: at(moment=moment))
    settle(moment)


def test_it_is_reminded_of_at_the_end_of_the_day_and_let_go_a_day_later(at, acts, ana, thing, settle, mails):
    made = acts.book(ana, thing)  # to be picked up on Monday the 8th until 18:00
    settle()
    before = len(mails())
    look(at, settle, day(8, 17, 59))
    assert len(mails()) == before
    for minute in (1, 30, 59):
        look(at, settle, day(8, 18, minute))
    assert mails()[before:] == [("ana", "Por levantar: «Robôs de chão»")]
    look(at, settle, day(9, 17, 59))
    assert acts.booking(made).state == S.APPROVED
    for minute in (0, 10):
        look(at, settle, day(9, 18, minute))
    booking = acts.booking(made)
    assert (booking.state, [hold.state for hold in booking.holds]) == (S.EXPIRED, [HoldState.FREED])
    assert mails()[before + 1 :] == [("ana", "Reserva terminada: «Robôs de chão»")]


def test_a_desk_that_keeps_what_is_not_picked_up_lets_nothing_go(at, acts, ana, thing, settle, services, monkeypatch):
    monkeypatch.setitem(services.settings._values, "physical_loans_let_go", False)
    made = acts.book(ana, thing)
    look(at, settle, day(9, 18, 10))
    assert acts.booking(made).state == S.APPROVED


def test_a_request_that_nobody_decided_in_time_ends_with_an_apology(at, acts, ana, thing, settle, mails):
    with at() as work:
        work.session.add(Rule(thing_id=thing.item_id, approval=True))
    made = acts.book(ana, thing)
    look(at, settle, day(8, 18, 1))
    assert acts.booking(made).state == S.EXPIRED
    assert mails()[-1] == ("ana", "Pedido sem resposta: «Robôs de chão»")


def test_what_was_used_where_it_stands_is_over_with_its_lesson(at, acts, ana, thing, settle, mails):
    made = acts.book(ana, thing, use="on_site")
    settle()
    look(at, settle, lesson(9)[1] - timedelta(minutes=1))
    assert acts.booking(made).state == S.APPROVED
    look(at, settle, lesson(9)[1] + timedelta(minutes=1))
    booking = acts.booking(made)
    assert (booking.state, booking.holds[0].state) == (S.RETURNED, HoldState.BACK)
    assert len(mails()) == 1  # that it was booked


def watch(at, settle, moment):
    clockwork.look_at_late(lambda: at(moment=moment))
    settle(moment)


def test_whoever_comes_after_a_late_loan_gets_another_copy(at, acts, ana, rui, make_thing, settle, mails):
    box = make_thing(copies=2)
    acts.out(ana, box)  # due on the 10th
    kept = acts.copies(1)
    after = book_copy(at, rui, box, acts.place, kept[0])
    settle(BACK)
    before = len(mails())
    watch(at, settle, day(11))
    assert acts.copies(after) != kept
    assert len(mails()) == before


def book_copy(at, person, thing, desk, copy_id, on=12):
    """Book for the lesson of a day, kept on a certain copy that was not asked for."""
    with at(person) as work:
        (made,) = bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(on),), copy_id=copy_id)], person)
        made.copy_id = None
    return made.id


def test_without_another_copy_the_next_is_warned_once_with_alternatives(at, acts, ana, rui, thing, desk, settle, mails):
    acts.out(ana, thing)
    after = acts.book(rui, thing, day=12)
    settle(BACK)
    for hour in (11, 12, 13):
        watch(at, settle, day(11, hour))
    assert [mail for mail in mails() if "risco" in mail[1]] == [("rui", "A sua reserva está em risco: «Robôs de chão»")]
    with at(moment=day(11)) as work:
        listed = digest.of_desk(work, work.session.get_one(Desk, desk.id))
        assert [booking.id for booking in listed.late] == [1]
        assert [kept.booking_id for kept in listed.at_risk] == [after]
        assert late.days_late(listed.late[0], day(12)) == 2


def test_the_desk_counts_the_days_of_delay_as_a_calendar_does(at, acts, ana, thing):
    acts.out(ana, thing)
    with at(moment=day(12, hour=8)) as work:  # less than two times 24 hours after it should have been back
        assert late_words(work, work.session.scalars(select(Booking)).one()) == "Em atraso há 2 dias"


def test_a_copy_blocked_by_a_missing_part_is_replaced_or_its_next_borrower_warned(
    at, acts, ana, rui, make_thing, settle, mails
):
    box = make_thing(parts={"cabo": 4})
    with at() as work:
        part = work.session.scalars(select(Component)).one()
        part.essential = True
    made = acts.out(ana, box)
    acts.book(rui, box, day=16)
    (copy_id,) = acts.copies(made)
    acts.back(made, counts={copy_id: {part.id: 3}})
    settle(BACK)
    assert [mail for mail in mails() if mail[0] == "rui" and "risco" in mail[1]]
    with at() as work:
        assert work.session.get_one(Copy, copy_id).blocked


def test_the_list_of_the_day_goes_once_to_those_who_work_at_the_desk(at, acts, ana, thing, settle, mails):
    acts.out(ana, thing)
    settle(BACK)
    before = len(mails())
    for hour in (7, 9, 10, 17):
        clockwork.tell_desks(lambda hour=hour: at(moment=day(11, hour)))
    assert [mail[0] for mail in mails()[before:]] == ["sara"]


def test_one_booking_that_fails_keeps_nobody_elses_reminder_back(at, acts, ana, rui, make_thing, settle, monkeypatch):
    first, second = (acts.book(person, make_thing(name)) for person, name in ((ana, "A"), (rui, "B")))
    real = lapses.look

    def broken(work, booking):
        if booking.id == first:
            raise RuntimeError("broken")
        real(work, booking)

    monkeypatch.setattr(lapses, "look", broken)
    with pytest.raises(ExceptionGroup):
        clockwork.turn(lambda: at(moment=day(9, 18, 10)))
    with at() as work:
        assert work.session.get_one(Booking, second).state == S.EXPIRED
