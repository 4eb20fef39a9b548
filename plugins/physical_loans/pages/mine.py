"""A person's loans: the list, the page of one, and what can be done with it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from plugins.physical_loans import asking, bookings, calendars, changing, moves, series
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.models import LIVE, Booking, BookingState, Thing
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.door import done, number, pages, signed_in
from plugins.physical_loans.pages.sheet import choices, offers_of_change
from plugins.physical_loans.rules import AgainstRules
from repository.api import (
    AuditEntry,
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    Organisation,
    Task,
    Work,
    begin,
    look,
    offer_undo,
    status_of,
    view_of,
    words_of,
)

PER_PAGE = 20
# What waits for the person comes first: an answer, what is late or out, then what is to be picked up.
ORDER = (BookingState.OFFERED, BookingState.INCOMPLETE, BookingState.OUT, BookingState.READY)
OPEN = (*LIVE, BookingState.WAITING, BookingState.INCOMPLETE)
PAGE = "physical_loans_booking.booking"
DATE_FIELDS = ("first", "last", "weeks", "day", "start", "end", "time", "every", "until")


@pages.get("/mine")
def mine() -> str:
    """All loans of a person: those that are open, then those that are over, newest first."""
    work = signed_in()
    page = max(1, number(request.args.get("page")) or 1)
    over = select(Booking).where(Booking.borrower_id == work.actor.user_id, Booking.state.not_in(OPEN))
    total = work.session.scalar(select(func.count()).select_from(over.subquery())) or 0
    newest = over.options(*_loaded()).order_by(Booking.starts_at.desc(), Booking.id.desc())
    past = work.session.scalars(newest.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return render_template(
        "physical_loans/mine.html",
        open=[row_of(work, booking) for booking in open_ones(work)],
        past=[row_of(work, booking) for booking in past],
        page=page,
        count=max(1, -(-total // PER_PAGE)),
        page_url=lambda n: url_for("physical_loans_booking.mine", page=n, _anchor="antes"),
    )


def open_ones(work: Work) -> list[Booking]:
    """Return the person's open bookings, what waits for them first."""
    wanted = (
        select(Booking)
        .where(Booking.borrower_id == work.actor.user_id, Booking.state.in_(OPEN))
        .options(*_loaded())
        .order_by(Booking.starts_at, Booking.id)
    )
    return sorted(work.session.scalars(wanted), key=lambda one: (_place(one), one.ends_at))


def _place(booking: Booking) -> int:
    return ORDER.index(booking.state) if booking.state in ORDER else len(ORDER)


def _loaded() -> tuple[Any, ...]:
    thing = selectinload(Booking.thing).selectinload(Thing.item)
    return thing, selectinload(Booking.desk)


def row_of(work: Work, booking: Booking) -> dict[str, Any]:
    """Return a line of the list of loans."""
    zone = calendars.zone_of(booking.desk)
    starts, ends = (moment.astimezone(zone).date() for moment in (booking.starts_at, booking.ends_at))
    out = booking.state == BookingState.OUT
    when = gettext("devolver até %(day)s", day=saying.day(ends))
    if not out:
        when = gettext("de %(first)s a %(last)s", first=saying.day(starts), last=saying.day(ends))
    parts = [saying.amount(booking), when, booking.desk.name]
    return {
        "title": booking.thing.item.title,
        "url": url_for(PAGE, booking_id=booking.id),
        "note": " · ".join(part for part in parts if part),
        "state": saying.state_of(booking, work.now),
        "id": booking.id,
        "offered": booking.state == BookingState.OFFERED,
    }


def task_of(work: Work, booking: Booking) -> Task:
    """Return what waits for the borrower: an answer, something ready to be picked up, or something to bring back."""
    tone, sign, words = saying.state_of(booking, work.now)
    row = row_of(work, booking)
    if booking.state == BookingState.OUT and booking.ends_at >= work.now:
        tone, sign, words = "warn", "alarm-clock", gettext("Quase a devolver")
    title = gettext("%(state)s: «%(title)s»", state=words, title=row["title"])
    act = gettext("Responder") if row["offered"] else gettext("Ver")
    return Task(title, row["url"], act, row["note"], sign, tone)


@pages.get("/kits")
def kits() -> Response:
    """The way from the menu to what is lent: the search, which knows how to filter it."""
    return redirect(url_for("pages.search", kind="physical"))


