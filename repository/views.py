"""Items as templates draw them: cards, rows and their pictures."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for

from repository.models import Item

SHOWN_FAMILIES = ("image", "video", "audio")


@dataclass
class ItemView:
    """What cards, result rows and the item's head need; `marks` are lines of (icon, text, tone), `act` is (words, url)."""

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
    snippet: Any = None
    found_in: Any = None
    marks: list[Any] = field(default_factory=list)
    act: Any = None


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
