"""What is free when: read from the database, never from the index."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Integer, Select, bindparam, func

from plugins.physical_loans import calendars, planning
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.holding import Shelf, TakenQuery, count_taken, lendable, read_taken, wanted_by
from plugins.physical_loans.models import Copy, Desk, Hold, Thing
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
    sheet = _Sheet.of(calendar, [first + DAY * n for n in range((last - first).days + 1)])
    return {thing.item_id: sheet.days_of(shelves[thing.item_id]) for thing in things}


def lesson_days(
    work: Work, thing: Thing, desk: Desk, first: date, last: date, hours: tuple[time, time], use: str = "away"
) -> list[tuple[Day, int | None]]:
    """Return each day of a thing with how many units are free for a lesson on it, in as many queries as `by_day`.

    A lesson needs the unit from the pick-up before it to the return after it, so it may not fit where the day alone
    would. None is said of days on which a lesson can no longer be reached.
    """
    calendar = calendars.calendar_of(work, desk)
    days = [first + DAY * n for n in range((last - first).days + 1)]
    planned = {day: _lesson_spans(work, calendar, thing, desk, (day, *hours), use) for day in days}
    spans = [span for held in planned.values() for span in held] + [_whole(calendar, first, last)]
    around = (min(start for start, _ in spans), max(end for _, end in spans))
    shelf = shelves_of(work, [thing.item_id], desk.id, around, use)[thing.item_id]
    free = {day: len(shelf.free(held)) if held else None for day, held in planned.items()}
    return [(one, free[one.day]) for one in _Sheet.of(calendar, days).days_of(shelf)]


def _lesson_spans(
    work: Work, calendar: Calendar, thing: Thing, desk: Desk, when: tuple[date, time, time], use: str
) -> Sequence[Window]:
    day, starts, ends = when
    if not calendar.is_open(day):
        return ()
    lesson = (calendar.moment(day, starts), calendar.moment(day, ends))
    if use == "on_site":
        return _spans(lambda _: planning.on_site([lesson], work.now), planning.Pace())
    pace = planning.pace_of(thing, desk.transport_days)
    return _spans(lambda pace: planning.for_lessons(calendar, pace, [lesson], work.now), pace)


@dataclass(frozen=True)
class _Sheet:
    """Days with their openings: `opens` and `shuts` are those of the open days alone, `places` where these stand.

    `made` keeps what was said of a day: most things have the same to say, and there are thousands of them.
    """

    days: Sequence[date]
    why_shut: Sequence[str | None]
    opens: Sequence[datetime]
    shuts: Sequence[datetime]
    made: dict[tuple[int, int, int], Day] = field(default_factory=dict)

    @classmethod
    def of(cls, calendar: Calendar, days: Sequence[date]) -> "_Sheet":
        windows = [calendar.windows(day) for day in days]
        why = [None if found else calendar.why_closed(day) for day, found in zip(days, windows, strict=True)]
        return cls(days, why, [each[0][0] for each in windows if each], [each[-1][1] for each in windows if each])

    def days_of(self, shelf: Shelf) -> list[Day]:
        taken = [0] * len(self.opens)  # units, on each open day
        for unit in shelf.units:
            done = 0
            for starts, ends in shelf.taken.get(unit, ()):  # in order: a day that two spans touch is counted once
                first = max(done, bisect_right(self.shuts, starts))
                done = max(done, bisect_left(self.opens, ends))
                for place in range(first, done):
                    taken[place] += 1
        of, free = len(shelf.units), iter(taken)
        return [self._day(n, of - next(free) if why is None else 0, of) for n, why in enumerate(self.why_shut)]

    def _day(self, number: int, free: int, of: int) -> Day:
        key = (number, free, of)
        if key not in self.made:
            why = self.why_shut[number]
            self.made[key] = Day(self.days[number], why is None, free, of, why or "")
        return self.made[key]


def _whole(calendar: Calendar, first: date, last: date) -> Window:
    midnight = datetime.min.time()
    return calendar.moment(first, midnight), calendar.moment(last + DAY, midnight)


def _queries_of(use: str) -> tuple[Select[int, int, int], TakenQuery]:
    """Return the queries for the copies of things at a desk that can be promised, and for what is kept of them."""
    # Numbers in the text: as a thousand named parameters they cost a driver more than the answer costs the database.
    things = bindparam("things", type_=Integer, expanding=True, literal_execute=True)
    here = Copy.thing_id.in_(things) & (Copy.desk_id == bindparam("desk"))
    copies = lendable(None, use).where(here)
    theirs = Hold.copy_id.in_(copies.with_only_columns(Copy.id).order_by(None))
    # Plain rows: for thousands of copies, making objects of them would take longer than all the rest.
    return copies.with_only_columns(Copy.id, Copy.thing_id, Copy.stock), wanted_by(theirs)


_SHELVES = {use: _queries_of(use) for use in ("away", "on_site")}


def shelves_of(
    work: Work, thing_ids: Sequence[int], desk_id: int, around: Window, use: str = "away"
) -> dict[int, Shelf]:
    """Return the shelf of each thing at a desk within `around`, in two queries."""
    which = {"things": list(thing_ids), "desk": desk_id}
    of_copies, of_holds = _SHELVES["on_site" if use == "on_site" else "away"]
    spans = read_taken(work.session, of_holds, around, work.now, **which)
    shelves = {thing_id: Shelf([], spans) for thing_id in thing_ids}
    for copy_id, thing_id, stock in work.session.execute(of_copies, which):
        shelves[thing_id].units += [(copy_id, number) for number in range(1, stock + 1)]
    return shelves


def free_for_lessons(
    work: Work,
    desk: Desk,
    lessons: Sequence[Window],
    thing_ids: Iterable[int] | None = None,
    calendar: Calendar | None = None,
    quantity: int = 1,
) -> set[int]:
    """Return the things of which enough units are free for the lessons, all preparations counted in.

    Things that can no longer be picked up in time are not among them.
    """
    opening = calendar or calendars.calendar_of(work, desk)
    return free_when(
        work, desk, lambda pace: planning.for_lessons(opening, pace, lessons, work.now), thing_ids, quantity
    )


def free_when(
    work: Work,
    desk: Desk,
    plan: Callable[[planning.Pace], Times],
    thing_ids: Iterable[int] | None = None,
    quantity: int = 1,
    use: str = "away",
) -> set[int]:
    """Return the things of which enough units are free for the times that `plan` gives to their pace.

    The database adds up what there is and what is taken of each thing, in a few queries for each pace of things.
    """
    wanted = lendable(thing_ids if thing_ids is None else list(thing_ids), use).where(Copy.desk_id == desk.id)
    copies = wanted.join(Thing).order_by(None)
    kinds = (Copy.thing_id, Thing.preparation_days, Thing.turnaround_days)
    stocks = work.session.execute(copies.with_only_columns(*kinds, func.sum(Copy.stock)).group_by(*kinds)).all()
    planned = {
        pace: _spans(plan, planning.Pace(*pace, desk.transport_days))
        for pace in {(preparation, turnaround) for _, preparation, turnaround, _ in stocks}
    }
    free = {thing_id: int(stock) for thing_id, *pace, stock in stocks if planned[pace[0], pace[1]]}
    for pace, spans in planned.items():
        if spans:
            theirs = copies.where(Thing.preparation_days == pace[0], Thing.turnaround_days == pace[1])
            for thing_id, units in count_taken(work.session, theirs, spans, work.now).items():
                free[thing_id] -= units
    return {thing_id for thing_id, units in free.items() if units >= quantity}


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