@pages.get("/<int:booking_id>")
def booking(booking_id: int) -> str:
    """One booking: how it stands, when what happens, what can be done with it, and what happened so far."""
    work = signed_in()
    return _page(work, bookings.get(work, booking_id))


def _page(
    work: Work, booking: Booking, asked: Asked | None = None, error: DomainError | None = None, part: str = ""
) -> str:
    calendar = calendars.calendar_of(work, booking.desk)
    own = bookings.is_own(work, booking)
    errors = {error.field or "": words_of(error)} if error else {}
    until = changing.may_extend_until(work, booking)
    known: dict[str, Any] = {
        "booking": booking,
        "item": view_of(booking.thing.item),
        "state": saying.state_of(booking, work.now, own),
        "plan": saying.plan_of(calendar, booking, own),
        "quantity": saying.units(booking.quantity, booking.thing.unit_name),
        "school": _school(work, booking),
        "for_calendar": booking.state in LIVE,
        "of_series": len(series.open_of(work, booking)),
        "class_words": saying.of_class(work, booking),
        "amount": saying.amount(booking),
        "copies_words": _copies(booking),
        "own": own,
        "borrower": "" if own or booking.borrower is None else booking.borrower.name,
        "history": _history(work, booking),
        "may_cancel": moves.may_move(booking, "cancel"),
        "may_change": booking.state in changing.CHANGEABLE and booking.starts_at > work.now - timedelta(days=1),
        "may_reactivate": _may_reactivate(work, booking),
        "not_longer": _why_not_longer(work, booking),
        "until": until,
        "own_next": changing.own_next_before(work, booking, until) if own and until else None,
        "at_desk": changing.at_own_desk(work, booking) and booking.state == BookingState.OUT,
        "asked": asked or asking.asked_of(booking),
        "errors": errors,
        "offers": offers_of_change(work, booking, asked, error) if asked else [],
        "part": part,
    }
    chosen = choices(work, booking.thing, known["asked"])
    known["shown_errors"] = _shown_errors(known, chosen)
    return render_template("physical_loans/booking.html", **chosen, **known, copies_choice=chosen["copies"])


def _school(work: Work, booking: Booking) -> str:
    """Return the school that it is for, where one was said."""
    school = work.session.get(Organisation, booking.organisation_id) if booking.organisation_id else None
    return school.name if school else ""


