"""Waiting lists: who comes next, in the order in which they came. Whatever becomes free is theirs before anybody else's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import awake, calendars, holding, moves, planning
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk
from plugins.physical_loans.planning import Times
from repository.api import SYSTEM, Invalid, Work, enqueue

JOB = "physical_loans.move_on"


def wake(work: Work, thing_id: int, desk_id: int) -> None:
    """Have the worker see whether something of a thing became free for those who wait: a copy was added or repaired."""
    enqueue(work, JOB, key=f"{thing_id}:{desk_id}", thing_id=thing_id, desk_id=desk_id)


def is_waited_for(work: Work, thing_id: int, desk_id: int) -> bool:
    """Return whether anybody waits for the thing at the desk."""
    mine = exists().where(*_list_of(thing_id, desk_id))
    return bool(work.session.scalar(select(mine)))


def _list_of(thing_id: int, desk_id: int) -> Sequence[ColumnElement[bool]]:
    return (Booking.thing_id == thing_id, Booking.desk_id == desk_id, Booking.state == BookingState.WAITING)


def position(work: Work, booking: Booking) -> int:
    """Return the place on the waiting list (1 is next), counting those before it who want it at the same time."""
    before = or_(
        Booking.queued_at < booking.queued_at,
        and_(Booking.queued_at == booking.queued_at, Booking.id < booking.id),
    )
    at_that_time = (Booking.held_from < booking.held_until, Booking.held_until > booking.held_from)
    counted = select(func.count()).select_from(Booking)
    return 1 + (
        work.session.scalar(counted.where(*_list_of(booking.thing_id, booking.desk_id), before, *at_that_time)) or 0
    )


def move_on(work: Work, thing_id: int, desk_id: int) -> list[Booking]:
    """Offer what is free to those who wait, strictly in order among those whose dates fit; return the offers.

    Run again, or by two at once, it does nothing more: the copies are locked before the list is read.
    """
    if not is_waited_for(work, thing_id, desk_id):
        return []
    work = replace(work, actor=SYSTEM)  # whoever set this going, it is the house that offers
    mine = select(Copy.id).where(Copy.thing_id == thing_id, Copy.desk_id == desk_id).order_by(Copy.id)
    work.session.scalars(mine.with_for_update()).all()
    waiting = select(Booking).where(*_list_of(thing_id, desk_id)).order_by(Booking.queued_at, Booking.id)
    people = list(work.session.scalars(waiting.with_for_update().execution_options(populate_existing=True)))
    if not people:
        return []
    desk = work.session.get_one(Desk, desk_id)
    calendar = calendars.calendar_of(work, desk)
    return [booking for booking in people if _offer(work, calendar, booking)]


def _offer(work: Work, calendar: Calendar, booking: Booking) -> bool:
    """Keep the copies for who waits and give them their turn; what can no longer be is taken off the list."""
    try:
        times = times_again(calendar, booking, work.now)
    except Invalid:
        moves.move(work, booking, "expire")
        return False
    if booking.borrower is None or booking.borrower.deleted_at or booking.borrower.disabled_at:
        moves.move(work, booking, "cancel")
        return False
    try:
        with work.session.begin_nested():
            if not holding.hold(work, booking, times.held):
                return False
    except IntegrityError:  # the database knows better: somebody was faster, in another process
        work.session.expire(booking, ["holds"])
        return False
    set_times(booking, times)
    last_call = times.pick_up[1]  # there is no use in keeping it for longer than it can be picked up
    booking.answer_by = min(_answer_by(work, calendar, booking.desk), last_call)
    moves.move(work, booking, "offer", answer_by=booking.answer_by.isoformat())
    work.session.flush()
    return True


def _answer_by(work: Work, calendar: Calendar, desk: Desk) -> datetime:
    return awake.time_to_answer(calendar, awake.quiet_of(work), work.now, desk.answer_hours)


def times_again(calendar: Calendar, booking: Booking, now: datetime) -> Times:
    """Return the times of a booking by the calendar as it is now. Raises Invalid when it can no longer be."""
    lessons = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in booking.lessons]
    if booking.use == "on_site":
        return planning.on_site(lessons, now)
    pace = planning.pace_of(booking.thing, booking.desk.transport_days)
    if lessons:
        return planning.for_lessons(calendar, pace, lessons, now)
    first, last = (calendar.local(moment).date() for moment in (booking.starts_at, booking.ends_at))
    return planning.for_days(calendar, pace, first, last, now)


def set_times(booking: Booking, times: Times) -> None:
    """Let the booking be at these times."""
    booking.starts_at, booking.ends_at = times.starts_at, times.ends_at
    booking.held_from, booking.held_until = times.held[0][0], times.held[-1][1]
