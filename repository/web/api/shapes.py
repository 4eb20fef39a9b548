"""From rows to the JSON of the API."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from repository import items
from repository.http import services
from repository.models import File, Item, ItemVersion, Organisation
from repository.passages import Pieces, opening
from repository.permissions import allowed, may_fetch
from repository.rest.answers import pointer_of
from repository.rest.shapes import address, moment
from repository.results import Results, facet_fields
from repository.work import Work


def plain(pieces: Pieces) -> str:
    """Return the text of a title or snippet without its marks."""
    return "".join(text for text, _ in pieces)


def page_of(found: Results) -> dict[str, Any]:
    """Return one page of results."""
    facets: dict[str, list[dict[str, Any]]] = {field.name: [] for field in facet_fields(services())}
    for facet in found.facets:
        facets[facet.name] = [{"value": v.value, "label": v.label, "count": v.count} for v in facet.values]
    return {
        "total": found.total,
        "page": found.request.page,
        "per_page": found.request.per_page,
        "items": [summary_of(hit.item, plain(hit.snippet)) for hit in found.hits],
        "facets": facets,
        "suggestion": found.suggestion,
        "relaxed": found.relaxed,
        "took_ms": round(found.took_ms, 2),
    }


def summary_of(item: Item, snippet: str) -> dict[str, Any]:
    """Return an item as the list of results shows it."""
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "summary": item.summary,
        "snippet": snippet,
        "levels": item.codes("level"),
        "groups": item.codes("group"),
        "disciplines": item.codes("discipline"),
        "type": item.type or None,
        "licence": item.licence or None,
        "published_at": moment(item.published_at),
        "url": address("pages.item", item_id=item.id),
    }


def item_of(work: Work, item: Item) -> dict[str, Any]:
    """Return everything the person may know of an item."""
    licence = services().vocabularies.licences.get(item.licence)
    return summary_of(item, plain(opening(item.summary))) | {
        "state": str(item.state),
        "version": item.version,
        "revision": item.revision,
        "years": item.codes("year"),
        "language": item.language or None,
        "audience": item.audience,
        "keywords": list(item.keywords),
        "link": item.link,
        "authors": [credit.name for credit in item.credits],
        "licence_uri": licence.data.get("uri") if licence else None,
        "organisation": _home(work, item.organisation_id),
        "files": [file_of(file) for file in item.files if may_fetch(work, file)],
        "changes": item.changes,
        "revises": item.revises_id,
        "versions": _versions(work, item),
        "created_at": moment(item.created_at),
        "updated_at": moment(item.updated_at),
        "submitted_at": moment(item.submitted_at),
        "missing": _missing(work, item),
    }


def _home(work: Work, organisation_id: int | None) -> dict[str, Any] | None:
    found = work.session.get(Organisation, organisation_id) if organisation_id is not None else None
    return {"id": found.id, "name": found.name} if found else None


def _versions(work: Work, item: Item) -> list[dict[str, Any]]:
    if not item.version:
        return []
    published = select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(ItemVersion.number)
    return [
        {"number": row.number, "published_at": moment(row.created_at), "changes": row.snapshot.get("changes", "")}
        for row in work.session.scalars(published)
    ]


def _missing(work: Work, item: Item) -> list[dict[str, str]]:
    if item.state not in items.EDITABLE or not allowed(work, "edit", item):
        return []
    return [{"pointer": pointer_of(want), "detail": gettext(want.message)} for want in items.missing(item)]


def file_of(file: File) -> dict[str, Any]:
    """Return a file as its item lists it."""
    return {
        "id": file.id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": address("files.download", file_id=file.id),
    }


def metadata_of(file: File) -> dict[str, Any]:
    """Return a file with how far the look into it has come."""
    return file_of(file) | {
        "item_id": file.item_id,
        "state": str(file.state),
        "page_count": file.page_count,
        "created_at": moment(file.created_at),
    }
