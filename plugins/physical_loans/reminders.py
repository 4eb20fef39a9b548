"""Reminders of what is to be brought back: each once, never at night or in the holidays, shifted rather than lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from plugins.physical_loans import awake, calendars, letters
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import Booking, BookingState, Notice
from repository.api import Work

LOOK_AHEAD = timedelta(days=60)  # so far ahead of its day a reminder may be shifted by holidays


@dataclass(frozen=True)
class Reminder:
    """What somebody is reminded of now: `offset` days from the day on which the return is due; `reached` is by mail."""

    booking_id: int
    title: str
    offset: int
    due_on: date
    letter: str
    reached: bool
    passed_over: Sequence[int] = ()


def kind_of(offset: int) -> str:
    """Return how the table of notices calls a reminder."""
    return f"due{offset:+d}"


def offsets_of(work: Work) -> list[int]:
    """Return the days before (negative) and after the return on which people are reminded, in order."""
    said = (text.strip() for text in work.services.settings["physical_loans_reminder_days"])
    return sorted({int(text) for text in said if text.lstrip("+-").isdecimal()})


def candidates(work: Work) -> list[int]:
    """Return the loans of which somebody may have to be reminded."""
    out = select(Booking.id).where(Booking.state == BookingState.OUT, Booking.ends_at < work.now + LOOK_AHEAD)
    return list(work.session.scalars(out.order_by(Booking.id)))


def due(work: Work, booking: Booking) -> Reminder | None:
    """Return the reminder that should go now, or None.

    Of several that came due together, after holidays or while the worker stood still, only the last goes: the others
    are passed over with it, since one letter says it all.
    """
    if booking.state != BookingState.OUT or booking.borrower is None or not booking.desk.reminds:
        return None
    calendar = calendars.calendar_of(work, booking.desk)
    if not awake.may_disturb_now(calendar, awake.quiet_of(work), work.now):
        return None
    today, due_on = calendar.local(work.now).date(), calendar.local(booking.ends_at).date()
    known = select(Notice.kind).where(Notice.booking_id == booking.id, Notice.due_on == due_on)
    gone = set(work.session.scalars(known))
    open_ones = [
        offset for offset in offsets_of(work)
        if kind_of(offset) not in gone and _day(calendar, booking, due_on, offset) <= today
    ]  # fmt: skip
    if not open_ones:
        return None
    letter = "before" if today < due_on else "today" if today == due_on else "late"
    reached = bool(booking.borrower.email)
    title = booking.thing.item.title
    return Reminder(booking.id, title, open_ones[-1], due_on, letter, reached, tuple(open_ones[:-1]))


def _day(calendar: Calendar, booking: Booking, due_on: date, offset: int) -> date:
    """Return the day of a reminder: never one on which nobody is to be disturbed.

    What should come before the return is shifted backwards, so that there is still time. A reminder whose day was over
    before the loan began is none.
    """
    day = awake.shifted(calendar, due_on + timedelta(days=offset), -1 if offset < 0 else 1)
    begun = calendar.local(booking.handed_out_at or booking.starts_at).date()
    return date.max if offset < 0 and day <= begun else day


def send(work: Work, booking: Booking, reminder: Reminder) -> bool:
    """Send a reminder, and write down that it went; return False when another worker was faster."""
    if not letters.note(work, booking, kind_of(reminder.offset), reminder.due_on, letter=reminder.letter):
        return False
    for offset in reminder.passed_over:
        letters.note(work, booking, kind_of(offset), reminder.due_on, passed_over=True)
    key = f"{kind_of(reminder.offset)}:{reminder.due_on.isoformat()}"
    letters.write(work, booking, reminder.letter, key)
    return True


def all_due(work: Work) -> Iterable[Reminder]:
    """Yield every reminder that should go now; it only reads."""
    for booking_id in candidates(work):
        reminder = due(work, work.session.get_one(Booking, booking_id))
        if reminder is not None:
            yield reminder
