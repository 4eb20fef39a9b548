"""A person's kept searches: saved from the results, listed, looked at, written about, followed and deleted."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import login_required

from plugins.saved_searches import feeds, saving
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    Panel,
    SearchRequest,
    Speech,
    Work,
    begin,
    look,
    offer_undo,
    read_kept,
    status_of,
    words_of,
)

pages = Blueprint("saved_searches", __name__, url_prefix="/saved-searches", template_folder="templates")
SAID = {"never": N_("Nunca"), "daily": N_("Todos os dias"), "weekly": N_("Todas as semanas")}
IN_PANEL = 5


@pages.get("/")
@login_required
def listing() -> str:
    """The searches that the person keeps."""
    return _list_page()


def _list_page(error: DomainError | None = None, **refused: Any) -> str:
    """Return the page, with a refusal beside what was `refused`: the `id` of a kept search, or a `search` to be kept."""
    work = look()
    site = work.services.settings.public_url
    rows = [
        {
            "search": one,
            "feed": f"{site}{url_for('.feed', token=feeds.token_of(work, one.row))}" if one.row.feed_on else "",
        }
        for one in saving.shown(work, saving.of(work), _speech())
    ]
    options = [(code, gettext(words)) for code, words in SAID.items()]
    said = refused | {"words": words_of(error)} if error else {}
    return render_template("saved_searches/list.html", rows=rows, options=options, refused=said, robots="noindex")


@pages.post("/")
@login_required
def save() -> Any:
    """Keep the search whose results are shown; where there are too many, the list asks which one can go."""
    query = request.form.get("search", "")
    try:
        with begin() as work:
            row = saving.save(work, query)
    except (Invalid, Conflict) as error:
        results = _address(read_kept(look().services, query)) if len(query) <= saving.LONGEST else ""
        again = query if isinstance(error, Conflict) else ""
        return _list_page(error, search=again, results=results), status_of(error)
    offer_undo(gettext("A pesquisa está guardada."), url_for(".remove", search_id=row.id))
    return _to_results(read_kept(look().services, row.address))


@pages.post("/<int:search_id>/open")
@login_required
def open_search(search_id: int) -> Any:
    """Show the results, the newest first; from now on nothing in them is new."""
    with begin() as work:
        row = saving.look_at(work, search_id)
    return _to_results(read_kept(look().services, row.address).changed(sort="date"))


@pages.post("/<int:search_id>/mail")
@login_required
def set_mail(search_id: int) -> Any:
    """Choose how often to write about what is new."""
    try:
        with begin() as work:
            saving.set_mail(work, search_id, request.form.get("mail", ""))
    except Invalid as error:
        return _list_page(error, id=search_id), status_of(error)
    flash(gettext("Guardado."), "success")
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:search_id>/remove")
@login_required
def remove(search_id: int) -> Any:
    """Delete a search, with a way back."""
    with begin() as work:
        saving.remove(work, search_id)
    offer_undo(gettext("A pesquisa guardada foi apagada."), url_for(".bring_back", search_id=search_id))
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:search_id>/back")
@login_required
def bring_back(search_id: int) -> Any:
    """Bring a deleted search back; where there are too many, the list asks which one can go."""
    try:
        with begin() as work:
            saving.bring_back(work, search_id)
    except Conflict as error:
        again = saving.get(look(), search_id, removed=True).address
        return _list_page(error, search=again), status_of(error)
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:search_id>/feed")
@login_required
def open_feed(search_id: int) -> Any:
    """Give a search a feed with a secret address."""
    with begin() as work:
        feeds.open_feed(work, search_id)
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:search_id>/feed/revoke")
@login_required
def revoke_feed(search_id: int) -> Any:
    """Let the feed's address lead nowhere any more."""
    with begin() as work:
        feeds.revoke(work, search_id)
    flash(gettext("O endereço deixou de funcionar."), "success")
    return redirect(url_for(".listing"), 303)


@pages.get("/<token>.atom")
def feed(token: str) -> Response:
    """The feed of a secret address (Atom, RFC 4287), for a program that knows no sign-in."""
    work = look()
    found = feeds.fetch(work, token)
    updated = max((item.published_at for item in found.items if item.published_at), default=found.row.saved_at)
    text = render_template(
        "saved_searches/feed.xml", feed=found, updated=updated, site=work.services.settings.public_url,
        centre=work.services.settings["centre_name"], token=token,
    )  # fmt: skip
    response = make_response(text)
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _to_results(asked: SearchRequest) -> Any:
    return redirect(_address(asked), 303)


def _address(asked: SearchRequest) -> str:
    pairs: dict[str, list[str]] = {}
    for name, value in asked.args():
        pairs.setdefault(name, []).append(value)
    return url_for("pages.search", **pairs)  # type: ignore[arg-type]


def _speech() -> Speech:
    return Speech(str(get_locale()), gettext)


def search_panels(work: Work, asked: Mapping[str, str]) -> Iterator[Panel]:
    """Yield the button that keeps a search of words or filters, for whoever is signed in."""
    query = request.query_string.decode("utf-8", "replace")
    kept = read_kept(work.services, query)
    if work.actor.user_id is not None and (kept.q or kept.filters):
        context = {"query": query, "kept": saving.find(work, query)}
        yield Panel("saved-searches-save", "saved_searches/panel_save.html", context, slot="head")


def me_panels(work: Work) -> Iterator[Panel]:
    """Yield the part of a person's own page that says what is new in their searches."""
    rows = saving.of(work)
    context = {
        "title": gettext("Pesquisas guardadas"),
        "rows": saving.shown(work, rows[:IN_PANEL], _speech()) if rows else [],
        "count": len(rows),
    }
    yield Panel("saved-searches", "saved_searches/panel_mine.html", context, 40, "aside")
