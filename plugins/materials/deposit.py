"""The deposit pages: one page for a draft, from the first file to the receipt."""

import re

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time, gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from plugins.materials import drafts, handed_in
from plugins.materials.deposit_page import draft_page, files_context, hints, proposals
from plugins.materials.form import read_form
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    Item,
    NotAllowed,
    State,
    Work,
    actor,
    begin,
    discard,
    early_findings,
    get,
    look,
    offer_undo,
    open_draft,
    order,
    recover,
    require,
    services,
    take_in,
    words_of,
)

pages = Blueprint(
    "materials", __name__, template_folder="templates", static_folder="static", static_url_path="/materials/static"
)
ACTS = re.compile(r"(up|down|remove|put_back|clean|unclean):(\d{1,9})")


@pages.get("/deposit")
def start() -> str:
    """Where handing in begins: the drop zone, and what was begun before."""
    _require_depositor()
    return render_template("materials/start.html", drafts=drafts.own_drafts(look()), limit_mb=_limit())


@pages.post("/deposit")
def create() -> AnyResponse:
    """Begin a draft, with the files of a plain form when there are any."""
    _require_depositor()
    with begin() as work:
        draft = drafts.begin(work, _known())
    for name, why in _take_files(draft.id):
        flash(gettext("«%(name)s» não entrou: %(why)s", name=name, why=why), "error")
    return redirect(url_for("materials.draft", item_id=draft.id), 303)


@pages.get("/deposit/<int:item_id>")
def draft(item_id: int) -> AnyResponse | str:
    """The one page of a draft; what has been handed in is shown by its receipt."""
    work = look()
    item = get(work, item_id)
    if item.state not in drafts.OPEN_STATES:
        where = "materials.thanks" if item.state != State.DISCARDED else "materials.start"
        return redirect(url_for(where, item_id=item_id if item.state != State.DISCARDED else None))
    require(work, "edit", item)
    return render_template("materials/deposit.html", **draft_page(work, item))


@pages.get("/deposit/<int:item_id>/files")
def files(item_id: int) -> Response:
    """The list of files as it is now, with what was read in them since: the page asks while files are examined."""
    return _files_part(item_id)


@pages.post("/deposit/<int:item_id>")
def save(item_id: int) -> AnyResponse:
    """Keep what the form says, then do what its button says."""
    act = request.form.get("act", "save")
    said = read_form(request.form, services().vocabularies)
    with begin() as work:
        item = open_draft(work, item_id)
        errors = drafts.save(work, item, said)
        if not errors:
            _do(work, item, act)
    refused = _take_files(item_id)
    if refused:
        which = " ".join(f"«{name}»: {why}" for name, why in refused)
        errors["files"] = Invalid(N_("Nem todos os ficheiros entraram. %(which)s"), field="files", which=which)
    if act == "autosave":
        return _saved(item_id, errors)
    if request.headers.get("X-Part") == "files":
        return _files_part(item_id)
    if not errors and act == "submit":
        with begin() as work:
            errors = drafts.hand_in(work, open_draft(work, item_id))
        if not errors:
            return redirect(url_for("materials.thanks", item_id=item_id), 303)
    if errors:
        work = look()
        page = draft_page(work, get(work, item_id), typed=request.form, errors=errors)
        return Response(render_template("materials/deposit.html", **page), 422)
    return _after(act, item_id)


def _do(work: Work, item: Item, act: str) -> None:
    """Do what the pressed button says besides keeping the form."""
    if act == "order":
        order(work, item, [int(text) for text in request.form.getlist("order") if text.isdecimal() and len(text) < 19])
    if act == "discard":
        discard(work, item)
    found = ACTS.fullmatch(act)
    if found is None:
        return
    verb, file_id = found[1], int(found[2])
    if verb == "remove":
        drafts.take_off(work, item, file_id)
    elif verb == "put_back":
        drafts.bring_back(work, item, file_id)
    elif verb == "clean":
        drafts.clean_file(work, item, file_id)
    elif verb == "unclean":
        drafts.bring_hidden_back(work, item, file_id)
    else:
        drafts.step(work, item, file_id, -1 if verb == "up" else 1)


def _after(act: str, item_id: int) -> AnyResponse:
    if act == "discard":
        offer_undo(gettext("Rascunho apagado."), url_for("materials.undo_discard", item_id=item_id))
        return redirect(url_for("materials.start"), 303)
    if act == "save":
        flash(gettext("Guardado às %(time)s.", time=format_time(format="HH:mm")), "success")
    part = "ficheiros" if act != "save" else None
    removed = act.removeprefix("remove:") if act.startswith("remove:") else None
    return redirect(url_for("materials.draft", item_id=item_id, removed=removed, _anchor=part), 303)


@pages.post("/deposit/<int:item_id>/recover")
def undo_discard(item_id: int) -> AnyResponse:
    """Bring a draft back that was just deleted; asked twice, it is there all the same."""
    with begin() as work:
        item = get(work, item_id)
        if item.state != State.DRAFT:
            recover(work, item)
    return redirect(url_for("materials.draft", item_id=item_id), 303)


@pages.get("/deposit/<int:item_id>/thanks")
def thanks(item_id: int) -> AnyResponse | str:
    """The receipt of what was handed in."""
    work = look()
    given = get(work, item_id)
    require(work, "submit", given)
    item = work.session.get_one(Item, given.revises_id) if given.revises_id else given
    if given.state in drafts.OPEN_STATES or (given.state == State.DISCARDED and given.revises_id is None):
        return redirect(url_for("materials.draft", item_id=item_id))
    shown = item if given.state == State.DISCARDED else given
    return render_template(
        "materials/thanks.html",
        item=shown,
        new_version=given.revises_id is not None,
        own=handed_in.is_own(work, given),
        findings=early_findings(work, given),
    )


def _require_depositor() -> None:
    if not actor().may_anywhere("items.deposit"):
        raise NotAllowed(N_("Esta conta ainda não pode entregar materiais. Peça ao centro que a ligue à sua escola."))


def _known() -> drafts.Known:
    group = actor().group_code
    suggestion = services().vocabularies.suggest_from_group(group)
    known_group = group if group in services().vocabularies["groups"] else ""
    licence = services().settings["default_licence"]
    return drafts.Known(known_group, suggestion.levels, suggestion.disciplines, licence)


def _limit() -> int:
    return int(services().settings["max_file_mb"])


def _take_files(item_id: int) -> list[tuple[str, str]]:
    """Join the files of a plain form; return the name of each that was refused and why. The others are in."""
    refused = []
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            take_in(services(), actor(), item_id, sent.stream, sent.filename)  # type: ignore[arg-type]
        except Invalid as error:
            refused.append((sent.filename[:80], words_of(error)))
    return refused


def _saved(item_id: int, errors: dict[str, DomainError]) -> Response:
    words = {name: words_of(error) for name, error in errors.items()}
    if errors:
        said = ngettext(
            "Falta corrigir uma coisa; o resto está guardado.",
            "Falta corrigir %(num)s coisas; o resto está guardado.",
            len(errors),
        )
    else:
        said = gettext("Guardado às %(time)s", time=format_time(format="HH:mm"))
    item = get(look(), item_id)
    return jsonify(saved=said, errors=words, proposals=proposals(item), hints=hints(item))


def _files_part(item_id: int) -> Response:
    work = look()
    item = get(work, item_id)
    require(work, "edit", item)
    if item.state not in drafts.OPEN_STATES:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    page = render_template("materials/_files.html", **files_context(work, item, request.form.get("act", "")))
    return jsonify(html=page, pending=drafts.being_read(item), proposals=proposals(item), hints=hints(item))
