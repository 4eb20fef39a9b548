"""Who has what in the demonstration: each booking is made and moved on at its own time, by the plugin's own rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from plugins.physical_loans import bookings, calendars, holding, moves
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.calendars import Calendar, Window, wall_clock
from plugins.physical_loans.models import (
    Booking,
    BookingState,
    Component,
    Copy,
    CopyState,
    Desk,
    HoldState,
    Shortage,
    Thing,
)
from repository.api import SYSTEM, Invalid, Item, Services, User, Work, actor_of, find_user, open_work

LESSON = (time(10, 30), time(12))
ANSWER = timedelta(hours=48)
SHIFTS = 12
OVER = {"take_back": HoldState.BACK, "take_back_incomplete": HoldState.BACK, "lose": HoldState.LOST}


def lend(services: Services, email: str, said: Mapping[str, Any], key: str) -> None:
    """Make one booking as it is told and bring it to where it stands today; a booking with the key is there already."""
    with open_work(services, SYSTEM) as work:
        borrower = find_user(work, email)
        thing = work.session.scalar(select(Thing).join(Item).where(Item.title == said["thing"]).order_by(Item.id))
        if borrower is None or thing is None or _is_there(work, borrower, key):
            return
        for shift in range(SHIFTS):  # holidays may make two loans touch: then it is for another day
            try:
                with work.session.begin_nested():
                    _lend(work, thing, borrower, said, shift, key)
                return
            except (Taken, Invalid):
                continue


def _lend(work: Work, thing: Thing, borrower: User, said: Mapping[str, Any], shift: int, key: str) -> None:
    desk = work.session.get_one(Desk, thing.copies[0].desk_id)
    calendar = calendars.calendar_of(work, desk)
    lesson = _lesson(calendar, work.now, said["lesson"] + (shift if said["lesson"] > 0 else -shift))
    moment = min(lesson[0] - timedelta(days=said["asked"] + 3), work.now - timedelta(hours=1))
    asked = replace(work, now=moment)
    wish = _wish(thing, desk, said, lesson, calendar)
    actor = actor_of(work.session, work.hook, borrower, work.now.date())  # the account is no older than today
    asked = replace(asked, actor=actor)
    if "queue" in said:
        _queue(asked, work, wish, borrower, said["queue"], key)
        return
    booking = bookings.book(asked, [wish], borrower, key)[0]
    for act in said.get("then", ()):
        _act(replace(work, now=_when(act, booking, asked.now, work.now)), booking, act, said)


def _is_there(work: Work, borrower: User, key: str) -> bool:
    return work.session.scalar(select(Booking.id).filter_by(key=f"{borrower.id}:{key}:0")) is not None


def _lesson(calendar: Calendar, now: datetime, count: int) -> Window:
    """Return the lesson of the open day `count` open days from today."""
    today = calendar.local(now).date()
    day = calendar.nth_open_day(today, count)
    return wall_clock(calendar, day, LESSON[0]), wall_clock(calendar, day, LESSON[1])


def _wish(thing: Thing, desk: Desk, said: Mapping[str, Any], lesson: Window, calendar: Calendar) -> Wish:
    more = {name: said[name] for name in ("quantity", "use", "level", "year", "pupils") if name in said}
    if "days" in said:
        first = calendar.local(lesson[0]).date()
        last = calendar.nth_open_day(first + timedelta(days=said["days"]), 0)
        return Wish(thing.item_id, desk.id, first=first, last=last, **more)
    return Wish(thing.item_id, desk.id, lessons=(lesson,), **more)


def _when(act: str, booking: Booking, asked: datetime, now: datetime) -> datetime:
    """Return when an act was done: at the pick-up, at the return, or a day after it was asked for; never in the future."""
    due = booking.ends_at - timedelta(minutes=40)
    moments = {"hand_out": booking.starts_at, "take_back": due, "take_back_incomplete": due}
    moments |= {"lose": booking.ends_at + timedelta(days=10), "prepare": booking.starts_at - timedelta(hours=2)}
    return min(moments.get(act, asked + timedelta(days=1)), now)


def _act(work: Work, booking: Booking, act: str, said: Mapping[str, Any]) -> None:
    if act == "hand_out":
        for hold in booking.holds:
            hold.state, hold.out_at = HoldState.OUT, work.now
        booking.handed_out_at = work.now
    elif act in OVER:
        for hold in booking.holds:
            hold.state, hold.back_at = OVER[act], work.now
        booking.returned_at = work.now
        if act == "lose":
            booking.holds[0].copy.state = CopyState.LOST
    elif act in ("decline", "cancel"):
        moves.free(booking)
        booking.reason = said.get("reason", "")
    if "missing" in said and act == "take_back_incomplete":
        _miss(work, booking, *said["missing"])
    work.session.flush()
    moves.move(work, booking, act)


def _miss(work: Work, booking: Booking, name: str, count: int) -> None:
    copy: Copy = booking.holds[0].copy
    part = work.session.scalars(select(Component).filter_by(thing_id=copy.thing_id, name=name)).one()
    work.session.add(
        Shortage(copy_id=copy.id, component_id=part.id, booking_id=booking.id, missing=count, since=work.now)
    )
    booking.reason = f"{count} × {name}"


def _queue(asked: Work, work: Work, wish: Wish, borrower: User, where: str, key: str) -> None:
    """Put the wish on the waiting list, and let it have its turn when it is to be offered."""
    times = bookings.plan(asked, wish)
    booking = bookings.draft(asked, wish, times, borrower, BookingState.WAITING)
    booking.queued_at, booking.key = asked.now, f"{borrower.id}:{key}:0"
    moves.tell(asked, booking, "queue")
    if where == "offered" and holding.hold(work, booking, times.held):
        booking.answer_by = work.now + ANSWER
        moves.move(work, booking, "offer")
