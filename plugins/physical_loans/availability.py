"""What is free when: read from the database, never from the index."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugins.physical_loans import calendars, planning
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.holding import Shelf, lendable, shelf_of
from plugins.physical_loans.models import Copy, Desk, Thing
from plugins.physical_loans.planning import Times
from repository.api import Invalid, Work

SEARCHED_DAYS = 60  # so far ahead the next free date is looked for
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One day of a thing at a desk: how many units are free all the time the desk is open, or why it is shut."""

    day: date
    open: bool
    free: int
    of: int
    why: str = ""


def by_day(work: Work, things: Sequence[Thing], desk: Desk, first: date, last: date) -> dict[int, list[Day]]:
    """Return each day of each thing from `first` to `last`, both included, in the same three queries for any number."""
    calendar = calendars.calendar_of(work, desk)
    shelves = shelves_of(work, [thing.item_id for thing in things], desk.id, _whole(calendar, first, last))
    days = [first + DAY * n for n in range((last - first).days + 1)]
    return {thing.item_id: [_day(calendar, shelves[thing.item_id], day) for day in days] for thing in things}


def _day(calendar: Calendar, shelf: Shelf, day: date) -> Day:
    windows = calendar.windows(day)
    if not windows:
        return Day(day, False, 0, len(shelf.units), calendar.why_closed(day))
    return Day(day, True, len(shelf.free([(windows[0][0], windows[-1][1])])), len(shelf.units))


def _whole(calendar: Calendar, first: date, last: date) -> Window:
    midnight = datetime.min.time()
    return calendar.moment(first, midnight), calendar.moment(last + DAY, midnight)


def shelves_of(
    work: Work, thing_ids: Sequence[int], desk_id: int, around: Window, use: str = "away"
) -> dict[int, Shelf]:
    """Return the shelf of each thing at a desk within `around`, in two queries."""
    copies = list(work.session.scalars(lendable(thing_ids, use).where(Copy.desk_id == desk_id)))
    whole = shelf_of(work.session, copies, around, work.now)
    thing_of = {copy.id: copy.thing_id for copy in copies}
    shelves = {thing_id: Shelf([], whole.taken) for thing_id in thing_ids}
    for unit in whole.units:
        shelves[thing_of[unit[0]]].units.append(unit)
    return shelves


def free_for_lessons(
    work: Work,
    desk: Desk,
    lessons: Sequence[Window],
    thing_ids: Iterable[int] | None = None,
    calendar: Calendar | None = None,
) -> set[int]:
    """Return the things of which at least one unit is free for the lessons, all preparations counted in.

    Things that can no longer be picked up in time are not among them.
    """
    opening = calendar or calendars.calendar_of(work, desk)
    return free_when(work, desk, lambda pace: planning.for_lessons(opening, pace, lessons, work.now), thing_ids)


def free_when(
    work: Work, desk: Desk, plan: Callable[[planning.Pace], Times], thing_ids: Iterable[int] | None = None
) -> set[int]:
    """Return the things of which at least one unit is free for the times that `plan` gives to their pace."""
    wanted = select(Thing.item_id, Thing.preparation_days, Thing.turnaround_days)
    if thing_ids is not None:
        wanted = wanted.where(Thing.item_id.in_(list(thing_ids)))
    by_pace: dict[planning.Pace, list[int]] = defaultdict(list)
    for thing_id, preparation, turnaround in work.session.execute(wanted):
        by_pace[planning.Pace(preparation, turnaround, desk.transport_days)].append(thing_id)
    times = {pace: spans for pace in by_pace if (spans := _spans(plan, pace))}
    if not times:
        return set()
    around = (min(spans[0][0] for spans in times.values()), max(spans[-1][1] for spans in times.values()))
    shelves = shelves_of(work, [each for pace in times for each in by_pace[pace]], desk.id, around)
    return {each for pace, spans in times.items() for each in by_pace[pace] if shelves[each].free(spans)}


def _spans(plan: Callable[[planning.Pace], Times], pace: planning.Pace) -> Sequence[Window]:
    try:
        return plan(pace).held
    except Invalid:
        return ()


def next_free(work: Work, desk: Desk, thing: Thing, times: Times, quantity: int = 1) -> date | None:
    """Return the next day on which a loan of the same shape would fit, or None within two months.

    A loan for lessons moves with its lessons, one for days with its first and last day.
    """
    calendar = calendars.calendar_of(work, desk)
    until = times.held[-1][1] + DAY * SEARCHED_DAYS
    shelf = shelves_of(work, [thing.item_id], desk.id, (times.held[0][0], until))[thing.item_id]
    for days in range(1, SEARCHED_DAYS):
        moved = _moved(calendar, thing, desk, times, days, work.now)
        if moved and len(shelf.free(moved.held)) >= quantity:
            start = moved.lessons[0][0] if moved.lessons else moved.starts_at
            return calendar.local(start).date()
    return None


def _moved(calendar: Calendar, thing: Thing, desk: Desk, times: Times, days: int, now: datetime) -> Times | None:
    pace = planning.pace_of(thing, desk.transport_days)
    try:
        if times.lessons:
            shifted = [(_shift(calendar, start, days), _shift(calendar, end, days)) for start, end in times.lessons]
            if any(not calendar.is_open(calendar.local(start).date()) for start, _ in shifted):
                return None  # no lessons on a day that the centre keeps shut either
            return planning.for_lessons(calendar, pace, shifted, now)
        first, last = (calendar.local(moment).date() + DAY * days for moment in (times.starts_at, times.ends_at))
        return planning.for_days(calendar, pace, first, last, now)
    except Invalid:
        return None


def _shift(calendar: Calendar, moment: datetime, days: int) -> datetime:
    local = calendar.local(moment)
    return calendar.moment(local.date() + DAY * days, local.time())
