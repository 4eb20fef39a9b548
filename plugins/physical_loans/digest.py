"""The list of the day for a desk: what is late, who will not get what they reserved, and whom no mail reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from plugins.physical_loans import awake, calendars, lapses, late, letters
from plugins.physical_loans.models import Booking, BookingState, Desk, Hold, Notice, Thing
from repository.api import N_, Work, in_language, post

SHOWN_FOR = timedelta(days=14)
AUDIT = {"loan_desk.reminders": N_("ligou ou desligou os lembretes de um balcão")}
SUBJECT = N_("Balcão %(desk)s: %(late)s em atraso, %(risk)s em risco")
BODY = N_(
    "Em atraso: %(late)s\nReservas sem exemplar garantido: %(risk)s\nPor levantar: %(pending)s\n"
    "Pessoas a avisar por telefone ou no corredor: %(unreached)s\n\nVer a lista: %(url)s\n"
)


@dataclass(frozen=True)
class DayList:
    """What a desk should look after today."""

    late: Sequence[Booking]
    at_risk: Sequence[Hold]
    not_picked_up: Sequence[Booking]
    unreached: Sequence[tuple[Notice, Booking]]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.late or self.at_risk or self.not_picked_up or self.unreached)


def of_desk(work: Work, desk: Desk) -> DayList:
    """Return the list of a desk, in the same few queries for any number of lines."""
    overdue, risk = late.overdue(work, desk.id), late.at_risk(work, desk.id)
    return DayList(overdue, risk, _not_picked_up(work, desk), _unreached(work, desk))


def _not_picked_up(work: Work, desk: Desk) -> list[Booking]:
    calendar = calendars.calendar_of(work, desk)
    begun = select(Booking).where(
        Booking.desk_id == desk.id, Booking.state.in_((BookingState.APPROVED, BookingState.READY)),
        Booking.starts_at < work.now, Booking.use != "on_site",
    )  # fmt: skip
    rows = work.session.scalars(begun.options(*_loaded()).order_by(Booking.starts_at, Booking.id))
    return [booking for booking in rows if lapses.end_of_pick_up(calendar, booking) <= work.now]


def _unreached(work: Work, desk: Desk) -> list[tuple[Notice, Booking]]:
    since: datetime = work.now - SHOWN_FOR
    wanted = (
        select(Notice, Booking)
        .join(Booking, Booking.id == Notice.booking_id)
        .where(Notice.kind == letters.UNREACHED, Booking.desk_id == desk.id, Notice.sent_at > since)
        .options(*_loaded())
        .order_by(Notice.sent_at.desc(), Booking.id)
    )
    return [(row[0], row[1]) for row in work.session.execute(wanted) if not row[0].params.get("told_at")]


def _loaded() -> tuple[Any, ...]:
    return selectinload(Booking.thing).selectinload(Thing.item), selectinload(Booking.borrower)


def told(work: Work, notice: Notice) -> None:
    """Write down that somebody at the desk has told a person whom no mail reaches; said twice, it is said once."""
    notice.params = {"told_at": work.now.isoformat(), "by": work.actor.user_id} | notice.params


def send(work: Work) -> None:
    """Send the list to each desk's people once a day, in the morning of an open day, when it is not empty."""
    for desk in work.session.scalars(select(Desk).where(Desk.closed_at.is_(None)).order_by(Desk.id)):
        calendar = calendars.calendar_of(work, desk)
        if not awake.may_disturb_now(calendar, awake.quiet_of(work), work.now):
            continue
        listed = of_desk(work, desk)
        if not listed.empty:
            _send(work, desk, listed, calendar.local(work.now).date().isoformat())


def _send(work: Work, desk: Desk, listed: DayList, day: str) -> None:
    known = {
        "desk": desk.name,
        "late": len(listed.late),
        "risk": len(listed.at_risk),
        "pending": len(listed.not_picked_up),
        "unreached": len(listed.unreached),
        "url": f"{work.services.settings.public_url}/loans/desks/{desk.id}/attention",
    }
    for person in letters.people_of(work, desk):
        subject, body = (in_language(text, person.locale, letters.CATALOGUES, **known) for text in (SUBJECT, BODY))
        post(work, person, subject, body, kind=letters.DESK, key=f"desk:{desk.id}:{day}:{person.id}")
