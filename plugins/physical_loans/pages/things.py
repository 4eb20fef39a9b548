"""Staff's pages of the catalogue: the list, the form of a thing, its page with copies, parts and files."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from plugins.physical_loans import catalogue, copies, inventory, parts, rehoming
from plugins.physical_loans.models import Thing
from plugins.physical_loans.pages import contents, thing_forms, words
from plugins.physical_loans.pages.things_door import Refused, done, door, number, page_url, pages, refused
from repository.api import (
    N_,
    DomainError,
    Invalid,
    Work,
    actor,
    begin,
    look,
    services,
    take_in,
    view_of,
    words_of,
)

LIST, FORM, THING = (
    "physical_loans/things.html",
    "physical_loans/thing_form.html",
    "physical_loans/thing.html",
)
HOW = {
    "out": N_("Com exemplares fora"),
    "missing": N_("Com peças em falta"),
    "repair": N_("Em reparação"),
    "on_site": N_("Só para usar no local"),
    "lost": N_("Perdidos"),
    "unchecked": N_("Nunca verificados"),
    "hidden": N_("Por publicar ou retirados"),
}


@pages.get("/things")
def things() -> str:
    """All that the person's desks lend, with how its copies stand."""
    work = door()
    args = request.args
    asked = inventory.Asked(
        q=args.get("q", "")[:200].strip(),
        category=args.get("category", "")[:40],
        how=args.get("how", "") if args.get("how", "") in HOW else "",
        desk_id=number(args.get("desk")),
        page=max(1, number(args.get("page")) or 1),
    )
    lines, total = inventory.lines(work, asked)
    return render_template(
        LIST, lines=lines, total=total, asked=asked, page=asked.page, count=-(-total // inventory.PER_PAGE),
        page_url=page_url, how=[(code, gettext(said)) for code, said in HOW.items()], kinds=words.kinds(),
        desks=[(desk.id, desk.name) for desk in catalogue.desks(work)],
        filtered=bool(asked.q or asked.category or asked.how or asked.desk_id),
    )  # fmt: skip


@pages.route("/things/new", methods=["GET", "POST"])
def new_thing() -> Any:
    """The form of a thing that is not there yet; its copies come next."""
    work = door()
    known = {"thing": None, "said": thing_forms.said_of_thing(None), "choices": thing_forms.thing_choices(work)}
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        values = thing_forms.thing_values()
        with begin() as work:
            thing = catalogue.add_thing(work, values, _organisation(work))
            if request.form.get("proposed") == "1":
                parts.set_parts(work, thing, parts.proposed(thing.category))
    except (Refused, DomainError) as error:
        return refused(FORM, error, **known)
    return done("new_copies", thing_id=thing.item_id)


def _organisation(work: Work) -> int | None:
    """Return whose thing it is to be: that of the desk that was chosen, or of the only one there is."""
    mine = catalogue.desks(work)
    chosen = next((desk for desk in mine if desk.id == number(request.form.get("desk"))), None)
    if chosen is None and not mine:
        raise Invalid(N_("Crie primeiro um balcão: é ele que empresta."), "desk")
    return (chosen or mine[0]).organisation_id


@pages.route("/things/<int:thing_id>/edit", methods=["GET", "POST"])
def change_thing(thing_id: int) -> Any:
    """The form of a thing that is there."""
    work = door()
    thing = catalogue.get(work, thing_id)
    known = {
        "thing": thing,
        "said": thing_forms.said_of_thing(thing),
        "choices": thing_forms.thing_choices(work),
    }
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        values = thing_forms.thing_values()
        with begin() as work:
            catalogue.change_thing(work, catalogue.get(work, thing_id), values)
    except (Refused, DomainError) as error:
        return refused(FORM, error, **known)
    flash(gettext("Está guardado."), "success")
    return done("thing", thing_id=thing_id)


@pages.get("/things/<int:thing_id>")
def thing(thing_id: int) -> str:
    """The page of a thing for those who keep it."""
    work = door()
    return render_template(THING, errors={}, **thing_page(work, catalogue.get(work, thing_id)))


def thing_page(work: Work, thing: Thing) -> dict[str, Any]:
    """Return what the page of a thing shows."""
    mine = [copy for copy in thing.copies if copies.may_keep(work, copy)]
    by_desk = {copy.desk_id: copy.desk_id for copy in mine}
    desks = {desk.id: desk for desk in catalogue.desks(work, closed=True) if desk.id in by_desk}
    waiting = [each for desk in desks.values() for each in rehoming.stranded(work, desk)]
    return {
        "thing": thing,
        "view": view_of(thing.item),
        "copies": mine,
        "desks": {desk_id: desk.name for desk_id, desk in desks.items()},
        "missing": [contents.sentence(each) for each in parts.missing_of(work, [copy.id for copy in mine])],
        "rows": thing_forms.shown_parts(parts.of_thing(work, thing.item_id)),
        "stranded": [booking for booking in waiting if booking.thing_id == thing.item_id],
        "proposes": bool(parts.proposed(thing.category)) and not parts.of_thing(work, thing.item_id),
    }


@pages.post("/things/<int:thing_id>/parts")
def set_parts(thing_id: int) -> Any:
    """Keep the list of what comes in the box, or fill it with what things of its kind usually have."""
    try:
        with begin() as work:
            thing = catalogue.get(work, thing_id)
            proposed = request.form.get("act") == "propose"
            rows = parts.proposed(thing.category) if proposed else thing_forms.part_rows()
            parts.set_parts(work, thing, rows)
    except DomainError as error:
        work = door()
        return refused(THING, error, **thing_page(work, catalogue.get(work, thing_id)))
    flash(gettext("A lista está guardada."), "success")
    return done("thing", thing_id=thing_id, _anchor="pecas")


@pages.post("/things/<int:thing_id>/show")
def show_thing(thing_id: int) -> Any:
    """Let everybody find the thing."""
    return _moved(thing_id, show=True)


@pages.post("/things/<int:thing_id>/hide")
def hide_thing(thing_id: int) -> Any:
    """Take the thing out of sight, and give up what was promised of it."""
    return _moved(thing_id, show=False)


def _moved(thing_id: int, *, show: bool) -> Any:
    try:
        with begin() as work:
            thing = catalogue.get(work, thing_id)
            (catalogue.show if show else catalogue.hide)(work, thing)
    except DomainError as error:
        work = door()
        return refused(THING, error, **thing_page(work, catalogue.get(work, thing_id)))
    flash(gettext("Já se encontra na pesquisa.") if show else gettext("Está retirado da pesquisa."), "success")
    return done("thing", thing_id=thing_id)


@pages.post("/things/<int:thing_id>/files")
def add_files(thing_id: int) -> Any:
    """Join pictures, manuals and lesson plans to the thing: on the next version of its page, which is shown at once."""
    with begin() as work:
        thing = catalogue.get(work, thing_id)
        shown = thing.item.state == "published"
        draft_id = catalogue.open_for_files(work, thing).id
    errors = []
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            take_in(services(), actor(), draft_id, sent.stream, sent.filename)  # type: ignore[arg-type]
        except DomainError as error:
            errors.append(gettext("«%(name)s» não entrou: %(why)s", name=sent.filename, why=words_of(error)))
    try:
        with begin() as work:
            thing = catalogue.get(work, thing_id)
            if request.form.get("licence"):
                catalogue.license_files(work, draft_id, request.form["licence"])
            if shown:
                catalogue.show(work, thing)
    except DomainError as error:
        errors.append(words_of(error))
    for text in errors:
        flash(text, "error")
    if not errors:
        flash(gettext("Os ficheiros estão guardados."), "success")
    return done("thing", thing_id=thing_id, _anchor="ficheiros")


@pages.post("/things/<int:thing_id>/files/<int:file_id>/remove")
def remove_file(thing_id: int, file_id: int) -> Any:
    """Take a picture or a manual off the thing."""
    try:
        with begin() as work:
            catalogue.remove_file(work, catalogue.get(work, thing_id), file_id)
    except DomainError as error:
        work = door()
        return refused(THING, error, **thing_page(work, catalogue.get(work, thing_id)))
    flash(gettext("O ficheiro já não está na página."), "success")
    return done("thing", thing_id=thing_id, _anchor="ficheiros")


@pages.get("/things/<int:thing_id>/checklist")
def checklist(thing_id: int) -> str:
    """The list to tick off when a thing leaves and comes back, for paper; anybody who may see the thing has it."""
    work = look()
    thing = contents.visible_thing(work, thing_id)
    copy = contents.chosen_copy(work, thing)
    box = contents.box_of(work, thing)
    shown = parts.of_copy(work, copy) if copy else box.parts
    missing = [m for m in box.missing if copy and m.inventory == copy.inventory]
    return render_template(
        "physical_loans/checklist.html", thing=thing, copy=copy, parts=shown, copies=box.copies,
        missing={each.name: each.count for each in missing},
    )  # fmt: skip
