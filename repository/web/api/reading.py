"""What can be read: items, files, vocabularies, and who the token belongs to."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import get_locale, gettext
from sqlalchemy import select

from repository import attachments, items, results
from repository.errors import NotFound
from repository.http import look, services
from repository.models import Organisation
from repository.naming import with_asked, with_meaning
from repository.rest.answers import show, tag_of
from repository.rest.blueprint import TOKEN_ONLY
from repository.results import Results, Speech
from repository.search.fields import FACETS
from repository.search.request import LONGEST_QUERY, MOST_PER_PAGE, PER_PAGE, SORTS
from repository.vocabularies import Vocabularies
from repository.web.api import schemas, shapes
from repository.web.api.blueprint import blueprint, path_of
from repository.words import N_


def parameter(name: str, kind: dict[str, Any], description: str) -> dict[str, Any]:
    """Return a parameter in the query of an address, as the document describes it."""
    return {"name": name, "in": "query", "schema": kind, "description": description}


SEARCH: list[dict[str, Any]] = [
    parameter("q", {"type": "string"}, f'words, "a phrase", begin*, -not; the first {LONGEST_QUERY} characters count'),
    *(
        parameter(name, {"type": "array", "items": {"type": "string"}}, "repeatable: any of these values")
        for name in FACETS
    ),
    parameter("sort", {"type": "string", "enum": list(SORTS), "default": "relevance"}, "order of the results"),
    parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "page, from 1"),
    parameter(
        "per_page", {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE}, "page size"
    ),
]


@blueprint.route("/items")
@blueprint.doc(parameters=SEARCH)
@blueprint.response(200, schemas.ItemPage, headers={"Link": {"schema": {"type": "string"}, "description": "RFC 8288"}})
def list_items() -> Response:
    """Search items; an empty `q` lists all that may be seen.

    Values that make no sense are left out or brought into range.
    """
    asked, _ = with_asked(look(), results.request_of(services(), request.args))
    asked, _ = results.narrowed(look(), with_meaning(services().vocabularies, asked))
    found = results.find(services(), look(), asked, Speech(str(get_locale()), gettext))
    body = shapes.page_of(found)
    response = show(body, tag_of({name: value for name, value in body.items() if name != "took_ms"}))
    response.headers["Link"] = _links(found)
    return response


def _links(found: Results) -> str:
    """Return the RFC 8288 links to the first, previous, next and last page."""
    page, last = found.request.page, found.pages
    pages = {"first": 1, "prev": min(page - 1, last), "next": page + 1 if page < last else 0, "last": last}
    base = shapes.address("api.list_items")
    queries = {name: urlencode(found.request.args(page=n)) for name, n in pages.items() if n > 0}
    return ", ".join(f'<{base}{"?" if query else ""}{query}>; rel="{name}"' for name, query in queries.items())


@blueprint.route(path_of())
@blueprint.response(200, schemas.Item, headers={"ETag": {"schema": {"type": "string"}}})
@blueprint.alt_response(404, "NOT_FOUND")
def get_item(item_id: int) -> Response:
    """Read an item, with the files the person may fetch."""
    work = look()
    item = items.get(work, item_id)
    body = shapes.item_of(work, item)
    return show(body, tag_of(body, item.revision))


@blueprint.route("/files/<int:file_id>")
@blueprint.response(200, schemas.FileMetadata)
@blueprint.alt_response(404, "NOT_FOUND")
def get_file(file_id: int) -> Response:
    """Read what is known of a file; its bytes are at `url`."""
    return show(shapes.metadata_of(attachments.get_file(look(), file_id)))


@blueprint.route("/vocabularies")
@blueprint.response(200, schemas.VocabularyList)
def list_vocabularies() -> Response:
    """List the vocabularies."""
    known = services().vocabularies
    names = [
        {"name": name, "count": len(known[name]), "url": shapes.address("api.get_vocabulary", name=name)}
        for name in Vocabularies.names()
    ]
    return show({"vocabularies": names})


@blueprint.route("/vocabularies/<name>")
@blueprint.response(200, schemas.Vocabulary)
@blueprint.alt_response(404, "NOT_FOUND")
def get_vocabulary(name: str) -> Response:
    """Read the terms of a vocabulary in all their languages."""
    if name not in Vocabularies.names():
        raise NotFound(N_("Não há nada neste endereço."))
    terms = [
        {
            "code": term.code,
            "labels": dict(term.labels),
            "parent": term.parent,
            "uri": term.data.get("uri"),
            "valid_from": term.valid_from.isoformat() if term.valid_from else None,
            "valid_to": term.valid_to.isoformat() if term.valid_to else None,
        }
        for term in services().vocabularies[name]
    ]
    return show({"name": name, "terms": terms})


@blueprint.route("/me")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, schemas.Me)
@blueprint.alt_response(401, "UNAUTHORIZED")
def me() -> Response:
    """Read who the token belongs to and what it may do."""
    work = look()
    homes = select(Organisation).where(Organisation.id.in_(work.actor.organisation_ids)).order_by(Organisation.id)
    return show(
        {
            "id": work.actor.user_id,
            "name": work.actor.name,
            "locale": work.actor.locale,
            "organisations": [{"id": home.id, "name": home.name} for home in work.session.scalars(homes)],
            "scopes": sorted(work.actor.scopes or ()),
        }
    )
