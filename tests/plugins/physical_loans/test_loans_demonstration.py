"""What the demonstration centre lends: all kinds, all states, and each thing once."""

from collections import Counter

import pytest
from sqlalchemy import select

from plugins.physical_loans.demonstration import load
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Desk, Need, Shortage, Thing
from repository import accounts, items, organisations
from repository.demo.centre import demo_centre
from repository.demo.material import demo_materials
from repository.hookspecs import Demonstration
from repository.models import Item
from repository.work import now


@pytest.fixture
def demonstration(services, work_as):
    """The centre's accounts and one of its materials, as the core's own loading leaves them."""
    people = {person.key: person for person in demo_centre().people}
    with work_as() as work:
        centre = organisations.add(work, "centre", "Centro de demonstração")
        for person in people.values():
            user = accounts.create_user(work, person.email, person.name, "")
            role = "teacher" if person.role == "verified_teacher" else person.role
            accounts.grant(work, user, role, centre)
            user.verified_at = work.now if person.role != "teacher" else None
        item = items.create_draft(work)
        said = {"title": "Células da cebola ao microscópio", "level": ["2ceb"], "licence": "CC-BY-4.0"}
        items.describe(work, item, said | {"link": "https://exemplo.invalid"})
        items.submit(work, item)
    return Demonstration(actions={}, people=people, items={}, keep_files=lambda _said, _authors: ())


def test_it_has_all_that_staff_and_teachers_are_to_see_and_comes_in_once(services, work_as, demonstration):
    load.load(services, demonstration)
    with work_as() as work:
        before = _counted(work)
        states = Counter(work.session.scalars(select(Booking.state)))
        assert set(states) >= set(BookingState) - {BookingState.EXPIRED}
        open_loans = work.session.scalars(select(Booking).where(Booking.state == BookingState.OUT)).all()
        assert any(booking.ends_at < now() for booking in open_loans)
        assert set(work.session.scalars(select(Copy.state))) == set(CopyState)
        assert work.session.scalars(select(Shortage)).first() is not None
        assert work.session.scalars(select(Need)).one().quantity == 12
        things = work.session.scalars(select(Thing)).all()
        assert len(things) >= 25
        assert {thing.item.state for thing in things} == {"published"}
        levels = {level for thing in things for level in thing.item.codes("level")}
        assert levels >= {"pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc"}
        assert len(work.session.scalars(select(Copy)).all()) >= 55
    load.load(services, demonstration)
    with work_as() as work:
        assert _counted(work) == before


def test_each_lesson_that_speaks_of_the_centres_things_is_linked_with_one():
    linked = {said["material"] for said in load.told()["need"]}
    speaking = {
        material.title for material in demo_materials() if any("centro" in text for text in material.materials_needed)
    }
    assert speaking
    assert speaking <= linked


def _counted(work):
    models = (Thing, Item, Copy, Desk, Booking, Need, Shortage)
    return [len(work.session.scalars(select(model)).all()) for model in models]
