"""Saying yes or no to a request, getting it ready, and handing it out; also another copy, and a loan without booking."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import holding, missing, moves, rehoming
from plugins.physical_loans.at_desk import (
    AlreadyDone,
    blocked,
    check_desk,
    check_usable,
    copies_of,
    holds_of,
    moment_words,
)
from plugins.physical_loans.missing import Counts
from plugins.physical_loans.models import Booking, BookingState, Copy, Hold, HoldState
from repository.api import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    Work,
)

S = BookingState
LONGEST = 500
FASTER = N_("Outra pessoa mexeu nisto ao mesmo tempo. Veja como está agora e repita, se ainda for preciso.")


def approve(work: Work, booking: Booking) -> None:
    """Say yes to a request. Raises AlreadyDone when somebody did."""
    check_desk(work, booking)
    if booking.state == S.APPROVED:
        raise AlreadyDone(N_("Este pedido já está aprovado."))
    moves.move(work, booking, "approve")
    booking.approved_at = work.now
    work.session.flush()


def decline(work: Work, booking: Booking, reason: str) -> None:
    """Say no, and why; what was kept is free at once. Raises Invalid without a reason."""
    check_desk(work, booking)
    reason = reason.strip()
    if not reason:
        raise Invalid(N_("Diga porquê, em poucas palavras: quem pediu vai lê-lo."), "reason")
    if len(reason) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), "reason", most=LONGEST)
    if booking.state == S.DECLINED:
        raise AlreadyDone(N_("Este pedido já está recusado."))
    moves.move(work, booking, "decline")
    moves.free(booking)
    booking.reason = reason
    work.session.flush()


def prepare(work: Work, booking: Booking) -> None:
    """Say that it is packed and waits to be picked up; a copy that may not leave is not packed."""
    check_desk(work, booking)
    if booking.state == S.READY:
        raise AlreadyDone(N_("Já está pronto a levantar."))
    for copy in copies_of(booking, HoldState.RESERVED):
        check_usable(copy, booking.use)
    moves.move(work, booking, "prepare")
    work.session.flush()


def unprepare(work: Work, booking: Booking) -> None:
    """Take back that it is packed."""
    check_desk(work, booking)
    if booking.state == S.APPROVED:
        raise AlreadyDone(N_("Já não está preparado."))
    moves.move(work, booking, "unprepare")
    work.session.flush()


def hand_out(
    work: Work,
    booking: Booking,
    collector: str = "",
    checked: Mapping[int, Counts] | None = None,
    copies: Sequence[int] = (),
) -> None:
    """Hand out what is booked, to the borrower or to the `collector`.

    `checked` says by copy how many of a component are in it, where it is not all; `copies` which copies were taken off
    the shelf, where they are not the ones that were kept. Raises AlreadyDone for what is out, Conflict for a copy that
    may not leave, is out, or is somebody else's at that time.
    """
    check_desk(work, booking)
    if booking.state == S.OUT:
        raise AlreadyDone(
            N_("Já foi entregue, em %(day)s às %(time)s."), **moment_words(work, booking, "handed_out_at")
        )
    if not moves.may_move(booking, "hand_out"):
        raise Conflict(N_("Esta reserva não está por entregar. Veja como está agora."))
    if booking.ends_at <= work.now:
        raise Conflict(N_("O tempo desta reserva já passou. Mude as datas ou faça um empréstimo novo."))
    take_others(work, booking, copies)
    going = due(work, booking)
    for kept in going:
        _make_way(work, booking, kept)
    _count_before(work, booking, checked or {})
    for kept in going:
        kept.state, kept.out_at = HoldState.OUT, work.now
    booking.handed_out_at = work.now
    booking.collector = collector.strip()[:120] or booking.collector
    moves.move(work, booking, "hand_out", copies=sorted({kept.copy_id for kept in going}))
    flush(work)


def due(work: Work, booking: Booking) -> list[Hold]:
    """Return what is handed out next: all of it, or what is used in the next lesson where it stands."""
    ahead = [kept for kept in holds_of(booking, HoldState.RESERVED) if kept.ends > work.now]
    if not ahead:
        raise Conflict(N_("O tempo desta reserva já passou. Mude as datas ou faça um empréstimo novo."))
    first = min(kept.starts for kept in ahead)
    return [kept for kept in ahead if kept.starts == first]


def _make_way(work: Work, booking: Booking, kept: Hold) -> None:
    """See that the unit is there from now on; another of the same copy does as well, where it is lent by number."""
    check_usable(kept.copy, booking.use)
    starts = min(kept.starts, work.now)
    others = _in_the_way(work, kept.copy_id, starts, kept.ends, booking)
    same = [each for each in holds_of(booking, HoldState.RESERVED) if each.copy_id == kept.copy_id]
    mine = {each.unit for each in same if each is not kept and each.starts < kept.ends and each.ends > starts}
    taken = {other.unit for other in others} | mine
    if kept.unit in taken:
        free = [unit for unit in range(1, kept.copy.stock + 1) if unit not in taken]
        if not free:
            there = [other for other in others if other.unit == kept.unit]
            raise Conflict(_whose(there), copy=kept.copy.inventory)
        kept.unit = free[0]
    kept.starts = starts
    flush(work)


def _in_the_way(work: Work, copy_id: int, starts: datetime, ends: datetime, booking: Booking) -> list[Hold]:
    """Return what others have of a copy in that time; what is out stays in the way until it is back."""
    wanted = select(Hold).where(Hold.copy_id == copy_id, Hold.state.in_(holding.KEPT), Hold.booking_id != booking.id)
    soon = starts < work.now + holding.LATE

    def in_the_way(other: Hold) -> bool:
        late = other.state == HoldState.OUT and other.ends <= work.now
        return other.starts < ends and (other.ends > starts or (late and soon))

    return [other for other in work.session.scalars(wanted.order_by(Hold.starts)) if in_the_way(other)]


def _whose(others: Sequence[Hold]) -> str:
    if any(other.state == HoldState.OUT for other in others):
        return N_("%(copy)s ainda não voltou. Entregue outro exemplar, ou receba primeiro esse.")
    return N_("%(copy)s está reservado para outra pessoa nessa altura. Entregue outro exemplar.")


def _count_before(work: Work, booking: Booking, checked: Mapping[int, Counts]) -> None:
    """Write down what misses before it leaves, so that nobody is asked for it later."""
    for copy in copies_of(booking, HoldState.RESERVED):
        if checked.get(copy.id) and missing.count(work, copy, checked[copy.id]).blocked:
            raise blocked(copy)


def take_others(work: Work, booking: Booking, copies: Sequence[int]) -> None:
    """Let the booking have the copies that were taken off the shelf, where they are not the ones kept for it."""
    wanted = list(dict.fromkeys(copies))
    kept = [copy.id for copy in copies_of(booking, HoldState.RESERVED)]
    if len(wanted) > len(kept):
        raise Invalid(N_("São exemplares a mais: esta reserva é de %(count)s."), "copies", count=len(kept))
    olds = [copy_id for copy_id in kept if copy_id not in wanted]
    for new in wanted:
        if new not in kept:
            swap(work, booking, olds.pop(0), new)


def swap(work: Work, booking: Booking, old_copy_id: int, new_copy_id: int) -> None:
    """Let the booking have another copy, before or after it left; others' reservations of that one move where they can.

    Raises NotFound for a copy of another thing, Conflict for one that may not leave or is not free.
    """
    check_desk(work, booking)
    kept = [hold for hold in holds_of(booking, HoldState.RESERVED, HoldState.OUT) if hold.copy_id == old_copy_id]
    if old_copy_id == new_copy_id:
        return
    if not kept:
        if any(hold.copy_id == new_copy_id for hold in holds_of(booking, HoldState.RESERVED, HoldState.OUT)):
            raise AlreadyDone(N_("O exemplar já está trocado."))
        raise Conflict(N_("Esse exemplar não é desta reserva."))
    new = work.session.get(Copy, new_copy_id)
    if new is None or new.thing_id != booking.thing_id or new.desk_id != booking.desk_id:
        raise NotFound(N_("Esse exemplar não é do mesmo material, ou é de outro balcão."))
    check_usable(new, booking.use)
    for hold in kept:
        _swap_one(work, booking, hold, new)
    if booking.copy_id == old_copy_id:
        booking.copy_id = new_copy_id
    moves.tell(work, booking, "swap", before={"copy": old_copy_id}, after={"copy": new_copy_id})
    flush(work)


def _swap_one(work: Work, booking: Booking, kept: Hold, new: Copy) -> None:
    out, ends = kept.state == HoldState.OUT, kept.ends
    starts = work.now if out else kept.starts
    ends = max(ends, starts + holding.LATE) if ends <= starts else ends  # what is late is counted as away for a while
    kept.state, kept.back_at = (HoldState.BACK, work.now) if out else (HoldState.FREED, None)
    work.session.flush()
    unit = _unit_of(work, booking, new, starts, ends)
    booking.holds.append(
        Hold(
            copy_id=new.id,
            unit=unit,
            starts=starts,
            ends=ends,
            state=HoldState.OUT if out else HoldState.RESERVED,
            out_at=work.now if out else None,
        )
    )
    flush(work)


def _unit_of(work: Work, booking: Booking, copy: Copy, starts: datetime, ends: datetime) -> int:
    others = _in_the_way(work, copy.id, starts, ends, booking)
    mine = {h.unit for h in holds_of(booking, HoldState.RESERVED, HoldState.OUT) if h.copy_id == copy.id}
    for unit in range(1, copy.stock + 1):
        there = [other for other in others if other.unit == unit]
        movable = all(h.state == HoldState.RESERVED and h.booking.state != S.READY for h in there)
        if unit not in mine and movable and not rehoming.move_away(work, there, {(copy.id, unit)}):
            return unit
    raise Conflict(_whose(others), copy=copy.inventory)


def flush(work: Work) -> None:
    """Write; what the database itself refuses, somebody else was given in the meantime. Raises Conflict."""
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict(FASTER) from error
