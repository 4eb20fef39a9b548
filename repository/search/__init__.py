"""Search: requests, pages, documents and the engines that bring them together."""

from .document import SearchDocument
from .engine import IndexBroken, IndexBusy, IndexMissing, SearchEngine, SearchError, SearchService
from .fields import CORE_FIELDS, FACETS, FieldKind, SearchField
from .page import FacetCount, SearchPage
from .request import SearchRequest

__all__ = [
    "CORE_FIELDS",
    "FACETS",
    "FacetCount",
    "FieldKind",
    "IndexBroken",
    "IndexBusy",
    "IndexMissing",
    "SearchDocument",
    "SearchEngine",
    "SearchError",
    "SearchField",
    "SearchPage",
    "SearchRequest",
    "SearchService",
]
