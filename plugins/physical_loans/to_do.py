"""What of a person's loans waits for the person: to answer, to pick up, to bring back."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from plugins.physical_loans.models import Booking, BookingState
from repository.api import Work

SOON = timedelta(hours=36)  # from the morning until the evening of the next day


def waits(booking: Booking, moment: datetime) -> bool:
    """Return whether the borrower has something to do about it now."""
    back = booking.state == BookingState.OUT and booking.ends_at < moment + SOON
    return back or booking.state in (BookingState.OFFERED, BookingState.READY)


def count(work: Work) -> int:
    """Return how many of the person's loans wait for them; every page asks it."""
    mine = select(func.count()).select_from(Booking).where(Booking.borrower_id == work.actor.user_id, _waits(work))
    return work.session.scalar(mine) or 0


def _waits(work: Work) -> ColumnElement[bool]:
    back = and_(Booking.state == BookingState.OUT, Booking.ends_at < work.now + SOON)
    return or_(Booking.state.in_((BookingState.OFFERED, BookingState.READY)), back)
