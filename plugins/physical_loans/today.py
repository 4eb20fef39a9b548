"""A day at the desk: what leaves, what comes back, what is late, what waits for an answer, what misses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from plugins.physical_loans import calendars, rules
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Desk, Hold, Shortage, Thing
from repository.api import N_, Actor, Item, NotAllowed, Work

S = BookingState
TO_HAND_OUT = (S.APPROVED, S.READY)
SHOWN_DAYS = 6
MOST = 200  # lines of one lane; more is no day's work, and the page says that there are more


@dataclass(frozen=True)
class Day:
    """The work of one day at a desk; `late` and `asking` are of now, whatever the day."""

    desk: Desk
    day: date
    why_closed: str
    leaving: Sequence[Booking]
    returning: Sequence[Booking]
    late: Sequence[Booking]
    asking: Sequence[Booking]
    shut: bool = False


@dataclass(frozen=True)
class Figures:
    """A desk's present day in numbers."""

    leaving: int
    returning: int
    late: int
    asking: int
    missing: int


@dataclass(frozen=True)
class Ahead:
    """A day to come, in numbers."""

    day: date
    leaving: int
    returning: int
    why_closed: str


def desks_of(work: Work) -> list[Desk]:
    """Return the desks at which the person works. Raises NotAllowed for people who work at none."""
    if not work.actor.may_anywhere(rules.DESK):
        raise NotAllowed(N_("Esta página é de quem trabalha no balcão."))
    desks = work.session.scalars(select(Desk).where(Desk.closed_at.is_(None)).order_by(Desk.name, Desk.id))
    return [desk for desk in desks if work.actor.may(rules.DESK, desk.organisation_id)]


def of_day(work: Work, desk: Desk, day: date | None = None) -> Day:
    """Return the work of a day, today unless told; the same number of queries for any number of loans."""
    calendar = calendars.calendar_of(work, desk)
    today = calendar.local(work.now).date()
    day = day or today
    start, end = (calendar.moment(each, time()) for each in (day, day + timedelta(days=1)))
    leaves = Booking.starts_at < end if day == today else Booking.starts_at.between(start, end)
    comes = _at(desk, S.OUT).where(Booking.ends_at >= max(start, work.now), Booking.ends_at < end)
    return Day(
        desk,
        day,
        calendar.why_closed(day) if not calendar.is_open(day) else "",
        _all(work, _at(desk, *TO_HAND_OUT).where(leaves, Booking.ends_at > work.now), Booking.starts_at),
        _all(work, comes, Booking.ends_at),
        _all(work, _at(desk, S.OUT).where(Booking.ends_at < work.now), Booking.ends_at) if day == today else [],
        _all(work, _at(desk, S.REQUESTED), Booking.created_at) if day == today else [],
        shut=not calendar.is_open(day),
    )


def _at(desk: Desk, *states: BookingState) -> Select[Any]:
    return select(Booking).where(Booking.desk_id == desk.id, Booking.state.in_(states))


def _all(work: Work, wanted: Select[Any], order: Any) -> list[Booking]:
    item = joinedload(Booking.thing).joinedload(Thing.item)
    loaded = wanted.options(
        item.selectinload(Item.terms),
        item.selectinload(Item.all_files),
        joinedload(Booking.borrower),
        joinedload(Booking.desk),
        selectinload(Booking.holds).joinedload(Hold.copy),
    )
    return list(work.session.scalars(loaded.order_by(order, Booking.id).limit(MOST)).unique())


def ahead(work: Work, desk: Desk, days: int = SHOWN_DAYS) -> list[Ahead]:
    """Return the coming days in numbers, closed ones with the reason; two queries."""
    calendar = calendars.calendar_of(work, desk)
    first = calendar.local(work.now).date() + timedelta(days=1)
    wanted = [first + timedelta(days=n) for n in range(days)]
    start, end = (calendar.moment(each, time()) for each in (first, wanted[-1] + timedelta(days=1)))
    near = or_(Booking.starts_at.between(start, end), Booking.ends_at.between(start, end))
    rows = select(Booking.state, Booking.starts_at, Booking.ends_at).where(
        Booking.desk_id == desk.id, Booking.state.in_((*TO_HAND_OUT, S.OUT)), near
    )
    leaving: dict[date, int] = {}
    returning: dict[date, int] = {}
    for state, starts_at, ends_at in work.session.execute(rows):
        counts, moment = (returning, ends_at) if state == S.OUT else (leaving, starts_at)
        day = calendar.local(moment).date()
        counts[day] = counts.get(day, 0) + 1
    return [
        Ahead(
            day, leaving.get(day, 0), returning.get(day, 0), "" if calendar.is_open(day) else calendar.why_closed(day)
        )
        for day in wanted
        if calendar.is_open(day) or calendar.why_closed(day)
    ]


