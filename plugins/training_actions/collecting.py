"""What came of an action: its published items, for its page, its feed, the search and the item's own page."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import func, select, true
from sqlalchemy.orm import selectinload

from plugins.training_actions.actions import published
from plugins.training_actions.models import Action, Contribution, Edition, Participant
from plugins.training_actions.progress import state_of
from plugins.training_actions.reading import name_key
from repository.api import ANONYMOUS, N_, Collection, Item, NotFound, Work, day_in_figures, may_see

MOST_ITEMS = 500
MOST_FED = 50
PER_PAGE = 30


def get_public(work: Work, action_id: int) -> Action:
    """Return an action that has not been removed. Raises NotFound."""
    action = work.session.get(Action, action_id)
    if action is None or action.removed_at:
        raise NotFound(N_("Não há nada neste endereço."))
    return action


def public_list(work: Work, page: int) -> tuple[list[tuple[Action, list[Edition], int]], int]:
    """Return a page of actions, each with its editions and how many published items anybody may see, and the total.

    Those that brought something come first, the newest of them before the others.
    """
    open_to = ("public", "members") if work.actor.signed_in else ("public",)
    licensed = true() if work.actor.signed_in else Item.licence != "INT"
    counts = (
        select(Edition.action_id, func.count(Item.id).label("brought"), func.max(Item.published_at).label("newest"))
        .join(Contribution, Contribution.edition_id == Edition.id)
        .join(Item, Item.id == Contribution.item_id)
        .where(published(), Item.audience.in_(open_to), licensed, Edition.removed_at.is_(None))
        .group_by(Edition.action_id)
        .subquery()
    )
    query = select(Action, counts.c.brought).outerjoin(counts, counts.c.action_id == Action.id)
    query = query.where(Action.removed_at.is_(None), Action.editions.any(Edition.removed_at.is_(None)))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(counts.c.newest.desc().nulls_last(), Action.id.desc())
    loaded = ordered.options(selectinload(Action.editions)).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = work.session.execute(loaded).all()
    return [(action, present_editions(action), items or 0) for action, items in rows], total


def present_editions(action: Action) -> list[Edition]:
    """Return the editions that have not been removed."""
    return [edition for edition in action.editions if not edition.removed_at]


def items_of(work: Work, action: Action, most: int = MOST_ITEMS) -> list[Item]:
    """Return the published items of an action that the person may see, the newest first."""
    ids = [edition.id for edition in present_editions(action)]
    query = select(Item).join(Contribution, Contribution.item_id == Item.id)
    query = query.where(Contribution.edition_id.in_(ids), published())
    loaded = query.options(
        selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files), selectinload(Item.grants)
    )
    ordered = loaded.order_by(Item.published_at.desc(), Item.id.desc()).limit(most)
    return [item for item in work.session.scalars(ordered) if may_see(work, item)]


def open_items_of(work: Work, action: Action) -> list[Item]:
    """Return the newest items that anybody at all may see, for a feed."""
    return items_of(replace(work, actor=ANONYMOUS), action, MOST_FED)


def named_people(work: Work, action: Action) -> list[Participant]:
    """Return who took part and agreed to be named, trainers first, each name once."""
    ids = [edition.id for edition in present_editions(action)]
    query = select(Participant).where(
        Participant.edition_id.in_(ids), Participant.named, Participant.removed_at.is_(None)
    )
    found = {(who.role, who.name): who for who in work.session.scalars(query.order_by(Participant.name))}
    return sorted(found.values(), key=lambda who: (who.role != "trainer", name_key(who.name)))


def edition_of(work: Work, item: Item) -> Edition | None:
    """Return the edition that an item came out of, unless it or its action was removed."""
    query = select(Edition).join(Contribution, Contribution.edition_id == Edition.id).join(Action)
    present = (Edition.removed_at.is_(None), Action.removed_at.is_(None))
    return work.session.scalar(query.where(Contribution.item_id == item.id, *present))


def collections_of(work: Work, item: Item) -> Iterable[Collection]:
    """Yield the edition that an item was made for, with what its items should say."""
    edition = edition_of(work, item)
    if edition is None:
        return
    action = edition.action
    label = f"{action.title}, {edition.name}" if edition.name else action.title
    groups = (*action.groups, *_other_groups(work, edition)) if action.groups else ()
    expected = {"level": tuple(action.levels), "group": groups, "discipline": tuple(action.disciplines)}
    yield Collection(
        key=f"edition:{edition.id}",
        label=label,
        url=f"/actions/manage/editions/{edition.id}",
        parent=f"action:{action.id}",
        note=_note(work, edition),
        expected={name: codes for name, codes in expected.items() if codes},
    )


def _other_groups(work: Work, edition: Edition) -> list[str]:
    """Return the groups of the people in the edition that the action does not name: what they make is for theirs too."""
    query = select(Participant.group_code).where(
        Participant.edition_id == edition.id,
        Participant.group_code.not_in(["", *edition.action.groups]),
        Participant.removed_at.is_(None),
    )
    return sorted(set(work.session.scalars(query)))


def _note(work: Work, edition: Edition) -> str:
    state, days = state_of(edition, work.now)
    if edition.closes_at is None or days is None:
        return edition.reference
    closes = day_in_figures(edition.closes_at, work.actor.locale)
    return f"{edition.reference} · {closes}".strip(" ·") if state != "closed" else edition.reference


def titles(work: Work, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return the titles of actions by their ids as text."""
    numbers = [int(value) for value in ids if value.isdecimal() and len(value) < 16]
    rows = work.session.execute(select(Action.id, Action.title).where(Action.id.in_(numbers)))
    return [(str(action_id), title) for action_id, title in rows]
