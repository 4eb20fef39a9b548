"""The same lesson week after week, asked for at once: every Tuesday in March."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from plugins.physical_loans import bookings, calendars, changing, fitting, moves
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import Booking, BookingState
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


def open_of(work: Work, booking: Booking) -> list[Booking]:
    """Return what belongs to the booking's series and can still be given up, by date; empty for one that is in none."""
    return [one for one in _all_of(work, booking) if moves.may_move(one, "cancel")]


def _all_of(work: Work, booking: Booking) -> list[Booking]:
    if not booking.series:
        return []
    same = select(Booking).where(Booking.series == booking.series, Booking.borrower_id == booking.borrower_id)
    rows = work.session.scalars(same.order_by(Booking.starts_at, Booking.id))
    return [one for one in rows if bookings.is_own(work, one) or bookings.at_desk(work, one)]


def cancel(work: Work, booking: Booking) -> list[Booking]:
    """Give up all of a series that has not left yet; return what was given up, nothing when it is done already."""
    given_up = open_of(work, booking)
    for one in given_up:
        bookings.cancel(work, one)
    return given_up


def reactivate(work: Work, booking: Booking) -> list[Booking]:
    """Book again what was given up of a series together with the booking; all of it or nothing.

    Raises Taken when somebody else has one of them by now.
    """
    if booking.state != BookingState.CANCELLED:
        return []  # sent twice
    at = booking.closed_at
    gone = [one for one in _all_of(work, booking) if one.state == BookingState.CANCELLED and one.closed_at == at]
    return [changing.reactivate(work, one) for one in gone]
