"""Which disciplines of which levels have no material yet: of each discipline only the levels in which it is taught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from repository.api import Item, ItemTerm, ReportScope, State, Work


@dataclass(frozen=True)
class Gaps:
    """How many published materials there are by (discipline, level); a pair that is not there is not taught."""

    disciplines: Sequence[str]
    levels: Sequence[str]
    counts: Mapping[tuple[str, str], int]

    @property
    def empty(self) -> list[tuple[str, str]]:
        """The pairs with nothing, by level."""
        order = [(discipline, level) for level in self.levels for discipline in self.disciplines]
        return [pair for pair in order if self.counts.get(pair) == 0]

    def empty_of(self, level: str) -> list[str]:
        """Return the disciplines of a level that have nothing."""
        return [discipline for discipline, of in self.empty if of == level]


def gaps(work: Work, scope: ReportScope) -> Gaps:
    """Return what there is now, of all years, in the organisations of the scope; a part of a discipline counts as it."""
    known = work.services.vocabularies
    whole = {term.code: term.parent or term.code for term in known.disciplines}
    counts = {(term.code, level): 0 for term in known.disciplines if not term.parent for level in term.codes("levels")}
    materials: dict[tuple[str, str], set[int]] = {}
    for item_id, discipline, level in _pairs(work, scope):
        materials.setdefault((whole.get(discipline, discipline), level), set()).add(item_id)
    counts |= {pair: len(ids) for pair, ids in materials.items()}
    taught = {discipline for discipline, _ in counts}
    levels = {level for _, level in counts}
    return Gaps(
        [code for code in whole if code in taught], [term.code for term in known.levels if term.code in levels], counts
    )


def _pairs(work: Work, scope: ReportScope) -> list[tuple[int, str, str]]:
    discipline, level = aliased(ItemTerm), aliased(ItemTerm)
    rows = (
        select(Item.id, discipline.code, level.code)
        .join(discipline, (discipline.item_id == Item.id) & (discipline.vocabulary == "discipline"))
        .join(level, (level.item_id == Item.id) & (level.vocabulary == "level"))
        .where(Item.state == State.PUBLISHED, Item.kind == "digital", Item.revises_id.is_(None))
        .where(scope.holds(Item.organisation_id))
    )
    return [(row[0], row[1], row[2]) for row in work.session.execute(rows)]
