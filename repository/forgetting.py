"""Deleting an account: what the person made stays whole, and nothing that names the person stays anywhere."""

from sqlalchemy import delete, or_, select, update

from repository import audit
from repository.accounts import check_may_leave, end_access
from repository.items import reindex
from repository.models import (
    AccessToken,
    Credit,
    IdempotentAnswer,
    Item,
    ItemVersion,
    Mail,
    Membership,
    Report,
    State,
    User,
)
from repository.words import N_
from repository.work import Work

PSEUDONYM = N_("Autor sem nome")


def forget(work: Work, user: User, *, keep_name_on_materials: bool) -> None:
    """Delete the account: what it made stays, its name stays there only by choice, and nothing else remains of it.

    Raises NotAllowed for an account that one does not manage, and Conflict for the last administrator's.
    """
    check_may_leave(work, user)
    work.hook.account_forgotten(work=work, user=user)  # first: later nobody knows whose account it was
    end_access(work, user)
    for table in (AccessToken, IdempotentAnswer, Mail, Membership):
        work.session.execute(delete(table).where(table.user_id == user.id))
    work.session.expire(user, ["memberships"])
    theirs = or_(Report.email == user.email, Report.reporter_id == user.id)
    work.session.execute(update(Report).where(theirs).values(email="", reporter_id=None))
    _bin_drafts(work, user)
    if not keep_name_on_materials:
        _hide_name(work, user)
    user.email, user.password_hash, user.group_code, user.verified_at = None, "", "", None
    user.name, user.deleted_at = PSEUDONYM, work.now
    audit.record(work, "account.deleted", user, after={"name_kept_on_materials": keep_name_on_materials})


def _bin_drafts(work: Work, user: User) -> None:
    """Put drafts that nobody else can see into the bin; drafts with other authors stay theirs."""
    drafts = select(Item).where(Item.owner_id == user.id, Item.state.in_((State.DRAFT, State.CHANGES_REQUESTED)))
    for item in work.session.scalars(drafts):
        if all(credit.user_id in (None, user.id) for credit in item.credits):
            audit.record(work, "item.discard", item, {"state": item.state}, {"state": State.DISCARDED})
            item.state, item.updated_at = State.DISCARDED, work.now


def _hide_name(work: Work, user: User) -> None:
    """Take the name from credits, from the versions kept of each item, and from the index."""
    rows = work.session.execute(select(Credit.item_id, Credit.name).where(Credit.user_id == user.id))
    printed: dict[int, set[str]] = {}
    for item_id, name in rows:
        printed.setdefault(item_id, {user.name}).add(name)
    for version in work.session.scalars(select(ItemVersion).where(ItemVersion.item_id.in_(printed))):
        names = version.snapshot.get("authors", [])
        hidden = [PSEUDONYM if name in printed[version.item_id] else name for name in names]
        version.snapshot = version.snapshot | {"authors": hidden}
    work.session.execute(update(Credit).where(Credit.user_id == user.id).values(name=PSEUDONYM))
    for item in work.session.scalars(select(Item).where(Item.id.in_(printed), Item.state == State.PUBLISHED)):
        work.session.expire(item, ["credits"])
        reindex(work, item)
