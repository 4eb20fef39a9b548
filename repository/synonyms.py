"""Other ways to say the same, for the search: the program's, those of the vocabularies, and the centre's own.

They are used on the question only, so what an administrator changes counts for the next question and needs no new index.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from repository import audit
from repository.errors import Conflict, Invalid, NotFound
from repository.models import SynonymGroup
from repository.permissions import require_permission
from repository.search.analysis import stems
from repository.search.request import clean
from repository.search.synonyms import Synonyms, shipped
from repository.terms import PERMISSION
from repository.vocabularies import Term, Vocabularies
from repository.words import N_
from repository.work import Work

MOST_WAYS = 12
LONGEST_WAY = 80
MOST_GROUPS = 1_000
SPOKEN = ("disciplines", "types")  # vocabularies whose labels people type; the others' are in the index by themselves
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_ASIDE = re.compile(r"[(/,]")


def groups(session: Session) -> list[SynonymGroup]:
    """Return the centre's own groups, the latest first."""
    return list(session.scalars(select(SynonymGroup).order_by(SynonymGroup.id.desc())))


def ways_of(text: str) -> list[str]:
    """Return the ways in a text that has them in lines or between commas, each once."""
    return list(dict.fromkeys(way for part in re.split(r"[\n,;]", text) if (way := clean(part, LONGEST_WAY + 1))))


def add_group(work: Work, ways: Sequence[str]) -> SynonymGroup:
    """Have `ways` find one another. Raises Invalid, Conflict when a group says the same, and NotAllowed."""
    require_permission(work, PERMISSION)
    known = groups(work.session)
    if len(known) >= MOST_GROUPS:
        raise Invalid(N_("Já há %(most)s grupos."), field="ways", most=MOST_GROUPS)
    _check(ways, known)
    row = SynonymGroup(ways=list(ways))
    work.session.add(row)
    audit.record(work, "synonyms.added", row, after={"ways": list(ways)})
    return row


def change_group(work: Work, group_id: int, ways: Sequence[str]) -> None:
    """Put other ways in the place of a group's. Raises NotFound, Invalid, Conflict and NotAllowed."""
    row = group_of(work, group_id)
    if list(ways) == row.ways:
        return
    _check(ways, [other for other in groups(work.session) if other.id != group_id])
    before, row.ways = row.ways, list(ways)
    audit.record(work, "synonyms.changed", row, before={"ways": before}, after={"ways": list(ways)})


def remove_group(work: Work, group_id: int) -> None:
    """Forget a group; removing one that is gone changes nothing."""
    require_permission(work, PERMISSION)
    row = work.session.get(SynonymGroup, group_id)
    if row is not None:
        audit.record(work, "synonyms.removed", row, before={"ways": row.ways})
        work.session.delete(row)


def in_force(vocabularies: Vocabularies, own: Iterable[Sequence[str]]) -> Synonyms:
    """Return all synonyms together."""
    built_in, also = shipped()
    found: list[Sequence[str]] = [*built_in, *own]
    for name in SPOKEN:
        for term in vocabularies[name]:
            labels = [label for label in dict.fromkeys(term.labels.values()) if not _ASIDE.search(label)]
            if labels:
                found.append(labels)
            for short in _abbreviations(term):
                also.setdefault(short, []).extend(labels)
    return Synonyms(found, also)


def _abbreviations(term: Term) -> list[str]:
    return [text for text in term.synonyms if _ABBREVIATION.fullmatch(text)]


def group_of(work: Work, group_id: int) -> SynonymGroup:
    """Return a group of the centre's. Raises NotFound and NotAllowed."""
    require_permission(work, PERMISSION)
    row = work.session.get(SynonymGroup, group_id)
    if row is None:
        raise NotFound(N_("Esse grupo já não existe."))
    return row


def _check(ways: Sequence[str], others: Iterable[SynonymGroup]) -> None:
    if long := next((way for way in ways if len(way) > LONGEST_WAY), None):
        raise Invalid(N_("«%(way)s…» é demasiado longo."), field="ways", way=long[:30])
    if empty := next((way for way in ways if not stems(way)), None):
        raise Invalid(N_("«%(way)s» não tem nenhuma palavra."), field="ways", way=empty)
    said = {tuple(stems(way)) for way in ways}
    if len(said) < 2:
        raise Invalid(N_("Escreva pelo menos duas maneiras de dizer que a pesquisa ainda não junte."), field="ways")
    if len(ways) > MOST_WAYS:
        raise Invalid(N_("Use no máximo %(most)s maneiras de dizer."), field="ways", most=MOST_WAYS)
    if any({tuple(stems(way)) for way in other.ways} == said for other in others):
        raise Conflict(N_("Já há um grupo com estas palavras."), field="ways")
