"""Asking once how it went: half a day after a download, or after a loan, on pages only, until answered, sent away or old."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from plugins.level_views.models import Asking, TriedNote
from repository.api import SYSTEM, Item, Services, Work, get, open_work, visible_items

JOB = "level_views.forget_asking"
SOONEST = timedelta(hours=12)  # after a download nobody has given the lesson yet; what was lent is used when it is back
ASKED_FOR = timedelta(days=30)  # then nobody is asked any more, and that the item was used is forgotten
TAKEN_KEPT_FOR = timedelta(days=30)
BEFORE_KEPT_FOR = timedelta(days=1)  # what was changed in a note may be what should not have stood there
MOST = 20


def used(work: Work, item: Item, user_id: int) -> None:
    """Note that a person may be asked about an item; who told of it already, or sent the question away, is not asked again."""
    own = (item.owner_id, *(credit.user_id for credit in item.credits))
    told = select(TriedNote.id).filter_by(item_id=item.id, user_id=user_id)
    if user_id in own or work.session.scalar(told) is not None:
        return
    if work.session.get(Asking, (user_id, item.id)) is None:
        work.session.add(Asking(user_id=user_id, item_id=item.id, used_at=work.now))


def open_one(work: Work) -> Item | None:
    """Return the item that the person is asked about: the last one used, as far as they may still see it."""
    if work.actor.user_id is None:
        return None
    query = select(Asking.item_id).join(Item, Item.id == Asking.item_id).where(_is_due(work))
    query = query.order_by(Asking.used_at.desc(), Asking.item_id.desc()).limit(MOST)
    return next(iter(visible_items(work, list(work.session.scalars(query)))), None)


def is_open(work: Work, item: Item) -> bool:
    """Return whether the person is asked about an item."""
    query = select(Asking.item_id).join(Item, Item.id == Asking.item_id).where(_is_due(work), Item.id == item.id)
    return work.actor.user_id is not None and work.session.scalar(query) is not None


def _is_due(work: Work) -> ColumnElement[bool]:
    """Return the condition that the person is asked about an item now: they can have used it, and it is not long ago."""
    return and_(
        Asking.user_id == work.actor.user_id,
        Asking.away_at.is_(None),
        Asking.used_at > work.now - ASKED_FOR,
        or_(Item.kind == "physical", Asking.used_at <= work.now - SOONEST),
    )


def send_away(work: Work, item_id: int, away: bool = True) -> None:
    """Do not ask the person about an item, or do; twice is once. Raises NotFound."""
    row = work.session.get(Asking, (work.actor.user_id, get(work, item_id).id)) if work.actor.user_id else None
    if row is not None:
        row.away_at = work.now if away else None


def answered(work: Work, item_id: int) -> None:
    """Let go of the question: the person told how it went."""
    row = work.session.get(Asking, (work.actor.user_id, item_id))
    if row is not None:
        work.session.delete(row)


def forget_old(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Forget who used what when it is too late to ask, notes that their authors took away a month ago, and what notes said.

    A question that was sent away is kept: it is the promise not to ask again.
    """
    with open_work(services, SYSTEM) as work:
        old = Asking.used_at <= work.now - ASKED_FOR
        work.session.execute(delete(Asking).where(old, Asking.away_at.is_(None)))
        work.session.execute(delete(TriedNote).where(TriedNote.taken_at <= work.now - TAKEN_KEPT_FOR))
        changed = update(TriedNote).where(TriedNote.told_at <= work.now - BEFORE_KEPT_FOR)
        work.session.execute(changed.values(before={}))
