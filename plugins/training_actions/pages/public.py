"""The public pages of actions: the list, what one of them brought, and its feed."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, render_template, request, url_for

from plugins.training_actions import collecting, wording
from plugins.training_actions.models import Action
from plugins.training_actions.pages.door import page_number, page_url
from repository.api import Item, Work, collect, draw, look, services, view_of

PER_PAGE = 24
FILTERS = {"level": "levels", "group": "groups"}

pages = Blueprint(
    "training_actions",
    __name__,
    url_prefix="/actions",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of actions."""
    return {"say": wording}


@pages.get("")
def actions() -> str:
    """All actions and events, those that brought something first."""
    page = page_number()
    rows, total = collecting.public_list(look(), page)
    return render_template(
        "training_actions/public_list.html", rows=rows, total=total, page=page,
        count=-(-total // collecting.PER_PAGE), page_url=page_url,
    )  # fmt: skip


@pages.get("/<int:action_id>")
def action(action_id: int) -> str:
    """What an action is, who took part as each allows, and all it brought, by level and by group."""
    work = look()
    found = collecting.get_public(work, action_id)
    items = collecting.items_of(work, found)
    chosen = {name: request.args.get(name, "")[:40] for name in FILTERS}
    shown = [item for item in items if all(not code or code in item.codes(name) for name, code in chosen.items())]
    page = page_number()
    return render_template(
        "training_actions/public.html", action=found, editions=collecting.present_editions(found),
        people=collecting.named_people(work, found), total=len(items), found=len(shown),
        items=[view_of(item) for item in shown[(page - 1) * PER_PAGE : page * PER_PAGE]],
        filters=_filters(found, items, chosen), chosen=chosen, page=page, count=-(-len(shown) // PER_PAGE),
        page_url=page_url, search_url=url_for("pages.search", action=found.id), panels=_panels(work, found, items),
    )  # fmt: skip


def _panels(work: Work, action: Action, items: list[Item]) -> list[dict[str, Any]]:
    """Return what others know of all that the action brought, such as the kits it used."""
    ids = [item.id for item in items]
    return draw(collect(work.hook.collection_panels, work=work, key=f"action:{action.id}", item_ids=ids))


def _filters(
    action: Action, items: list[Item], chosen: dict[str, str]
) -> list[tuple[str, list[tuple[str, str, int, bool]]]]:
    """Return for each filter its chips: words, address, how many, whether it is on."""
    found = []
    for name, vocabulary in FILTERS.items():
        counts: dict[str, int] = {}
        for item in items:
            for code in item.codes(name):
                counts[code] = counts.get(code, 0) + 1
        ordered = [term.code for term in services().vocabularies[vocabulary] if term.code in counts]
        chips = []
        for code in ordered:
            on = chosen[name] == code
            wanted: dict[str, Any] = {
                key: value for key, value in {**chosen, name: "" if on else code}.items() if value
            }
            words = code if name == "group" else wording.term(vocabulary, code)
            chips.append((words, url_for("training_actions.action", action_id=action.id, **wanted), counts[code], on))
        if len(chips) > 1 or chosen[name]:
            found.append((name, chips))
    return found


@pages.get("/<int:action_id>/feed.xml")
def feed(action_id: int) -> Response:
    """The newest items of an action that anybody may see, as an Atom feed (RFC 4287)."""
    work = look()
    found = collecting.get_public(work, action_id)
    base = services().settings.public_url
    home = base + url_for("training_actions.action", action_id=found.id)
    items = collecting.open_items_of(work, found)
    updated = max((item.published_at or item.updated_at for item in items), default=found.updated_at)
    centre = services().settings["centre_name"]
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{_text(found.title)}</title><id>{escape(home)}</id><updated>{updated:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"<author><name>{_text(centre)}</name></author><link href={quoteattr(home)}/>"
        f'<link rel="self" href={quoteattr(base + request.path)}/>'
        + "".join(_entry(base, item) for item in items)
        + "</feed>\n"
    )
    return Response(xml, mimetype="application/atom+xml")


def _entry(base: str, item: Item) -> str:
    address = base + url_for("pages.item", item_id=item.id)
    when = item.published_at or item.updated_at
    authors = "".join(f"<author><name>{_text(credit.name)}</name></author>" for credit in item.credits)
    summary = f"<summary>{_text(item.summary)}</summary>" if item.summary else ""
    return (
        f"<entry><title>{_text(item.title)}</title><id>{escape(address)}</id><link href={quoteattr(address)}/>"
        f"<published>{when:%Y-%m-%dT%H:%M:%SZ}</published><updated>{item.updated_at:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"{authors}{summary}</entry>"
    )


def _text(text: str) -> str:
    """Return text that XML 1.0 allows, escaped."""
    return escape("".join(c for c in text if c >= " " or c in "\n\t"))
