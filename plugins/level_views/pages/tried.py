"""Tried it: the notes on an item's page, the form that asks how it went, and the question that is asked once."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from plugins.level_views import asking, mine, tried
from plugins.level_views.pages.portal import pages
from repository.api import (
    Doubtful,
    Invalid,
    Item,
    Panel,
    State,
    Work,
    begin,
    doubts_of,
    look,
    offer_undo,
    status_of,
    words_of,
)


@pages.get("/tried/<int:item_id>")
@login_required
def tell_form(item_id: int) -> str:
    """The form that asks how it went."""
    work = look()
    item = tried.tellable(work, item_id)
    row = tried.own_note(work, item)
    likely = [code for code in mine.of(work).levels if code in item.codes("level")]  # any other may have been tried
    said = tried.said_in(row) if row is not None else tried.Said(level=likely[0] if len(likely) == 1 else "")
    return _form(work, item, asdict(said))


def _form(
    work: Work,
    item: Item,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    doubtful: Doubtful | None = None,
) -> str:
    known = work.services.vocabularies.levels
    short = {term.code: known.short(term.code, work.actor.locale) for term in known}
    levels = [(code, words[:1].upper() + words[1:]) for code, words in short.items()]
    return render_template(
        "level_views/tried.html", item=item, values=values, levels=levels, longest=tried.LONGEST, errors=errors or {},
        doubts=doubts_of(doubtful), robots="noindex",
    )  # fmt: skip


@pages.post("/tried/<int:item_id>")
@login_required
def tell(item_id: int) -> Any:
    """Put a note on the item's page, or change it."""
    values = {name: request.form.get(name, "") for name in tried.NAMES}
    try:
        with begin() as work:
            row = tried.tell(work, item_id, tried.Said(**values), request.form.get("confirmed", ""))
            work.session.flush()
            undo = "level_views.restore_note" if row.before else "level_views.take_note_away"
            url = url_for(undo, note_id=row.id)
    except Doubtful as error:
        work = look()
        return _form(work, tried.tellable(work, item_id), values, doubtful=error), status_of(error)
    except Invalid as error:
        work = look()
        errors = {error.field or "": words_of(error)}
        return _form(work, tried.tellable(work, item_id), values, errors), status_of(error)
    offer_undo(gettext("A sua nota está na página. Obrigado."), url)
    return _back(item_id)


@pages.post("/tried/notes/<int:note_id>/restore")
@login_required
def restore_note(note_id: int) -> Any:
    """Let one's own note say what it said before it was changed."""
    with begin() as work:
        item_id = tried.restore(work, note_id).item_id
    return _back(item_id)


@pages.post("/tried/notes/<int:note_id>/take-away")
@login_required
def take_note_away(note_id: int) -> Any:
    """Take one's own note off the page."""
    with begin() as work:
        item_id = tried.take_away(work, note_id).item_id
    offer_undo(gettext("A sua nota saiu da página."), url_for("level_views.put_note_back", note_id=note_id))
    return _back(item_id)


@pages.post("/tried/notes/<int:note_id>/put-back")
@login_required
def put_note_back(note_id: int) -> Any:
    """Put one's own note back on the page."""
    with begin() as work:
        item_id = tried.take_away(work, note_id, away=False).item_id
    return _back(item_id)


@pages.post("/tried/notes/<int:note_id>/hide")
@login_required
def hide_note(note_id: int) -> Any:
    """Hide a note, with the reason that its author reads."""
    try:
        with begin() as work:
            item_id = tried.hide(work, note_id, request.form.get("why", "")).item_id
    except Invalid as error:
        work = look()
        row = tried.shown_note(work, note_id)
        page = render_template(
            "level_views/tried_hide.html", note=row, why=request.form.get("why", ""), robots="noindex",
            errors={error.field or "": words_of(error)},
        )  # fmt: skip
        return page, status_of(error)
    offer_undo(gettext("A nota está escondida."), url_for("level_views.show_note", note_id=note_id))
    return _back(item_id)


@pages.post("/tried/notes/<int:note_id>/show")
@login_required
def show_note(note_id: int) -> Any:
    """Show a hidden note again."""
    with begin() as work:
        item_id = tried.show(work, note_id).item_id
    return _back(item_id)


@pages.post("/tried/<int:item_id>/thanks")
@login_required
def thank(item_id: int) -> Any:
    """Thank those who made an item, or take it back."""
    return _done(item_id, lambda work: tried.thank(work, item_id, request.form.get("thanks") == "1"))


@pages.post("/tried/<int:item_id>/not-now")
@login_required
def not_now(item_id: int) -> Any:
    """Send the question how it went away, for good."""
    with begin() as work:
        asking.send_away(work, item_id)
    flash(gettext("Está bem. Não se pergunta outra vez."), "success")
    return redirect(url_for("account.me"), 303)


def _done(item_id: int, act: Callable[[Work], Any]) -> Any:
    with begin() as work:
        act(work)
    return _back(item_id)


def _back(item_id: int) -> Any:
    return redirect(url_for("pages.item", item_id=item_id, _anchor="level-views-tried"), 303)


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield the notes of who tried a published item, with what the person may do there."""
    if item.state != State.PUBLISHED:
        return
    own = tried.is_of(work, item)
    rows = tried.notes_of(work, item)
    context = {
        "title": gettext("Quem experimentou"),
        "notes": [(row, tried.hears(work, item, row), row.user_id == work.actor.user_id) for row in rows],
        "count": tried.count(work, item),
        "thanks": tried.thanks_of(work, item),
        "thanked": tried.thanked(work, item),
        "mine": tried.own_note(work, item),
        "own": own,
        "asked": asking.is_open(work, item),
        "may_tell": work.actor.may_anywhere("items.deposit") and not own,
        "may_thank": work.actor.signed_in and not own,
        "is_staff": tried.is_staff(work, item),
    }
    if rows or context["thanks"] or context["may_tell"]:
        yield Panel("level-views-tried", "level_views/panel_tried.html", context, 60, paper=bool(rows))


def me_panels(work: Work) -> Iterator[Panel]:
    """Yield the question that waits, asked once, and what came back to the person for what they made."""
    item = asking.open_one(work)
    if item is not None:
        context = {"title": gettext("Como correu?"), "item": item}
        yield Panel("level-views-asking", "level_views/panel_asking.html", context, 30, "aside")
    heard = tried.heard(work)
    if heard:
        yield Panel(
            "level-views-heard", "level_views/panel_heard.html",
            {"title": gettext("O que os colegas fizeram disto"), "heard": heard}, 35, "aside",
        )  # fmt: skip
