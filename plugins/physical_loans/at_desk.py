"""What everything done at the desk shares: who may, and the refusal of what was done already."""

from typing import Any

from plugins.physical_loans import bookings, calendars, holding, rules
from plugins.physical_loans.models import Booking, Copy, CopyState, Desk, Hold, HoldState
from repository.api import N_, Conflict, NotAllowed, Work

USABLE = {"away": (CopyState.AVAILABLE,), "on_site": (CopyState.AVAILABLE, CopyState.ON_SITE)}
# What `Copy.blocked` holds, or begins with, when it was the desk that blocked the copy.
MISSING = "Falta: "
DAMAGED = "Voltou danificado."
UNSETTLED = "Por apagar: imagens de alunos ou contas abertas."
KNOWN = {
    DAMAGED: N_("%(copy)s não pode sair: voltou danificado e ninguém o viu ainda."),
    UNSETTLED: N_("%(copy)s não pode sair: pode ter imagens de alunos ou contas abertas."),
}
STANDING = {
    CopyState.REPAIR: N_("%(copy)s está em reparação."),
    CopyState.ON_SITE: N_("%(copy)s usa-se só no local e não sai."),
    CopyState.LOST: N_("%(copy)s está dado por perdido."),
    CopyState.WRITTEN_OFF: N_("%(copy)s foi abatido ao inventário."),
}


class AlreadyDone(Conflict):
    """What was asked for is done already: sent twice, or somebody was faster. Nothing is lost and nothing is wrong."""


def check_desk(work: Work, booking: Booking) -> None:
    """Refuse what only the booking's desk may do, and read it as it stands once nobody else changes it.

    So of two desks that do the same at once, the second learns that it is done. Raises NotAllowed.
    """
    if not bookings.at_desk(work, booking):
        raise NotAllowed(N_("Só quem trabalha no balcão desta reserva pode fazer isto."))
    holding.lock(work, [booking.thing_id])
    work.session.refresh(booking, with_for_update=True)


def check_works_at(work: Work, desk: Desk) -> None:
    """Refuse people who do not work at the desk. Raises NotAllowed."""
    if not work.actor.may(rules.DESK, desk.organisation_id):
        raise NotAllowed(N_("Só quem trabalha no balcão «%(desk)s» pode fazer isto."), desk=desk.name)


def check_usable(copy: Copy, use: str = "away") -> None:
    """Refuse a copy that must not be handed out now. Raises Conflict, in words that name it."""
    if copy.state not in USABLE[use]:
        raise Conflict(STANDING[copy.state], copy=copy.inventory)
    if copy.blocked:
        raise blocked(copy)


def blocked(copy: Copy) -> Conflict:
    """Return the refusal of a copy that is blocked, in words that can be said in each language."""
    if copy.blocked.startswith(MISSING):
        what = copy.blocked.removeprefix(MISSING)
        return Conflict(N_("%(copy)s não pode sair. Falta: %(what)s."), copy=copy.inventory, what=what)
    if copy.blocked in KNOWN:
        return Conflict(KNOWN[copy.blocked], copy=copy.inventory)
    return Conflict(N_("%(copy)s não pode sair. %(why)s"), copy=copy.inventory, why=copy.blocked)


def holds_of(booking: Booking, *states: HoldState) -> list[Hold]:
    """Return the booking's holds that are in one of the states."""
    return [hold for hold in booking.holds if hold.state in states]


def copies_of(booking: Booking, *states: HoldState) -> list[Copy]:
    """Return the copies that the booking keeps in one of the states, each once."""
    return list(dict.fromkeys(hold.copy for hold in holds_of(booking, *states)))


def moment_words(work: Work, booking: Booking, name: str) -> dict[str, Any]:
    """Return the day and the time of one of the booking's moments as its desk's clock shows them."""
    at = getattr(booking, name) or work.now
    local = at.astimezone(calendars.zone_of(booking.desk))
    return {"day": local.date(), "time": f"{local:%H:%M}"}
