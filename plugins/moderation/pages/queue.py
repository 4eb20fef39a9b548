"""The queue of one person: the list at the left, one item beside it; on a phone, one after the other."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from plugins.moderation import policies
from plugins.moderation import queue as rules
from plugins.moderation.pages import review_page, undo_band
from repository.api import N_, DomainError, Item, NotAllowed, NotFound, Work, look, may_see, words_of

pages = Blueprint(
    "moderation",
    __name__,
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/moderation/static",
)
TEMPLATE = "moderation/queue.html"


def door() -> Work:
    """Return reading work for somebody who decides on anything. Raises NotAllowed for all others."""
    work = look()
    if not policies.may_moderate(work.actor):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


@pages.get("/moderation")
def queue() -> str:
    """What waits for the person, and the first of it."""
    return render_template(TEMPLATE, **page(door(), None))


@pages.get("/moderation/<int:item_id>")
def review(item_id: int) -> str:
    """One item that waits, or was decided just now, beside the queue."""
    work = door()
    return render_template(TEMPLATE, **page(work, _item(work, item_id)))


def _item(work: Work, item_id: int) -> Item:
    item = work.session.get(Item, item_id)
    if item is None or not may_see(work, item):
        raise NotFound(N_("Não há nada neste endereço."))
    return item


def read_filters(args: Mapping[str, str]) -> rules.Filters:
    """Return what an address narrows the queue to; what makes no sense narrows nothing."""

    def number(name: str) -> int:
        text = args.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    warnings = args.get("warnings", "")
    return rules.Filters(
        collection=args.get("collection", "")[:60],
        organisation=number("organisation") or None,
        group=args.get("group", "")[:10],
        warnings=warnings if warnings in rules.WARNED else "",
        mine=bool(args.get("mine")),
        asked=bool(args.get("asked")),
        age=min(number("age"), 3650),
    )


def kept(filters: rules.Filters) -> dict[str, Any]:
    """Return the filters as parts of an address, those that narrow anything."""
    said = {name: value for name, value in asdict(filters).items() if value}
    return said | {name: 1 for name in ("mine", "asked") if name in said}


def page(
    work: Work, item: Item | None, *, error: DomainError | None = None, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what the queue's template needs; without an item, the first that waits is shown on a wide screen."""
    filters = read_filters(request.args)
    rows = rules.waiting_for(work, filters)
    chosen = item is not None
    order = [row.item_id for row in rows]
    if item is None and order:
        item = work.session.get_one(Item, order[0])
    place = order.index(item.id) if item is not None and item.id in order else None
    first = _page_start(place, len(rows))
    shown = rows[first : first + rules.PER_PAGE]
    around = {"previous": _at(order, place, -1), "next": _at(order, place, 1)}
    group = [row for row in rows if place is not None and row.key == rows[place].key]
    return {
        "filters": filters,
        "kept": kept(filters),
        "options": review_page.filter_options(work),
        "total": len(rows),
        "own": rules.count_own(work),
        "days": (work.now - min(row.submitted_at for row in rows)).days if rows else 0,
        "minutes": -(-len(rows) * rules.seconds_an_item(work) // 60) if rows else 0,
        "groups": rules.groups_of(work, rows, shown),
        "key": group[0].key if group else None,
        "page": first // rules.PER_PAGE + 1,
        "pages": -(-len(rows) // rules.PER_PAGE),
        "page_url": lambda n: url_for("moderation.queue", **{**kept(filters), "page": n}),
        "chosen": chosen,
        "error": {error.field or "": words_of(error)} if error else {},
        "typed": typed or {},
        "undo": undo_band.last(work, kept(filters)),
        "position": (order.index(item.id) - order.index(group[0].item_id) + 1, len(group)) if group and item else None,
        "link": lambda item_id: url_for("moderation.review", item_id=item_id, **kept(filters)),
        "robots": "noindex",
        "title": gettext("Moderação"),
        **around,
        **(review_page.context(work, item) if item is not None else {"item": None}),
    }


def _page_start(place: int | None, total: int) -> int:
    asked = request.args.get("page", "")
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    start = (max(1, wanted) - 1) * rules.PER_PAGE if asked else (place or 0) // rules.PER_PAGE * rules.PER_PAGE
    return start if start < total else 0


def _at(order: list[int], place: int | None, step: int) -> int | None:
    if place is None:
        return order[0] if order and step > 0 else None
    return order[place + step] if 0 <= place + step < len(order) else None
