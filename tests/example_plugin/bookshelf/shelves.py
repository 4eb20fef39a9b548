"""The rules of the shelf."""

from collections.abc import Sequence

from sqlalchemy import func, select

from repository.api import N_, Item, NotAllowed, Work, get, may_see, record, reindex
from tests.example_plugin.bookshelf.models import Keep


def keep(work: Work, item_id: int) -> None:
    """Put an item that the person may see on their shelf; twice is once. Raises NotFound and NotAllowed."""
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para guardar na estante."))
    item = get(work, item_id)
    work.session.merge(Keep(user_id=work.actor.user_id, item_id=item.id, kept_at=work.now))
    record(work, "bookshelf.kept", item)
    reindex(work, item)


def on_shelf(work: Work) -> Sequence[Item]:
    """Return what the person keeps and may still see, the newest first."""
    query = select(Item).join(Keep, Keep.item_id == Item.id).where(Keep.user_id == work.actor.user_id)
    return [item for item in work.session.scalars(query.order_by(Keep.kept_at.desc())) if may_see(work, item)]


def keepers(work: Work, item: Item) -> int:
    """Return how many people keep the item."""
    return work.session.scalar(select(func.count()).select_from(Keep).where(Keep.item_id == item.id)) or 0
