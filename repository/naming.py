"""What the words of a question name: the terms of the vocabularies, as everybody calls them, and `ano:3`.

What is only named is wished for: where few have it, others follow. What is asked for as `ano:3` is a filter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import or_, select

from repository.db import like_any_case
from repository.models import Organisation
from repository.search.analysis import fold
from repository.search.meaning import Meant, Names, Value
from repository.search.request import SearchRequest
from repository.vocabularies import Term, Vocabularies, Vocabulary
from repository.work import Work

VOCABULARY_OF = {
    "level": "levels",
    "year": "years",
    "group": "groups",
    "discipline": "disciplines",
    "type": "types",
    "language": "languages",
    "licence": "licences",
}
# What can be asked for before a colon; the words of texts (`titulo:`) are the search's own.
ASKED = {
    "ano": "year", "year": "year", "nivel": "level", "ciclo": "level", "level": "level", "grupo": "group", "group": "group",
    "disciplina": "discipline", "subject": "discipline", "discipline": "discipline", "tipo": "type", "type": "type",
    "lingua": "language", "idioma": "language", "language": "language", "licenca": "licence", "licence": "licence",
    "license": "licence", "escola": "org", "school": "org", "centro": "org",
}  # fmt: skip
MOST_ASKED = 8
SLIPS = ("anno", "aano", "anoo", "anp", "abo", "amo", "aon")  # of "ano" after a number, where they say nothing else
FIRST_YEAR_ALONE = 5  # "8.º" is a year; "1.º" to "3.º" are cycles and terms too, and "4.º" is a place as often
_LAST_NUMBER = re.compile(r"(?<=\s)\d{1,2}$")
_ASKED = re.compile(
    r"""(?<!\S)(?P<name>[^\W\d_]{3,10}):(?:"(?P<quoted>[^"]+)"|«(?P<angled>[^»]+)»|(?P<plain>[^\s"«:]+))"""
)
KITS = ("kit", "kits", "mala pedagógica", "maleta pedagógica")
PORTUGUESE = "pt-PT"  # nearly all is in Portuguese: who says so means the subject


@dataclass(frozen=True)
class AskedFor:
    """A value asked for in the question, and the question without it."""

    field: str
    value: str
    q: str


def with_asked(work: Work, request: SearchRequest) -> tuple[SearchRequest, list[AskedFor]]:
    """Return the request with what stands as `ano:3` in its question as filters; what nobody knows stays a word."""
    parts: list[AskedFor] = []
    filters: dict[str, tuple[str, ...]] = dict(request.filters)
    rest = request.q
    for match in list(_ASKED.finditer(request.q))[:MOST_ASKED]:
        field = ASKED.get(fold(match["name"]), "")
        values = _values(work, field, match["quoted"] or match["angled"] or match["plain"]) if field else ()
        if values:
            parts.append(AskedFor(field, values[0], _without(request.q, match[0])))
            filters[field] = tuple(dict.fromkeys((*filters.get(field, ()), *values)))
            rest = _without(rest, match[0])
    return (request.changed(q=rest, page=request.page, **filters) if parts else request), parts


def _without(question: str, piece: str) -> str:
    return " ".join(question.replace(piece, " ", 1).split())


def _values(work: Work, field: str, said: str) -> tuple[str, ...]:
    if field == "org":
        return _schools(work, said)
    code = work.services.vocabularies[VOCABULARY_OF[field]].find(said)
    return (code,) if code else ()


def _schools(work: Work, said: str) -> tuple[str, ...]:
    """The places whose name has these words, at most a few."""
    names = (Organisation.name, Organisation.short_name)
    pattern = f"%{said.replace('%', '').replace('_', '')}%"
    dialect = work.session.get_bind().dialect.name
    alike = or_(*(like_any_case(dialect, name, pattern) for name in names))
    return tuple(
        map(str, work.session.scalars(select(Organisation.id).where(alike).order_by(Organisation.id).limit(5)))
    )


def quoted(question: str, words: str) -> str:
    """Return the question with these words, where they stand last, in quotation marks: there they name nothing."""
    places = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", question)]
    if not places:
        return question
    start, end = places[-1], places[-1] + len(words)
    return f'{question[:start]}"{words}"{question[end:]}'


def with_meaning(vocabularies: Vocabularies, request: SearchRequest) -> SearchRequest:
    """Return the request with what its words name. A facet that is chosen already is meant no second time."""
    chosen = set(request.filters)
    named = _names(vocabularies).read(request.q)
    found = [
        one
        for one in (*named, *_year_at_the_end(vocabularies, request.q, named))
        if not {field for field, _ in one.values} & chosen
    ]
    return request.changed(meant=tuple(found), page=request.page) if found else request


def _year_at_the_end(vocabularies: Vocabularies, question: str, named: Sequence[Meant]) -> Iterator[Meant]:
    """The year in "matemática 6": a number right behind a subject that has such a year, and nothing behind the number."""
    last = _LAST_NUMBER.search(question)
    if not last or not named or not question[: last.start()].rstrip().endswith(named[-1].words):
        return
    level, disciplines = vocabularies.level_of_year(last[0]), vocabularies["disciplines"]
    subjects = [disciplines.get(code) for field, code in named[-1].values if field == "discipline"]
    if any(level in term.codes("levels") for term in subjects if term):
        yield Meant(last[0], (last[0],), (("year", last[0]),))


@lru_cache(maxsize=4)
def _names(vocabularies: Vocabularies) -> Names:
    return Names(_pairs(vocabularies))


def _pairs(vocabularies: Vocabularies) -> Iterator[tuple[str, Value]]:
    yield from ((name, ("kind", "physical")) for name in KITS)
    for field, name in VOCABULARY_OF.items():
        if field == "licence":  # "CC" and "BY" are for those who choose a licence, and no words of a question
            continue
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
    if field == "year":
        yield from (f"{term.code}{sign} {slip}" for sign in ("", ".º") for slip in SLIPS)
    alone = {f"{year}.º" for year in range(1, FIRST_YEAR_ALONE)} if field == "year" else set()
    for name in term.names():
        yield from (part.strip() for part in name.split("/") if part.strip() not in alone)


def _with_narrower(vocabulary: Vocabulary, term: Term) -> Iterator[str]:
    """Who looks for Mathematics also means Mathematics A."""
    yield term.code
    yield from (narrower.code for narrower in vocabulary.children(term.code))
