"""The organisations of a centre: schools under clusters under the centre, each in a council."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repository import audit
from repository.errors import Conflict, Invalid, NotFound
from repository.items import reindex
from repository.models import Item, Organisation, State
from repository.permissions import require_permission
from repository.words import N_
from repository.work import Work

# What may stand above each kind. A school without a cluster stands under the centre itself.
ABOVE = {"centre": (), "cluster": ("centre",), "school": ("cluster", "centre"), "council": ()}
LIMITS = {"name": 200, "short_name": 80, "code": 20, "address": 300}
PERMISSION = "organisations.manage"


@dataclass(frozen=True)
class Branch:
    """An organisation in its place: `depth` counts from 0 at the top."""

    organisation: Organisation
    depth: int


def place_of(organisation: Organisation) -> int | None:
    """Return where power over an organisation is asked for: councils belong to no centre, so to the whole house."""
    return None if organisation.kind == "council" else organisation.id


def get(work: Work, organisation_id: int) -> Organisation:
    """Return the organisation. Raises NotFound."""
    organisation = work.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(N_("Não há nenhuma organização assim."))
    return organisation


def tree(session: Session) -> list[Branch]:
    """Return every organisation but the councils, each below its own, by name; one query."""
    rows = session.scalars(select(Organisation).where(Organisation.kind != "council").order_by(Organisation.name)).all()
    below: dict[int | None, list[Organisation]] = {}
    known = {row.id for row in rows}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[Branch] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for row in below.get(parent_id, ()):
            found.append(Branch(row, depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def councils(session: Session) -> list[Organisation]:
    """Return the councils by name."""
    return list(session.scalars(select(Organisation).filter_by(kind="council").order_by(Organisation.name)))


def subtree_ids(session: Session, organisation_id: int) -> set[int]:
    """Return the organisation's id and those of all below it."""
    parents = dict(session.execute(select(Organisation.id, Organisation.parent_id)).all())
    found = {organisation_id}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def add(
    work: Work,
    kind: str,
    name: str,
    *,
    parent_id: int | None = None,
    council_id: int | None = None,
    short_name: str = "",
    code: str = "",
    address: str = "",
) -> Organisation:
    """Add an organisation. Raises Invalid, Conflict when it is there already, and NotAllowed."""
    if kind not in ABOVE:
        raise Invalid(N_("Escolha o que é."), field="kind")
    if parent_id is not None and work.session.get(Organisation, parent_id) is None:
        raise Invalid(N_("Escolha a que organização pertence."), field="parent_id")
    require_permission(work, PERMISSION, parent_id)
    said = _clean({"name": name, "short_name": short_name, "code": code, "address": address})
    _check_place(work, kind, parent_id, council_id)
    _check_new(work, kind, said["name"], parent_id)
    organisation = Organisation(kind=kind, parent_id=parent_id, council_id=council_id, **said)
    work.session.add(organisation)
    audit.record(work, "organisation.added", organisation, after={"kind": kind, "parent": parent_id} | said)
    return organisation


def change(work: Work, organisation: Organisation, council_id: int | None, **values: str) -> None:
    """Change what an organisation says of itself: name, short_name, code, address, and its council."""
    require_permission(work, PERMISSION, place_of(organisation))
    said: dict[str, Any] = _clean({name: values.get(name, "") for name in LIMITS})
    _check_council(work, organisation.kind, council_id)
    _check_new(work, organisation.kind, said["name"], organisation.parent_id, but=organisation.id)
    said |= {"council_id": council_id}
    before = {name: getattr(organisation, name) for name in said}
    for name, value in said.items():
        setattr(organisation, name, value)
    if before != said:
        audit.record(work, "organisation.changed", organisation, before, said)
    if before["council_id"] != council_id:
        _reindex(work, subtree_ids(work.session, organisation.id))


def move(work: Work, organisation: Organisation, parent_id: int | None) -> None:
    """Put an organisation, with all below it, under another. Raises Invalid, NotAllowed."""
    for place in (organisation.id, organisation.parent_id, parent_id):
        require_permission(work, PERMISSION, place)
    if parent_id == organisation.parent_id:
        return
    _check_parent(work, organisation.kind, parent_id)
    below = subtree_ids(work.session, organisation.id)
    if parent_id in below:
        raise Invalid(N_("Uma organização não pode ficar dentro de si própria."), field="parent_id")
    audit.record(work, "organisation.moved", organisation, {"parent": organisation.parent_id}, {"parent": parent_id})
    organisation.parent_id = parent_id
    # The index keeps all organisations above an item, so that one finds what a cluster's schools have made.
    _reindex(work, below)


def _reindex(work: Work, organisation_ids: set[int]) -> None:
    published = select(Item).where(Item.organisation_id.in_(organisation_ids), Item.state == State.PUBLISHED)
    for item in work.session.scalars(published):
        reindex(work, item)


def close(work: Work, organisation: Organisation) -> None:
    """Close an organisation: nobody joins it, what it made stays. Raises Conflict while it has open ones."""
    require_permission(work, PERMISSION, place_of(organisation))
    if organisation.closed_at:
        return
    open_below = select(func.count()).where(Organisation.parent_id == organisation.id, Organisation.closed_at.is_(None))
    if work.session.scalar(open_below):
        raise Conflict(N_("Tem escolas abertas: mude-as ou feche-as primeiro."))
    if organisation.parent_id is None and organisation.kind == "centre":
        raise Conflict(N_("O centro não se fecha."))
    organisation.closed_at = work.now
    audit.record(work, "organisation.closed", organisation)


def reopen(work: Work, organisation: Organisation) -> None:
    """Open a closed organisation again."""
    require_permission(work, PERMISSION, place_of(organisation))
    if organisation.closed_at:
        organisation.closed_at = None
        audit.record(work, "organisation.reopened", organisation)


def _clean(values: dict[str, str]) -> dict[str, str]:
    said = {name: " ".join(value.split()) for name, value in values.items()}
    if not said["name"]:
        raise Invalid(N_("Escreva o nome."), field="name")
    for name, value in said.items():
        if len(value) > LIMITS[name]:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), field=name, most=LIMITS[name])
    return said


def _check_place(work: Work, kind: str, parent_id: int | None, council_id: int | None) -> None:
    _check_parent(work, kind, parent_id)
    _check_council(work, kind, council_id)


def _check_parent(work: Work, kind: str, parent_id: int | None) -> None:
    allowed = ABOVE[kind]
    if parent_id is None:
        if allowed:
            raise Invalid(N_("Escolha a que organização pertence."), field="parent_id")
        return
    parent = work.session.get(Organisation, parent_id)
    if parent is None or parent.kind not in allowed or parent.closed_at:
        raise Invalid(N_("Isto não pode ficar aí."), field="parent_id")


def _check_council(work: Work, kind: str, council_id: int | None) -> None:
    if council_id is None:
        return
    council = work.session.get(Organisation, council_id)
    if council is None or council.kind != "council" or kind == "council":
        raise Invalid(N_("Escolha o concelho da lista."), field="council_id")


def _check_new(work: Work, kind: str, name: str, parent_id: int | None, but: int = 0) -> None:
    same = select(Organisation.id).where(
        Organisation.kind == kind,
        func.lower(Organisation.name) == name.lower(),
        Organisation.parent_id.is_(None) if parent_id is None else Organisation.parent_id == parent_id,
        Organisation.id != but,
    )
    if work.session.scalar(same.limit(1)):
        raise Conflict(N_("Já existe «%(name)s» no mesmo lugar."), field="name", name=name)
