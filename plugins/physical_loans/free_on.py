"""Choose the dates first: what is free for a lesson on a day, or from a day to a day, at any desk."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import select

from plugins.physical_loans import availability, calendars, planning
from plugins.physical_loans.asking import LESSON, known_day
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.models import Copy, CopyState, Desk, Thing
from repository.api import Invalid, Work

PARAMETERS = ("free", "from", "until", "all", "quantity")
MOST = 999
DAY = timedelta(days=1)
_DAY = r"\d{4}-\d\d-\d\d"


@dataclass(frozen=True)
class When:
    """The day of a lesson and its times, or the days from `day` to `last` that so many of something are wanted for."""

    day: date
    start: time
    end: time
    last: date | None = None
    only: bool = True  # leave out what is not free
    quantity: int = 1

    def lesson(self, calendar: Calendar) -> Window:
        """Return the lesson as moments."""
        return calendar.moment(self.day, self.start), calendar.moment(self.day, self.end)


def read(asked: Mapping[str, str]) -> When | None:
    """Return when something is wanted: `free` is a day or two with `..`, `from` and `until` are times; None for nonsense."""
    found = re.fullmatch(rf"({_DAY})(?:\.\.({_DAY}))?", asked.get("free", ""))
    if found is None:
        return None
    day, last = known_day(found[1]), known_day(found[2] or "")
    if day is None or (found[2] and last is None):
        return None
    start = _time(asked.get("from", ""), LESSON[0])
    end = _time(asked.get("until", ""), LESSON[1])
    if end <= start:
        end = time(23, 59) if start < time(23, 59) else start
    if (last is not None and last < day) or end <= start:
        return None
    return When(day, start, end, last, only="all" not in asked, quantity=_quantity(asked.get("quantity", "")))


def _quantity(text: str) -> int:
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _time(text: str, usual: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return time.fromisoformat(usual)


def free_at(work: Work, when: When, thing_ids: Iterable[int] | None = None) -> dict[Desk, set[int]]:
    """Return what is free at each open desk, in the same few queries whatever there is; all things when none are named."""
    ids = list(thing_ids) if thing_ids is not None else None
    return {desk: _free_at(work, desk, when, ids) for desk in open_desks(work)}


def open_desks(work: Work) -> Sequence[Desk]:
    """Return the desks that lend."""
    return list(work.session.scalars(select(Desk).where(Desk.closed_at.is_(None)).order_by(Desk.name, Desk.id)))


def _free_at(work: Work, desk: Desk, when: When, thing_ids: list[int] | None) -> set[int]:
    calendar = calendars.calendar_of(work, desk)
    if when.last is None:
        return availability.free_for_lessons(work, desk, [when.lesson(calendar)], thing_ids, calendar, when.quantity)
    try:
        first, last = next(calendar.open_days(when.day, -1)), next(calendar.open_days(when.last, 1))
    except Invalid:
        return set()
    return availability.free_when(
        work, desk, lambda pace: planning.for_days(calendar, pace, first, last, work.now), thing_ids, when.quantity
    )


def free_on_site(work: Work, when: When, thing_ids: Iterable[int] | None = None) -> dict[Desk, set[int]]:
    """Return what is free for a lesson where it stands, of the things that have copies which do not leave."""
    staying = select(Copy.thing_id, Copy.desk_id).where(Copy.state == CopyState.ON_SITE)
    if thing_ids is not None:
        staying = staying.where(Copy.thing_id.in_(list(thing_ids)))
    rows = [(row[0], row[1]) for row in work.session.execute(staying)] if when.last is None else []
    there = {desk_id: {thing_id for thing_id, at in rows if at == desk_id} for _, desk_id in rows}
    desks = [desk for desk in open_desks(work) if desk.id in there] if there else []
    return {desk: _free_there(work, desk, when, there[desk.id]) for desk in desks}


def _free_there(work: Work, desk: Desk, when: When, thing_ids: set[int]) -> set[int]:
    lesson = when.lesson(calendars.calendar_of(work, desk))
    return availability.free_when(
        work, desk, lambda _pace: planning.on_site((lesson,), work.now), thing_ids, when.quantity, "on_site"
    )


def free_anywhere(work: Work, when: When, thing_ids: Iterable[int] | None = None) -> set[int]:
    """Return what is free at any desk, to take along or to use where it stands."""
    ids = list(thing_ids) if thing_ids is not None else None
    return set().union(*free_at(work, when, ids).values(), *free_on_site(work, when, ids).values())


def taken(work: Work, when: When) -> frozenset[int]:
    """Return the things that are free at no desk."""
    return frozenset(work.session.scalars(select(Thing.item_id))) - free_anywhere(work, when)
