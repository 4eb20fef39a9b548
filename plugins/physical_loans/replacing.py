"""What becomes of reservations when a copy cannot be lent any more: another copy, or a word to those who count on it."""

from dataclasses import dataclass, field

from sqlalchemy import or_, select

from plugins.physical_loans import holding, moves
from plugins.physical_loans.models import PROMISED, Booking, BookingState, Copy, CopyState, Desk, Hold, HoldState
from repository.api import Work


@dataclass
class Replaced:
    """The bookings that have another copy now, and those for which none was free."""

    moved: list[Booking] = field(default_factory=list)
    affected: list[Booking] = field(default_factory=list)


def is_lendable(copy: Copy, use: str = "away") -> bool:
    """Return whether the copy can be promised as it stands, for use away or on_site."""
    states = (CopyState.AVAILABLE, CopyState.ON_SITE) if use == "on_site" else (CopyState.AVAILABLE,)
    return copy.state in states and not copy.blocked


def replace_reservations(work: Work, copy: Copy) -> Replaced:
    """Move what is reserved of a copy that cannot be lent to other copies, the earliest first.

    What fits nowhere keeps its reservation, so that it counts again when the copy is back; `moves.tell` has the
    borrower written to (the act is "affected"), and `stranded` lists it for the desk.
    """
    kept = select(Hold.booking_id).where(
        Hold.copy_id == copy.id, Hold.state == HoldState.RESERVED, Hold.ends > work.now
    )
    reserved = select(Booking).where(Booking.id.in_(kept)).order_by(Booking.starts_at, Booking.id)
    replaced = Replaced()
    for booking in work.session.scalars(reserved):
        if is_lendable(copy, booking.use):
            continue
        if _hold_elsewhere(work, booking, copy):
            replaced.moved.append(booking)
            _unpack(work, booking)
            moves.tell(work, booking, "swap", before={"copy": copy.id})
        else:
            replaced.affected.append(booking)
            moves.tell(work, booking, "affected", after={"copy": copy.id, "state": copy.state})
    return replaced


def _hold_elsewhere(work: Work, booking: Booking, copy: Copy) -> bool:
    freed = moves.free(booking)
    spans = sorted({(hold.starts, hold.ends) for hold in freed})
    asked, booking.copy_id = booking.copy_id, None if booking.copy_id == copy.id else booking.copy_id
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
