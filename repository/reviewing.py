"""Decisions on what was handed in: taken up, sent back, declined, and each of them taken back."""

from sqlalchemy import select

from repository import audit, items
from repository.errors import Conflict
from repository.indexing import ask
from repository.models import Item, ItemVersion, State
from repository.permissions import require
from repository.words import N_
from repository.work import Work

MOVED_ON = N_("Entretanto o material mudou. Veja como está agora.")


def begin_review(work: Work, item: Item) -> None:
    """Take a submitted item up; its author can no longer take it back unseen. Raises NotAllowed and Conflict."""
    require(work, "review", item)
    items.move(work, item, "review")


def send_back(work: Work, item: Item, note: str) -> None:
    """Return the item to its authors with a note. Raises NotAllowed and Conflict."""
    require(work, "review", item)
    seen = item.state == State.PUBLISHED
    items.move(work, item, "return")
    work.hook.item_returned(work=work, item=item, note=note)
    if seen:
        ask(work, item.id)


def decline(work: Work, item: Item, note: str) -> None:
    """Decide not to publish the item, with a note. Raises NotAllowed and Conflict."""
    require(work, "review", item)
    items.move(work, item, "decline")
    work.hook.item_declined(work=work, item=item, note=note)


def reopen(work: Work, item: Item) -> None:
    """Take `decline` back: the item is under review again. Raises NotAllowed and Conflict."""
    require(work, "review", item)
    items.move(work, item, "reopen")


def take_back(work: Work, item: Item, *, published: bool = False) -> None:
    """Take `send_back` back while the authors have not handed in anew; it is under review again, or published as it was.

    Raises NotAllowed and Conflict.
    """
    require(work, "review", item)
    if not published:
        items.move(work, item, "undo")
        return
    if not item.version:
        raise Conflict(MOVED_ON)
    items.move(work, item, "reinstate")
    ask(work, item.id)


def undo_publish(work: Work, item: Item, draft: Item | None = None) -> Item:
    """Take a publication back and return what is under review again: the item, or the `draft` of a new version of it.

    The version that was made is gone; the item says what its version before said. Raises NotAllowed and Conflict.
    """
    require(work, "publish", item)
    versions = list(
        work.session.scalars(select(ItemVersion).filter_by(item_id=item.id).order_by(ItemVersion.number.desc()))
    )
    if item.state != State.PUBLISHED or not versions or versions[0].number != item.version:
        raise Conflict(MOVED_ON)
    if draft is None:
        items.move(work, item, "undo")
        item.published_at = None if item.version == 1 else item.published_at
    else:
        _give_back(work, item, draft, versions)
    work.session.delete(versions[0])
    item.version -= 1
    ask(work, item.id)
    if draft is None:
        work.hook.item_withdrawn(work=work, item=item)
    return draft or item


def _give_back(work: Work, item: Item, draft: Item, versions: list[ItemVersion]) -> None:
    """Let the item say what its version before said, and the draft of the undone version be under review again."""
    if draft.revises_id != item.id or draft.state != State.DISCARDED or len(versions) < 2:
        raise Conflict(MOVED_ON)
    items.say_again(work, item, versions[1].snapshot)
    before = draft.state
    draft.state, draft.updated_at = State.IN_REVIEW, work.now
    audit.record(work, "item.undo", draft, {"state": before}, {"state": draft.state})
