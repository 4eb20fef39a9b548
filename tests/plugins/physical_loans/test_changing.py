"""Changing what is booked: nothing is lost on the way, and nobody is passed over."""

from datetime import date

import pytest
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, changing, moves
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import Booking, BookingState, Hold, HoldState, Rule
from repository.errors import Conflict, Invalid, NotAllowed
from repository.models import AuditEntry


def wish(thing, desk, day=9, **values):
    return Wish(thing.item_id, desk.id, lessons=(lesson(day),), **values)


@pytest.fixture
def booked(at, desk):
    """Book a thing for a person's lesson; return the booking's id."""

    def book(user, thing, day=9, **values):
        with at(user) as work:
            return bookings.book(work, [wish(thing, desk, day, **values)], user)[0].id

    return book


@pytest.fixture
def out(at, booked):
    """Book a thing and hand it out, as the desk does; return the booking's id."""

    def hand_out(user, thing, day=9):
        made = booked(user, thing, day)
        with at() as work:
            booking = bookings.get(work, made)
            for hold in booking.holds:
                hold.state, hold.out_at = HoldState.OUT, work.now
            moves.move(work, booking, "hand_out")
        return made

    return hand_out


def kept(work, booking_id):
    return [
        hold for hold in work.session.scalars(select(Hold).filter_by(booking_id=booking_id)) if hold.state == "reserved"
    ]


@pytest.fixture
def version_of(at):
    """Return the version that a booking's page shows now."""

    def version(booking_id):
        with at() as work:
            return work.session.get(Booking, booking_id).version

    return version


def acts(work, booking_id):
    return list(work.session.scalars(select(AuditEntry.action).filter_by(subject_id=booking_id)))


def test_a_booking_moves_to_another_day_and_lets_go_of_the_first(at, ana, rui, thing, desk, booked):
    made = booked(ana, thing)
    with at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 16))
    with at(rui) as work:
        bookings.book(work, [wish(thing, desk, 9)], rui)
        assert [hold.starts for hold in kept(work, made)] == [lesson(15, "15:30")[0]]


def test_a_booking_that_cannot_move_stays_where_it_is(at, ana, rui, thing, desk, booked):
    made = booked(ana, thing)
    booked(rui, thing, 16)
    with pytest.raises(Taken), at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 16))
    with at(ana) as work:
        assert bookings.get(work, made).starts_at == lesson(8, "15:30")[0]
        assert len(kept(work, made)) == 1


def test_the_same_change_twice_is_one_and_an_old_page_changes_nothing(at, ana, thing, desk, booked, version_of):
    made = booked(ana, thing)
    seen = version_of(made)
    for _ in range(2):
        with at(ana) as work:
            changing.change(work, bookings.get(work, made), wish(thing, desk, 16, pupils=24), version=seen)
    with pytest.raises(Conflict, match="mudou entretanto"), at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 23), version=seen)
    with at() as work:
        assert acts(work, made).count("loan.change") == 1


def test_a_quantity_grows_up_to_what_is_free(at, ana, rui, make_thing, desk, booked):
    robots = make_thing(stock=12)
    made = booked(ana, robots, quantity=4)
    booked(rui, robots, quantity=6)
    with pytest.raises(Taken), at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(robots, desk, quantity=7))
    with at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(robots, desk, quantity=6))
        assert len(kept(work, made)) == 6


def test_only_the_borrower_and_the_desk_change_a_booking(at, ana, rui, staff, thing, desk, booked):
    made = booked(ana, thing)
    with pytest.raises(NotAllowed), at(rui) as work:
        changing.change(work, work.session.get(Booking, made), wish(thing, desk, 16))
    with at(staff) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 16))


def test_what_needs_approval_is_asked_for_again_when_the_dates_change(at, ana, thing, desk, staff, booked):
    with at() as work:
        work.session.add(Rule(approval=True))
    made = booked(ana, thing)
    with at(staff) as work:
        booking = bookings.get(work, made)
        booking.approved_at = work.now
        moves.move(work, booking, "approve")
    with at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 9, pupils=20))
        assert bookings.get(work, made).state == BookingState.APPROVED
    with at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 16, pupils=20))
        assert bookings.get(work, made).state == BookingState.REQUESTED


def test_who_is_at_the_limit_can_still_change_what_is_booked(at, ana, thing, desk, booked):
    with at() as work:
        work.session.add(Rule(most_open=1))
    made = booked(ana, thing)
    with at(ana) as work:
        changing.change(work, bookings.get(work, made), wish(thing, desk, 16))


