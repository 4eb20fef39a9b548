"""Puts a few materials on the shelves of the demonstration's groups, each by somebody of the group."""

from sqlalchemy import select

from plugins.level_views import adopting
from plugins.level_views.models import Adoption
from repository.api import SYSTEM, Demonstration, Item, ItemTerm, Services, State, User, actor_of, open_work

EACH = 3


def load(services: Services, demonstration: Demonstration) -> None:
    """Let each person with a group adopt a few published materials for it; asked again, what is there stays."""
    emails = [person.email for person in demonstration.people.values() if person.group]
    with open_work(services, SYSTEM) as work:
        if work.session.scalar(select(Adoption.id).limit(1)) is not None:
            return
        people = list(work.session.scalars(select(User.id).where(User.email.in_(emails)).order_by(User.id)))
    for user_id in people:
        _adopt_as(services, user_id)


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
