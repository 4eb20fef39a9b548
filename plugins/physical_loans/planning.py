"""From a lesson to the days on which a thing is picked up and brought back: nobody has to work them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.models import Thing
from repository.api import N_, Invalid

MOST_LESSONS = 40
FURTHEST = timedelta(days=731)


@dataclass(frozen=True)
class Pace:
    """Open days that the desk needs before a copy leaves and after it is back, and that it travels each way."""

    preparation: int = 0
    turnaround: int = 0
    transport: int = 0


@dataclass(frozen=True)
class Times:
    """When something is picked up and brought back, and what is kept free for it; moments in UTC.

    `pick_up` is the opening in which it is picked up. `held` are the spans that are kept free: one, or one for each
    lesson of what is used where it stands.
    """

    pick_up: Window
    ends_at: datetime
    held: tuple[Window, ...]
    lessons: tuple[Window, ...] = ()

    @property
    def starts_at(self) -> datetime:
        """The moment from which it can be picked up."""
        return self.pick_up[0]


def pace_of(thing: Thing, transport_days: int = 0) -> Pace:
    """Return the pace of a thing that is picked up, or travels."""
    return Pace(thing.preparation_days, thing.turnaround_days, transport_days)


def for_lessons(calendar: Calendar, pace: Pace, lessons: Sequence[Window], now: datetime) -> Times:
    """Return the times of a loan for lessons: picked up in the last opening before the first, back on the next open day.

    Raises Invalid for lessons that make no sense, are over, or cannot be reached any more.
    """
    lessons = tuple(sorted(lessons))
    _check_lessons(lessons, now)
    pick_up = _last_opening_before(calendar, lessons[0][0])
    if pace.transport:
        pick_up = calendar.windows(calendar.nth_open_day(_day(calendar, pick_up[0]), -pace.transport))[-1]
    last = _day(calendar, lessons[-1][1])
    # The first open day after it, and from there as many more as it travels: a closed day carries nothing.
    back = calendar.nth_open_day(calendar.nth_open_day(last + timedelta(days=1), 0), pace.transport)
    return _around(calendar, pace, pick_up, calendar.windows(back)[-1][1], lessons, now)


def for_days(calendar: Calendar, pace: Pace, first: date, last: date, now: datetime) -> Times:
    """Return the times of a loan from a day to a day, both open: picked up on the first, brought back on the last.

    Raises Invalid when the end is before the start, a day lies in the past or the desk is shut on it.
    """
    if last < first:
        raise Invalid(N_("O dia da devolução é anterior ao do levantamento."), "last")
    _check_far(calendar.moment(last, datetime.min.time()), now, "last")
    for day, field in ((first, "first"), (last, "last")):
        if not calendar.is_open(day):
            raise Invalid(N_("O balcão está fechado nesse dia. Escolha um dia aberto."), field)
    openings = [window for window in calendar.windows(first) if window[1] > now]
    if not openings:
        raise Invalid(N_("Esse dia já passou."), "first")
    return _around(calendar, pace, openings[0], calendar.windows(last)[-1][1], (), now)


def on_site(lessons: Sequence[Window], now: datetime) -> Times:
    """Return the times of something used where it stands: the lessons themselves. Raises Invalid as `for_lessons`."""
    lessons = tuple(sorted(lessons))
    _check_lessons(lessons, now)
    return Times(lessons[0], lessons[-1][1], lessons, lessons)


def _around(
    calendar: Calendar, pace: Pace, pick_up: Window, ends_at: datetime, lessons: tuple[Window, ...], now: datetime
) -> Times:
    if pick_up[1] <= now:
        raise Invalid(N_("Já não há tempo de levantar antes da aula. Escolha uma data mais adiante."), "day")
    held_from, (_, held_until) = pick_up[0], back_on(calendar, pace, _day(calendar, ends_at))
    if pace.preparation:
        held_from = calendar.windows(calendar.nth_open_day(_day(calendar, pick_up[0]), -pace.preparation))[0][0]
    return Times(pick_up, ends_at, ((held_from, held_until),), lessons)


def back_on(calendar: Calendar, pace: Pace, day: date) -> tuple[datetime, datetime]:
    """Return until when something can be brought back on an open day, and until when it is kept free after that."""
    free_again = calendar.nth_open_day(day, pace.turnaround)
    return calendar.windows(day)[-1][1], calendar.windows(free_again)[-1][1]


def _last_opening_before(calendar: Calendar, moment: datetime) -> Window:
    for day in calendar.open_days(_day(calendar, moment), -1):
        over = [window for window in calendar.windows(day) if window[1] <= moment]
        if over:
            return over[-1]
    raise AssertionError("open_days never ends without an error")


def _check_lessons(lessons: Sequence[Window], now: datetime) -> None:
    if not lessons:
        raise Invalid(N_("Indique o dia e a hora da aula."), "day")
    if len(lessons) > MOST_LESSONS:
        raise Invalid(N_("São aulas a mais para um só pedido (no máximo %(most)s)."), "day", most=MOST_LESSONS)
    for start, end in lessons:
        if end <= start:
            raise Invalid(N_("A aula acaba antes de começar."), "time")
        if end - start > timedelta(hours=12):
            raise Invalid(N_("Uma aula não dura mais de 12 horas. Para vários dias, indique as datas."), "time")
    if any(after[0] < before[1] for before, after in pairwise(lessons)):
        raise Invalid(N_("Duas das aulas são ao mesmo tempo. Deixe só uma."), "day")
    if lessons[0][0] <= now:
        raise Invalid(N_("Essa data já passou."), "day")
    _check_far(lessons[-1][1], now, "day")


def _check_far(moment: datetime, now: datetime, field: str) -> None:
    if moment - now > FURTHEST:
        raise Invalid(N_("Essa data está demasiado longe."), field)


def _day(calendar: Calendar, moment: datetime) -> date:
    return calendar.local(moment).date()
