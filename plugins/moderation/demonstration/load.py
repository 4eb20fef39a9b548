"""Asks the demonstration's questions, sends one material back and names a moderator, by the plugin's own rules."""

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from plugins.moderation import decisions, policies, questions
from plugins.moderation.acts import DECIDED, WAITING
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Decision, Question, Review
from repository.api import SYSTEM, Demonstration, Item, Services, State, Work, actor_of, find_user, open_look, open_work


@cache
def told() -> dict[str, Any]:
    """Return what decided.toml says."""
    source = files("plugins.moderation.demonstration").joinpath("decided.toml")
    return tomllib.loads(source.read_text("utf-8"))


def load(services: Services, demonstration: Demonstration) -> None:
    """Do what the file tells to what waits for it; what was asked or decided before stays as it is."""
    with open_work(services, SYSTEM) as work:
        _add_moderators(work, demonstration)
    with open_look(services, SYSTEM) as look:
        person = find_user(look, demonstration.people[told()["staff"]].email)
        if person is None:
            return
        staff = actor_of(look.session, look.hook, person, look.now.date())
    with open_work(services, staff) as work:
        _decide_long_ago(work, [item_id for ids in demonstration.items.values() for item_id in ids])
        for said in told()["questions"]:
            for item in _waiting(work, said["title"]):
                questions.ask(work, item.id, said["text"])
        for said in told()["returned"]:
            for item in _waiting(work, said["title"]):
                decisions.decide(work, item.id, "return", seen=fingerprint(item), note=said["note"])


def _decide_long_ago(work: Work, item_ids: list[int]) -> None:
    """Say of what came of actions and is published that it was approved, some days after it was handed in."""
    wanted = select(Item).where(Item.id.in_(item_ids), Item.state == State.PUBLISHED).order_by(Item.id)
    for place, item in enumerate(work.session.scalars(wanted)):
        if item.published_at is None or work.session.get(Review, item.id) is not None:
            continue
        handed_in = item.published_at - timedelta(days=1 + place % 4, hours=place % 7)
        times = {"submitted_at": handed_in, "decided_at": item.published_at, "checked_at": handed_in}
        seen, actor = fingerprint(item), work.actor.user_id
        work.session.add(Review(item_id=item.id, state=DECIDED, fingerprint=seen, **times))
        decision = Decision(item_id=item.id, kind="approve", fingerprint=seen, actor_id=actor)
        decision.created_at = item.published_at
        work.session.add(decision)


def _add_moderators(work: Work, demonstration: Demonstration) -> None:
    for said in told()["moderators"]:
        person = find_user(work, demonstration.people[said["person"]].email)
        if person is not None:
            for group in said["groups"]:
                policies.add_moderator(work, person.id, None, group)


def _waiting(work: Work, title: str) -> list[Item]:
    """Return what waits under this title and was never asked about or decided."""
    mine = select(Item).join(Review, Review.item_id == Item.id).where(Item.title == title, Review.state == WAITING)
    asked = select(Question.item_id).union(select(Decision.item_id))
    return list(work.session.scalars(mine.where(Item.id.not_in(asked))))
