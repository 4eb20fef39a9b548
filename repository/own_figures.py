"""What the core itself gives to reports: published, seen and downloaded, by level, group, discipline and municipality."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repository.figures import Figure, ReportCount, ReportDimension, ReportScope
from repository.models import Item, ItemCount, ItemTerm, Organisation, State
from repository.words import N_
from repository.work import Work


def published(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield a figure for each digital material that is published, in the year of its first publication."""
    mine = (Item.state == State.PUBLISHED, Item.kind == "digital", Item.revises_id.is_(None))
    rows = select(scope.year_of(Item.published_at), Item.id).where(
        *mine, scope.within(Item.published_at), scope.holds(Item.organisation_id)
    )
    return (Figure(year, 1, item_id) for year, item_id in work.session.execute(rows))


def counted_by_year(work: Work, scope: ReportScope, what: str) -> Iterable[Figure]:
    """Yield how often something was done with each item in each school year: seen, downloaded or adapted."""
    times = func.sum(ItemCount.count)
    rows = (
        select(scope.year_of(ItemCount.month).label("of_year"), times, ItemCount.item_id)
        .join(Item, Item.id == ItemCount.item_id)
        .where(ItemCount.what == what, scope.within(ItemCount.month), scope.holds(Item.organisation_id))
        .group_by(ItemCount.item_id, "of_year")
    )
    return (Figure(year, max(0, int(number)), item_id) for year, number, item_id in work.session.execute(rows))


def councils_of(session: Session) -> dict[int, str]:
    """Return the municipality of each organisation by its id, as a value: its own, else that of what stands above it."""
    rows = {
        row.id: row for row in session.execute(select(Organisation.id, Organisation.parent_id, Organisation.council_id))
    }
    return {place: str(council) for place in rows if (council := _council_of(rows, place))}


def _council_of(rows: Mapping[int, Any], place: int) -> int | None:
    here: int | None = place
    for _step in rows:  # no more steps than there are organisations, whatever stands above what
        row = rows.get(here) if here is not None else None
        if row is None or row.council_id:
            return row.council_id if row is not None else None
        here = row.parent_id
    return None


def _councils_of_items(work: Work) -> dict[int, Sequence[str]]:
    councils = {place: (council,) for place, council in councils_of(work.session).items()}
    rows = work.session.execute(select(Item.id, Item.organisation_id))
    return {item_id: councils[place] for item_id, place in rows if place in councils}


def _names_of_councils(work: Work, values: Collection[str], _locale: str) -> dict[str, str]:
    ids = [int(value) for value in values if value.isdecimal()]
    rows = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    return {str(row.id): row.short_name or row.name for row in work.session.scalars(rows)}


def _terms(vocabulary: str, label: str, weight: int) -> ReportDimension:
    """Return a dimension of the items' codes of a vocabulary."""

    def of_items(work: Work) -> dict[int, Sequence[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        rows = select(ItemTerm.item_id, ItemTerm.code).where(ItemTerm.vocabulary == vocabulary)
        for item_id, code in work.session.execute(rows):
            found[item_id].append(code)
        return dict(found)

    def words(work: Work, values: Collection[str], locale: str) -> dict[str, str]:
        known = work.services.vocabularies[f"{vocabulary}s"]
        said = {term.code: _said(vocabulary, term.code, term.short(locale)) for term in known if term.code in values}
        return said | {value: value for value in values if value not in said}

    return ReportDimension(vocabulary, label, of_items, words, facet=vocabulary, ordered=True, weight=weight)


def _said(vocabulary: str, code: str, words: str) -> str:
    return f"{code} · {words}" if vocabulary == "group" else words[:1].upper() + words[1:]


COUNTS = (
    ReportCount("published", N_("Publicados"), published, weight=40),
    ReportCount("seen", N_("Vistos"), lambda work, scope: counted_by_year(work, scope, "seen"), weight=60),
    ReportCount(
        "downloaded", N_("Descarregados"), lambda work, scope: counted_by_year(work, scope, "downloaded"), weight=62
    ),
)
DIMENSIONS = (
    _terms("level", N_("Nível de ensino"), 20),
    _terms("group", N_("Grupo de recrutamento"), 30),
    _terms("discipline", N_("Disciplina"), 40),
    ReportDimension("council", N_("Concelho"), _councils_of_items, _names_of_councils, weight=50),
)
