"""The day at the desk, the field that is scanned into, and the page of a copy that a phone's camera opens."""

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, session
from sqlalchemy import select
from werkzeug.wrappers import Response

from plugins.physical_loans import calendars, rules, scanning, today
from plugins.physical_loans.asking import read_day
from plugins.physical_loans.desk import WhoIsIt
from plugins.physical_loans.models import Booking, Copy, Desk, Hold, HoldState
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.desk_door import chosen_desk, done, door, line_of, lines_of, pages, undo_band
from plugins.physical_loans.pages.door import new_key
from repository.api import (
    N_,
    DomainError,
    Invalid,
    Membership,
    NotAllowed,
    NotFound,
    Organisation,
    User,
    Work,
    look,
    status_of,
    view_of,
    words_of,
)


@pages.get("/desk")
def day() -> str:
    """Today at the desk, or another day."""
    return _day_page(door())


def _day_page(work: Work, error: DomainError | None = None) -> str:
    desk, desks = chosen_desk(work)
    if desk is None:
        return render_template("physical_loans/desk_none.html")
    asked = _asked_day()
    known = today.of_day(work, desk, asked)
    is_today = known.day == calendars.calendar_of(work, desk).local(work.now).date()
    return render_template(
        "physical_loans/desk.html",
        desk=desk,
        desks=desks,
        known=known,
        is_today=is_today,
        title=saying.long_day(known.day),
        leaving=lines_of(work, known.leaving),
        returning=lines_of(work, [*known.late, *known.returning]),
        asking=lines_of(work, known.asking),
        shortages=today.shortages(work, desk) if is_today else [],
        blocked=today.blocked(work, desk) if is_today else [],
        ahead=today.ahead(work, desk),
        undo=undo_band(work),
        errors={error.field or "": words_of(error)} if error else {},
        code=request.args.get("code", "")[:200],
        before=known.day - timedelta(days=1),
        after=known.day + timedelta(days=1),
    )


def _asked_day() -> date | None:
    try:
        return read_day(request.args.get("day", "").strip(), "day") if request.args.get("day") else None
    except Invalid:
        return None


@pages.get("/desk/list")
def day_list() -> str:
    """A day as a list to print."""
    work = door()
    desk, _ = chosen_desk(work)
    if desk is None:
        return render_template("physical_loans/desk_none.html")
    known = today.of_day(work, desk, _asked_day())
    return render_template(
        "physical_loans/day_list.html",
        desk=desk,
        known=known,
        title=saying.long_day(known.day),
        leaving=lines_of(work, known.leaving),
        returning=lines_of(work, [*known.late, *known.returning]),
    )


@pages.get("/desk/scan")
def scan() -> Response | tuple[str, int]:
    """Lead from a code to its copy."""
    work = door()
    try:
        copy = scanning.find_copy(work, request.args.get("code", "")[:300])
    except (Invalid, NotFound, NotAllowed) as error:
        return _day_page(work, error), status_of(error)
    return done("physical_loans_desk.copy", label=copy.label)


@pages.get("/c/<label>")
def copy(label: str) -> Response | str:
    """What a phone's camera opens: for the desk what is to be done with the copy, for others its page in the catalogue."""
    work = look()
    if not work.actor.may_anywhere(rules.DESK):
        return _for_others(work, label)
    found = scanning.find_copy(work, label)
    scanned = scanning.look_at(work, found)
    if scanned.out is not None and found.stock == 1:
        return done("physical_loans_desk.take_back", booking_id=scanned.out.id)
    if scanned.next is not None and scanned.due_now and found.stock == 1 and not (scanned.standing or found.blocked):
        return done("physical_loans_desk.hand_out", booking_id=scanned.next.id)
    return copy_page(work, found)


def _for_others(work: Work, label: str) -> Response:
    found = work.session.scalar(select(Copy).where(Copy.label == label))
    if found is None:
        raise NotFound(N_("Este código não é de nenhum material deste centro."))
    return done("pages.item", item_id=found.thing_id)


def copy_page(work: Work, found: Copy, error: DomainError | None = None, typed: Any = None) -> str:
    """Return the page of a copy: how it stands, who has it and who has it next, and a loan without a booking."""
    scanned = scanning.look_at(work, found)
    out = _loans_out(work, found) if found.stock > 1 else []
    return render_template(
        "physical_loans/copy.html",
        copy=found,
        item=view_of(found.thing.item),
        standing=scanned.standing,
        out=lines_of(work, out),
        next=line_of(work, scanned.next) if scanned.next else None,
        others=lines_of(work, scanned.others),
        until=_usual_end(work, found),
        typed=typed if typed is not None else {},
        found=_found(work, error) if isinstance(error, WhoIsIt) else None,
        key=new_key(),
        errors={error.field or "": words_of(error)} if error else {},
        undo=undo_band(work),
    )


def _found(work: Work, error: WhoIsIt) -> tuple[int, str]:
    return error.person_id, described(work, work.session.get(User, error.person_id))


def described(work: Work, person: User | None) -> str:
    """Return a person's whole name and school (or address), so that two of one first name are told apart."""
    if person is None:
        return ""
    mine = select(Organisation).join(Membership).where(Membership.user_id == person.id).order_by(Membership.id.desc())
    place = work.session.scalars(mine.limit(1)).first()
    parts = (person.name, (place.short_name or place.name) if place else "", person.email or "")
    return ", ".join(part for part in parts if part)


def _loans_out(work: Work, found: Copy) -> list[Booking]:
    out = select(Hold.booking_id).where(Hold.copy_id == found.id, Hold.state == HoldState.OUT)
    return list(work.session.scalars(select(Booking).where(Booking.id.in_(out)).order_by(Booking.ends_at)))


def _usual_end(work: Work, found: Copy) -> str:
    """Return the day that is proposed for the return: a week on, or the open day after."""
    desk: Desk = found.desk
    calendar = calendars.calendar_of(work, desk)
    try:
        return calendar.nth_open_day(calendar.local(work.now).date() + timedelta(days=7), 0).isoformat()
    except Invalid:
        return ""


def after_act(booking: Booking) -> Response:
    """Return to the day at the booking's desk."""
    session["loans_desk"] = booking.desk_id
    return done("physical_loans_desk.day")
