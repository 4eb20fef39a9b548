"""What is offered while somebody types a search: terms of the vocabularies, titles, and words of the documents.

All of it is taken from what the person may find, so that a title or a word of something hidden is never shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from repository import indexing
from repository.errors import Unavailable
from repository.naming import VOCABULARY_OF
from repository.results import Speech, facet_fields, search_page
from repository.search.analysis import plain, tokens
from repository.search.page import FacetCount
from repository.search.request import SearchRequest
from repository.vocabularies import Term
from repository.work import Work

LONGEST_TYPED = 256
OFFERED = ("discipline", "level", "year", "type", "language")
SHORTEST = 2
MOST, MOST_TERMS, MOST_WORDS = 8, 3, 2


@dataclass(frozen=True)
class Suggestion:
    """Words to search for, or a value of a facet: then `kind` is what the facet is called."""

    text: str
    kind: str = ""
    field: str = ""
    value: str = ""


def suggestions(work: Work, typed: str, speech: Speech) -> list[Suggestion]:
    """Return at most eight: a few terms, then titles, then words where there is room.

    While something hidden waits to leave the index, its title is left out, and so are words, which may be its own.
    """
    words = [token.folded for token in tokens(plain(typed[:LONGEST_TYPED]))]
    if not words or len("".join(words)) < SHORTEST:
        return []
    search, labels, hidden = work.services.search, work.actor.labels, indexing.hidden(work)
    terms = _terms(work, words, speech)
    titles = [title for title in search.suggest(typed, labels) if title not in hidden.values()]
    said = {text.casefold() for text in titles} | {typed.strip().casefold()}
    known = [] if hidden else search.complete(typed, labels)
    completed = [text for text in known if text.casefold() not in said]
    room = MOST - len(terms)
    kept = titles[: room - min(MOST_WORDS, len(completed))]
    return [*terms, *map(Suggestion, [*kept, *completed][:room])]


def _terms(work: Work, words: list[str], speech: Speech) -> list[Suggestion]:
    """Return the terms of the vocabularies that are called so and have materials, those that begin so first."""
    services, facets = work.services, _facets(work)
    ranked: list[tuple[bool, int, Suggestion]] = []
    for searched in facet_fields(services):
        counts = {one.value: one.count for one in facets.get(searched.name, ())} if searched.name in OFFERED else {}
        vocabulary = services.vocabularies[VOCABULARY_OF[searched.name]] if counts else ()
        for term in vocabulary:
            first = next(_beginnings(term, words), None) if counts.get(term.code) else None
            if first is not None:
                offered = Suggestion(
                    term.label(speech.locale), speech.translate(searched.label), searched.name, term.code
                )
                ranked.append((first > 0, -counts[term.code], offered))
    return [offered for _, _, offered in sorted(ranked, key=lambda one: one[:2])[:MOST_TERMS]]


def _beginnings(term: Term, words: list[str]) -> Iterator[int]:
    """Yield where in a name of the term the words stand one after another, the last of them perhaps only begun."""
    *whole, last = words
    for name in term.names():
        called = [token.folded for token in tokens(plain(name))]
        for at in range(len(called) - len(whole)):
            if called[at : at + len(whole)] == whole and called[at + len(whole)].startswith(last):
                yield at


def _facets(work: Work) -> Mapping[str, Sequence[FacetCount]]:
    try:
        return search_page(work, SearchRequest(per_page=1)).facets
    except Unavailable:  # whoever types goes on; the search itself says why
        return {}
