"""Lets each teacher of the demonstration follow their group, and some a subject, with something new in it."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch
from repository.api import (
    SYSTEM,
    Demonstration,
    Item,
    ItemTerm,
    Services,
    State,
    User,
    Work,
    actor_of,
    open_look,
    open_work,
)

TEACHING = ("teacher", "verified_teacher", "trainer")
NEW = 2  # in each search, where there are as many
# The discipline that teachers of a group follow besides.
ALSO = {"110": "MAT", "500": "MAT", "230": "CN", "550": "TIC"}


def load(services: Services, demonstration: Demonstration) -> None:
    """Keep the searches of each teacher who has kept none yet."""
    for person in demonstration.people.values():
        if person.role in TEACHING and person.group:
            with open_look(services, SYSTEM) as work:
                user = work.session.scalar(select(User).filter_by(email=person.email))
                actor = user and actor_of(work.session, services.hook, user, work.now.date())
            if actor:
                with open_work(services, actor) as work:
                    _keep(work, person.group)


def _keep(work: Work, group: str) -> None:
    """Keep the searches of a teacher of a group, as they were before the newest in each was published."""
    mine = select(SavedSearch.id).where(SavedSearch.user_id == work.actor.user_id).limit(1)
    if work.session.scalar(mine) is not None:  # also one that was deleted: it must not come back by itself
        return
    wanted = [("group", group)] + ([("discipline", ALSO[group])] if group in ALSO else [])
    for name, code in wanted:
        seen_at = _before_the_newest(work, name, code)
        if seen_at is not None:
            row = saving.save(replace(work, now=seen_at), urlencode({name: code}))
            if name == "discipline":
                saving.set_mail(replace(work, now=seen_at), row.id, "weekly")


def _before_the_newest(work: Work, name: str, code: str) -> datetime | None:
    """Return a moment before the newest items with a term were published, or None when there are none."""
    having = select(ItemTerm.item_id).filter_by(vocabulary=name, code=code)
    published = select(Item.published_at).where(
        Item.state == State.PUBLISHED, Item.audience == "public", Item.id.in_(having), Item.published_at.is_not(None)
    )
    newest = work.session.scalars(published.order_by(Item.published_at.desc()).limit(NEW)).all()
    return newest[-1] - timedelta(minutes=1) if newest and newest[-1] else None
