"""Reservations that cannot stay with their unit move to another, so that whoever booked does not notice, or is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from plugins.physical_loans import holding, moves
from plugins.physical_loans.holding import FOR_EVER, Unit
from plugins.physical_loans.models import PROMISED, Booking, BookingState, Copy, CopyState, Desk, Hold, HoldState
from repository.api import Work

MAY_MOVE = (BookingState.REQUESTED, BookingState.APPROVED)  # neither packed nor gone


@dataclass
class Replaced:
    """The bookings that have another copy now, those of them that had asked for this one, and those that found none."""

    moved: list[Booking] = field(default_factory=list)
    asked: list[Booking] = field(default_factory=list)
    affected: list[Booking] = field(default_factory=list)


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


def is_lendable(copy: Copy, use: str = "away") -> bool:
    """Return whether the copy can be promised as it stands, for use away or on_site."""
    states = (CopyState.AVAILABLE, CopyState.ON_SITE) if use == "on_site" else (CopyState.AVAILABLE,)
    return copy.state in states and not copy.blocked


def clear(work: Work, copy: Copy) -> Replaced:
    """Move what is reserved of a copy that cannot be lent as it stands to other copies, the earliest first.

    What fits nowhere keeps its reservation, so that it counts again when the copy is back, and `stranded` lists it for
    the desk; the caller has its borrower told why. So does, while the copy is only blocked, what was asked of this very
    copy: whoever asked decides for themselves.
    """
    gone = copy.state not in (CopyState.AVAILABLE, CopyState.ON_SITE)
    replaced = Replaced()
    for booking in dict.fromkeys(kept.booking for kept in reservations_of(work, copy)):
        if is_lendable(copy, booking.use):
            continue
        asked = booking.copy_id == copy.id
        if (gone or not asked) and _hold_anew(work, booking, None if asked else booking.copy_id):
            replaced.moved.append(booking)
            replaced.asked += [booking] if asked else []
            _unpack(work, booking)
            moves.tell(work, booking, "swap", before={"copy": copy.id})
        else:
            replaced.affected.append(booking)
    return replaced


def bring_back(work: Work, copy: Copy, moved: Mapping[str, bool]) -> None:
    """Give the copy back to the bookings that were moved away from it (id → whether they had asked for it).

    What is over, packed, asked for otherwise since, or would no longer fit stays where it is.
    """
    for booking_id, asked in moved.items():
        booking = work.session.get(Booking, int(booking_id))
        if booking is None or booking.state not in MAY_MOVE or booking.copy_id is not None:
            continue
        elsewhere = {kept.copy_id for kept in booking.holds if kept.state == HoldState.RESERVED} - {copy.id}
        if elsewhere and _hold_anew(work, booking, copy.id):
            moves.tell(work, booking, "swap", before={"copy": min(elsewhere)})
        if not asked:
            booking.copy_id = None
    work.session.flush()


def _hold_anew(work: Work, booking: Booking, copy_id: int | None) -> bool:
    """Let go of what is reserved and keep it anew, of a certain copy or of any; where it does not fit, all stays."""
    freed = moves.free(booking)
    spans = sorted({(hold.starts, hold.ends) for hold in freed})
    asked, booking.copy_id = booking.copy_id, copy_id
    work.session.flush()
    if spans and holding.hold(work, booking, spans):
        return True
    booking.copy_id = asked
    for hold in freed:
        hold.state = HoldState.RESERVED
    work.session.flush()
    return False


def _unpack(work: Work, booking: Booking) -> None:
    """What stood packed is another copy now, and has to be packed again."""
    if booking.state == BookingState.READY:
        moves.move(work, booking, "unprepare")


def stranded(work: Work, desk: Desk) -> list[Booking]:
    """Return what a desk has promised of copies that cannot leave as they are: in repair, lost, blocked; in order."""
    not_leaving = or_(
        Copy.blocked != "",
        Copy.state.in_((CopyState.REPAIR, CopyState.LOST, CopyState.WRITTEN_OFF)),
        (Copy.state == CopyState.ON_SITE) & (Booking.use != "on_site"),
    )
    kept = (
        select(Hold.booking_id)
        .join(Copy, Copy.id == Hold.copy_id)
        .join(Booking, Booking.id == Hold.booking_id)
        .where(Hold.state == HoldState.RESERVED, Hold.ends > work.now, not_leaving)
    )
    promised = select(Booking).where(Booking.desk_id == desk.id, Booking.state.in_(PROMISED), Booking.id.in_(kept))
    return list(work.session.scalars(promised.order_by(Booking.starts_at, Booking.id)))
