"""The month of a thing at a desk, as the calendar and the list under it show it."""

import calendar as weeks_of
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from flask_babel import gettext, ngettext

from plugins.physical_loans import availability, calendars
from plugins.physical_loans.asking import LESSON, Asked, read_time
from plugins.physical_loans.availability import Day
from plugins.physical_loans.models import Desk, Thing
from plugins.physical_loans.pages import saying
from plugins.physical_loans.planning import Times
from repository.api import Invalid, Work

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """A day of the calendar: its look (ok, part, no, hol, off, pick, span), its word, and where it leads."""

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
    work: Work, thing: Thing, desk: Desk, first: date, times: Times | None, url: Callable[[date], str], asked: Asked
) -> Month:
    """Return the month that begins on `first`, for a lesson at the hour asked; `times` are those of the plan shown."""
    last = (first + DAY * 31).replace(day=1) - DAY
    calendar = calendars.calendar_of(work, desk)
    today = calendar.local(work.now).date()
    use = "on_site" if asked["mode"] == "site" else "away"
    days = availability.lesson_days(work, thing, desk, first, last, _hours(asked), use)
    planned = _planned(calendar, times)
    cells = {one.day: _cell(one, fits, today, planned, url) for one, fits in days}
    weeks = weeks_of.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        [[cells.get(day) for day in week] for week in weeks],
        _rows([(one, fits) for one, fits in days if one.day >= today]),
        (first - DAY).replace(day=1) if first > today else None,
        last + DAY,
    )


def _hours(asked: Asked) -> tuple[time, time]:
    """Return when the lesson begins and ends; the first of the day where what was typed makes none."""
    try:
        starts, ends = read_time(asked["start"], "start"), read_time(asked["end"], "end")
    except Invalid:
        starts = ends = time.min
    usual = time.fromisoformat(LESSON[0]), time.fromisoformat(LESSON[1])
    return (starts, ends) if starts < ends else usual


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


def _cell(
    one: Day, fits: int | None, today: date, planned: Mapping[date, tuple[str, str]], url: Callable[[date], str]
) -> Cell:
    look, word = planned.get(one.day) or _look(one, fits, today)
    chosen = one.day >= today and one.open and look not in ("no", "off")
    return Cell(one.day, look, word, saying.long_day(one.day), url(one.day) if chosen else "")


def _look(one: Day, fits: int | None, today: date) -> tuple[str, str]:
    if one.day < today:
        return "off", gettext("passou")
    if not one.open:
        return ("hol", gettext("fechado")) if one.why else ("off", gettext("fechado"))
    if fits is None:
        return "off", gettext("já não há tempo")
    if fits:
        return "ok", ngettext("%(num)s livre", "%(num)s livres", fits)
    return ("part", gettext("em parte")) if one.free else ("no", gettext("ocupado"))


def _rows(days: Sequence[tuple[Day, int | None]]) -> list[Row]:
    """Return days that follow each other and are alike as one line."""
    rows: list[list[tuple[Day, int | None]]] = []
    for one in days:
        if rows and _alike(rows[-1][-1], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [_row([day for day, _ in group], group[0][1]) for group in rows]


def _alike(one: tuple[Day, int | None], other: tuple[Day, int | None]) -> bool:
    return _said(*one) == _said(*other)


def _said(one: Day, fits: int | None) -> tuple[object, ...]:
    return one.open, fits, one.why, bool(one.free)


def _row(group: Sequence[Day], fits: int | None) -> Row:
    first, last = group[0], group[-1]
    words = saying.day(first.day)
    if len(group) > 1:
        words = gettext("%(first)s a %(last)s", first=words, last=saying.day(last.day))
    if not first.open:
        why = gettext(first.why) if first.why else ""
        return Row(words, "–", ", ".join(part for part in (why, gettext("balcão fechado")) if part))
    if fits is None:
        return Row(words, "–", gettext("já não há tempo de levantar"))
    free = gettext("%(free)s de %(of)s", free=fits, of=first.of)
    taken = (
        gettext("livre em parte: não chega para levantar, dar a aula e devolver") if first.free else gettext("ocupado")
    )
    return Row(words, free, "" if fits else taken)
