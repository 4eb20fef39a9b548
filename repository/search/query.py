"""The language of the search box: words, "phrases", begin*, -not; everything else is plain text.

Written by hand because a general query parser offers more than a person needs and a stranger may spend: ranges, field
names, wildcards, nested parentheses. Here any text is a valid question and is read in one pass.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .request import LONGEST_QUERY, clean

SHORTEST_PREFIX = 2


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


_PIECE = re.compile(
    r"""
      (?: (?<!\S) (?P<minus>[-−–]) (?=["«“\w]) )?
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
        negated = match["minus"] is not None
        if match["plain"] is None:
            phrase = next(part for part in match.group("straight", "angled", "curly") if part is not None)
            _add(terms, QueryTerm(TermKind.PHRASE, phrase, negated, match.start()))
            continue
        prefix = _PREFIX.match(match["plain"])
        if prefix is None:
            _add(terms, QueryTerm(TermKind.WORDS, match["plain"], negated, match.start("plain")))
            continue
        _add(terms, QueryTerm(TermKind.WORDS, prefix["before"], negated, match.start("plain")))
        _add(terms, QueryTerm(TermKind.PREFIX, prefix["begin"], negated, match.start("plain") + prefix.start("begin")))
    return tuple(terms)


def _add(terms: list[QueryTerm], term: QueryTerm) -> None:
    if not any(c.isalnum() for c in term.text):
        return
    last = terms[-1] if terms else None
    if (
        last
        and last.kind == term.kind == TermKind.WORDS
        and not last.negated
        and not term.negated
        and (term.start == last.start + len(last.text) + 1)
    ):
        terms[-1] = QueryTerm(TermKind.WORDS, f"{last.text} {term.text}", start=last.start)
    else:
        terms.append(term)
