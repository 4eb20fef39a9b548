"""The public pages: the first page, the results, an item, and pages of words."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from repository.errors import Unavailable
from repository.hookspecs import Door
from repository.http import look, services
from repository.models import Item, State
from repository.permissions import may_see
from repository.registry import collect
from repository.remembered import remembered
from repository.results import Speech, request_of, search_page
from repository.search.request import SearchRequest
from repository.suggesting import Suggestion, suggestions
from repository.views import view_of
from repository.web import item_page, result_page, visits
from repository.web.display import label
from repository.web.withdrawn import get_or_say
from repository.work import Work

pages = Blueprint("pages", __name__)
DOORS = ("pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc")
NEWEST = 3
EXAMPLES = ("frações 3.º ano", "plantas e animais", "rubrica de oralidade")


@pages.get("/")
@remembered
def home() -> str:
    """The promise and the search in one screen, doors by level, what has just come."""
    work = look()
    arranged = result_page.arrangement_of(work, SearchRequest())
    newest = [view_of(item) for item in newest_items(arranged.first)]
    doors = doors_of(work)
    return render_template(
        "pages/home.html",
        doors=doors if any(door.materials or door.kits for door in doors) else [],
        newest=newest,
        newest_text=arranged.note,
        examples=[(text, url_for("pages.search", q=text)) for text in EXAMPLES] if newest else [],
        ask_panels=result_page.ask_panels(work, {}, "top"),
    )


def doors_of(work: Work) -> list[Door]:
    """Return the doors that plugins have, by weight; without any there is one to the search of each level.

    While nobody knows what is behind them there are none: the first page stays open without the search.
    """
    try:
        known = collect(work.hook.first_page_doors, work=work)
        return sorted(known, key=lambda door: door.weight) if known else _own_doors(work)
    except Unavailable:
        return []


def _own_doors(work: Work) -> list[Door]:
    counts = search_page(work, SearchRequest(per_page=1)).facets.get("level", ())
    materials = {count.value: count.count for count in counts}
    return [
        Door(code, label("level", code), url_for("pages.search", level=code), materials.get(code, 0))
        for code in DOORS
        if code in services().vocabularies.levels
    ]


def newest_items(first: Mapping[str, Collection[str]]) -> list[Item]:
    """Return the last published materials that the person may see, of the last few those that come `first` to them before
    the others; kits are no work of teachers, and have their places."""
    work = look()
    published = select(Item).where(Item.state == State.PUBLISHED, Item.kind != "physical")
    query = published.order_by(Item.published_at.desc(), Item.id.desc())
    loaded = query.options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))

    def is_later(item: Item) -> bool:
        return not any(set(codes).intersection(item.codes(name)) for name, codes in first.items())

    recent = sorted(work.session.scalars(loaded.limit(NEWEST * 8)), key=is_later)
    seen = (item for item in recent if may_see(work, item))
    return [item for item, _ in zip(seen, range(NEWEST), strict=False)]


@pages.get("/search")
@remembered
def search() -> str:
    """The results of a search; every choice is part of the address."""
    return render_template("pages/search.html", **result_page.context(look(), request_of(services(), request.args)))


@pages.get("/items/<int:item_id>")
@remembered
def item(item_id: int) -> str:
    """One item, with its files and the panels of plugins. The draft of a new version is looked at as what it is."""
    work = look()
    found = get_or_say(work, item_id)
    page = render_template("pages/item.html", **item_page.context(work, found))
    visits.note_seen(found)
    return page


@pages.get("/suggest")
@remembered
def suggest() -> dict[str, list[dict[str, str]]]:
    """What may be meant by the words typed so far, among what the person may see; a term comes with its search."""
    speech = Speech(str(get_locale()), gettext)
    found = suggestions(look(), request.args.get("q", ""), speech)
    return {"suggestions": [{"text": one.text, "kind": one.kind, "url": _search_of(one)} for one in found]}


def _search_of(one: Suggestion) -> str:
    asked: dict[str, Any] = {one.field: one.value} if one.field else {"q": one.text}
    return url_for("pages.search", **asked)
