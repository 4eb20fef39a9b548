"""Pages and acts that start from an item's page: edit, adapt, take back, and the versions of before."""

from flask import Blueprint, flash, render_template, url_for
from flask import redirect as go
from flask_babel import gettext
from werkzeug.wrappers import Response

from plugins.materials import adaptations, handed_in, versions
from repository.api import UNDECIDED, Conflict, State, begin, begin_version, get, look, offer_undo, words_of

pages = Blueprint("materials_items", __name__, template_folder="templates")


@pages.post("/items/<int:item_id>/edit")
def edit(item_id: int) -> Response:
    """Open the draft of a new version, the one already begun if there is one; one that waits is shown as it is."""
    with begin() as work:
        draft = begin_version(work, get(work, item_id))
        work.session.flush()
        waits = draft.state in UNDECIDED
        return go(url_for("pages.item" if waits else "materials.draft", item_id=draft.id), 303)


@pages.post("/items/<int:item_id>/correct")
def correct(item_id: int) -> Response:
    """Open what was handed in again; of what is published, a new version is begun."""
    try:
        with begin() as work:
            draft = handed_in.correct(work, get(work, item_id))
            work.session.flush()
            return go(url_for("materials.draft", item_id=draft.id), 303)
    except Conflict as error:
        return _as_it_is(item_id, error)


def _as_it_is(item_id: int, error: Conflict) -> Response:
    """Say why not on the page of the material, which shows how it stands now."""
    flash(words_of(error), "error")
    return go(url_for("pages.item", item_id=item_id), 303)


@pages.post("/items/<int:item_id>/adapt")
def adapt(item_id: int) -> Response:
    """Begin a material of one's own that starts from this one."""
    with begin() as work:
        draft = adaptations.adapt(work, get(work, item_id))
        work.session.flush()
        return go(url_for("materials.draft", item_id=draft.id), 303)


@pages.post("/items/<int:item_id>/withdraw")
def take_out(item_id: int) -> Response:
    """Take a material out of sight, or out of the queue; asked twice, it is out all the same."""
    try:
        with begin() as work:
            item = get(work, item_id)
            handed_in.take_out(work, item)
            withdrawn = item.state == State.WITHDRAWN
            shown = item_id if withdrawn else item.revises_id
    except Conflict as error:
        return _as_it_is(item_id, error)
    words = (
        gettext("Retirado: já não aparece na pesquisa.")
        if withdrawn
        else gettext("Retirado: já não espera pelo centro.")
    )
    offer_undo(words, url_for("materials_items.bring_back", item_id=item_id))
    return go(url_for("pages.item", item_id=shown) if shown else url_for("account.me"), 303)


@pages.post("/items/<int:item_id>/restore")
def bring_back(item_id: int) -> Response:
    """Bring a material back that was taken out; what waited is handed in again."""
    with begin() as work:
        handed_in.bring_back(work, get(work, item_id))
    return go(url_for("pages.item", item_id=item_id), 303)


@pages.get("/items/<int:item_id>/versions/<int:number>")
def version(item_id: int, number: int) -> str:
    """A material as it was in one of its versions."""
    work = look()
    item = get(work, item_id)
    old = versions.get_version(work, item, number)
    return render_template(
        "materials/version.html", item=item, old=old, said=old.said, latest=number == item.version, robots="noindex"
    )
