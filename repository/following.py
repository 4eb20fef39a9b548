"""Searches that somebody asks again and again: kept as the parameters of an address, and asked for what is new."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from repository.errors import Unavailable
from repository.models import Item, State
from repository.naming import with_asked, with_meaning
from repository.results import LITERAL, request_of, search_page, understood, visible_items
from repository.search.page import SearchPage
from repository.search.request import SearchRequest
from repository.work import Services, Work

MOST = 100  # new ones found at a time


def as_kept(services: Services, work: Work, query: str) -> str:
    """Return what is kept of a search: its words and filters, always in the same order.

    Order and page are left out, and so is what plugins ask besides: a day on which something is free passes.
    """
    request, _ = understood(work, read_kept(services, query))
    request, _ = with_asked(work, request)
    literal = {LITERAL: "1"} if LITERAL in request.extra else {}
    return urlencode(sorted(SearchRequest(q=request.q, filters=request.filters, extra=literal).args()))


def read_kept(services: Services, query: str) -> SearchRequest:
    """Return the search of the part of an address behind its question mark."""
    return request_of(services, MultiDict(parse_qsl(query)))


def newest(
    services: Services, work: Work, searches: Sequence[tuple[SearchRequest, datetime]], most: int = MOST
) -> list[list[Item]]:
    """Return for each search what was published since a time and is whole what was asked, the newest first.

    The person of the work may see all of it. The number of queries does not grow with the searches.
    """
    pages = [_page(services, work, request, most) for request, _ in searches]
    ids = {id_ for page in pages for id_ in page.ids}
    since = min((since for _, since in searches), default=work.now)
    recent = select(Item.id, Item.published_at).where(
        Item.id.in_(ids), Item.state == State.PUBLISHED, Item.published_at > since
    )
    times = {row[0]: row[1] for row in work.session.execute(recent) if row[1] is not None}
    shown = {item.id: item for item in visible_items(work, list(times))}
    return [
        [shown[id_] for id_ in page.ids if id_ in shown and times[id_] > after]
        for page, (_, after) in zip(pages, searches, strict=True)
    ]


def _page(services: Services, work: Work, request: SearchRequest, most: int) -> SearchPage:
    asked = request if LITERAL in request.extra else with_meaning(services.vocabularies, request)
    # What has only most of the words is no news, and while the index is rebuilt nobody knows what has all.
    try:
        page = search_page(work, asked.changed(sort="date", per_page=most, whole=True))
    except Unavailable:
        return SearchPage()
    return SearchPage() if page.degraded else page
