"""Pages and acts that start from an item's page: edit, adapt, take back, and the versions of before."""

from flask import Blueprint, render_template, url_for
from flask import redirect as go
from flask_babel import gettext
from werkzeug.wrappers import Response

from plugins.materials import adaptations, versions
from repository.api import State, begin, begin_version, get, look, offer_undo, restore, withdraw

pages = Blueprint("materials_items", __name__, template_folder="templates")


@pages.post("/items/<int:item_id>/edit")
def edit(item_id: int) -> Response:
    """Open the draft of a new version, the one already begun if there is one."""
    with begin() as work:
        draft = begin_version(work, get(work, item_id))
        work.session.flush()
        return go(url_for("materials.draft", item_id=draft.id), 303)


@pages.post("/items/<int:item_id>/adapt")
def adapt(item_id: int) -> Response:
    """Begin a material of one's own that starts from this one."""
    with begin() as work:
        draft = adaptations.adapt(work, get(work, item_id))
        work.session.flush()
        return go(url_for("materials.draft", item_id=draft.id), 303)


@pages.post("/items/<int:item_id>/withdraw")
def take_out(item_id: int) -> Response:
    """Take a material out of sight; asked twice, it is out of sight all the same."""
    with begin() as work:
        item = get(work, item_id)
        if item.state != State.WITHDRAWN:
            withdraw(work, item)
    offer_undo(gettext("Retirado: já não aparece na pesquisa."), url_for("materials_items.bring_back", item_id=item_id))
    return go(url_for("pages.item", item_id=item_id), 303)


@pages.post("/items/<int:item_id>/restore")
def bring_back(item_id: int) -> Response:
    """Bring a withdrawn material back."""
    with begin() as work:
        item = get(work, item_id)
        if item.state != State.PUBLISHED:
            restore(work, item)
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
