"""What somebody asks for, read from a URL and written back to one."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from .analysis import data
from .fields import FACETS

if TYPE_CHECKING:
    from .meaning import Meant  # which reads questions, and so knows this module

Sort = Literal["relevance", "date", "title"]

SORTS: tuple[Sort, ...] = ("relevance", "date", "title")
OWN = ("q", "sort", "page", "per_page", "extra", "without", "first", "meant", "whole")
LONGEST_QUERY = 256
LONGEST_VALUE = 80
MOST_VALUES = 50
MOST_PER_PAGE = 100
LAST_PAGE = 100_000
PER_PAGE = 20

_GLUED = re.compile(
    rf"""(?P<quoted>"[^"]*"?|«[^»]*»?|[“„][^”“]*[”“]?)
       | (?<![\w.,:/\-–−])(?P<number>\d{{1,2}})\.?(?=(?:{"|".join(data("ordinals")["nouns"])})s?\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


class Args(Protocol):
    """The part of werkzeug's MultiDict that is read here."""

    def get(self, key: str, /) -> Any:
        """The first value of `key`, or None."""
        ...

    def getlist(self, key: str, /) -> Iterable[Any]:
        """All values of `key`."""
        ...


def _nothing_chosen() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True)
class SearchRequest:
    """A search: words, chosen facet values (OR within a facet, AND between facets), order and page (from 1).

    `extra` are parameters that others than the engine understand, kept in every address made from the request; `without`
    are the ids that they leave out, counted nowhere. `first` are facet values that come gently first in the order by
    relevance, and hide nothing; like `without` it is never part of an address. Nor is `meant`: what words of `q` name.
    With `whole` nothing is found that has only most of what is wanted.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing_chosen)
    sort: Sort = "relevance"
    page: int = 1
    per_page: int = PER_PAGE
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    without: frozenset[int] = frozenset()
    first: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing_chosen)
    meant: tuple["Meant", ...] = ()
    whole: bool = False

    @classmethod
    def parse(cls, args: Args, facets: Iterable[str] = FACETS, extra: Iterable[str] = ()) -> "SearchRequest":
        """The request in a URL's parameters; whatever makes no sense is left out or brought into range."""
        chosen = {name: _values(args.getlist(name)) for name in facets}
        sort = args.get("sort")
        return cls(
            q=_apart(clean(str(args.get("q") or ""), LONGEST_QUERY)),
            filters=MappingProxyType({name: values for name, values in chosen.items() if values}),
            sort=cast(Sort, sort) if sort in SORTS else "relevance",
            page=_number(args.get("page"), default=1, most=LAST_PAGE),
            per_page=_number(args.get("per_page"), default=PER_PAGE, most=MOST_PER_PAGE),
            extra=MappingProxyType({name: values[-1] for name in extra if (values := _values(args.getlist(name)))}),
        )

    @property
    def offset(self) -> int:
        """How many results come before this page."""
        return (self.page - 1) * self.per_page

    def changed(self, **changes: Any) -> "SearchRequest":
        """The same request with a field of its own or facets (`level=("1ceb",)`) replaced.

        Any change but the page itself leads back to page 1.
        """
        own: dict[str, Any] = {name: changes.pop(name) for name in OWN if name in changes}
        filters = dict(self.filters)
        for name, values in changes.items():
            filters[name] = (values,) if isinstance(values, str) else tuple(values or ())
        kept = MappingProxyType({name: values for name, values in filters.items() if values})
        return replace(self, **own | {"page": own.get("page", 1), "filters": kept})

    def toggled(self, facet: str, value: str) -> "SearchRequest":
        """The request with one facet value added, or taken away where it was chosen."""
        now = self.filters.get(facet, ())
        return self.changed(**{facet: tuple(v for v in now if v != value) if value in now else (*now, value)})

    def args(self, **changes: Any) -> list[tuple[str, str]]:
        """The parameters of a URL for this request after `changes`; defaults are left out."""
        asked = self.changed(**changes) if changes else self
        pairs = [("q", asked.q)] if asked.q else []
        pairs += [(name, value) for name, values in asked.filters.items() for value in values]
        pairs += list(asked.extra.items())
        defaults = {"sort": "relevance", "per_page": PER_PAGE, "page": 1}
        return pairs + [
            (name, str(getattr(asked, name))) for name, usual in defaults.items() if getattr(asked, name) != usual
        ]


def clean(text: str, longest: int) -> str:
    """`text` in NFC without control characters, lone surrogates or outer spaces, at most `longest` characters."""
    printable = (" " if unicodedata.category(c) in _UNPRINTABLE else c for c in text[:longest])
    return " ".join(unicodedata.normalize("NFC", "".join(printable)).split())[:longest].rstrip()


def _apart(question: str) -> str:
    """The question with "5ano" as "5 ano", as everything else reads it; what is in quotation marks stays."""
    apart = _GLUED.sub(lambda match: match["quoted"] or f"{match['number']} ", question)
    return apart if len(apart) <= LONGEST_QUERY else question


def _values(raw: Iterable[Any]) -> tuple[str, ...]:
    cleaned = (clean(str(value), LONGEST_VALUE) for value in list(raw)[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in cleaned if value))


def _number(raw: Any, default: int, most: int) -> int:
    text = str(raw or "").strip()
    if not re.fullmatch(r"[0-9]{1,20}", text):
        return default
    return min(max(int(text), 1), most)
