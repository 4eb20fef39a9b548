"""What the index knows about one item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .analysis import plain

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One item as the index sees it; `labels` are the audiences that may find it, and none means nobody.

    `values` holds the exact values by field name ({"level": ("1ceb", "2ceb"), "kind": ("digital",)}), `texts` the
    words of text fields beyond the four named here. `date` orders results; a naive one is read as UTC.
    """

    id: int
    title: str
    keywords: str = ""
    summary: str = ""
    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    date: datetime | None = None
    labels: frozenset[str] = frozenset()
    language: str = "pt-PT"

    def words_of(self, name: str) -> str:
        """The text of the named field; empty where the document has none."""
        if name in ("title", "keywords", "summary", "text"):
            return str(getattr(self, name))
        return self.texts.get(name, "")

    def values_of(self, name: str) -> tuple[str, ...]:
        """The exact values of the named field: in NFC, each once, none empty, at most 200 characters."""
        cleaned = (plain(value)[:LONGEST_VALUE] for value in self.values.get(name, ()))
        return tuple(dict.fromkeys(value for value in cleaned if value))
