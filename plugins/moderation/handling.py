"""What a moderator does with an item before deciding: take it, give it, correct it, set a warning aside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugins.moderation import checking
from plugins.moderation.decisions import open_review, take_up
from plugins.moderation.models import Review, ReviewFinding
from repository.api import (
    N_,
    Invalid,
    Item,
    NotFound,
    User,
    Work,
    actor_of,
    allowed,
    clean,
    describe,
    get,
    missing,
    record,
    require,
)


def claim(work: Work, item_id: int, user_id: int | None = None) -> Review:
    """Take an item, or give it to another moderator who may decide on it; said twice, it is so once."""
    item, review = open_review(work, item_id, "claim")
    holder = user_id or work.actor.user_id
    if holder != work.actor.user_id:
        _require_moderator(work, item, holder)
    take_up(work, item)
    if review.assigned_id != holder:
        record(work, "moderation.claim", item, {"assigned": review.assigned_id}, {"assigned": holder})
        review.assigned_id, review.assigned_at = holder, work.now
    return review


def _require_moderator(work: Work, item: Item, user_id: int | None) -> None:
    person = work.session.get(User, user_id)
    able = person is not None and not person.disabled_at and not person.deleted_at
    theirs = actor_of(work.session, work.hook, person, work.now.date()) if able and person else None
    if theirs is None or not allowed(replace(work, actor=theirs), "review", item):
        raise Invalid(N_("Essa pessoa não pode decidir sobre este material."), field="user")


def release(work: Work, item_id: int) -> Review:
    """Let an item go that somebody had taken."""
    item, review = open_review(work, item_id, "release")
    if review.assigned_id is not None:
        record(work, "moderation.release", item, {"assigned": review.assigned_id}, {"assigned": None})
        review.assigned_id = review.assigned_at = None
    return review


def edit(work: Work, item_id: int, values: Mapping[str, Any]) -> Item:
    """Correct what the item says, and check it again. Raises Invalid when something needed would be missing."""
    item, _review = open_review(work, item_id, "edit")
    changed = [name for name, value in values.items() if value != _said(item, name)]
    if not changed:
        return item
    take_up(work, item)
    describe(work, item, {name: values[name] for name in changed})
    wants = [want for want in missing(item) if want.field in changed]
    if wants:
        raise wants[0]
    record(work, "moderation.edit", item, after={"fields": changed})
    checking.ask(work, item)
    return item


def _said(item: Item, name: str) -> Any:
    return getattr(item, name) if hasattr(item, name) else item.codes(name)


def clean_file(work: Work, item_id: int, file_id: int) -> None:
    """Take the hidden data out of a file, and check the item again. Raises NotFound, NotAllowed and Conflict."""
    item, _review = open_review(work, item_id, "edit")
    file = next((file for file in item.files if file.id == file_id), None)
    if file is None:
        raise NotFound(N_("Não há nada neste endereço."))
    clean(work, file)
    record(work, "moderation.clean", file, after={"item": item.id})
    checking.ask(work, item)


def set_aside(work: Work, item_id: int, finding_id: int, *, on: bool) -> None:
    """Say that there is nothing wrong with what a check found, or take that back."""
    item = get(work, item_id)
    require(work, "review", item)
    finding = work.session.get(ReviewFinding, finding_id)
    if finding is None or finding.item_id != item.id:
        raise NotFound(N_("Não há nada neste endereço."))
    finding.dismissed_by = work.actor.user_id if on else None
    checking.count(finding.review)
    record(work, "moderation.set_aside" if on else "moderation.set_back", item, after={"check": finding.code})
