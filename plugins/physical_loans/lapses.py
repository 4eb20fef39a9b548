"""What nobody came for: reminded at the end of the day, let go a while later, so that it does not stand there for nobody."""

from datetime import datetime

from sqlalchemy import select

from plugins.physical_loans import awake, calendars, letters, moves
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import Booking, BookingState, HoldState
from repository.api import Invalid, Work

PENDING = (BookingState.REQUESTED, BookingState.APPROVED, BookingState.READY)


def candidates(work: Work) -> list[int]:
    """Return the bookings whose pick-up has begun and that are still at the desk."""
    begun = select(Booking.id).where(Booking.state.in_(PENDING), Booking.starts_at < work.now)
    return list(work.session.scalars(begun.order_by(Booking.id)))


def look(work: Work, booking: Booking) -> None:
    """Remind of a booking that was not picked up, or let it go; what was used where it stands is over with its lesson."""
    if booking.state not in PENDING or booking.starts_at >= work.now:
        return
    if booking.use == "on_site" and booking.state != BookingState.REQUESTED:
        _end_on_site(work, booking)
        return
    calendar = calendars.calendar_of(work, booking.desk)
    closing = end_of_pick_up(calendar, booking)
    if work.now < closing:
        return
    limit = let_go_at(work, calendar, booking)
    if booking.state == BookingState.REQUESTED or (limit is not None and limit <= work.now):
        moves.move(work, booking, "expire")
        moves.free(booking)
        work.session.flush()
    elif limit is not None and awake.may_disturb_now(calendar, awake.quiet_of(work), work.now):
        locale = booking.borrower.locale if booking.borrower else "pt_PT"
        until = letters.moment_in_words(booking.desk, limit, locale)
        letters.write(work, booking, "pick_up", f"pick_up:{booking.starts_at.isoformat()}", until=until)


def end_of_pick_up(calendar: Calendar, booking: Booking) -> datetime:
    """Return when the desk closes on the day on which something should be picked up."""
    windows = calendar.windows(calendar.local(booking.starts_at).date())
    return windows[-1][1] if windows and booking.use != "on_site" else min(booking.starts_at, booking.ends_at)


def let_go_at(work: Work, calendar: Calendar, booking: Booking) -> datetime | None:
    """Return when a booking that is not picked up is let go: so many open days later; None when the desk keeps them."""
    settings = work.services.settings
    if not settings["physical_loans_let_go"]:
        return None
    closing = end_of_pick_up(calendar, booking)
    try:
        day = calendar.nth_open_day(calendar.local(closing).date(), settings["physical_loans_grace_days"])
    except Invalid:
        return closing
    windows = calendar.windows(day)
    return max(closing, min(windows[-1][1], booking.ends_at))


def _end_on_site(work: Work, booking: Booking) -> None:
    if booking.ends_at > work.now:
        return
    moves.move(work, booking, "end")
    for kept in booking.holds:
        if kept.state == HoldState.RESERVED:
            kept.state, kept.back_at = HoldState.BACK, booking.ends_at
    booking.returned_at = booking.ends_at
    work.session.flush()
