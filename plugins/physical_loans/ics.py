"""Loans as calendars (RFC 5545): of one booking, of a person, of a desk, and when a thing is busy."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vDuration

from plugins.physical_loans import calendars
from plugins.physical_loans.calendars import Window
from plugins.physical_loans.models import LIVE, Booking, BookingState, Desk, Thing
from repository.api import N_, Enclosure, Membership, Organisation, Work, in_language

CATALOGUES = Path(__file__).parent / "translations"
PRODUCT = "-//Partilha//physical_loans//PT"
ASKED_EVERY = timedelta(hours=2)
S = BookingState
TENTATIVE = (S.REQUESTED, S.OFFERED)
OVER = (S.RETURNED, S.INCOMPLETE)
PICK_UP, BACK, LESSON = N_("Levantar: %(title)s"), N_("Devolver: %(title)s"), N_("Aula com %(title)s")
BUSY, PART_BUSY = N_("Ocupado: %(title)s"), N_("%(free)s de %(of)s livres: %(title)s")
MINE, OF_DESK, OF_THING = N_("Os meus empréstimos"), N_("Balcão: %(name)s"), N_("Ocupação: %(title)s")


def enclosure(work: Work, booking: Booking) -> Enclosure:
    """Return the calendar of a booking as a file that goes with a letter."""
    locale = booking.borrower.locale if booking.borrower else "pt_PT"
    return Enclosure(f"reserva-{booking.id}.ics", "calendar", of_bookings(work, [booking], locale))


def of_bookings(work: Work, bookings: Iterable[Booking], locale: str, name: str = "", whose: bool = False) -> str:
    """Return bookings as a calendar: what is picked up, taught with, and brought back. `whose` tells the borrower."""
    calendar = _empty(name)
    for booking in bookings:
        for event in _events(work, booking, locale, whose):
            calendar.add_component(event)
    return _text(calendar)


def _empty(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("NAME", name)
        calendar.add("REFRESH-INTERVAL", ASKED_EVERY, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(ASKED_EVERY).to_ical().decode())
    return calendar


def _text(calendar: Calendar) -> str:
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()


def _events(work: Work, booking: Booking, locale: str, whose: bool) -> list[Event]:
    calendar, known = calendars.zone_of(booking.desk), {"title": _title(booking, whose)}
    lessons = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in booking.lessons]
    said = {text: in_language(text, locale, CATALOGUES, **known) for text in (PICK_UP, BACK, LESSON)}
    events = []
    if booking.use != "on_site":
        until = min(booking.starts_at + timedelta(hours=1), booking.ends_at)
        events.append(_event(work, booking, "pickup", (booking.starts_at, until), said[PICK_UP], calendar))
    for number, lesson in enumerate(lessons, 1):
        place = desk_place(booking) if booking.use == "on_site" else school_of(work, booking)
        events.append(_event(work, booking, f"lesson{number}", lesson, said[LESSON], calendar, place))
    if booking.use != "on_site":
        begins = max(booking.ends_at - timedelta(hours=1), booking.starts_at)
        back = _event(work, booking, "due", (begins, booking.ends_at), said[BACK], calendar)
        back.add_component(_day_before(said[BACK]))
        events.append(back)
    return events


def _title(booking: Booking, whose: bool) -> str:
    amount = f"{booking.quantity} × " if booking.quantity > 1 else ""
    of = f" ({booking.borrower.name})" if whose and booking.borrower else ""
    return f"{amount}{booking.thing.item.title}{of}"


def desk_place(booking: Booking) -> str:
    """Return where the desk is."""
    return ", ".join(text for text in (booking.desk.name, booking.desk.place) if text)


def school_of(work: Work, booking: Booking) -> str:
    """Return the school the loan is for, else the only one that the borrower belongs to, else nothing."""
    if booking.organisation_id is not None:
        return work.session.get_one(Organisation, booking.organisation_id).name
    today = work.now.date()
    own = [each for each in booking.borrower.memberships if _holds(each, today)] if booking.borrower else []
    schools = {each.organisation.name for each in own if each.organisation.kind == "school"}
    return schools.pop() if len(schools) == 1 else ""


def _holds(membership: Membership, today: date) -> bool:
    return membership.valid_from <= today and (membership.valid_to is None or membership.valid_to >= today)


def _event(
    work: Work, booking: Booking, part: str, span: Window, summary: str, zone: ZoneInfo, place: str | None = None
) -> Event:
    site = work.services.settings.public_url
    event = Event()
    event.add("UID", f"loan-{booking.id}-{part}@{urlsplit(site).hostname}")
    event.add("DTSTAMP", work.now)
    event.add("SEQUENCE", booking.version)
    event.add("SUMMARY", summary)
    _span(event, span, zone)
    event.add("STATUS", status_of(booking))
    if place != "":
        event.add("LOCATION", place or desk_place(booking))
    event.add("URL", f"{site}/loans/{booking.id}")
    event.add("TRANSP", "OPAQUE" if part.startswith("lesson") else "TRANSPARENT")
    return event


def _span(event: Event, span: Window, zone: ZoneInfo) -> None:
    event.add("DTSTART", span[0].astimezone(zone))
    event.add("DTEND", span[1].astimezone(zone))


def status_of(booking: Booking) -> str:
    """Return how a calendar says it: tentative, confirmed or cancelled."""
    if booking.state in TENTATIVE:
        return "TENTATIVE"
    return "CONFIRMED" if booking.state in (*LIVE, *OVER) else "CANCELLED"


def _day_before(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", words)
    alarm.add("TRIGGER", timedelta(days=-1))
    return alarm


def of_thing(work: Work, thing: Thing, desk: Desk, taken: Sequence[Window], units: int, locale: str) -> str:
    """Return when how many of a thing are taken at a desk, without saying by whom."""
    name = in_language(OF_THING, locale, CATALOGUES, title=thing.item.title)
    calendar, zone = _empty(name), calendars.zone_of(desk)
    host = urlsplit(work.services.settings.public_url).hostname
    for (start, end), count in spans_taken(taken):
        known = {"title": thing.item.title, "free": max(0, units - count), "of": units}
        event = Event()
        event.add("UID", f"thing-{thing.item_id}-{desk.id}-{start:%Y%m%dT%H%M%SZ}@{host}")
        event.add("DTSTAMP", work.now)
        event.add("SUMMARY", in_language(BUSY if count >= units else PART_BUSY, locale, CATALOGUES, **known))
        _span(event, (start, end), zone)
        event.add("TRANSP", "OPAQUE" if count >= units else "TRANSPARENT")
        calendar.add_component(event)
    return _text(calendar)


def spans_taken(taken: Sequence[Window]) -> list[tuple[Window, int]]:
    """Return the spans in which something is taken, in order, each with how many are."""
    edges: dict[datetime, int] = {}
    for start, end in taken:
        edges[start] = edges.get(start, 0) + 1
        edges[end] = edges.get(end, 0) - 1
    spans, count, since = [], 0, None
    for moment in sorted(edge for edge, change in edges.items() if change):
        if count and since is not None:
            spans.append(((since, moment), count))
        count, since = count + edges[moment], moment
    return spans