def _shown_errors(known: Mapping[str, Any], chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields whose refusals stand in the form that was sent; all others are said above."""
    if known["part"] == "extend" and (known["until"] or known["at_desk"]):
        return ("until",)
    if known["part"] != "change" or not known["may_change"]:
        return ()
    named = [("quantity", "by_number"), ("copy", "copies")]
    schools = len(chosen["schools"]) > 1 or known["asked"]["mode"] == "block"
    more = [name for name, choice in named if chosen[choice]] + (["organisation"] if schools else [])
    return (*DATE_FIELDS, "class", "pupils", "collector", "note", *more)


def _why_not_longer(work: Work, booking: Booking) -> str:
    if booking.state != BookingState.OUT or booking.use == "on_site" or booking.borrower is None:
        return ""
    error = changing.why_not_longer(work, booking)
    return words_of(error) if error else ""


def _may_reactivate(work: Work, booking: Booking) -> bool:
    waited = booking.queued_at is not None and booking.approved_at is None
    return booking.state == BookingState.CANCELLED and booking.held_from > work.now and not waited


def _copies(booking: Booking) -> str:
    """Return which copies it is: only said once they are packed, since until then they may change."""
    if booking.copy_id is None and booking.state not in (BookingState.READY, BookingState.OUT):
        return ""
    kept = [hold.copy.inventory for hold in booking.holds if hold.state in ("reserved", "out")]
    return ", ".join(dict.fromkeys(kept))


def _history(work: Work, booking: Booking) -> list[tuple[str, str]]:
    wanted = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "booking", AuditEntry.subject_id == booking.id)
        .order_by(AuditEntry.id)
    )
    zone, told = calendars.zone_of(booking.desk), []
    for entry in work.session.scalars(wanted):
        theirs = _by_borrower(entry)
        mine = (
            bookings.is_own(work, booking)
            if theirs
            else entry.actor_id is not None and entry.actor_id == work.actor.user_id
        )
        words = gettext(moves.AUDIT[entry.action]) if entry.action in moves.AUDIT else entry.action
        who = "" if mine else gettext("Quem reservou") if theirs else gettext("O centro")
        at, said = entry.at.astimezone(zone), f"{who} {words}".strip()
        told.append((f"{saying.day(at.date())}, {at:%H:%M}", said[:1].upper() + said[1:]))
    return told


def _by_borrower(entry: AuditEntry) -> bool:
    return entry.acting == "borrower"


@pages.post("/<int:booking_id>/change")
def change(booking_id: int) -> Response | tuple[str, int]:
    """Other dates, another quantity, another collector."""
    asked = Asked.read(request.form)
    try:
        with begin() as work:
            booking = bookings.get(work, booking_id)
            desk = bookings.get_desk(work, number(asked["desk"]) or booking.desk_id)
            wish = asking.wish_of(work, asked, booking.thing_id, desk)
            changing.change(work, booking, wish, number(request.form.get("version")))
    except (Invalid, Conflict, AgainstRules) as error:
        return _refused(booking_id, error, asked, "change")
    flash(gettext("A reserva está mudada."), "success")
    return done(PAGE, booking_id=booking_id)


def _refused(booking_id: int, error: DomainError, asked: Asked | None, part: str) -> tuple[str, int]:
    work = look()
    page = _page(work, bookings.get(work, booking_id), asked, error, part)
    return page, status_of(error)


@pages.post("/<int:booking_id>/extend")
def extend(booking_id: int) -> Response | tuple[str, int]:
    """More time for what is out."""
    try:
        with begin() as work:
            booking = bookings.get(work, booking_id)
            until = asking.read_day(request.form.get("until", "").strip(), "until")
            changing.extend(work, booking, until, number(request.form.get("version")))
    except (Invalid, Conflict, NotAllowed) as error:
        return _refused(booking_id, error, None, "extend")
    flash(gettext("Está prolongado até %(day)s.", day=saying.long_day(until)), "success")
    return done(PAGE, booking_id=booking_id)


@pages.post("/<int:booking_id>/cancel")
def cancel(booking_id: int) -> Response:
    """Give a booking up; the next page offers to take that back."""
    with begin() as work:
        booking = bookings.get(work, booking_id)
        if booking.state != BookingState.CANCELLED:
            bookings.cancel(work, booking)
        again = booking.approved_at is not None or booking.queued_at is None
    if again:
        undo = url_for("physical_loans_booking.reactivate", booking_id=booking_id)
        offer_undo(gettext("A reserva está anulada."), undo)
    else:
        flash(gettext("Saiu da lista de espera."), "success")
    return done(PAGE, booking_id=booking_id)


@pages.post("/<int:booking_id>/cancel-series")
def cancel_series(booking_id: int) -> Response:
    """Give up all of a series that has not left yet; the next page offers to take that back."""
    with begin() as work:
        count = len(series.cancel(work, bookings.get(work, booking_id)))
    if count:
        undo = url_for("physical_loans_booking.reactivate_series", booking_id=booking_id)
        words = ngettext("%(num)s reserva da série está anulada.", "%(num)s reservas da série estão anuladas.", count)
        offer_undo(words, undo)
    return done(PAGE, booking_id=booking_id)


@pages.post("/<int:booking_id>/reactivate-series")
def reactivate_series(booking_id: int) -> Response | tuple[str, int]:
    """Make anew what was given up together, all of it or nothing."""
    try:
        with begin() as work:
            series.reactivate(work, bookings.get(work, booking_id))
    except (Invalid, Conflict, AgainstRules) as error:
        return _refused(booking_id, error, None, "")
    flash(gettext("A série está reservada outra vez."), "success")
    return done(PAGE, booking_id=booking_id)


@pages.post("/<int:booking_id>/reactivate")
def reactivate(booking_id: int) -> Response | tuple[str, int]:
    """Make a cancelled booking anew."""
    try:
        with begin() as work:
            changing.reactivate(work, bookings.get(work, booking_id))
    except (Invalid, Conflict, AgainstRules) as error:
        return _refused(booking_id, error, None, "")
    flash(gettext("Está reservado outra vez."), "success")
    return done(PAGE, booking_id=booking_id)
