"""What is in the box: the list of contents of a thing, of a copy that has its own, and what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from plugins.physical_loans import catalogue
from plugins.physical_loans.categories import categories
from plugins.physical_loans.models import Component, Copy, Shortage, Thing
from repository.api import N_, Conflict, Invalid, State, Work, record, reindex

MOST_PARTS = 200
MOST_OF_ONE = 100_000
FIELDS = ("name", "expected", "essential", "consumable")
AUDIT = {"thing.parts": N_("mudou a lista do que vem na caixa")}


@dataclass(frozen=True)
class Missing:
    """So many of a part that miss in a copy, since a moment; `essential` parts keep the copy from being lent."""

    inventory: str
    name: str
    count: int
    since: datetime
    essential: bool
    note: str


def of_thing(work: Work, thing_id: int) -> list[Component]:
    """Return the parts that every copy of the thing has, in order."""
    mine = select(Component).where(Component.thing_id == thing_id, Component.copy_id.is_(None))
    return list(work.session.scalars(mine.where(Component.removed_at.is_(None)).order_by(*_ORDER)))


def of_copy(work: Work, copy: Copy) -> list[Component]:
    """Return the parts that a copy should hold: those of its thing, then its own."""
    mine = or_(Component.copy_id.is_(None), Component.copy_id == copy.id)
    wanted = select(Component).where(Component.thing_id == copy.thing_id, mine, Component.removed_at.is_(None))
    return sorted(work.session.scalars(wanted.order_by(*_ORDER)), key=lambda part: part.copy_id is not None)


_ORDER = (Component.position, Component.id)


def missing_of(work: Work, copy_ids: Sequence[int]) -> list[Missing]:
    """Return what misses in some copies, the essential first, in one query."""
    wanted = (
        select(Copy.inventory, Component.name, Shortage.missing, Shortage.since, Component.essential, Shortage.note)
        .join(Shortage, Shortage.copy_id == Copy.id)
        .join(Component, Component.id == Shortage.component_id)
        .where(Copy.id.in_(copy_ids), Shortage.resolved_at.is_(None), Shortage.missing > 0)
        .order_by(Component.essential.desc(), Copy.inventory, Component.position)
    )
    return [Missing(*row) for row in work.session.execute(wanted)]


def proposed(category: str) -> list[dict[str, Any]]:
    """Return the parts that things of a kind usually have, as rows for `set_parts`."""
    known = categories().get(category)
    return [{name: getattr(part, name) for name in FIELDS} for part in (known.parts if known else ())]


def set_parts(work: Work, thing: Thing, rows: Sequence[Mapping[str, Any]], copy: Copy | None = None) -> None:
    """Let the list be as the rows say, in their order: `id` names a part that is there, parts not named go.

    The list is that of the thing, or what `copy` has besides. Raises Invalid with the row's number.
    """
    catalogue.require_manager(work, thing.item.organisation_id)
    wanted = [_checked(number, row) for number, row in enumerate(rows, 1)]
    if len(wanted) > MOST_PARTS:
        raise Invalid(N_("Uma lista tem no máximo %(most)s linhas."), "parts", most=MOST_PARTS)
    present = {part.id: part for part in _own(work, thing, copy)}
    before = [part.name for part in present.values()]
    for position, row in enumerate(wanted):
        part = present.pop(row["id"], None) if row["id"] is not None else None
        if part is None and row["id"] is not None:
            raise Conflict(N_("A lista mudou entretanto. Volte a abri-la."))
        if part is None:
            part = Component(thing_id=thing.item_id, copy_id=copy.id if copy else None)
            work.session.add(part)
        part.position = position
        for name in FIELDS:
            setattr(part, name, row[name])
    for part in present.values():
        _take_out(work, part)
    work.session.flush()
    work.session.expire(thing, ["components"])
    record(work, "thing.parts", thing.item, before={"parts": before}, after={"parts": [r["name"] for r in wanted]})
    if thing.item.state == State.PUBLISHED:
        reindex(work, thing.item)


def _own(work: Work, thing: Thing, copy: Copy | None) -> list[Component]:
    if copy is None:
        return of_thing(work, thing.item_id)
    mine = select(Component).where(Component.copy_id == copy.id, Component.removed_at.is_(None))
    return list(work.session.scalars(mine.order_by(*_ORDER)))


def _checked(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    name = " ".join(str(row.get("name", "")).split())
    if not name or len(name) > 120:
        raise Invalid(N_("Linha %(row)s: dê um nome à peça, até 120 letras."), "parts", row=number)
    expected = row.get("expected")
    if not isinstance(expected, int) or not 1 <= expected <= MOST_OF_ONE:
        raise Invalid(N_("Linha %(row)s: diga quantas há, com um número de 1 em diante."), "parts", row=number)
    chosen = {flag: bool(row.get(flag)) for flag in ("essential", "consumable")}
    return {"id": row.get("id"), "name": name, "expected": expected, **chosen}


def _take_out(work: Work, part: Component) -> None:
    """A part that is no longer counted is not missed either."""
    part.removed_at = work.now
    for shortage in work.session.scalars(select(Shortage).filter_by(component_id=part.id, resolved_at=None)):
        shortage.resolved_at = work.now
    work.session.flush()
    for copy in _blocked(work, part):
        copy.blocked = "" if not _essential_missing(work, copy.id) else copy.blocked


def _blocked(work: Work, part: Component) -> Iterable[Copy]:
    return work.session.scalars(select(Copy).where(Copy.thing_id == part.thing_id, Copy.blocked != ""))


def _essential_missing(work: Work, copy_id: int) -> bool:
    return any(missing.essential for missing in missing_of(work, [copy_id]))
