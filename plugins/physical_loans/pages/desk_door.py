"""The blueprint of the desk's pages, the asking for permission at their door, and the lines they show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, session, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from plugins.physical_loans import bookings, calendars, forgetting, late, today, undoing
from plugins.physical_loans.at_desk import blocked
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk, HoldState
from plugins.physical_loans.pages import saying
from repository.api import N_, Invalid, NotFound, Organisation, Work, look, view_of, words_of

pages = Blueprint("physical_loans_desk", __name__, url_prefix="/loans", template_folder="../templates")
DAY = "physical_loans_desk.day"
# The states as the desk calls them; a borrower's own page says «Consigo» of what is out.
OUT_HERE = ("info", "arrow-up-right", N_("Emprestado"))
UNDO_WORDS = {
    "hand_out": N_("Entregue: «%(title)s», %(when)s."),
    "take_back": N_("Recebido: «%(title)s», %(when)s."),
    "take_back_incomplete": N_("Recebido com faltas: «%(title)s», %(when)s."),
    "take_back_part": N_("Recebida uma parte: «%(title)s», %(when)s."),
    "put_back": N_("Arrumado até à aula seguinte: «%(title)s», %(when)s."),
    "lose": N_("Dado por perdido: «%(title)s», %(when)s."),
}
UNDO_ACTS = {"hand_out": "undo_hand_out", "lose": "undo_lose"}


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of loans, and keep it out of search engines."""
    return {"say": saying, "robots": "noindex", "why_blocked": why_blocked}


def door() -> Work:
    """Return reading work of somebody who works at a desk. Raises NotAllowed for all others."""
    work = look()
    today.desks_of(work)
    return work


def chosen_desk(work: Work) -> tuple[Desk | None, list[Desk]]:
    """Return the desk asked for (or the one last looked at, or the first), and all where the person works."""
    desks = today.desks_of(work)
    wanted = request.args.get("desk", "") or str(session.get("loans_desk", ""))
    desk = next((each for each in desks if str(each.id) == wanted), desks[0] if desks else None)
    if desk is not None and request.args.get("desk"):
        session["loans_desk"] = desk.id
    return desk, desks


def get_booking(work: Work, booking_id: int) -> Booking:
    """Return a booking of a desk where the person works. Raises NotFound."""
    booking = bookings.get(work, booking_id)
    if not bookings.at_desk(work, booking):
        raise NotFound(N_("Esta reserva não existe."))
    return booking


def done(endpoint: str, **values: Any) -> Response:
    """Return the redirect after a change."""
    return redirect(url_for(endpoint, **values), 303)


def whole(text: str, field: str, least: int = 0, most: int = 9999) -> int:
    """Return a whole number of the form. Raises Invalid."""
    text = text.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1
    if not least <= number <= most:
        raise Invalid(N_("Escreva um número entre %(least)s e %(most)s."), field, least=least, most=most)
    return number


def undo_band(work: Work) -> dict[str, str] | None:
    """Return the words and the address of taking back what the person did last, within ten minutes."""
    found = undoing.last(work)
    if found is None:
        return None
    booking, act, at = found
    minutes = int((work.now - at).total_seconds() // 60)
    when = gettext("há %(minutes)s min", minutes=minutes) if minutes else gettext("agora mesmo")
    text = gettext(UNDO_WORDS[act], title=booking.thing.item.title, when=when)
    name = UNDO_ACTS.get(act, "undo_take_back")
    return {"text": text, "url": url_for("physical_loans_desk.act", booking_id=booking.id, name=name)}


def lines_of(work: Work, bookings_: Sequence[Booking]) -> list[dict[str, Any]]:
    """Return bookings as lines of the day; one query for the names of all schools."""
    ids = {booking.organisation_id for booking in bookings_ if booking.organisation_id}
    known = work.session.scalars(select(Organisation).where(Organisation.id.in_(ids))) if ids else ()
    places = {place.id: place.short_name or place.name for place in known}
    return [line_of(work, booking, places.get(booking.organisation_id or 0, "")) for booking in bookings_]


def line_of(work: Work, booking: Booking, place: str = "") -> dict[str, Any]:
    """Return a booking as a line: what, which copies, who, how it stands."""
    states = (HoldState.RESERVED, HoldState.OUT)
    copies = list(dict.fromkeys(kept.copy for kept in booking.holds if kept.state in states))
    return {
        "id": booking.id,
        "item": view_of(booking.thing.item),
        "codes": [copy.inventory for copy in copies],
        "stuck": [why_blocked(copy) for copy in copies if copy.blocked],
        "who": who(work, booking),
        "place": place,
        "amount": saying.amount(booking),
        "when": _when(work, booking),
        "state": state_of(work, booking),
        "late": late_words(work, booking),
        "ready": booking.state == BookingState.READY,
        "note": booking.note,
        "gone": forgetting.what_to_do(work, booking),
        "booking": booking,
    }


def why_blocked(copy: Copy) -> str:
    """Return why a copy may not leave, as a sentence."""
    return words_of(blocked(copy)) if copy.blocked else ""


def who(work: Work, booking: Booking) -> str:
    """Return who has it (people who are gone are told apart, not named), and who collects it when that is another."""
    name = forgetting.who(work, booking)
    return (
        gettext("%(name)s, levanta %(collector)s", name=name, collector=booking.collector)
        if booking.collector
        else name
    )


def state_of(work: Work, booking: Booking) -> tuple[str, str, str]:
    """Return tone, icon and words of how a booking stands, as the desk says it."""
    if booking.state == BookingState.OUT and booking.ends_at >= work.now:
        return OUT_HERE[0], OUT_HERE[1], gettext(OUT_HERE[2])
    return saying.state_of(booking, work.now, own=False)


def late_words(work: Work, booking: Booking) -> str:
    """Return for how long something is late, or an empty text."""
    if booking.state != BookingState.OUT or booking.ends_at >= work.now:
        return ""
    days = late.days_late(booking, work.now)
    return (
        ngettext("Em atraso há %(num)s dia", "Em atraso há %(num)s dias", days)
        if days
        else gettext("Em atraso desde hoje")
    )


def _when(work: Work, booking: Booking) -> str:
    zone = calendars.zone_of(booking.desk)
    if booking.state == BookingState.OUT:
        return gettext("volta até %(day)s", day=saying.day(booking.ends_at.astimezone(zone).date()))
    if booking.lessons:
        at = datetime.fromisoformat(booking.lessons[0][0]).astimezone(zone)
        return gettext("aula %(day)s, %(time)s", day=saying.day(at.date()), time=f"{at:%H:%M}")
    first, last = (saying.day(at.astimezone(zone).date()) for at in (booking.starts_at, booking.ends_at))
    return gettext("de %(first)s a %(last)s", first=first, last=last)