def shortages(work: Work, desk: Desk) -> list[Shortage]:
    """Return what misses in copies of the desk, longest first: the desk's tasks."""
    wanted = (
        select(Shortage)
        .join(Copy)
        .where(Copy.desk_id == desk.id, Shortage.resolved_at.is_(None), Copy.state != CopyState.WRITTEN_OFF)
        .options(
            joinedload(Shortage.component), joinedload(Shortage.copy).joinedload(Copy.thing).joinedload(Thing.item)
        )
    )
    return list(work.session.scalars(wanted.order_by(Shortage.since, Shortage.id).limit(MOST)))


def blocked(work: Work, desk: Desk) -> list[Copy]:
    """Return the copies that may not leave for now, for another reason than a part that misses."""
    open_line = select(Shortage.copy_id).where(Shortage.resolved_at.is_(None))
    wanted = select(Copy).where(Copy.desk_id == desk.id, Copy.blocked != "", Copy.id.not_in(open_line))
    loaded = wanted.options(joinedload(Copy.thing).joinedload(Thing.item))
    return list(work.session.scalars(loaded.order_by(Copy.inventory).limit(MOST)))


def figures(work: Work, desk: Desk) -> Figures:
    """Return a desk's present day in numbers; three queries."""
    calendar = calendars.calendar_of(work, desk)
    tomorrow = calendar.moment(calendar.local(work.now).date() + timedelta(days=1), time())
    leaves = Booking.state.in_(TO_HAND_OUT) & (Booking.starts_at < tomorrow) & (Booking.ends_at > work.now)
    out = Booking.state == S.OUT
    comes, late = out & Booking.ends_at.between(work.now, tomorrow), out & (Booking.ends_at < work.now)
    asked = [func.count().filter(each) for each in (leaves, comes, late, Booking.state == S.REQUESTED)]
    counts = work.session.execute(select(*asked).select_from(Booking).where(Booking.desk_id == desk.id)).one()
    gone = select(func.count()).select_from(Shortage).join(Copy)
    lines = gone.where(Copy.desk_id == desk.id, Shortage.resolved_at.is_(None), Copy.state != CopyState.WRITTEN_OFF)
    leaving, returning, late_ones, asking = tuple[int, ...](counts)
    return Figures(leaving, returning, late_ones, asking, work.session.scalar(lines) or 0)


def needing(work: Work, actor: Actor) -> int:
    """Return how much needs somebody at the desks of the person today: to answer, to hand out, late. Two queries."""
    desks = [desk.id for desk in desks_of(work)] if actor.may_anywhere(rules.DESK) else []
    if not desks:
        return 0
    counted = select(func.count()).select_from(Booking).where(Booking.desk_id.in_(desks))
    return work.session.scalar(counted.where(or_(*_needs(work)))) or 0


def needing_by_desk(work: Work) -> list[tuple[Desk, Figures]]:
    """Return the desks of the person where something needs somebody today, what is late first. Two queries."""
    desks = {desk.id: desk for desk in desks_of(work)} if work.actor.may_anywhere(rules.DESK) else {}
    needs = _needs(work)
    counts = [func.count().filter(each) for each in needs]
    counted = select(Booking.desk_id, *counts).where(Booking.desk_id.in_(list(desks)), or_(*needs))
    rows = work.session.execute(counted.group_by(Booking.desk_id)) if desks else ()
    found = [(desks[row[0]], Figures(row[1], 0, row[2], row[3], 0)) for row in rows]
    return sorted(found, key=lambda row: (-row[1].late, row[0].name, row[0].id))


def _needs(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Return what leaves today, what is late, and what waits for an answer."""
    tomorrow = datetime.combine(work.now.date() + timedelta(days=1), time(), UTC)
    leaves = Booking.state.in_(TO_HAND_OUT) & (Booking.starts_at < tomorrow) & (Booking.ends_at > work.now)
    return leaves, (Booking.state == S.OUT) & (Booking.ends_at < work.now), Booking.state == S.REQUESTED
