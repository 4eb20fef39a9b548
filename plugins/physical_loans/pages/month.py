"""The month of a thing at a desk, as the calendar and the list under it show it."""

import calendar as weeks_of
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext, ngettext

from plugins.physical_loans import availability, calendars
from plugins.physical_loans.availability import Day
from plugins.physical_loans.models import Desk, Thing
from plugins.physical_loans.pages import saying
from plugins.physical_loans.planning import Times
from repository.api import Work

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """A day of the calendar: its look (ok, no, hol, off, pick, span), its word, and where it leads."""

    day: date
    look: str
    word: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the list: days on end that are alike."""

    days: str
    free: str
    note: str


@dataclass(frozen=True)
class Month:
    """What is drawn; `before` and `after` are the months beside it, or None where there is nothing to see."""

    first: date
    weeks: list[list[Cell | None]]
    rows: list[Row]
    before: date | None
    after: date


def month_of(
    work: Work, thing: Thing, desk: Desk, first: date, times: Times | None, url: Callable[[date], str]
) -> Month:
    """Return the month that begins on `first`; `times` are those of the plan that is shown."""
    last = (first + DAY * 31).replace(day=1) - DAY
    calendar = calendars.calendar_of(work, desk)
    today = calendar.local(work.now).date()
    days = availability.by_day(work, [thing], desk, first, last)[thing.item_id]
    planned = _planned(calendar, times)
    cells = {one.day: _cell(one, today, planned, url) for one in days}
    weeks = weeks_of.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        [[cells.get(day) for day in week] for week in weeks],
        _rows([one for one in days if one.day >= today], today),
        (first - DAY).replace(day=1) if first > today else None,
        last + DAY,
    )


def _planned(calendar: calendars.Calendar, times: Times | None) -> dict[date, tuple[str, str]]:
    """Return the look and the word of the days of a plan."""
    if times is None:
        return {}
    start, end = (calendar.local(moment).date() for moment in (times.starts_at, times.ends_at))
    days = {start + DAY * n: ("span", gettext("consigo")) for n in range(min((end - start).days + 1, 62))}
    if times.starts_at != (times.lessons[0][0] if times.lessons else None):
        days |= {start: ("span", gettext("levanta")), end: ("span", gettext("devolve"))}
    for lesson, _ in times.lessons:
        days[calendar.local(lesson).date()] = ("pick", gettext("a sua aula"))
    return days


def _cell(one: Day, today: date, planned: Mapping[date, tuple[str, str]], url: Callable[[date], str]) -> Cell:
    look, word = planned.get(one.day) or _look(one, today)
    chosen = one.day >= today and one.open and (look != "no")
    return Cell(one.day, look, word, saying.long_day(one.day), url(one.day) if chosen else "")


def _look(one: Day, today: date) -> tuple[str, str]:
    if one.day < today:
        return "off", gettext("passou")
    if not one.open:
        return ("hol", gettext("fechado")) if one.why else ("off", gettext("fechado"))
    if not one.free:
        return "no", gettext("ocupado")
    return "ok", ngettext("%(num)s livre", "%(num)s livres", one.free)


def _rows(days: Sequence[Day], today: date) -> list[Row]:
    """Return days that follow each other and are alike as one line."""
    rows: list[list[Day]] = []
    for one in days:
        if rows and _alike(rows[-1][-1], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [_row(group) for group in rows]


def _alike(one: Day, other: Day) -> bool:
    return (one.open, one.free, one.why) == (other.open, other.free, other.why)


def _row(group: Sequence[Day]) -> Row:
    first, last = group[0], group[-1]
    words = saying.day(first.day)
    if len(group) > 1:
        words = gettext("%(first)s a %(last)s", first=words, last=saying.day(last.day))
    if not first.open:
        why = gettext(first.why) if first.why else ""
        return Row(words, "–", ", ".join(part for part in (why, gettext("balcão fechado")) if part))
    free = gettext("%(free)s de %(of)s", free=first.free, of=first.of)
    return Row(words, free, "" if first.free else gettext("ocupado"))
