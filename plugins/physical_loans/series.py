"""The same lesson week after week, asked for at once: every Tuesday in March."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from plugins.physical_loans import bookings, calendars, fitting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import Booking
from repository.api import N_, Conflict, Invalid, User, Work

MOST_DATES = 20


@dataclass(frozen=True)
class Date:
    """One day of a series: how its lesson stands, or why there is none (a holiday, a break)."""

    day: date
    look: Look | None
    no_lesson: str = ""


def dates_of(work: Work, wish: Wish, until: date, every: int = 1, borrower: User | None = None) -> list[Date]:
    """Return the days of a series that begins with the wish's lesson and comes every so many weeks until a day.

    Days on which there are no lessons or the desk is shut are named and left out; for a `borrower`, a day that the
    rules do not allow is not free. The series counts as one booking: its days are not counted. Raises Invalid.
    """
    if not wish.lessons:
        raise Invalid(N_("Indique o dia e a hora da aula."), "day")
    calendar = calendars.calendar_of(work, bookings.get_desk(work, wish.desk_id))
    ((start, end),) = wish.lessons
    first, begins, ends = calendar.local(start).date(), calendar.local(start).time(), calendar.local(end).time()
    if until < first or every < 1:
        raise Invalid(N_("A última aula da série é anterior à primeira."), "until")
    days = [first + timedelta(weeks=every * n) for n in range((until - first).days // (7 * every) + 1)]
    if len(days) > MOST_DATES:
        raise Invalid(N_("Uma série tem %(most)s aulas, no máximo."), "until", most=MOST_DATES)
    found = []
    for day in days:
        why = calendar.why_closed(day) or calendar.in_break(day)
        lesson = (calendar.moment(day, begins), calendar.moment(day, ends))
        looks = [] if why else fitting.look_at(work, [replace(wish, lessons=(lesson,))])
        if borrower is not None:
            looks = [fitting.by_rules(work, one, borrower, counted=True) for one in looks]
        found.append(Date(day, looks[0] if looks else None, why))
    return found


def book(work: Work, dates: Sequence[Date], borrower: User, only_free: bool, key: str) -> list[Booking]:
    """Book a series, all of it or nothing, or only the dates that are free; sent again, it is what was booked then."""
    done = bookings.booked_with(work, borrower, key)
    if done:
        return done
    looks = [each.look for each in dates if each.look]
    wishes = [look.wish for look in looks if look.free or not only_free]
    if not wishes:
        raise Conflict(N_("Nenhuma destas datas está livre. Experimente outro dia da semana."))
    return bookings.book(work, wishes, borrower, key, series=secrets.token_hex(8))
