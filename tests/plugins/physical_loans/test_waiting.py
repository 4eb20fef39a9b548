"""The waiting list: whoever came first has the first turn, for as long as was promised, and nobody jumps the queue."""

from datetime import UTC, datetime, timedelta

import pytest
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, clockwork, queues, waiting
from plugins.physical_loans import desk as desk_acts
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import Booking, BookingState, Copy, Hold, HoldState, Rule
from repository.errors import Conflict, Invalid, NotAllowed
from repository.models import AuditEntry, User

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
S = BookingState


def wish(thing, desk, day=16, **values):
    return Wish(thing.item_id, desk.id, lessons=(lesson(day),), **values)


@pytest.fixture
def people(make_person):
    return [make_person(name) for name in ("Eva", "Gil", "Ivo", "Zita")]


@pytest.fixture
def taken(at, ana, thing, desk):
    """Ana has the only copy on the 16th."""
    with at(ana) as work:
        return bookings.book(work, [wish(thing, desk)], ana)[0]


@pytest.fixture
def queue_up(at, thing, desk):
    def join(person, minutes=0, **values):
        with at(person, MONDAY + timedelta(minutes=minutes)) as work:
            return waiting.enqueue(work, wish(thing, desk, **values), person).id

    return join


def state_of(at, booking_id):
    with at() as work:
        return work.session.get_one(Booking, booking_id).state


def give_up(at, person, booking_id):
    with at(person) as work:
        bookings.cancel(work, bookings.get(work, booking_id))


def test_the_first_in_the_list_gets_the_turn_when_something_is_freed(at, people, taken, ana, queue_up, settle, mails):
    first, second = queue_up(people[0]), queue_up(people[1], 5)
    settle()
    assert (state_of(at, first), state_of(at, second)) == (S.WAITING, S.WAITING)
    give_up(at, ana, taken.id)
    settle()
    assert (state_of(at, first), state_of(at, second)) == (S.OFFERED, S.WAITING)
    assert ("eva", "Chegou a sua vez: «Robôs de chão»") in mails()


def test_those_who_came_at_the_same_moment_are_served_by_the_order_of_their_numbers(
    at, people, taken, ana, queue_up, settle
):
    places = [queue_up(person) for person in people]
    give_up(at, ana, taken.id)
    settle()
    assert [state_of(at, place) for place in places] == [S.OFFERED, S.WAITING, S.WAITING, S.WAITING]


def test_whom_the_free_dates_do_not_fit_keeps_the_place(at, ana, rui, people, make_thing, desk, settle):
    box = make_thing(stock=2)
    with at(ana) as work:
        (one,) = bookings.book(work, [wish(box, desk)], ana)
    with at(rui) as work:
        bookings.book(work, [wish(box, desk)], rui)
    with at(people[0]) as work:
        both = waiting.enqueue(work, wish(box, desk, quantity=2), people[0]).id
    with at(people[1]) as work:
        single = waiting.enqueue(work, wish(box, desk), people[1]).id
    give_up(at, ana, one.id)
    settle()
    assert (state_of(at, both), state_of(at, single)) == (S.WAITING, S.OFFERED)


def test_the_place_in_the_list_counts_only_those_who_want_it_at_the_same_time(at, people, taken, thing, desk, queue_up):
    queue_up(people[0])
    queue_up(people[1], 1, day=24)
    mine = queue_up(people[2], 2)
    with at() as work:
        assert queues.position(work, work.session.get_one(Booking, mine)) == 2


def test_nobody_who_books_now_comes_before_those_who_wait(at, people, ana, rui, taken, thing, desk, queue_up):
    first = queue_up(people[0])
    give_up(at, ana, taken.id)  # and the worker has not come yet
    with pytest.raises(Taken), at(rui) as work:
        bookings.book(work, [wish(thing, desk)], rui)
    with at() as work:
        queues.move_on(work, thing.item_id, desk.id)
    assert state_of(at, first) == S.OFFERED


def test_saying_yes_makes_it_a_booking_and_saying_it_twice_changes_nothing(
    at, people, ana, taken, queue_up, settle, mails
):
    place = queue_up(people[0])
    give_up(at, ana, taken.id)
    settle()
    for _ in range(2):
        with at(people[0]) as work:
            waiting.answer(work, bookings.get(work, place), accept=True)
    settle()
    assert state_of(at, place) == S.APPROVED
    with at() as work:
        kept = work.session.scalars(select(Hold).where(Hold.booking_id == place)).all()
        assert [hold.state for hold in kept] == [HoldState.RESERVED]
        said = select(AuditEntry).filter_by(action="loan.accept", subject_id=place)
        assert len(work.session.scalars(said).all()) == 1
    assert mails().count(("eva", "Está reservado: «Robôs de chão»")) == 1


def test_saying_no_gives_the_turn_to_the_next(at, people, ana, taken, queue_up, settle):
    first, second = queue_up(people[0]), queue_up(people[1], 5)
    give_up(at, ana, taken.id)
    settle()
    with at(people[0]) as work:
        waiting.answer(work, bookings.get(work, first), accept=False)
    settle()
    assert (state_of(at, first), state_of(at, second)) == (S.CANCELLED, S.OFFERED)


