"""What happens once a day: questions are remembered, and moderators are told what waits for them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select

from plugins.moderation import checking, mails, policies, queue
from plugins.moderation.models import Moderator
from repository.api import SYSTEM, Membership, Services, User, Work, actor_of, in_language, open_work, post


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Remind of old questions, look for what has no prints yet, and send each moderator the digest when something waits."""
    with open_work(services, SYSTEM) as work:
        mails.remind(services, work)
        checking.catch_up(work)
    with open_work(services, SYSTEM) as work:
        for person in _moderators(work):
            _digest(services, work, person)


def _moderators(work: Work) -> list[User]:
    theirs = select(Moderator.user_id)
    staff = select(Membership.user_id).where(Membership.role.in_(("staff", "administrator")))
    living = (User.disabled_at.is_(None), User.deleted_at.is_(None))
    return list(work.session.scalars(select(User).where(or_(User.id.in_(theirs), User.id.in_(staff)), *living)))


def _digest(services: Services, work: Work, person: User) -> None:
    actor = actor_of(work.session, work.hook, person, work.now.date())
    if not policies.may_moderate(actor):
        return
    waiting = queue.waiting_for(replace(work, actor=actor))
    if not waiting:
        return
    oldest = (work.now - min(row.submitted_at for row in waiting)).days
    url = f"{services.settings.public_url}/moderation"
    known = {"count": len(waiting), "days": oldest, "url": url}
    subject, body = (in_language(text, person.locale, mails.CATALOGUES, **known) for text in mails.DIGEST)
    post(work, person, subject, body, kind="moderation.digest")
