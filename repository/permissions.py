"""Who may see and do what: one rule for the page, the file, the thumbnail, the search and the API."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repository.errors import NotAllowed, NotFound
from repository.hookspecs import Permission
from repository.models import File, Item, ItemVersion, Membership, Organisation, User
from repository.registry import by_name, collect
from repository.words import N_
from repository.work import Actor, Work

CORE_PERMISSIONS = (
    Permission("items.deposit", N_("Entregar materiais"), ("teacher", "trainer", "staff", "administrator")),
    Permission("items.edit_any", N_("Editar materiais de outros"), ("staff", "administrator")),
    Permission("items.publish", N_("Publicar e retirar materiais de outros"), ("staff", "administrator")),
    Permission("accounts.manage", N_("Gerir contas e funções"), ("administrator",)),
    Permission("accounts.verify", N_("Confirmar docentes"), ("staff", "administrator")),
    Permission("organisations.manage", N_("Gerir escolas e agrupamentos"), ("administrator",)),
    Permission("vocabularies.manage", N_("Gerir vocabulários"), ("administrator",), of_house=True),
    Permission("settings.manage", N_("Mudar definições"), ("administrator",), of_house=True),
    Permission("jobs.manage", N_("Ver e repetir trabalhos"), ("administrator",), of_house=True),
    Permission("audit.read", N_("Consultar o registo de alterações"), ("administrator",), of_house=True),
)
ROLES = ("teacher", "trainer", "staff", "administrator")
PARENTS = select(Organisation.id, Organisation.parent_id)
OUTSIDE = 0  # stands for what belongs to no organisation


def all_permissions(hook: Any) -> dict[str, Permission]:
    """Return every declared permission by name. Raises PluginError when a name is used twice."""
    return by_name(collect(hook.register_permissions, strict=True), "permission")


def actor_of(session: Session, hook: Any, user: User, today: Any) -> Actor:
    """Return the person as an actor: labels and powers follow from the memberships valid on the day `today`."""
    return actor_from(session, hook, user, user.memberships, today)


def actor_from(session: Session, hook: Any, user: Any, memberships: Iterable[Any], today: Any) -> Actor:
    """Return as an actor whoever has the columns of a user, and of memberships, as objects or as plain rows."""
    parents = dict(session.execute(PARENTS).all())
    valid = [m for m in memberships if m.valid_from <= today and (m.valid_to is None or today <= m.valid_to)]
    labels = {"public", "members", f"user:{user.id}"} | ({"verified"} if user.verified_at else set())
    for membership in valid:
        labels |= {f"org:{above}" for above in _upwards(membership.organisation_id, parents)}
    for membership in valid:
        if membership.role in ("staff", "administrator"):
            labels |= {"verified", *(f"staff:{place}" for place in _below(membership.organisation_id, parents))}
    actor = Actor(
        user.id,
        user.name,
        user.locale,
        user.group_code,
        frozenset(labels),
        _powers(hook, valid, parents),
        tuple(m.organisation_id for m in valid),
    )
    return _with_plugin_labels(session, hook, actor)


def _with_plugin_labels(session: Session, hook: Any, actor: Actor) -> Actor:
    more = {label for answer in hook.actor_audiences(actor=actor, session=session) for label in answer or ()}
    return replace(actor, labels=actor.labels | more)


def _upwards(organisation_id: int, parents: dict[int, int | None]) -> Iterable[int]:
    here: int | None = organisation_id
    seen: set[int] = set()
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = parents.get(here)


def _powers(hook: Any, memberships: list[Membership], parents: dict[int, int | None]) -> dict[str, frozenset[int]]:
    covered: dict[str, set[int]] = {}
    places = {membership.organisation_id: _below(membership.organisation_id, parents) for membership in memberships}
    for permission in all_permissions(hook).values():
        for membership in memberships:
            if membership.role in permission.roles:
                below = places[membership.organisation_id]
                covered.setdefault(permission.name, set()).update(below & {OUTSIDE} if permission.of_house else below)
    return {name: frozenset(ids) for name, ids in covered.items()}


def _below(organisation_id: int, parents: dict[int, int | None]) -> set[int]:
    found = {child for child in parents if organisation_id in _upwards(child, parents)}
    return found | ({OUTSIDE} if parents.get(organisation_id) is None else set())


def item_labels(hook: Any, item: Item) -> frozenset[str]:
    """Return the labels that open the item; the core's own come from `defaults.item_audiences`."""
    return frozenset(label for answer in hook.item_audiences(item=item) for label in answer or ())


def may_see(work: Work, item: Item) -> bool:
    """Return whether the person may know that the item exists."""
    if work.actor.system:
        return True
    # The core's answer first, and no further than the first label that opens: most need no query for the others.
    answers = reversed(work.hook.item_audiences(item=item))
    return any(label in work.actor.labels for answer in answers for label in answer or ())


def may_fetch(work: Work, file: File) -> bool:
    """Return whether the person may read the file: the item is open to them, and so is the file's own audience.

    A file that was taken off can only be read as part of a published version, or by the item's owner.
    """
    if not may_see(work, file.item):
        return False
    own = file.item.owner_id is not None and file.item.owner_id == work.actor.user_id
    if own or work.actor.system:
        return True
    if file.removed_at is not None and not _was_published(work, file):
        return False
    wanted = {file.audience} if file.removed_at is None else {file.audience} | _audiences_now(file)
    return (wanted - {""}) <= work.actor.labels


def _was_published(work: Work, file: File) -> bool:
    snapshots = work.session.scalars(select(ItemVersion.snapshot).where(ItemVersion.item_id == file.item_id))
    return any(file.id in snapshot.get("files", ()) for snapshot in snapshots)


def _audiences_now(file: File) -> set[str]:
    """Return what the same bytes ask for in the present version: answers that were open by mistake do not stay so."""
    return {present.audience for present in file.item.files if present.sha256 == file.sha256}


def decide(opinions: Iterable[bool | None]) -> bool:
    """Return True when somebody allows and nobody forbids; silence denies."""
    said = list(opinions)
    return True in said and False not in said


def allowed(work: Work, action: str, target: object) -> bool:
    """Return whether the person may do `action` to `target`."""
    return work.actor.system or decide(work.hook.allow(actor=work.actor, action=action, target=target))


def require(work: Work, action: str, target: object) -> None:
    """Raise NotFound when the person may not know of an item, NotAllowed when they may not do this to it."""
    if isinstance(target, Item) and not may_see(work, target):
        raise NotFound(N_("Não há nada neste endereço."))
    if not allowed(work, action, target):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))


def require_permission(work: Work, permission: str, organisation_id: int | None = None) -> None:
    """Raise NotAllowed unless the person has the permission for the organisation."""
    if not work.actor.may(permission, organisation_id):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