def test_what_needs_approval_waits_for_it_after_the_yes(at, people, ana, taken, thing, queue_up, settle):
    with at() as work:
        work.session.add(Rule(thing_id=thing.item_id, approval=True))
    place = queue_up(people[0])
    give_up(at, ana, taken.id)
    settle()
    with at(people[0]) as work:
        waiting.answer(work, bookings.get(work, place), accept=True)
    assert state_of(at, place) == S.REQUESTED


def test_a_turn_without_an_answer_goes_to_the_next_when_its_time_is_over(
    at, people, ana, taken, queue_up, settle, mails
):
    first, second = queue_up(people[0]), queue_up(people[1], 5)
    give_up(at, ana, taken.id)
    settle()
    with at() as work:
        until = work.session.get_one(Booking, first).answer_by
    assert until == MONDAY + timedelta(days=2)
    with at(moment=until - timedelta(seconds=1)) as work:
        assert not waiting.expire_offers(work)
    with pytest.raises(Conflict, match="prazo"), at(people[0], until) as work:
        waiting.answer(work, bookings.get(work, first), accept=True)
    for _ in range(2):
        clockwork.expire(lambda: at(moment=until))
        settle(until)
    assert (state_of(at, first), state_of(at, second)) == (S.EXPIRED, S.OFFERED)
    assert mails().count(("eva", "A sua vez passou: «Robôs de chão»")) == 1
    assert mails().count(("gil", "Chegou a sua vez: «Robôs de chão»")) == 1


def test_joining_twice_is_one_place(at, people, taken, thing, desk):
    for key in ("k1", "k1", "k2"):
        with at(people[0]) as work:
            waiting.enqueue(work, wish(thing, desk), people[0], key=key)
    with at() as work:
        assert len(work.session.scalars(select(Booking).filter_by(state=S.WAITING)).all()) == 1


def test_what_is_free_after_all_is_offered_at_once(at, people, thing, desk, queue_up, settle):
    place = queue_up(people[0])
    settle()
    assert state_of(at, place) == S.OFFERED


def test_a_copy_that_was_repaired_is_offered(at, people, ana, taken, thing, desk, queue_up, settle):
    place = queue_up(people[0])
    settle()
    with at() as work:
        work.session.add(Copy(thing_id=thing.item_id, desk_id=desk.id, inventory="N", label="N", created_at=work.now))
    clockwork.move_on(at)
    assert state_of(at, place) == S.OFFERED


def test_whose_date_is_over_is_taken_off_the_list_and_told(at, people, taken, queue_up, settle, mails):
    place = queue_up(people[0])
    later = lesson(16)[0]
    clockwork.move_on(lambda: at(moment=later))
    settle(later)
    assert state_of(at, place) == S.EXPIRED
    assert ("eva", "Não ficou livre a tempo: «Robôs de chão»") in mails()


def test_a_closed_account_loses_its_place(at, people, ana, taken, queue_up, settle):
    first, second = queue_up(people[0]), queue_up(people[1], 5)
    with at() as work:
        work.session.get_one(User, people[0].id).disabled_at = work.now
    give_up(at, ana, taken.id)
    settle()
    assert (state_of(at, first), state_of(at, second)) == (S.CANCELLED, S.OFFERED)


def test_nobody_answers_for_somebody_else_but_the_desk(at, people, ana, rui, staff, taken, queue_up, settle):
    place = queue_up(people[0])
    give_up(at, ana, taken.id)
    settle()
    with pytest.raises(NotAllowed), at(rui) as work:
        waiting.answer(work, work.session.get_one(Booking, place), accept=True)
    with at(staff) as work:
        waiting.answer(work, bookings.get(work, place), accept=True)
    assert state_of(at, place) == S.APPROVED


def test_nobody_waits_for_what_is_over(people, queue_up):
    with pytest.raises(Invalid):
        queue_up(people[0], day=1)


def test_nobody_waits_for_everything(people, queue_up, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_WAITING", 2)
    for day in (16, 17):
        queue_up(people[0], day=day)
    with pytest.raises(NotAllowed, match="2"):
        queue_up(people[0], day=18)


def test_a_reservation_that_has_begun_behind_a_late_loan_is_no_hindrance_to_the_next(
    at, ana, rui, staff, people, make_thing, desk
):
    """One copy is late and its next reservation has begun; the list must still be able to lay everything anew."""
    box = make_thing(copies=2)
    with at(ana) as work:
        (loan,) = bookings.book(work, [wish(box, desk, day=9)], ana)
    with at(staff, lesson(8, "16:00")[0]) as work:
        desk_acts.hand_out(work, bookings.get(work, loan.id))
        kept = work.session.get_one(Booking, loan.id).holds[0].copy_id
    with at(rui) as work:
        (after,) = bookings.book(work, [wish(box, desk, day=12, copy_id=kept)], rui)
        after.copy_id = None
    with at(people[0]) as work:
        bookings.book(work, [wish(box, desk, day=12)], people[0])
    now = lesson(11, "17:00", "18:00")[0]
    with at(people[1], now) as work:
        waiting.enqueue(work, wish(box, desk, day=12), people[1])
        assert queues.move_on(work, box.item_id, desk.id) == []
