"""One page of search results: identifiers and counts only; the rows themselves come from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class FacetCount:
    """How many results carry one value of a facet; not frozen, since dozens are made for each answer and freezing one
    takes longer than making it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to a `SearchRequest`: `ids` in order for this page, `total` over all pages.

    The counts of a facet are taken over the results filtered by all *other* facets, so that choosing one level still
    shows what the other levels would add; they are sorted by count, then by value, and a chosen value is always
    listed, even with 0. `suggestion` is a whole query that has hits for the same person. `took_ms` is milliseconds.
    Of `total` the first `exact` have all that was wanted, and the others most of it; `relaxed` says that these are all
    there are, and `named` that no document has any of the words but what they name. `degraded` says that the index
    did not answer and a slower search over titles, keywords and summaries did; `unanswered`, that this did not either.
    """

    total: int = 0
    exact: int = 0
    ids: tuple[int, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    suggestion: str | None = None
    took_ms: float = 0.0
    relaxed: bool = False
    named: bool = False
    degraded: bool = False
    unanswered: bool = False
