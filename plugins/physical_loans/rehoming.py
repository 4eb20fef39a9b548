"""Reservations that cannot stay with their unit move to another, so that whoever booked does not notice."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from plugins.physical_loans import holding
from plugins.physical_loans.holding import FOR_EVER, Unit
from plugins.physical_loans.models import Booking, Copy, Hold, HoldState
from repository.api import Work


def reservations_of(work: Work, copy: Copy) -> list[Hold]:
    """Return what is reserved of a copy from now on, the nearest first."""
    wanted = select(Hold).where(Hold.copy_id == copy.id, Hold.state == HoldState.RESERVED, Hold.ends > work.now)
    return list(work.session.scalars(wanted.order_by(Hold.starts, Hold.id)))


def move_away(work: Work, holds: Sequence[Hold], avoid: Collection[Unit] = ()) -> list[Hold]:
    """Move reservations to other free units of the same thing at the same desk; return those that found none.

    Somebody who asked for a certain copy keeps that one: they are told, and decide for themselves.
    """
    return [kept for kept in holds if not _moved(work, kept, avoid)]


def _moved(work: Work, kept: Hold, avoid: Collection[Unit]) -> bool:
    booking = kept.booking
    if booking.copy_id is not None and kept.copy_id == booking.copy_id and kept.copy.stock == 1:
        return False
    units = free_units(work, booking, kept)
    unit = next((each for each in units if each not in avoid), None)
    if unit is None:
        return False
    holding.put(work, [(kept, unit)])
    return True


def free_units(work: Work, booking: Booking, kept: Hold) -> list[Unit]:
    """Return the units that are free for all the time of a reservation, the one of the reservation not among them."""
    span = (kept.starts, kept.ends)
    mine = holding.lendable([booking.thing_id], booking.use).where(Copy.desk_id == booking.desk_id)
    copies = list(work.session.scalars(mine.with_for_update()))
    shelf = holding.shelf_of(work.session, copies, (work.now, FOR_EVER), work.now)
    free = set(shelf.free([span]))
    best = shelf.choose([span], 1)
    return best + sorted(free - set(best))


def kept_of(work: Work, copy: Copy) -> list[Hold]:
    """Return what is reserved of a copy from now on, and what is out of it."""
    wanted = select(Hold).where(Hold.copy_id == copy.id, Hold.state.in_(holding.KEPT))
    ahead = or_(Hold.ends > work.now, Hold.state == HoldState.OUT)
    return list(work.session.scalars(wanted.where(ahead).order_by(Hold.starts, Hold.id)))


def lower_unit(work: Work, copy: Copy, kept: Hold, most: int) -> int | None:
    """Return a number up to `most` under which the copy is free for all the time of a hold, or None."""
    shelf = holding.shelf_of(work.session, [copy], (kept.starts, FOR_EVER), work.now)
    free = shelf.free([(kept.starts, kept.ends)])
    return next((unit for _, unit in free if unit <= most), None)
