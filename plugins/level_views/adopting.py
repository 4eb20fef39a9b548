"""The shelf of a recruitment group at a school: what the group adopted, and what the place made for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from plugins.level_views import places
from plugins.level_views.models import Adoption
from plugins.level_views.places import Place
from repository.api import (
    N_,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    SearchRequest,
    State,
    User,
    Work,
    get,
    record,
    search_page,
    visible_items,
)

MOST = 60


@dataclass(frozen=True)
class Shelf:
    """A group at a place: what it adopted, newest first, and what the place made for the group besides."""

    place: Place
    group: str
    adopted: tuple[Item, ...]
    made_here: tuple[Item, ...]
    request: SearchRequest


def my_places(work: Work) -> list[Place]:
    """Return the schools and clusters where the person may adopt for their group."""
    if not work.actor.group_code or not work.actor.organisation_ids:
        return []
    known = places.all_places(work.session)
    return [
        known[id_] for id_ in work.actor.organisation_ids if id_ in known and known[id_].kind in ("school", "cluster")
    ]


def adopt(work: Work, item_id: int, organisation_id: int) -> Item:
    """Put an item on the shelf of the person's group; twice is once. Raises Invalid, NotAllowed and NotFound."""
    item = get(work, item_id)
    _check(work, organisation_id)
    if item.state != State.PUBLISHED:
        raise Invalid(N_("Só o que está publicado pode ir para a prateleira."))
    if _row(work, item_id, organisation_id) is None:
        group = work.actor.group_code
        row = Adoption(item_id=item.id, organisation_id=organisation_id, group_code=group, adopted_at=work.now)
        row.user_id = work.actor.user_id
        work.session.add(row)
        record(work, "level_views.adopted", item, after={"organisation": organisation_id, "group": group})
    return item


def let_go(work: Work, item_id: int, organisation_id: int) -> Item:
    """Take an item off the shelf of the person's group; that it is not there is as good. Raises NotAllowed and NotFound."""
    item = get(work, item_id)
    _check(work, organisation_id)
    row = _row(work, item_id, organisation_id)
    if row is not None:
        before = {"organisation": organisation_id, "group": row.group_code}
        work.session.delete(row)
        record(work, "level_views.let_go", item, before=before)
    return item


def _check(work: Work, organisation_id: int) -> None:
    if organisation_id not in {place.id for place in my_places(work)}:
        raise NotAllowed(N_("Só quem é do grupo, nesta escola, muda a prateleira do grupo."))


def _row(work: Work, item_id: int, organisation_id: int) -> Adoption | None:
    part = {"item_id": item_id, "organisation_id": organisation_id, "group_code": work.actor.group_code}
    return work.session.scalar(select(Adoption).filter_by(**part))


def adopters(work: Work, item: Item) -> list[tuple[int, str]]:
    """Return where an item is on a shelf: places and groups."""
    query = select(Adoption.organisation_id, Adoption.group_code).filter_by(item_id=item.id)
    return [(place, group) for place, group in work.session.execute(query.order_by(Adoption.adopted_at, Adoption.id))]


def adopted_by_mine(work: Work, item_ids: Sequence[int]) -> set[int]:
    """Return which of these items the person's own group has adopted, in one query; none for others."""
    if not work.actor.group_code or not work.actor.organisation_ids or not item_ids:
        return set()
    query = select(Adoption.item_id).where(
        Adoption.item_id.in_(item_ids),
        Adoption.group_code == work.actor.group_code,
        Adoption.organisation_id.in_(work.actor.organisation_ids),
    )
    return set(work.session.scalars(query))


def shelf(work: Work, organisation_id: int, group: str) -> Shelf:
    """Return the shelf of a group at a school or cluster, as far as the person may see. Raises NotFound."""
    place = places.all_places(work.session).get(organisation_id)
    if place is None or place.kind not in ("school", "cluster") or group not in work.services.vocabularies.groups:
        raise NotFound(N_("Não há nenhuma prateleira neste endereço."))
    query = select(Adoption.item_id).filter_by(organisation_id=organisation_id, group_code=group)
    newest = query.order_by(Adoption.adopted_at.desc(), Adoption.id.desc()).limit(MOST)
    ids = list(work.session.scalars(newest))
    request = SearchRequest().changed(org=str(organisation_id), group=group)
    page = search_page(work, request)
    found = visible_items(work, [*ids, *(id_ for id_ in page.ids if id_ not in ids)])
    return Shelf(
        place,
        group,
        adopted=tuple(item for item in found if item.id in ids),
        made_here=tuple(item for item in found if item.id not in ids),
        request=request,
    )


def data(work: Work, user: User) -> list[int]:
    """Return the items that a person put on a shelf."""
    return list(work.session.scalars(select(Adoption.item_id).filter_by(user_id=user.id).order_by(Adoption.id)))


def forget(work: Work, user: User) -> None:
    """Let go of who adopted what; the shelf is the group's and stays."""
    for row in work.session.scalars(select(Adoption).filter_by(user_id=user.id)):
        row.user_id = None
