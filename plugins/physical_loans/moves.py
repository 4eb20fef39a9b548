"""The whole life of a booking, as one table of moves."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from plugins.physical_loans.models import Booking, BookingState, Hold, HoldState
from repository.api import N_, AuditEntry, Conflict, Work, enqueue, record

AFTER = "physical_loans.after"
S = BookingState
MOVES = {
    (S.REQUESTED, "approve"): S.APPROVED,
    (S.REQUESTED, "decline"): S.DECLINED,
    (S.APPROVED, "decline"): S.DECLINED,
    (S.APPROVED, "prepare"): S.READY,
    (S.READY, "unprepare"): S.APPROVED,
    (S.APPROVED, "hand_out"): S.OUT,
    (S.READY, "hand_out"): S.OUT,
    (S.OUT, "take_back"): S.RETURNED,
    (S.OUT, "take_back_incomplete"): S.INCOMPLETE,
    (S.OUT, "put_back"): S.APPROVED,  # used where it stands, until the next lesson
    (S.OUT, "lose"): S.LOST,
    (S.INCOMPLETE, "complete"): S.RETURNED,
    (S.LOST, "find"): S.RETURNED,
    (S.LOST, "undo_lose"): S.OUT,
    (S.WAITING, "offer"): S.OFFERED,
    (S.OFFERED, "accept"): S.APPROVED,
    (S.OFFERED, "ask_approval"): S.REQUESTED,
    (S.APPROVED, "end"): S.RETURNED,  # used where it stands, which nobody hands out
    (S.READY, "end"): S.RETURNED,
    (S.REQUESTED, "expire"): S.EXPIRED,
    (S.OFFERED, "expire"): S.EXPIRED,
    (S.WAITING, "expire"): S.EXPIRED,
    (S.APPROVED, "expire"): S.EXPIRED,
    (S.READY, "expire"): S.EXPIRED,
    (S.REQUESTED, "cancel"): S.CANCELLED,
    (S.APPROVED, "cancel"): S.CANCELLED,
    (S.READY, "cancel"): S.CANCELLED,
    (S.WAITING, "cancel"): S.CANCELLED,
    (S.OFFERED, "cancel"): S.CANCELLED,
    (S.CANCELLED, "reactivate"): S.APPROVED,
    (S.CANCELLED, "request"): S.REQUESTED,
    (S.APPROVED, "request"): S.REQUESTED,  # changed, so that somebody has to say yes anew
    (S.OUT, "undo_hand_out"): S.APPROVED,
    (S.RETURNED, "undo_take_back"): S.OUT,
    (S.INCOMPLETE, "undo_take_back"): S.OUT,
    (S.APPROVED, "undo_take_back"): S.OUT,  # put back between two lessons
}
CLOSED = (S.RETURNED, S.LOST, S.DECLINED, S.CANCELLED, S.EXPIRED)
AUDIT = {
    "loan.request": N_("pediu um empréstimo"),
    "loan.book": N_("fez uma reserva"),
    "loan.queue": N_("entrou numa lista de espera"),
    "loan.approve": N_("aprovou um pedido de empréstimo"),
    "loan.decline": N_("recusou um pedido de empréstimo"),
    "loan.prepare": N_("preparou um empréstimo"),
    "loan.unprepare": N_("voltou a arrumar um empréstimo preparado"),
    "loan.hand_out": N_("entregou um empréstimo"),
    "loan.take_back": N_("recebeu um empréstimo de volta"),
    "loan.take_back_incomplete": N_("recebeu um empréstimo com faltas"),
    "loan.take_back_part": N_("recebeu uma parte de um empréstimo"),
    "loan.put_back": N_("arrumou um empréstimo até à aula seguinte"),
    "loan.lose": N_("deu um empréstimo por perdido"),
    "loan.complete": N_("completou o que faltava de um empréstimo"),
    "loan.find": N_("encontrou um empréstimo dado por perdido"),
    "loan.offer": N_("ofereceu a vez na lista de espera"),
    "loan.accept": N_("aceitou a vez na lista de espera"),
    "loan.ask_approval": N_("aceitou a vez e espera aprovação"),
    "loan.expire": N_("deixou passar uma reserva"),
    "loan.end": N_("terminou uma utilização no local"),
    "loan.cancel": N_("anulou uma reserva"),
    "loan.reactivate": N_("voltou a fazer uma reserva anulada"),
    "loan.undo_lose": N_("desfez que um empréstimo se perdeu"),
    "loan.warn": N_("avisou de uma falta no exemplar reservado"),
    "loan.undo_hand_out": N_("desfez uma entrega"),
    "loan.undo_take_back": N_("desfez uma devolução"),
    "loan.change": N_("mudou uma reserva"),
    "loan.extend": N_("prolongou um empréstimo"),
    "loan.swap": N_("trocou o exemplar de uma reserva"),
    "loan.affected": N_("deixou uma reserva sem exemplar que possa sair"),
}


def may_move(booking: Booking, act: str) -> bool:
    """Return whether the act leads anywhere from where the booking stands."""
    return (booking.state, act) in MOVES


def move(work: Work, booking: Booking, act: str, **said: object) -> None:
    """Move the booking by one act of the table, and write it into the audit trail.

    Raises Conflict when the act does not lead on from here, for instance because somebody was faster.
    """
    if not may_move(booking, act):
        raise Conflict(N_("Esta reserva já mudou de estado. Volte a abri-la para ver como está."))
    before, booking.state = booking.state, MOVES[booking.state, act]
    booking.closed_at = work.now if booking.state in CLOSED else None
    tell(work, booking, act, before={"state": before}, after={"state": booking.state, **said})


def tell(
    work: Work,
    booking: Booking,
    act: str,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write what happened into the audit trail, and have the worker write letters and move the waiting list on."""
    record(_without_borrower(work, booking), f"loan.{act}", booking, before=before, after=after)
    at = work.now.isoformat()
    was = (before or {}).get("state", "")
    enqueue(work, AFTER, key=f"{booking.id}:{act}:{at}", booking_id=booking.id, act=act, at=at, was=was)


def _without_borrower(work: Work, booking: Booking) -> Work:
    """Return the same work, where the borrower acts, with that said and no name.

    Nothing is ever taken out of the audit trail, and who borrowed what is known to the booking for a time only.
    """
    if booking.borrower_id is None or booking.borrower_id != work.actor.user_id:
        return work
    return replace(work, actor=replace(work.actor, user_id=None, acting="borrower"))


def last_said(work: Work, booking: Booking, *acts: str) -> dict[str, Any]:
    """Return what the audit trail says of the last of these acts on the booking, empty when there was none."""
    work.session.flush()
    wanted = select(AuditEntry.after).where(
        AuditEntry.subject_kind == "booking",
        AuditEntry.subject_id == booking.id,
        AuditEntry.action.in_([f"loan.{act}" for act in acts]),
    )
    return dict(work.session.scalar(wanted.order_by(AuditEntry.id.desc()).limit(1)) or {})


def free(booking: Booking) -> list[Hold]:
    """Let go of everything that is reserved for the booking; return the holds that were let go."""
    freed = [hold for hold in booking.holds if hold.state == HoldState.RESERVED]
    for hold in freed:
        hold.state = HoldState.FREED
    return freed
