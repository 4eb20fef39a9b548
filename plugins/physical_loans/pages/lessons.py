"""What is used together, on the pages of lessons, kits and training actions."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from plugins.physical_loans import bookings, free_on, needs
from plugins.physical_loans.asking import LESSON
from plugins.physical_loans.models import Thing
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.door import done, number, pages, signed_in
from repository.api import (
    N_,
    Invalid,
    Item,
    NotAllowed,
    Panel,
    Work,
    begin,
    collect,
    get,
    offer_undo,
    view_of,
)


def lesson_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield the kits that a lesson needs, whether they are free on the day chosen, and where to book them."""
    said, may = needs.needs_of(work, item), needs.may_say(work, item)
    if not said and not may:
        return
    asked = {"free": request.args.get("day", "")}
    asked |= {"from": request.args.get("start", LESSON[0]), "until": request.args.get("end", LESSON[1])}
    when = free_on.read(asked)
    ids = [thing.item_id for _, thing in said]
    free = free_on.free_anywhere(work, when, ids) if when and ids else set()
    fields = {"day": when.day.isoformat(), "start": asked["from"], "end": asked["until"]} if when else {}
    words = collect(work.hook.item_needs, work=work, item=item) if may else []
    context = {
        "title": gettext("O kit que usa") if len(said) == 1 else gettext("Kits que usa"),
        "lines": [_line(need.quantity, thing, fields, thing.item_id in free if when else None) for need, thing in said],
        "day": when.day.isoformat() if when else "",
        "day_words": saying.long_day(when.day) if when else "",
        "asked": asked,
        "may": may,
        "proposed": needs.proposed(work, words, ids),
        "item_id": item.id,
    }
    yield Panel("loans-needs", "physical_loans/panel_needs.html", context, 15, paper=bool(said))


def _line(quantity: int, thing: Thing, fields: dict[str, Any], free: bool | None) -> dict[str, Any]:
    return {
        "item": view_of(thing.item),
        "amount": saying.units(quantity, thing.unit_name) if quantity else "",
        "free": free,
        "url": url_for("pages.item", item_id=thing.item_id, quantity=quantity or None, _anchor="loans-book", **fields),
    }


def kit_panels(work: Work, thing: Thing) -> Iterator[Panel]:
    """Yield the lessons that use a kit."""
    users = needs.users_of(work, thing)
    if users:
        context = {"title": gettext("Materiais que usam este kit"), "items": [view_of(item) for item in users]}
        yield Panel("loans-users", "physical_loans/panel_users.html", context, 40, paper=False)


def collection_panels(work: Work, item_ids: Sequence[int]) -> Iterator[Panel]:
    """Yield the kits that the materials of a collection use."""
    used = needs.used_in(work, item_ids)
    if used:
        lines = [(view_of(thing.item), times) for thing, times in used]
        yield Panel("loans-used", "physical_loans/panel_used.html", {"title": gettext("Kits usados"), "lines": lines})


@pages.get("/needs/<int:item_id>")
def choose_need(item_id: int) -> str:
    """Look for a kit that a material uses."""
    work = signed_in()
    item = get(work, item_id)
    if not needs.may_say(work, item):
        raise NotAllowed(N_("Só os autores do material e o centro dizem que kits ele usa."))
    q = request.args.get("q", "")[:100].strip()
    found = [view_of(thing.item) for thing in needs.search(work, q)]
    return render_template("physical_loans/need.html", item=view_of(item), q=q, found=found)


@pages.post("/needs/<int:item_id>")
def say_need(item_id: int) -> Response:
    """Say that a material uses a kit."""
    with begin() as work:
        thing = bookings.get_thing(work, number(request.form.get("thing")) or 0)
        text = request.form.get("quantity", "").strip()
        quantity = number(text) if text else 0
        if quantity is None:
            raise Invalid(N_("Escreva um número."), "quantity")
        needs.say(work, get(work, item_id), thing, quantity)
    flash(gettext("Está ligado: quem vê o material vê se o kit está livre."), "success")
    return done("pages.item", item_id=item_id, _anchor="loans-needs")


@pages.post("/needs/<int:item_id>/remove")
def take_need_back(item_id: int) -> Response:
    """Say that a material does not use a kit after all; the next page offers to take that back."""
    thing_id = number(request.form.get("thing")) or 0
    with begin() as work:
        needs.take_back(work, get(work, item_id), thing_id)
    undo = url_for("physical_loans_booking.say_again", item_id=item_id, thing_id=thing_id)
    offer_undo(gettext("O kit já não está ligado."), undo)
    return done("pages.item", item_id=item_id, _anchor="loans-needs")


@pages.post("/needs/<int:item_id>/<int:thing_id>/again")
def say_again(item_id: int, thing_id: int) -> Response:
    """Say again what was taken back."""
    with begin() as work:
        needs.say(work, get(work, item_id), bookings.get_thing(work, thing_id))
    return done("pages.item", item_id=item_id, _anchor="loans-needs")
