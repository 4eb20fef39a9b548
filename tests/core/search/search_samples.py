"""Small documents for search tests."""

from datetime import UTC, datetime
from typing import Any

from repository.search import SearchDocument, SearchRequest

PUBLIC = frozenset({"public"})
MEMBERS = frozenset({"public", "members"})


def document(identifier: int, title: str, **more: Any) -> SearchDocument:
    """A public document; facets are given by name, as one value or several."""
    names = {"keywords", "summary", "text", "date", "labels", "language", "texts"}
    own = {name: value for name, value in more.items() if name in names}
    values = {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in more.items() if name not in names
    }
    day = datetime(2026, 1, 1 + identifier % 28, tzinfo=UTC)
    return SearchDocument(identifier, title, **{"values": values, "labels": PUBLIC, "date": day, **own})


def ask(q: str = "", **more: Any) -> SearchRequest:
    """A request; facets are given by name."""
    return SearchRequest(q=q).changed(**more)


NASTY = [
    "(" * 256, ")" * 256, "((a) AND" * 30, "NOT " * 64, '"' * 256, '"a" ' * 64, "«" * 256, "“”" * 128, "-" * 256,
    "- " * 128, "*" * 256, "a* " * 85, "*a", "?", "a?b", "[a TO zz]", "title:x", "title:", "id:1", "labels:public",
    "t_title:a", "{a TO}", "a^1000", "a~9", "a AND OR NOT", "\\", '\\\\"', "\x00", "a\x00b", "\ud800", "\udfff\ud800a",
    "\u202e\u0301", "\ufeff", "a" * 256, "1" * 256, "º" * 256, "1º" * 128, "%_", "' OR 1=1 --", "<script>", "🎉",
    "漢字かな交じり文", "עברית", "हिन्दी", "\u0301" * 256, "ﷺ" * 256, "İstanbul ſ ß", "...", "C++", "ficha " * 42,
    "físico-química " * 17, "e.v.t. " * 36, "\t\n\r", "décimo segundo " * 17, "a-" * 128, "-a " * 85, '-"' * 100,
    "q" * 20_000,
]  # fmt: skip
