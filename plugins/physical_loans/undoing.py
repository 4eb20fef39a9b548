"""Undoing what was done at the desk: an act of its own, written into the audit trail, within ten minutes or later."""

from datetime import datetime, timedelta

from sqlalchemy import select

from plugins.physical_loans import missing, moves, rehoming
from plugins.physical_loans.at_desk import AlreadyDone, check_desk, holds_of
from plugins.physical_loans.handing_out import flush
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Hold, HoldState
from repository.api import N_, AuditEntry, Conflict, Work

UNDO_FOR = timedelta(minutes=10)
TAKEN_BACK = ("take_back", "take_back_incomplete", "take_back_part", "put_back")
UNDOABLE = ("hand_out", "lose", *TAKEN_BACK)


def undo_hand_out(work: Work, booking: Booking) -> None:
    """Take back that it was handed out: it is reserved as before."""
    check_desk(work, booking)
    if booking.state in (BookingState.APPROVED, BookingState.READY):
        raise AlreadyDone(N_("Já não está entregue."))
    if any(kept.state in (HoldState.BACK, HoldState.LOST) for kept in booking.holds):
        raise Conflict(N_("Uma parte já voltou. Receba o resto."))
    late = is_late(work, booking.handed_out_at)
    for kept in holds_of(booking, HoldState.OUT):
        kept.state, kept.out_at = HoldState.RESERVED, None
    booking.handed_out_at = None
    moves.move(work, booking, "undo_hand_out", late=late)
    flush(work)


def undo_take_back(work: Work, booking: Booking) -> None:
    """Take back that it was taken back: it is out again, and what was counted counts no more.

    Raises Conflict when somebody else was given it in the meantime.
    """
    check_desk(work, booking)
    said = moves.last_said(work, booking, *TAKEN_BACK, "undo_take_back")
    wanted = set(said.get("holds", ()))
    back = [kept for kept in booking.holds if kept.id in wanted and kept.state == HoldState.BACK]
    if not back:
        raise AlreadyDone(N_("Já está outra vez emprestado."))
    late = is_late(work, back[0].back_at)
    _out_again(work, back)
    for copy_id, changes in said.get("counts", {}).items():
        _uncount(work, int(copy_id), changes)
    booking.returned_at, booking.reason = None, ""
    if booking.state == BookingState.OUT:
        moves.tell(work, booking, "undo_take_back", after={"state": booking.state, "late": late})
    else:
        moves.move(work, booking, "undo_take_back", late=late)
    flush(work)


def _out_again(work: Work, back: list[Hold]) -> None:
    for kept in back:
        kept.state, kept.back_at = HoldState.OUT, None
    flush(work)


def _uncount(work: Work, copy_id: int, changes: list[list[int]]) -> None:
    """Count as before, unless somebody counted anew since."""
    copy = work.session.get_one(Copy, copy_id)
    parts = {part.component.id: part for part in missing.parts_of(work, [copy])[copy.id]}
    before = {
        component_id: parts[component_id].component.expected - was
        for component_id, was, then in changes
        if component_id in parts and parts[component_id].missing == then
    }
    missing.count(work, copy, before)


def undo_lose(work: Work, booking: Booking) -> None:
    """Take back that it was given up for lost: it is out again, and what was moved away because of it comes back."""
    check_desk(work, booking)
    if booking.state == BookingState.OUT:
        raise AlreadyDone(N_("Já não está dado por perdido."))
    said = moves.last_said(work, booking, "lose")
    gone = holds_of(booking, HoldState.LOST)
    for copy in dict.fromkeys(kept.copy for kept in gone):
        copy.stock += int(said.get("stock", {}).get(str(copy.id), 0))
        if copy.state == CopyState.LOST:
            copy.state = CopyState.AVAILABLE
    work.session.flush()
    _out_again(work, gone)
    for copy in dict.fromkeys(kept.copy for kept in gone):
        rehoming.bring_back(work, copy, said.get("moved", {}).get(str(copy.id), {}))
    moves.move(work, booking, "undo_lose")
    flush(work)


def is_late(work: Work, at: datetime | None) -> bool:
    """Return whether something is undone later than the ten minutes in which the page offers it."""
    return at is None or work.now - at > UNDO_FOR


def last(work: Work) -> tuple[Booking, str, datetime] | None:
    """Return what the person did last at a desk within ten minutes and can still take back, with the act and when."""
    wanted = select(AuditEntry).where(
        AuditEntry.actor_id == work.actor.user_id,
        AuditEntry.subject_kind == "booking",
        AuditEntry.at > work.now - UNDO_FOR,
        AuditEntry.action.in_([f"loan.{act}" for act in (*UNDOABLE, "undo_hand_out", "undo_take_back", "undo_lose")]),
    )
    entry = work.session.scalar(wanted.order_by(AuditEntry.id.desc()).limit(1))
    act = entry.action.removeprefix("loan.") if entry is not None else ""
    if entry is None or act not in UNDOABLE:
        return None
    booking = work.session.get(Booking, entry.subject_id)
    return (booking, act, entry.at) if booking is not None else None
