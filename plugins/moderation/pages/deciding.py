"""Deciding: each form checks, moves on to the next item, and can be taken back from the foot of the page."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from plugins.moderation import decisions, handling, mails, questions, reasons, undoing
from plugins.moderation import queue as rules
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.pages import queue, undo_band
from plugins.moderation.pages.review_page import LISTS, SEVERAL
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Item,
    NotAllowed,
    NotFound,
    Work,
    begin,
    get,
    look,
    services,
    status_of,
    words_of,
)

pages = Blueprint("moderation_deciding", __name__, template_folder="../templates")


def go(item_id: int | None) -> Response:
    """Lead to an item in the queue as it is narrowed now, or to the queue."""
    kept = queue.kept(queue.read_filters(request.args))
    if item_id is None:
        return redirect(url_for("moderation.queue", **kept), 303)
    return redirect(url_for("moderation.review", item_id=item_id, **kept), 303)


def next_of(item_id: int) -> int | None:
    """Return what comes after the item in the queue as it is now."""
    order = [row.item_id for row in rules.waiting_for(look(), queue.read_filters(request.args))]
    if item_id not in order:
        return order[0] if order else None
    place = order.index(item_id)
    return next(iter(order[place + 1 : place + 2] or order[:place]), None)


def attempt(item_id: int, act: Callable[[Work], Any]) -> tuple[str, int] | None:
    """Do `act`; a refusal is shown on the item's page with what was typed, unless there is nothing to show."""
    try:
        with begin() as work:
            act(work)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        work = queue.door()
        return render_template(
            queue.TEMPLATE, **queue.page(work, get(work, item_id), error=error, typed=request.form)
        ), status_of(error)
    return None


@pages.post("/moderation/<int:item_id>/decide")
def decide(item_id: int) -> Any:
    """Approve, return, decline, say that it was seen, or give an opinion; then go on to the next."""
    queue.door()
    name = request.form.get("decision", "")
    after = item_id if name == "opinion" else next_of(item_id)
    marks = {line: request.form.get(f"mark-{n}", "") for n, line in enumerate(request.form.getlist("criterion"))}

    def act(work: Work) -> None:
        note = _note(work, item_id, name)
        if name == "approve":
            decisions.require_aware(work, item_id, _number(request.form.get("warnings", "")))
        decisions.decide(work, item_id, name, seen=request.form.get("seen", ""), note=note, marks=marks)

    return attempt(item_id, act) or go(after)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _note(work: Work, item_id: int, kind: str) -> str:
    """Return the note as typed, or the ready text that was chosen when nothing was typed."""
    typed = request.form.get("note", "").strip()
    number = request.form.get("reason", "")
    if typed or not number.isdecimal() or len(number) > 3:
        return typed
    found = mails.contacts(work, work.session.get_one(Item, item_id))
    texts = reasons.reasons_for(services().settings, found[0].locale if found else "pt_PT").get(kind, [])
    return texts[int(number)].text if int(number) < len(texts) else ""


@pages.post("/moderation/<int:item_id>/ask")
def ask(item_id: int) -> Any:
    """Ask the authors something, and go on to the next."""
    queue.door()
    after = next_of(item_id)
    return attempt(item_id, lambda work: questions.ask(work, item_id, _note(work, item_id, "ask"))) or go(after)


@pages.post("/moderation/<int:item_id>/claim")
def claim(item_id: int) -> Any:
    """Take the item, or give it to somebody."""
    queue.door()
    text = request.form.get("user", "")
    holder = int(text) if text.isdecimal() and len(text) < 16 else None
    return attempt(item_id, lambda work: handling.claim(work, item_id, holder)) or go(item_id)


@pages.post("/moderation/<int:item_id>/release")
def release(item_id: int) -> Any:
    """Let the item go."""
    queue.door()
    return attempt(item_id, lambda work: handling.release(work, item_id)) or go(item_id)


@pages.post("/moderation/<int:item_id>/edit")
def edit(item_id: int) -> Any:
    """Correct what the item says."""
    queue.door()
    values = _described()
    refused = attempt(item_id, lambda work: handling.edit(work, item_id, values))
    if refused is None:
        flash(gettext("Guardado."), "success")
    return refused or go(item_id)


