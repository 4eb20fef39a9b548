"""Until when a contribution may be begun, finished and changed, and by whom."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, object_session

from plugins.training_actions.models import Contribution, Edition
from repository.api import Actor, Item, State, now

# What had begun when the edition closed may be finished: as long as an upload that stopped half-way is kept.
GRACE = timedelta(hours=24)


def contribution_of(session: Session, item: Item) -> Contribution | None:
    """Return what says that the item came out of an edition; the draft of a new version has its original's."""
    return session.get(Contribution, item.id) or (
        session.get(Contribution, item.revises_id) if item.revises_id is not None else None
    )


def is_open(edition: Edition, moment: datetime) -> bool:
    """Return whether the edition still takes new contributions."""
    return not edition.removed_at and (edition.closes_at is None or moment <= edition.closes_at)


def may_finish(edition: Edition, begun_at: datetime, moment: datetime) -> bool:
    """Return whether something begun at `begun_at` may still be finished: what was begun in time has a day more."""
    if is_open(edition, moment):
        return True
    closes = edition.closes_at
    return not edition.removed_at and closes is not None and begun_at <= closes and moment <= closes + GRACE


def may(actor: Actor, action: str, item: Item) -> bool | None:
    """Say whether one of its authors, by a link or an account, may do this to a contribution; None for anybody else."""
    if action not in ("edit", "submit", "withdraw"):
        return None
    if not any(given.label.startswith("participant:") and given.label in actor.labels for given in item.grants):
        return None
    session = object_session(item)
    contribution = contribution_of(session, item) if session is not None else None
    if session is None or contribution is None:
        return None
    # What was sent back is asked for: it may be corrected after the closing date, and one's own may go at any time.
    if action == "withdraw" or item.state == State.CHANGES_REQUESTED:
        return True
    edition = session.get_one(Edition, contribution.edition_id)
    if is_open(edition, now()):
        return True
    unfinished = item.state in (State.DRAFT, State.DISCARDED)
    return True if unfinished and may_finish(edition, item.created_at, now()) else None


def too_late(item: Item, edition: Edition, moment: datetime) -> bool:
    """Return whether a draft can no longer be finished, as neither it nor the edition has time left."""
    return item.state == State.DRAFT and not may_finish(edition, item.created_at, moment)
