"""The shelf of a group at a school, adopting from the page of an item, and a family of adaptations side by side."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from plugins.level_views import adopting, places
from plugins.level_views.pages.portal import pages
from repository.api import (
    N_,
    Item,
    NotFound,
    Panel,
    SearchNote,
    Work,
    begin,
    collect,
    get,
    look,
    offer_undo,
    views_of,
    visible_items,
)

MOST_BESIDE = 12


@pages.get("/shelf/<int:organisation_id>/<group>")
def shelf(organisation_id: int, group: str) -> str:
    """What a recruitment group of a school or cluster works with."""
    work = look()
    found = adopting.shelf(work, organisation_id, group)
    rows = {row.id: row for row in views_of(work, [*found.adopted, *found.made_here], {})}
    mine = found.group == work.actor.group_code and found.place in adopting.my_places(work)
    return render_template(
        "level_views/shelf.html",
        shelf=found,
        adopted=[rows[item.id] for item in found.adopted],
        made_here=[rows[item.id] for item in found.made_here],
        mine=mine,
    )


@pages.post("/adopt/<int:item_id>")
@login_required
def adopt(item_id: int) -> Any:
    """Put an item on the shelf of the person's group."""
    place = _place()
    with begin() as work:
        adopting.adopt(work, item_id, place)
    offer_undo(gettext("Está na prateleira do grupo."), url_for("level_views.let_go", item_id=item_id, place=place))
    return redirect(url_for("pages.item", item_id=item_id), 303)


@pages.post("/let-go/<int:item_id>")
@login_required
def let_go(item_id: int) -> Any:
    """Take an item off the shelf of the person's group."""
    place = _place()
    with begin() as work:
        adopting.let_go(work, item_id, place)
    offer_undo(gettext("Saiu da prateleira do grupo."), url_for("level_views.adopt", item_id=item_id, place=place))
    return redirect(url_for("pages.item", item_id=item_id), 303)


def _place() -> int:
    """Return the place that a form or an undo speaks of."""
    said = request.values.get("place", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


@pages.get("/beside/<int:item_id>")
def beside(item_id: int) -> str:
    """An original and its adaptations, side by side. Raises NotFound for an item that has none."""
    work = look()
    item = get(work, item_id)
    family = list(collect(work.hook.item_relatives, work=work, item=item))[:MOST_BESIDE]
    found = visible_items(work, [relative.item_id for relative in family])
    if len(found) < 2:
        raise NotFound(N_("Este material não tem adaptações que se possam pôr lado a lado."))
    notes = {relative.item_id: relative for relative in family}
    homes = {place.id: place.name for place in places.all_places(work.session).values()}
    columns = [(row, notes[row.id], homes.get(one.organisation_id or 0, ""), [c.name for c in one.credits])
               for row, one in zip(views_of(work, found, {}), found, strict=True)]  # fmt: skip
    return render_template("level_views/beside.html", columns=columns, here=item.id, robots="noindex")


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield who adopted an item, with the buttons of the person's own group, and the way to its adaptations."""
    known = adopting.adopters(work, item)
    mine = adopting.my_places(work) if item.state == "published" else []
    family = list(collect(work.hook.item_relatives, work=work, item=item))
    if not known and not mine and len(family) < 2:
        return
    names = {id_: place.name for id_, place in places.all_places(work.session).items()} if known else {}
    context = {
        "title": gettext("Nas escolas"),
        "known": [(place, names.get(place, ""), group) for place, group in known],
        "mine": [(place, (place.id, work.actor.group_code) in known) for place in mine],
        "group": work.actor.group_code,
        "relatives": len(family),
    }
    yield Panel("level-views-adopted", "level_views/panel_item.html", context, 55, "aside", paper=False)


def search_notes(work: Work, items: Sequence[Item]) -> Iterator[SearchNote]:
    """Yield the mark of what the person's own group adopted."""
    for item_id in adopting.adopted_by_mine(work, [item.id for item in items]):
        yield SearchNote(item_id, "check-check", gettext("Adotado pelo seu grupo"), "good")
