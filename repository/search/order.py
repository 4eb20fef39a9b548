"""How results and facet values are ordered, the same in every engine."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from .page import FacetCount
from .request import SearchRequest, Sort

NO_DATE = -(2**62)
FEW = 10  # results that have all
# What one value that comes first adds to a score: enough among equals, too little to bury a better answer.
GENTLY = 0.25


def effective_sort(request: SearchRequest) -> Sort:
    """The order asked for; without words there is no relevance, and the newest come first."""
    return "date" if request.sort == "relevance" and not request.q.strip() else request.sort


def enough(request: SearchRequest) -> int:
    """How many results that have all are enough; where there are fewer, those that have most follow."""
    if request.whole:
        return 0
    return FEW if effective_sort(request) == "relevance" else 1


def preferred(request: SearchRequest) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The facets and values that come gently first; none when somebody asked for an order by date or title."""
    return tuple(request.first.items()) if request.sort == "relevance" else ()


def timestamp(date: datetime | None) -> int:
    """Microseconds since 1970, UTC; a document without a date is older than all others."""
    if date is None:
        return NO_DATE
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1_000_000)


def facet_counts(counts: Mapping[str, int], chosen: Iterable[str]) -> tuple[FacetCount, ...]:
    """Values with a count, and the chosen ones even without; the most frequent first."""
    shown = dict.fromkeys(chosen, 0) | {value: count for value, count in counts.items() if count}
    ordered = sorted(sorted(shown), key=shown.__getitem__, reverse=True)  # of equal counts the lower value stays first
    return tuple([FacetCount(value, shown[value]) for value in ordered])
