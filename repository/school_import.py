"""Many organisations at once from a table: read and checked as a whole first, then added all or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from repository import organisations
from repository.errors import DomainError
from repository.models import Organisation
from repository.tables import Row
from repository.vocabularies import Vocabulary
from repository.vocabularies.spelling import spelling_key
from repository.words import N_
from repository.work import Work

HEADINGS = {
    "kind": ("tipo", "kind", "o que é"),
    "name": ("nome", "name", "escola", "organização"),
    "short_name": ("nome curto", "sigla", "short name"),
    "code": ("código", "código dgeec", "code"),
    "address": ("morada", "address"),
    "parent": ("pertence a", "agrupamento", "parent", "cluster"),
    "council": ("concelho", "council", "município"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, by the number that a spreadsheet shows for it."""

    number: int
    error: DomainError


@dataclass
class Plan:
    """What the table would add, in order, and what is wrong with it; `known` counts rows that are there already."""

    to_add: list[dict[str, str]] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)


def plan(work: Work, rows: Iterable[Row], kinds: Vocabulary) -> Plan:
    """Return what the rows ask for; councils and clusters may stand in the same table, above their schools."""
    present = list(work.session.scalars(select(Organisation)))
    names = {key: row.kind for row in present for key in _keys(row.name, row.short_name, row.code)}
    made = Plan()
    for row in rows:
        said = _read(row)
        kind = kinds.find(said["kind"]) if said["kind"] else "school"
        if fault := _fault(said, kind, names):
            made.faults.append(Fault(row.number, fault))
        elif spelling_key(said["name"]) in names:
            made.known += 1
        else:
            made.to_add.append(said | {"kind": kind or ""})
            names |= dict.fromkeys(_keys(said["name"], said["short_name"], said["code"]), kind or "")
    return made


def carry_out(work: Work, made: Plan) -> int:
    """Add what was planned; return how many. Raises the first refusal, and nothing is added then."""
    found = {
        key: row.id
        for row in work.session.scalars(select(Organisation))
        for key in _keys(row.name, row.short_name, row.code)
    }
    for said in made.to_add:
        added = organisations.add(
            work,
            said["kind"],
            said["name"],
            parent_id=found.get(spelling_key(said["parent"])) or _top(work, said["kind"]),
            council_id=found.get(spelling_key(said["council"])),
            **{name: said[name] for name in ("short_name", "code", "address")},
        )
        work.session.flush()
        found |= dict.fromkeys(_keys(added.name, added.short_name, added.code), added.id)
    return len(made.to_add)


def _top(work: Work, kind: str) -> int | None:
    """Return the centre, which is meant where a table names nothing above a school or a cluster."""
    if not organisations.ABOVE[kind]:
        return None
    return work.session.scalar(select(Organisation.id).filter_by(kind="centre").order_by(Organisation.id).limit(1))


def _keys(*texts: str) -> set[str]:
    return {spelling_key(text) for text in texts if text}


def _read(row: Row) -> dict[str, str]:
    by_heading = {spelling_key(heading): text for heading, text in row.cells.items()}
    return {
        name: " ".join(
            next((by_heading[spelling_key(h)] for h in headings if spelling_key(h) in by_heading), "").split()
        )
        for name, headings in HEADINGS.items()
    }


def _fault(said: dict[str, str], kind: str | None, names: dict[str, str]) -> DomainError | None:
    if kind is None:
        return DomainError(N_("Não se conhece o tipo «%(text)s»."), "kind", text=said["kind"])
    if not said["name"]:
        return DomainError(N_("Falta o nome."), "name")
    long: Any = next((name for name, most in organisations.LIMITS.items() if len(said[name]) > most), None)
    if long:
        return DomainError(N_("Use no máximo %(most)s caracteres."), long, most=organisations.LIMITS[long])
    parent = said["parent"]
    if parent and names.get(spelling_key(parent)) not in organisations.ABOVE[kind]:
        return DomainError(N_("«%(text)s» não está na lista, ou não pode ter isto dentro."), "parent", text=parent)
    if said["council"] and names.get(spelling_key(said["council"])) != "council":
        return DomainError(N_("O concelho «%(text)s» não está na lista."), "council", text=said["council"])
    return None
