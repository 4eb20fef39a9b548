"""Puts a few materials on the shelves of the demonstration's groups, challenges on its board, and tried notes on items."""

import tomllib
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from plugins.level_views import adopting, tried
from plugins.level_views.models import Adoption, Challenge, ChallengeAnswer, SameProblem, TriedNote
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

EACH = 3


def load(services: Services, demonstration: Demonstration) -> None:
    """Let people with a group adopt what is for it, and tell a few difficulties; asked again, what is there stays."""
    emails = [person.email for person in demonstration.people.values() if person.group]
    with open_look(services, SYSTEM) as work:
        people = list(work.session.scalars(select(User.id).where(User.email.in_(emails)).order_by(User.id)))
        adopted = work.session.scalar(select(Adoption.id).limit(1)) is not None
        known = set(work.session.scalars(select(Challenge.title)))
        any_tried = work.session.scalar(select(TriedNote.id).limit(1)) is not None
    for user_id in [] if adopted else people:
        _adopt_as(services, user_id)
    told = tomllib.loads(files("plugins.level_views.demonstration").joinpath("challenges.toml").read_text("utf-8"))
    for place, one in enumerate(told["challenges"] if people else ()):
        if one["title"] not in known:
            with open_work(services, SYSTEM) as work:
                _pose(work, one, people[place % len(people) :] + people[: place % len(people)])
    for place, one in enumerate(told["tried"] if people and not any_tried else ()):
        _try(services, one, people[place % len(people) :] + people[: place % len(people)])


def _try(services: Services, told: dict[str, str], people: list[int]) -> None:
    """Let the first person who did not make it tell of an item, and another thank for it."""
    said = tried.Said(**{name: told.get(name, "") for name in tried.NAMES})
    with open_look(services, SYSTEM) as work:
        query = select(Item.id).where(Item.title.startswith(told["item"]), Item.state == State.PUBLISHED).limit(1)
        item_id = work.session.scalar(query)
        actors = [actor_of(work.session, work.hook, work.session.get_one(User, id_), work.now.date()) for id_ in people]
        item = work.session.get(Item, item_id) if item_id else None
        makers = {item.owner_id, *(credit.user_id for credit in item.credits)} if item else set()
    teachers = [a for a in actors if a.user_id not in makers and a.may_anywhere("items.deposit")]
    if item_id is None:
        return
    for actor in teachers[:1]:
        with open_work(services, actor) as work:
            tried.tell(work, item_id, said)
    for actor in teachers[:2]:
        with open_work(services, actor) as work:
            tried.thank(work, item_id, True)


def _adopt_as(services: Services, user_id: int) -> None:
    with open_work(services, SYSTEM) as work:
        person = work.session.get_one(User, user_id)
        actor = actor_of(work.session, work.hook, person, work.now.date())
        of_group = select(ItemTerm.item_id).filter_by(vocabulary="group", code=actor.group_code)
        query = select(Item.id).where(Item.id.in_(of_group), Item.state == State.PUBLISHED, Item.audience == "public")
        ids = list(work.session.scalars(query.order_by(Item.id).limit(EACH)))
    with open_work(services, actor) as work:
        for place in adopting.my_places(work):
            for item_id in ids:
                adopting.adopt(work, item_id, place.id)


def _pose(work: Work, told: dict[str, Any], people: list[int]) -> None:
    """Put a challenge on the board in the first person's name, with its answers, and let others have it too."""
    author, *others = people
    row = Challenge(
        title=told["title"], text=told["text"], levels=told["levels"], author_id=author, created_at=work.now
    )
    work.session.add(row)
    work.session.flush()
    for beginning in told["answers"]:
        query = select(Item.id).where(Item.title.startswith(beginning), Item.state == State.PUBLISHED).limit(1)
        if item_id := work.session.scalar(query):
            given = ChallengeAnswer(challenge_id=row.id, item_id=item_id, user_id=author, created_at=work.now)
            work.session.add(given)
    for user_id in others[: told["same"]]:
        work.session.add(SameProblem(challenge_id=row.id, user_id=user_id, created_at=work.now))
