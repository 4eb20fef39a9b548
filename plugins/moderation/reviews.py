"""The row that an item has in the queue: begun when it is handed in, closed when it is decided."""

from collections.abc import Iterator

from sqlalchemy import select

from plugins.moderation import checking, mails, policies
from plugins.moderation.acts import DECIDED, LATER, OPEN, WAITING
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Question, Review
from repository.api import Collection, Item, Work


def begin(work: Work, item: Item) -> None:
    """Put what was handed in into the queue; what is published at once is kept there under its published item.

    What the house itself brings in (an import, a demonstration) is no matter for a review.
    """
    if work.actor.system:
        return
    later = policies.mode_for(work, item) == policies.AFTER
    shown = item.revises_id if later and item.revises_id else item.id
    review = work.session.get(Review, shown) or Review(item_id=shown)
    made_for = next(collections(work, item), None)
    review.state = LATER if later else WAITING
    review.organisation_id = item.organisation_id
    review.collection_key = made_for.key if made_for else ""
    review.collection_label = made_for.label[:300] if made_for else ""
    review.fingerprint = fingerprint(item)
    review.findings[:] = []
    review.checked_at, review.warnings, review.decided_at = None, 0, None
    review.submitted_at = work.now
    work.session.add(review)
    close_questions(work, item.id)
    checking.ask(work, work.session.get_one(Item, shown))
    if not later:
        mails.ask(work, "received", item.id)


def collections(work: Work, item: Item) -> Iterator[Collection]:
    """Yield what the item was made for, as plugins tell."""
    for answer in work.hook.item_collections(work=work, item=item):
        yield from answer or ()


def close(work: Work, item: Item) -> None:
    """Take a published item, and the draft that was taken over by it, out of those that wait."""
    mine = select(Review).join(Item, Item.id == Review.item_id).where(Review.state.in_(OPEN))
    for review in work.session.scalars(mine.where((Item.id == item.id) | (Item.revises_id == item.id))):
        review.state, review.decided_at = DECIDED, work.now
        close_questions(work, review.item_id)


def close_questions(work: Work, item_id: int) -> None:
    """Let no question about the item wait any longer; their links lead nowhere from now on."""
    still_open = select(Question).where(
        Question.item_id == item_id, Question.answered_at.is_(None), Question.closed_at.is_(None)
    )
    for question in work.session.scalars(still_open):
        question.closed_at = work.now
