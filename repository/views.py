"""Items as templates draw them: cards, rows and their pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from repository.models import Item
from repository.registry import collect
from repository.results import Hit, Results
from repository.work import Work

SHOWN_FAMILIES = ("image", "video", "audio")


@dataclass
class ItemView:
    """What cards, result rows and the item's head need; `marks` are lines of (icon, text, tone), `act` is (words, url),
    `acts` what the person may do from a list: .label .url .method .icon."""

    id: int
    title: str
    summary: str
    kind: str
    type: str
    levels: list[str]
    years: list[str]
    disciplines: list[str]
    groups: list[str]
    languages: list[str]
    licence: str
    family: str
    state: str
    url: str
    thumb_url: str
    files: int
    restricted_files: int
    published_at: datetime | None
    minutes: int | None = None
    note: str = ""
    drawing: str = ""
    snippet: Any = None
    found_in: Any = None
    named_in: tuple[str, ...] = ()
    marks: list[Any] = field(default_factory=list)
    act: Any = None
    acts: list[Any] = field(default_factory=list)


def view_of(item: Item) -> ItemView:
    """Return the item as pages show it; only files open to all who see it lend it their picture."""
    open_files = [file for file in item.files if not file.audience]
    pictured = next((file for file in open_files if file.has_thumbnail), None)
    return ItemView(
        id=item.id,
        title=item.title,
        summary=item.summary,
        kind=item.kind,
        type=item.type,
        levels=item.codes("level"),
        years=item.codes("year"),
        disciplines=item.codes("discipline"),
        groups=item.codes("group"),
        languages=[item.language] if item.language else [],
        licence=item.licence,
        family=(pictured or open_files[0]).family if open_files else "",
        state=item.state,
        url=url_for("pages.item", item_id=item.id),
        files=len(item.files),
        thumb_url=url_for("files.thumbnail", file_id=pictured.id) if pictured else "",
        restricted_files=len(item.files) - len(open_files),
        published_at=item.published_at,
    )


def marked(pieces: Any) -> Markup:
    """Return pieces of text with the found words marked; every piece is escaped."""
    parts = (f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces)
    return Markup("".join(parts))  # noqa: S704  (escaped, each of them)


def row_of(hit: Hit) -> ItemView:
    """Return one result as the list draws it."""
    view = view_of(hit.item)
    if hit.from_file:
        name, page = hit.from_file
        view.found_in = {"name": name, "page": page, "snippet": marked(hit.snippet)}
    elif hit.snippet:
        view.snippet = marked(hit.snippet)
    view.named_in = hit.named_in
    return view


def views_of(work: Work, items: Sequence[Item], asked: Mapping[str, str]) -> list[ItemView]:
    """Return items as shelves draw them, with the lines that plugins add."""
    return _with_notes(work, items, {item.id: view_of(item) for item in items}, asked)


def rows_of(work: Work, found: Results) -> list[ItemView]:
    """Return the results as the list draws them, with the lines that plugins add."""
    rows = {hit.item.id: row_of(hit) for hit in found.hits}
    return _with_notes(work, [hit.item for hit in found.hits], rows, found.request.extra)


def _with_notes(
    work: Work, items: Sequence[Item], rows: dict[int, ItemView], asked: Mapping[str, str]
) -> list[ItemView]:
    for note in collect(work.hook.search_notes, work=work, asked=dict(asked), items=items) if items else ():
        row = rows.get(note.item_id)
        if row is None:
            continue
        if note.text:
            row.marks.append((note.icon, note.text, note.tone))
        row.act, row.drawing = note.act or row.act, note.drawing or row.drawing
    return list(rows.values())
