"""Staff's pages of copies: adding one or many, the form, the page with its acts, its own parts and its log."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext, ngettext

from plugins.physical_loans import calendars, catalogue, copies, forgetting, parts, printing, reading, stocktaking
from plugins.physical_loans.models import Booking, Copy, Desk
from plugins.physical_loans.pages import contents, saying, thing_forms, words
from plugins.physical_loans.pages.things_door import Refused, done, door, number, pages, refused, typed
from repository.api import N_, DomainError, NotFound, User, Work, begin, offer_undo

FORM, PAGE = "physical_loans/copy_form.html", "physical_loans/thing_copy.html"

ENDED = {"lose": N_("%(name)s está dado por perdido."), "write_off": N_("%(name)s está abatido.")}


@pages.route("/things/<int:thing_id>/copies/new", methods=["GET", "POST"])
def new_copies(thing_id: int) -> Any:
    """The form that adds one copy or many alike."""
    work = door()
    thing = catalogue.get(work, thing_id)
    known = _form(work, None, _like(work, thing_id)) | {"thing": thing}
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        values = thing_forms.copy_values(work)
        count = typed({"count": (reading.whole, 1)})["count"]
        with begin() as work:
            added = copies.add(work, catalogue.get(work, thing_id), values, count)
            number_of = len(added)
    except (Refused, DomainError) as error:
        return refused(FORM, error, **known)
    flash(ngettext("Entrou %(num)s exemplar.", "Entraram %(num)s exemplares.", number_of), "success")
    return done("thing", thing_id=thing_id)


def _like(work: Work, thing_id: int) -> dict[str, Any]:
    """Return what is proposed for a further copy: as the one that was named, or the last; else the first desk."""
    thing = catalogue.get(work, thing_id)
    mine = [copy for copy in thing.copies if copies.may_keep(work, copy)]
    named = next((copy for copy in mine if copy.id == number(request.args.get("like"))), None)
    twin = named or (mine[-1] if mine else None)
    desks = catalogue.desks(work)
    empty = {"stock": 1, "condition": "good", "desk_id": desks[0].id if desks else None, "value": thing.value}
    return (copies.like(twin) if twin else empty) | {"inventory": copies.propose_inventory(work, thing)}


def _form(work: Work, copy: Copy | None, proposed: dict[str, Any]) -> dict[str, Any]:
    custodian_id = copy.custodian_id if copy else proposed.get("custodian_id")
    custodian = work.session.get(User, custodian_id) if custodian_id else None
    return {
        "copy": copy,
        "said": thing_forms.said_of_copy(copy, proposed, (custodian.email or "") if custodian else ""),
        "desks": [(desk.id, desk.name) for desk in catalogue.desks(work)],
        "conditions": [(code, gettext(said)) for code, said in words.CONDITIONS.items()],
    }


@pages.route("/things/copies/<int:copy_id>/edit", methods=["GET", "POST"])
def change_copy(copy_id: int) -> Any:
    """The form of a copy that is there."""
    work = door()
    copy = copies.get(work, copy_id)
    known = _form(work, copy, {}) | {"thing": copy.thing}
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        values = thing_forms.copy_values(work)
        with begin() as work:
            copies.change(work, copies.get(work, copy_id), values, number(request.form.get("version")))
    except (Refused, DomainError) as error:
        return refused(FORM, error, **known)
    flash(gettext("Está guardado."), "success")
    return done("copy", copy_id=copy_id)


@pages.get("/things/copies/<int:copy_id>")
def copy(copy_id: int) -> str:
    """The page of a copy for those who keep it."""
    work = door()
    return render_template(PAGE, errors={}, **copy_page(work, copies.get(work, copy_id)))


def copy_page(work: Work, copy: Copy) -> dict[str, Any]:
    """Return what the page of a copy shows."""
    log = copies.log_of(work, copy)
    people = {each.actor_id for each in log} | {copy.custodian_id}
    names = {person_id: _name(work, person_id) for person_id in people if person_id}
    own = [part for part in parts.of_copy(work, copy) if part.copy_id is not None]
    acts = [act for act, (sources, _) in copies.MOVES.items() if copy.state in sources]
    return {
        "copy": copy,
        "lent": [_lent(work, booking) for booking in copies.lent_of(work, copy)],
        "thing": copy.thing,
        "desk": work.session.get_one(Desk, copy.desk_id),
        "custodian": names.get(copy.custodian_id or 0, ""),
        "log": [(event, names.get(event.actor_id or 0, "")) for event in log],
        "kinds": [(code, gettext(words.EVENTS[code])) for code in copies.EVENTS],
        "acts": [(act, *words.ACTS[act]) for act in acts],
        "missing": [contents.sentence(each) for each in parts.missing_of(work, [copy.id])],
        "parts": [part for part in parts.of_copy(work, copy) if part.copy_id is None],
        "rows": thing_forms.shown_parts(own),
        "stocktake": stocktaking.open_at(work, copy.desk_id),
        "address": printing.address_of(work, copy),
    }


def _lent(work: Work, booking: Booking) -> tuple[str, str]:
    """Return to whom and until when it is lent, and where that loan stands."""
    until = booking.ends_at.astimezone(calendars.zone_of(booking.desk)).date()
    who = forgetting.who(work, booking)
    words = gettext("Emprestado a %(who)s até %(day)s", who=who, day=saying.day(until))
    return words, url_for("physical_loans_booking.booking", booking_id=booking.id)


def _name(work: Work, person_id: int) -> str:
    person = work.session.get(User, person_id)
    return person.name if person else ""


@pages.post("/things/copies/<int:copy_id>/state")
def set_state(copy_id: int) -> Any:
    """Send the copy to repair, back, write it off …; say what became of its reservations."""
    act = request.form.get("act", "")
    try:
        if act not in copies.MOVES:
            raise NotFound(N_("Não há nada neste endereço."))
        values = typed({"why": (reading.one_line, ""), "cost": (reading.cents, None)})
        with begin() as work:
            found = copies.get(work, copy_id)
            was, name = found.state, found.inventory
            replaced = copies.set_state(work, found, act, values["why"][:300], values["cost"])
            moved = len(replaced.moved), len(replaced.affected)
    except (Refused, DomainError) as error:
        work = door()
        return refused(PAGE, error, **copy_page(work, copies.get(work, copy_id)))
    if act in ENDED and was != copies.MOVES[act][1]:
        offer_undo(
            gettext(ENDED[act], name=name), url_for("physical_loans_things.take_back_end", copy_id=copy_id, was=was)
        )
    else:
        flash(gettext("Está guardado."), "success")
    _tell(*moved)
    return done("copy", copy_id=copy_id)


@pages.post("/things/copies/<int:copy_id>/take-back/<was>")
def take_back_end(copy_id: int, was: str) -> Any:
    """Take back at once that the copy was given up for lost or written off."""
    try:
        with begin() as work:
            copies.take_back_end(work, copies.get(work, copy_id), was)
    except DomainError as error:
        work = door()
        return refused(PAGE, error, **copy_page(work, copies.get(work, copy_id)))
    flash(gettext("O exemplar está outra vez como estava."), "success")
    return done("copy", copy_id=copy_id)


def _tell(moved: int, affected: int) -> None:
    if moved:
        text = ngettext(
            "%(num)s reserva passou para outro exemplar.", "%(num)s reservas passaram para outros exemplares.", moved
        )
        flash(text, "success")
    if affected:
        text = ngettext(
            "%(num)s reserva ficou sem exemplar: quem a fez recebe uma mensagem.",
            "%(num)s reservas ficaram sem exemplar: quem as fez recebe uma mensagem.",
            affected,
        )
        flash(text, "error")


@pages.post("/things/copies/<int:copy_id>/note")
def add_note(copy_id: int) -> Any:
    """Write a line into the copy's log."""
    try:
        values = typed({"kind": (str, ""), "text": (str, ""), "cost": (reading.cents, None)})
        with begin() as work:
            copies.note(work, copies.get(work, copy_id), values["kind"], values["text"], values["cost"])
    except (Refused, DomainError) as error:
        work = door()
        return refused(PAGE, error, **copy_page(work, copies.get(work, copy_id)))
    return done("copy", copy_id=copy_id, _anchor="registo")


@pages.post("/things/copies/<int:copy_id>/parts")
def set_own_parts(copy_id: int) -> Any:
    """Keep the list of what only this copy has."""
    try:
        with begin() as work:
            found = copies.get(work, copy_id)
            parts.set_parts(work, found.thing, thing_forms.part_rows(), found)
    except DomainError as error:
        work = door()
        return refused(PAGE, error, **copy_page(work, copies.get(work, copy_id)))
    flash(gettext("A lista está guardada."), "success")
    return done("copy", copy_id=copy_id, _anchor="pecas")