def _described() -> dict[str, Any]:
    """Return what the form says of the item; codes that no vocabulary knows are left out."""
    form, known = request.form, services().vocabularies
    values: dict[str, Any] = {name: form[name].strip() for name in ("title", "summary") if name in form}
    for name, vocabulary in LISTS.items():
        if name in form and (not form[name] or form[name] in known[vocabulary]):
            values[name] = form[name]
    for name, vocabulary in SEVERAL.items():
        if name in form:
            values[name] = [code for code in form.getlist(name) if code in known[vocabulary]]
    if "keywords" in form:
        words = (word.strip() for word in form["keywords"].replace(";", ",").split(","))
        values["keywords"] = list(dict.fromkeys(word for word in words if word))
    return values


@pages.post("/moderation/<int:item_id>/clean/<int:file_id>")
def clean(item_id: int, file_id: int) -> Any:
    """Take the hidden data out of a file."""
    queue.door()
    refused = attempt(item_id, lambda work: handling.clean_file(work, item_id, file_id))
    if refused is None:
        flash(gettext("A limpar. As verificações repetem-se a seguir."), "success")
    return refused or go(item_id)


@pages.post("/moderation/<int:item_id>/findings/<int:finding_id>")
def set_aside(item_id: int, finding_id: int) -> Any:
    """Say that a finding is no problem, or that it is one after all."""
    queue.door()
    on = bool(request.form.get("on"))
    return attempt(item_id, lambda work: handling.set_aside(work, item_id, finding_id, on=on)) or go(item_id)


@pages.post("/moderation/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Any:
    """Take a decision back and show its item again."""
    try:
        with begin() as work:
            decision = undoing.undo(work, decision_id)
            shown = decision.draft_id or decision.item_id
    except Conflict as error:
        flash(words_of(error), "error")
        return go(None)
    flash(gettext("Anulado: está outra vez na fila."), "success")
    return redirect(url_for("pages.item", item_id=shown), 303) if request.form.get("back") else go(shown)


@pages.post("/moderation/batches/<batch>/undo")
def undo_together(batch: str) -> Response:
    """Take back what was approved together."""
    queue.door()
    with begin() as work:
        done, left = undoing.undo_together(work, batch[:32])
    flash(ngettext("Anulado: %(num)s voltou à fila.", "Anulado: %(num)s voltaram à fila.", done), "success")
    if left:
        flash(ngettext("%(num)s já mudou e ficou.", "%(num)s já mudaram e ficaram.", left), "warning")
    return go(None)


@pages.post("/moderation/questions/<int:question_id>/undo")
def undo_question(question_id: int) -> Response:
    """Take a question back that nobody has answered."""
    try:
        with begin() as work:
            item_id = questions.take_back(work, question_id).item_id
    except Conflict as error:
        flash(words_of(error), "error")
        return go(None)
    return go(item_id)


@pages.get("/moderation/collections/<key>")
def together(key: str) -> str:
    """What would be approved of a collection, and what stays, before anything is."""
    work = queue.door()
    rows = [row for row in rules.waiting_for(work) if row.key == key]
    if not key or not rows:
        raise NotFound(N_("Não há nada neste endereço."))
    lines = rules.lines_of(work, rows)
    clear = [lines[row.item_id] for row in rows if row.clear]
    seen = {line.row.item_id: fingerprint(work.session.get_one(Item, line.row.item_id)) for line in clear}
    return render_template(
        "moderation/together.html",
        key=key,
        label=rows[0].label,
        clear=clear,
        rest=[lines[row.item_id] for row in rows if not row.clear],
        seen=seen,
        batch=secrets.token_hex(8),
        undo=undo_band.last(work),
        robots="noindex",
    )


@pages.post("/moderation/collections/<key>")
def approve_together(key: str) -> Response:
    """Approve what was shown and is still without warnings; the rest stays."""
    queue.door()
    seen = {
        int(name[5:]): value
        for name, value in request.form.items()
        if name.startswith("seen-") and name[5:].isdecimal() and len(name) < 21
    }
    with begin() as work:
        batch = request.form.get("batch", "")[:32] or secrets.token_hex(8)
        approved, left = decisions.approve_together(work, key, seen, batch)
    flash(ngettext("%(num)s material aprovado.", "%(num)s materiais aprovados.", len(approved)), "success")
    if left:
        words = ngettext("%(num)s mudou e fica na fila.", "%(num)s mudaram e ficam na fila.", len(left))
        flash(words, "warning")
    return go(None)
