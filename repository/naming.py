"""What the words of a question name: the terms of the vocabularies, as everybody calls them."""

from collections.abc import Iterator
from functools import lru_cache

from repository.search.meaning import Meant, Names, Value
from repository.search.request import SearchRequest
from repository.vocabularies import Term, Vocabularies, Vocabulary

VOCABULARY_OF = {
    "level": "levels",
    "year": "years",
    "group": "groups",
    "discipline": "disciplines",
    "type": "types",
    "language": "languages",
}
KITS = ("kit", "kits", "mala pedagógica", "maleta pedagógica")
PORTUGUESE = "pt-PT"  # nearly all is in Portuguese: who says so means the subject


def with_meaning(vocabularies: Vocabularies, request: SearchRequest) -> SearchRequest:
    """Return the request with what its words name. A facet that is chosen already is meant no second time."""
    found = [one for one in _names(vocabularies).read(request.q) if not {field for field, _ in one.values} & set(request.filters)]  # fmt: skip
    return request.changed(meant=tuple(found), page=request.page) if found else request


@lru_cache(maxsize=4)
def _names(vocabularies: Vocabularies) -> Names:
    return Names(_pairs(vocabularies))


def _pairs(vocabularies: Vocabularies) -> Iterator[tuple[str, Value]]:
    yield from ((name, ("kind", "physical")) for name in KITS)
    for field, name in VOCABULARY_OF.items():
        vocabulary = vocabularies[name]
        for term in vocabulary:
            if field == "language" and term.code == PORTUGUESE:
                continue
            for code in _with_narrower(vocabulary, term):
                yield from ((text, (field, code)) for text in _called(field, term))


def _called(field: str, term: Term) -> Iterator[str]:
    """What a term is called; "planificação / plano de aula" are two names, and a group is known by its number."""
    if field == "group":
        yield f"grupo {term.code}"
        return
    if field == "discipline" and term.code.isupper():
        yield term.code
    for name in term.names():
        yield from (part.strip() for part in name.split("/"))


def _with_narrower(vocabulary: Vocabulary, term: Term) -> Iterator[str]:
    """Who looks for Mathematics also means Mathematics A."""
    yield term.code
    yield from (narrower.code for narrower in vocabulary.children(term.code))


__all__ = ["Meant", "with_meaning"]
