"""Handing out and taking back: the checklists, ticked from the start, and another copy where one is wanted."""

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from plugins.physical_loans import at_desk, calendars, care, desk, missing, photos, rehoming, scanning, taking_back
from plugins.physical_loans.at_desk import AlreadyDone
from plugins.physical_loans.models import Booking, Copy, HoldState
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.desk import after_act
from plugins.physical_loans.pages.desk_door import (
    done,
    door,
    get_booking,
    lines_of,
    pages,
    undo_band,
    whole,
)
from plugins.physical_loans.pages.door import number
from repository.api import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    TooLarge,
    Work,
    actor,
    begin,
    look,
    services,
    status_of,
    words_of,
)

REFUSALS = (Invalid, Conflict, NotAllowed, NotFound)


@pages.get("/desk/<int:booking_id>/hand-out")
def hand_out(booking_id: int) -> str:
    """What is handed out, with the checklist, and other copies that would do."""
    work = door()
    return _hand_out_page(work, get_booking(work, booking_id))


def _hand_out_page(work: Work, booking: Booking, error: DomainError | None = None) -> str:
    copies = at_desk.copies_of(booking, HoldState.RESERVED)
    scanned = number(request.args.get("copy"))
    return render_template(
        "physical_loans/hand_out.html",
        booking=booking,
        line=lines_of(work, [booking])[0],
        copies=checklists(work, booking, copies),
        others=_other_copies(work, booking, copies),
        scanned=scanned,
        plan=saying.plan_of(calendars.calendar_of(work, booking.desk), booking, own=False),
        errors={error.field or "": words_of(error)} if error else {},
        undo=undo_band(work),
    )


def _other_copies(work: Work, booking: Booking, copies: Sequence[Copy]) -> list[Copy]:
    """Return the copies that could go instead of those that are kept."""
    kept = at_desk.holds_of(booking, HoldState.RESERVED)
    if not kept:
        return []
    ids = {unit[0] for unit in rehoming.free_units(work, booking, kept[0])} - {copy.id for copy in copies}
    return [copy for copy in (work.session.get(Copy, each) for each in sorted(ids)) if copy is not None]


def checklists(work: Work, booking: Booking, copies: Sequence[Copy]) -> list[dict[str, Any]]:
    """Return each copy with what is in it; what is lent by number has a list only when all of it goes."""
    parts = missing.parts_of(work, copies)
    counts = {
        copy.id: sum(kept.copy_id == copy.id and kept.state in ("reserved", "out") for kept in booking.holds)
        for copy in copies
    }
    return [
        {
            "copy": copy,
            "parts": parts[copy.id] if counts[copy.id] >= copy.stock else [],
            "units": counts[copy.id],
            "by_number": copy.stock > 1,
        }
        for copy in copies
    ]


@pages.post("/desk/<int:booking_id>/hand-out")
def give(booking_id: int) -> Response | tuple[str, int]:
    """Hand out; done already, the next page says so."""
    try:
        with begin() as work:
            booking = get_booking(work, booking_id)
            chosen = [each for each in (number(text) for text in request.form.getlist("copy")) if each]
            copies = at_desk.copies_of(booking, HoldState.RESERVED)
            counts = read_counts(work, copies)
            desk.hand_out(work, booking, request.form.get("collector", ""), counts, chosen)
    except AlreadyDone as error:
        flash(words_of(error), "info")
    except REFUSALS as error:
        work = door()
        return _hand_out_page(work, get_booking(work, booking_id), error), status_of(error)
    return after_act(get_booking(look(), booking_id))


def read_counts(work: Work, copies: Sequence[Copy]) -> dict[int, dict[int, int]]:
    """Return what the checklists say where something is not as it should be: by copy, component → how many there are."""
    found: dict[int, dict[int, int]] = {}
    for copy_id, parts in missing.parts_of(work, copies).items():
        for part in parts:
            name = f"{copy_id}-{part.component.id}"
            if f"seen-{name}" not in request.form or f"ok-{name}" in request.form:
                continue
            typed = request.form.get(f"n-{name}", "").strip()
            less = max(0, part.there - 1)
            there = whole(typed, f"n-{name}", 0, part.component.expected) if typed else less
            found.setdefault(copy_id, {})[part.component.id] = there
    return found


@pages.get("/desk/<int:booking_id>/return")
def take_back(booking_id: int) -> str:
    """What comes back, with the checklist ticked from the start."""
    work = door()
    return _return_page(work, get_booking(work, booking_id))


def _return_page(work: Work, booking: Booking, error: DomainError | None = None) -> str:
    copies = at_desk.copies_of(booking, HoldState.OUT)
    return render_template(
        "physical_loans/take_back.html",
        booking=booking,
        line=lines_of(work, [booking])[0],
        copies=checklists(work, booking, copies),
        conditions=[(code, gettext(words)) for code, words in missing.CONDITIONS.items()],
        care=gettext(care.words_for(booking.thing)) if care.words_for(booking.thing) else "",
        owed=taking_back.owed(work, booking),
        photos=photos.of_booking(work, booking),
        errors={error.field or "": words_of(error)} if error else {},
        undo=undo_band(work),
    )


@pages.post("/desk/<int:booking_id>/return")
def receive(booking_id: int) -> Response | tuple[str, int]:
    """Take back; photos are kept first, so that none is lost when something is refused."""
    try:
        _keep_photos(booking_id)
        with begin() as work:
            booking = get_booking(work, booking_id)
            desk.take_back(work, booking, _returned(work, booking))
    except AlreadyDone as error:
        flash(words_of(error), "info")
    except (*REFUSALS, TooLarge) as error:
        work = look()
        return _return_page(work, get_booking(work, booking_id), error), status_of(error)
    return after_act(get_booking(look(), booking_id))


def _keep_photos(booking_id: int) -> None:
    files = [file for file in request.files.getlist("photos") if file.filename]
    if files:
        photos.keep(services(), actor(), booking_id, [(file.filename or "", file.stream) for file in files])


def _returned(work: Work, booking: Booking) -> desk.Return:
    form, copies = request.form, at_desk.copies_of(booking, HoldState.OUT)
    units = None
    if any(f"units-{copy.id}" in form for copy in copies) or "some" in form:
        units = {
            copy.id: whole(form.get(f"units-{copy.id}", "0"), f"units-{copy.id}", 0, copy.stock) for copy in copies
        }
    conditions = {copy.id: form[f"condition-{copy.id}"] for copy in copies if form.get(f"condition-{copy.id}")}
    settled = "settled" in form or not care.words_for(booking.thing)
    return desk.Return(read_counts(work, copies), units, conditions, form.get("note", "").strip(), settled)


@pages.post("/desk/<int:booking_id>/swap")
def swap(booking_id: int) -> Response | tuple[str, int]:
    """Another copy instead of the one that is kept, chosen from the list or scanned."""
    try:
        with begin() as work:
            booking = get_booking(work, booking_id)
            code = request.form.get("code", "").strip()
            listed = number(request.form.get("new"))
            new = listed if listed and not code else scanning.find_copy(work, code).id
            desk.swap(work, booking, number(request.form.get("old")) or 0, new)
    except AlreadyDone as error:
        flash(words_of(error), "info")
    except REFUSALS as error:
        work = look()
        return _hand_out_page(work, get_booking(work, booking_id), error), status_of(error)
    return done("physical_loans_desk.hand_out", booking_id=booking_id)
