"""What was scanned or typed at the desk, and what is to be done with it now."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, or_, select

from plugins.physical_loans import calendars, rules
from plugins.physical_loans.at_desk import STANDING
from plugins.physical_loans.models import Booking, BookingState, Copy, Hold, HoldState
from repository.api import N_, Invalid, NotAllowed, NotFound, Work

IN_ADDRESS = re.compile(r"/loans/c/([^/?#\s]+)")
TO_HAND_OUT = (BookingState.APPROVED, BookingState.READY)


@dataclass(frozen=True)
class Scanned:
    """A copy, and what there is to do: the loan it is out with, who has it next, others who come for the same thing today.

    `standing` says why it may not leave, with %(copy)s for its name.
    """

    copy: Copy
    out: Booking | None = None
    next: Booking | None = None
    others: tuple[Booking, ...] = ()
    standing: str = ""
    due_now: bool = False


def find_copy(work: Work, text: str) -> Copy:
    """Return the copy of a code: a label, an inventory number, or the whole address that a QR code holds.

    Raises Invalid for no code, NotFound for codes that are nobody's here, NotAllowed for a copy of a desk where the
    person does not work.
    """
    text = text.strip()
    in_address = IN_ADDRESS.search(text)
    code = in_address.group(1) if in_address else text
    if not code:
        raise Invalid(N_("Passe o leitor pela etiqueta, ou escreva o código."), "code")
    if "://" in text and not in_address:
        raise NotFound(N_("Este código leva a outro sítio: não é uma etiqueta deste centro."), "code")
    wanted = select(Copy).where(or_(func.upper(Copy.label) == code.upper(), func.upper(Copy.inventory) == code.upper()))
    copy = work.session.scalars(wanted.order_by(func.upper(Copy.label) != code.upper())).first()
    if copy is None:
        raise NotFound(N_("Nenhum exemplar tem o código «%(code)s»."), "code", code=code[:40])
    if not work.actor.may(rules.DESK, copy.desk.organisation_id):
        raise NotAllowed(N_("Este exemplar é do balcão «%(desk)s»."), "code", desk=copy.desk.name)
    return copy


def look_at(work: Work, copy: Copy) -> Scanned:
    """Return what is to be done with a copy now."""
    holds = select(Booking).join(Hold).where(Hold.copy_id == copy.id).order_by(Hold.starts, Hold.id).limit(1)
    out = work.session.scalar(holds.where(Hold.state == HoldState.OUT))
    ahead = holds.where(Hold.state == HoldState.RESERVED, Hold.ends > work.now, Booking.state.in_(TO_HAND_OUT))
    coming, until = work.session.scalar(ahead), end_of_day(work, copy)
    return Scanned(
        copy,
        out,
        coming,
        () if out else _others(work, copy, until, coming),
        STANDING.get(copy.state, ""),
        coming is not None and coming.starts_at <= until,
    )


def end_of_day(work: Work, copy: Copy) -> datetime:
    """Return the end of the present day on the clock of the copy's desk."""
    zone = calendars.zone_of(copy.desk)
    tomorrow = work.now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


def _others(work: Work, copy: Copy, until: datetime, coming: Booking | None) -> tuple[Booking, ...]:
    """Return who comes today for the same thing and has another copy kept: this one does as well."""
    wanted = select(Booking).where(
        Booking.thing_id == copy.thing_id,
        Booking.desk_id == copy.desk_id,
        Booking.state.in_(TO_HAND_OUT),
        Booking.starts_at <= until,
        Booking.ends_at > work.now,
    )
    found = work.session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(10))
    return tuple(booking for booking in found if booking is not coming)
