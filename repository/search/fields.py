"""What can be searched and filtered: plain declarations, known to every engine and tied to none."""

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a field is compared: by its words, by its exact value, by its day, or as yes or no."""

    TEXT = "text"
    KEYWORD = "keyword"
    DATE = "date"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class SearchField:
    """One field of the search: its name in URLs and documents, its kind, its weight, and whether it is counted.

    Values of KEYWORD, DATE and BOOLEAN fields are compared exactly, as the strings in `SearchDocument.values`
    (DATE as "2026-11-22", BOOLEAN as "1" or "0"); the words of TEXT fields come from `SearchDocument.texts`.
    """

    name: str
    kind: FieldKind = FieldKind.KEYWORD
    boost: float = 1.0
    facet: bool = False
    label: str = ""


FACETS = ("level", "year", "group", "discipline", "type", "language", "licence", "kind", "action", "org")

TEXT_FIELDS = (
    SearchField("title", FieldKind.TEXT, boost=4.0),
    SearchField("keywords", FieldKind.TEXT, boost=3.0),
    SearchField("summary", FieldKind.TEXT, boost=2.0),
    SearchField("text", FieldKind.TEXT, boost=1.0),
)

CORE_FIELDS = (*TEXT_FIELDS, *(SearchField(name, FieldKind.KEYWORD, facet=True) for name in FACETS))
