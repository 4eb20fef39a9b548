"""The language of the search box: words, "phrases", begin*, -not, title:word; everything else is plain text.

Written by hand because a general query parser offers more than a person needs and a stranger may spend: ranges,
wildcards, nested parentheses. Here any text is a valid question and is read in one pass.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .analysis import fold
from .request import LONGEST_QUERY, clean

SHORTEST_PREFIX = 2
# Where words may be asked for; who made something stands with its keywords. Any other name before a colon is a word.
TEXT_NAMES = {
    "titulo": "title",
    "title": "title",
    "autor": "keywords",
    "autora": "keywords",
    "author": "keywords",
    "resumo": "summary",
    "summary": "summary",
    "ficheiro": "text",
    "file": "text",
}


class TermKind(StrEnum):
    """How the words of a term are wanted: anywhere, side by side, or as a beginning."""

    WORDS = "words"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A piece of the question as it was typed, and where: plain words, a phrase, or the beginning of a word."""

    kind: TermKind
    text: str
    negated: bool = False
    start: int = 0
    field: str = ""  # the text field that it must be in


_PIECE = re.compile(
    r"""
      (?: (?<!\S) (?P<minus>[-−–]) (?=["«“\w]) )?
      (?: (?<![^\s\-−–]) (?P<field>[^\W\d_]{4,8}) : (?=["«“\w]) )?
      (?: "(?P<straight>[^"]*)"? | «(?P<angled>[^»]*)»? | [“„](?P<curly>[^”“]*)[”“]? | (?P<plain>[^\s"«“„]+) )
    """,
    re.VERBOSE,
)
_PREFIX = re.compile(r"(?P<before>.*?)(?P<begin>[^\W_]{2,})\*+$")


def parse(text: str) -> tuple[QueryTerm, ...]:
    """The terms of a question, in order; text without a letter or digit gives none. Never raises.

    Plain words that follow one another stay together in one term, since an abbreviation may stand for all of them.
    """
    terms: list[QueryTerm] = []
    for match in _PIECE.finditer(clean(text, LONGEST_QUERY)):
        for term in _terms(match):
            _add(terms, term)
    return tuple(terms)


def _terms(match: re.Match[str]) -> Iterator[QueryTerm]:
    """The terms of one piece; a name before a colon that is no field's is a word like others ("micro:bit")."""
    negated, field = match["minus"] is not None, TEXT_NAMES.get(fold(match["field"] or ""), "")
    if match["field"] and not field:
        if match["plain"] and not _PREFIX.match(match["plain"]):
            yield QueryTerm(TermKind.WORDS, f"{match['field']}:{match['plain']}", negated, match.start("field"))
            return
        yield QueryTerm(TermKind.WORDS, match["field"] + ":", negated, match.start("field"))
    if match["plain"] is None:
        phrase = next(part for part in match.group("straight", "angled", "curly") if part is not None)
        yield QueryTerm(TermKind.PHRASE, phrase, negated, match.start(), field)
        return
    prefix = _PREFIX.match(match["plain"])
    if prefix is None:
        yield QueryTerm(TermKind.WORDS, match["plain"], negated, match.start("plain"), field)
        return
    yield QueryTerm(TermKind.WORDS, prefix["before"], negated, match.start("plain"), field)
    yield QueryTerm(TermKind.PREFIX, prefix["begin"], negated, match.start("plain") + prefix.start("begin"))


def _add(terms: list[QueryTerm], term: QueryTerm) -> None:
    if not any(c.isalnum() for c in term.text):
        return
    last = terms[-1] if terms else None
    if (
        last
        and last.kind == term.kind == TermKind.WORDS
        and not last.negated
        and not term.negated
        and not (last.field or term.field)
        and (term.start == last.start + len(last.text) + 1)
    ):
        terms[-1] = QueryTerm(TermKind.WORDS, f"{last.text} {term.text}", start=last.start)
    else:
        terms.append(term)
