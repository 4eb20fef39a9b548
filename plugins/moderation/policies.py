"""What is decided before others find it and what only afterwards, and who decides on what."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from plugins.moderation.models import Moderator, Policy
from repository.api import (
    N_,
    UNDECIDED,
    Actor,
    Invalid,
    Item,
    NotFound,
    Organisation,
    State,
    User,
    Work,
    record,
    require_permission,
)

BEFORE, AFTER = "before", "after"
MODES = {BEFORE: N_("Decidir antes de publicar"), AFTER: N_("Publicar logo e ver depois")}
HOUSE, EVERYTHING = "house", "review:all"
LOOKED_AT = (*UNDECIDED, State.CHANGES_REQUESTED, State.DECLINED, State.PUBLISHED)
# Asked at every request of somebody with an account: made once, and for plain rows.
DECIDES = select(Moderator.organisation_id, Moderator.group_code).where(Moderator.user_id == bindparam("user_id"))
DECIDING = ("review", "publish")


def mode_for(work: Work, item: Item) -> str:
    """Return how the item is treated: the policy of its person counts first, then of what it was made for, its place
    and those above it, and the house; without any it is decided before."""
    scopes = list(_scopes(work, item))
    found = select(Policy.scope, Policy.mode).where(Policy.scope.in_(scopes))
    known = dict(work.session.execute(found).all())
    return next((known[scope] for scope in scopes if scope in known), BEFORE)


def _scopes(work: Work, item: Item) -> Iterator[str]:
    if item.owner_id is not None:
        yield f"user:{item.owner_id}"
    for answer in work.hook.item_collections(work=work, item=item):
        for collection in answer or ():
            yield from filter(None, (collection.key, collection.parent))
    yield from (f"org:{place}" for place in upwards(work.session, item.organisation_id))
    yield HOUSE


def upwards(session: Session, organisation_id: int | None) -> Iterator[int]:
    """Yield an organisation and those above it, the nearest first."""
    seen: set[int] = set()
    while organisation_id is not None and organisation_id not in seen:
        seen.add(organisation_id)
        yield organisation_id
        organisation_id = session.scalar(select(Organisation.parent_id).filter_by(id=organisation_id))


def set_mode(work: Work, scope: str, mode: str) -> None:
    """Say how what comes from `scope` is treated; an empty mode takes the policy away. Raises Invalid and NotAllowed."""
    require_permission(work, "moderation.manage")
    if mode and mode not in MODES:
        raise Invalid(N_("Escolha quando se decide."), field="mode")
    row = work.session.scalar(select(Policy).filter_by(scope=_known_scope(work, scope)))
    before = row.mode if row else ""
    if mode == before:
        return
    if row is not None and not mode:
        work.session.delete(row)
    else:
        row = row or Policy(scope=scope)
        row.mode, row.changed_at = mode, work.now
        work.session.add(row)
    record(work, "moderation.policy", row, {"scope": scope, "mode": before}, {"scope": scope, "mode": mode})


def _known_scope(work: Work, scope: str) -> str:
    kind, _, number = scope.partition(":")
    table = {"org": Organisation, "user": User}.get(kind)
    wrong = scope != HOUSE and (len(scope) > 60 or not number.isdecimal() or len(number) > 15)
    if wrong or (table is not None and work.session.get(table, int(number)) is None):
        raise Invalid(N_("Diga para quem vale: a casa, uma organização, uma pessoa ou uma turma."), field="scope")
    return scope


def policies(work: Work) -> list[tuple[Policy, str]]:
    """Return every policy with the name of what it is about, empty for a collection."""
    rows = list(work.session.scalars(select(Policy).order_by(Policy.scope)))
    return [(row, _name(work, row.scope)) for row in rows]


def _name(work: Work, scope: str) -> str:
    kind, _, number = scope.partition(":")
    tables: dict[str, type[Organisation | User]] = {"org": Organisation, "user": User}
    found = work.session.scalar(select(tables[kind].name).filter_by(id=int(number))) if kind in tables else None
    return found or ""


def labels_of_item(item: Item) -> Iterator[str]:
    """Yield the labels of those who decide on the item: on its place, on its groups, on both together."""
    if item.state not in LOOKED_AT:
        return
    place = item.organisation_id or 0
    yield EVERYTHING
    yield f"review:org:{place}"
    for code in item.codes("group"):
        yield f"review:group:{code}"
        yield f"review:org:{place}/{code}"


def labels_of_actor(actor: Actor, session: Session) -> set[str]:
    """Return the labels of what the person decides on; an organisation stands for all below it too."""
    if actor.user_id is None:
        return set()
    labels = set()
    for row in session.execute(DECIDES, {"user_id": actor.user_id}).all():
        after = f"/{row.group_code}" if row.group_code else ""
        if row.organisation_id is None:
            labels.add(f"review:group:{row.group_code}" if row.group_code else EVERYTHING)
        else:
            labels |= {f"review:org:{place}{after}" for place in below(session, row.organisation_id)}
    return labels


def below(session: Session, organisation_id: int) -> set[int]:
    """Return the organisation and all that belong to it."""
    parents = dict(session.execute(select(Organisation.id, Organisation.parent_id)).all())
    found = {organisation_id}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def is_own(actor: Actor, item: Item) -> bool:
    """Return whether the person owns the item, is credited on it, or brought it by a personal link."""
    if actor.signed_in and (
        item.owner_id == actor.user_id or any(credit.user_id == actor.user_id for credit in item.credits)
    ):
        return True
    # Who acts by a link, and the same person with an account, holds a label of their own.
    own = {label for label in actor.labels if label.startswith("participant:")} | {actor.acting}
    return any(grant.label in own for grant in item.grants)


def opinion(actor: Actor, action: str, target: object) -> bool | None:
    """Answer `allow`: nobody decides on their own, and moderators decide in their part."""
    if not isinstance(target, Item) or action not in DECIDING:
        return None
    if is_own(actor, target):
        return False
    return True if not actor.labels.isdisjoint(labels_of_item(target)) else None


def may_moderate(actor: Actor) -> bool:
    """Return whether the person decides on anything at all."""
    return actor.may_anywhere("items.publish") or any(label.startswith("review:") for label in actor.labels)


def add_moderator(work: Work, user_id: int, organisation_id: int | None, group_code: str) -> Moderator:
    """Let somebody decide on a part of the house; said twice, it is so once. Raises Invalid and NotAllowed."""
    require_permission(work, "moderation.manage")
    person = work.session.get(User, user_id)
    if person is None or person.deleted_at or person.disabled_at:
        raise Invalid(N_("Não há nenhuma conta com esse endereço."), field="email")
    if organisation_id is not None and work.session.get(Organisation, organisation_id) is None:
        raise Invalid(N_("Escolha uma organização da lista."), field="organisation")
    part = {"user_id": user_id, "organisation_id": organisation_id, "group_code": group_code}
    known = work.session.scalar(select(Moderator).filter_by(**part))
    if known is not None:
        return known
    row = Moderator(created_at=work.now, **part)
    work.session.add(row)
    record(work, "moderation.moderator_added", row, after=part)
    return row


def remove_moderator(work: Work, moderator_id: int) -> None:
    """End what `add_moderator` began. Raises NotFound and NotAllowed."""
    require_permission(work, "moderation.manage")
    row = work.session.get(Moderator, moderator_id)
    if row is None:
        raise NotFound(N_("Não há nada neste endereço."))
    part = {"user_id": row.user_id, "organisation_id": row.organisation_id, "group_code": row.group_code}
    record(work, "moderation.moderator_removed", row, before=part)
    work.session.delete(row)


def moderators(work: Work) -> list[tuple[Moderator, User, Organisation | None]]:
    """Return who decides on what, by name."""
    query = select(Moderator, User, Organisation).join(User, User.id == Moderator.user_id)
    query = query.outerjoin(Organisation, Organisation.id == Moderator.organisation_id).order_by(
        User.name, Moderator.id
    )
    return [(row, person, place) for row, person, place in work.session.execute(query)]
