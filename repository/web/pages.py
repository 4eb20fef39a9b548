"""The public pages: the first page, the results, an item, and pages of words."""

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from repository.http import look, services
from repository.models import Item, State
from repository.permissions import may_see
from repository.search.request import SearchRequest
from repository.views import view_of
from repository.web import item_page, result_page, visits
from repository.web.withdrawn import get_or_say

pages = Blueprint("pages", __name__)
DOORS = ("pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc")
NEWEST = 3
EXAMPLES = ("frações 3.º ano", "plantas e animais", "rubrica de oralidade")


@pages.get("/")
def home() -> str:
    """The promise and the search in one screen, doors by level, what has just come."""
    work, everything = look(), SearchRequest(per_page=1)
    counts = services().search.search(everything, work.actor.labels).facets.get("level", ())
    materials = {count.value: count.count for count in counts}
    doors = [
        {"code": code, "url": url_for("pages.search", level=code), "materials": materials.get(code, 0), "kits": None}
        for code in DOORS
        if code in services().vocabularies.levels
    ]
    return render_template(
        "pages/home.html",
        doors=doors if materials else [],
        newest=[view_of(item) for item in newest_items()],
        examples=[(text, url_for("pages.search", q=text)) for text in EXAMPLES] if materials else [],
    )


def newest_items() -> list[Item]:
    """Return the last published items that the person may see."""
    work = look()
    query = select(Item).where(Item.state == State.PUBLISHED).order_by(Item.published_at.desc(), Item.id.desc())
    loaded = query.options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))
    seen = (item for item in work.session.scalars(loaded.limit(NEWEST * 8)) if may_see(work, item))
    return [item for item, _ in zip(seen, range(NEWEST), strict=False)]


@pages.get("/search")
def search() -> str:
    """The results of a search; every choice is part of the address."""
    return render_template("pages/search.html", **result_page.context(look(), SearchRequest.parse(request.args)))


@pages.get("/items/<int:item_id>")
def item(item_id: int) -> str:
    """One item, with its files and the panels of plugins. The draft of a new version is looked at as what it is."""
    work = look()
    found = get_or_say(work, item_id)
    page = render_template("pages/item.html", **item_page.context(work, found))
    visits.note_seen(found)
    return page


@pages.get("/suggest")
def suggest() -> dict[str, list[str]]:
    """Titles that begin like the words typed so far, among those the person may see."""
    typed = request.args.get("q", "")[:256]
    return {"suggestions": services().search.suggest(typed, look().actor.labels) if typed.strip() else []}
