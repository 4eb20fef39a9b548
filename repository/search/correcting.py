"""Where nothing has what was typed, what was probably meant is looked for at once; the page says so."""

from collections.abc import Callable
from typing import Protocol

from .page import SearchPage
from .request import SearchRequest


class Searching(Protocol):
    """Whatever answers requests: an engine, or the service that asks it."""

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The page of documents that carry one of `labels`."""
        ...


def corrected(
    searching: Searching,
    request: SearchRequest,
    page: SearchPage,
    labels: frozenset[str],
    read: Callable[[SearchRequest], SearchRequest],
) -> tuple[SearchPage, SearchRequest]:
    """The page, and the request that it answers: the one asked, or one with its mistyped words put right.

    `page` is what the request found as it was typed; `read` finds what the words of another question name.
    """
    if page.exact or not page.suggestion:
        return page, request
    better = read(request.changed(q=page.suggestion, page=request.page, meant=()))
    return searching.search(better, labels), better