def test_a_loan_is_extended_when_nobody_waits_and_the_rules_allow(at, ana, thing, out, version_of):
    made = out(ana, thing)
    seen = version_of(made)
    for _ in range(2):  # sent twice
        with at(ana) as work:
            changing.extend(work, bookings.get(work, made), date(2027, 3, 12), version=seen)
    with pytest.raises(NotAllowed), at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 15))
    with at() as work:
        booking = bookings.get(work, made)
        assert (booking.ends_at, booking.renewals) == (lesson(12, end="18:00")[1], 1)
        assert booking.holds[0].ends == booking.held_until
        assert acts(work, made).count("loan.extend") == 1


def test_a_loan_is_extended_by_the_days_that_the_rules_give_at_most(at, ana, thing, out):
    made = out(ana, thing)
    with at(ana) as work:
        assert changing.may_extend_until(work, bookings.get(work, made)) == date(2027, 3, 17)
    with pytest.raises(Invalid, match="máximo"), at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 18))
    for day in (date(2027, 3, 8), date(2027, 3, 13)):  # before the return, and a Saturday
        with pytest.raises(Invalid), at(ana) as work:
            changing.extend(work, bookings.get(work, made), day)


def test_a_loan_is_not_extended_over_the_next_reservation(at, ana, rui, staff, thing, out, booked):
    made = out(ana, thing)
    booked(rui, thing, 16)
    for who in (ana, staff):
        with pytest.raises(Conflict, match="a seguir"), at(who) as work:
            changing.extend(work, bookings.get(work, made), date(2027, 3, 16))
    with at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 12))


def test_a_loan_that_ones_own_next_booking_stops_says_so_with_its_day(at, ana, rui, thing, out, booked):
    made = out(ana, thing)
    with at(ana) as work:
        assert changing.own_next_before(work, bookings.get(work, made), date(2027, 3, 17)) is None
    booked(ana, thing, 16)
    with at(ana) as work:
        loan = bookings.get(work, made)
        assert changing.own_next_before(work, loan, date(2027, 3, 17)) == date(2027, 3, 15)
        with pytest.raises(Conflict, match="uma reserva sua") as refused:
            changing.extend(work, loan, date(2027, 3, 16))
    assert refused.value.params["day"] == date(2027, 3, 15)


def test_the_next_reservation_takes_another_copy_to_make_room(at, ana, rui, make_thing, out, booked):
    box = make_thing(copies=2)
    made, following = out(ana, box), booked(rui, box, 16)
    with at() as work:
        mine, theirs = (work.session.scalars(select(Hold).filter_by(booking_id=n)).one() for n in (made, following))
        theirs.copy_id = mine.copy_id
    with at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 16))
        (moved,) = kept(work, following)
        assert moved.copy_id != bookings.get(work, made).holds[0].copy_id


def test_a_loan_is_not_extended_while_somebody_waits(at, ana, rui, thing, desk, out):
    made = out(ana, thing)
    with at(rui) as work:
        waiting = wish(thing, desk, 10)
        bookings.draft(work, waiting, bookings.plan(work, waiting), rui, BookingState.WAITING)
    with pytest.raises(Conflict, match="espere"), at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 12))


def test_what_has_not_left_is_not_extended(at, ana, thing, booked):
    made = booked(ana, thing)
    with pytest.raises(Conflict), at(ana) as work:
        changing.extend(work, bookings.get(work, made), date(2027, 3, 12))


def test_a_cancelled_booking_is_made_anew_once_while_it_is_free(at, ana, rui, thing, booked):
    made = booked(ana, thing)
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made))
    for _ in range(2):
        with at(ana) as work:
            changing.reactivate(work, bookings.get(work, made))
            assert len(kept(work, made)) == 1
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made))
    booked(rui, thing)
    with pytest.raises(Taken), at(ana) as work:
        changing.reactivate(work, bookings.get(work, made))


def test_a_series_counts_as_one_open_booking(at, ana, thing, desk):
    with at() as work:
        work.session.add(Rule(most_open=1))
    with at(ana) as work:
        made = bookings.book(work, [wish(thing, desk, day) for day in (9, 16, 23)], ana, series="s1")
        assert len(made) == 3
    with pytest.raises(NotAllowed), at(ana) as work:
        bookings.book(work, [wish(thing, desk, 30)], ana)
