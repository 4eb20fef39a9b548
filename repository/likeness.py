"""What is like an item: other items that share its words, subject and year, as far as the person may see them."""

from repository.indexing import LISTS
from repository.models import Item, State
from repository.results import visible_items
from repository.search.document import SearchDocument
from repository.work import Work

MOST_SHOWN = 4
MOST_ASKED = 8  # the index may be behind, and some of these gone


def like(work: Work, item: Item) -> list[Item]:
    """Return the few items that are most like this one; none for one that is not published."""
    if item.state != State.PUBLISHED:
        return []
    values = {name: tuple(item.codes(name)) for name in LISTS}
    document = SearchDocument(item.id, item.title, keywords=" ".join(item.keywords), values=values)
    ids = work.services.search.like(document, work.actor.labels, MOST_ASKED)
    return visible_items(work, ids)[:MOST_SHOWN]
