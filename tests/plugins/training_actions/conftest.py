"""What tests of training actions share: an instance with the plugin, an action with an edition, and people in it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from plugins.training_actions import actions, participants
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from repository.models import Item, Organisation, User
from repository.work import now


@pytest.fixture
def plugins() -> list[str]:
    """The plugins that these tests need."""
    return ["materials", "training_actions"]


@pytest.fixture
def make_edition(work_as: Callable[..., Any], centre: Organisation) -> Callable[..., Edition]:
    """Make an action of the centre with one edition, open for another two weeks unless told."""

    def make(title: str = "Matemática com as mãos", organisation_id: int | None = None, **values: Any) -> Edition:
        of_action = {name: values.pop(name) for name in actions.ACTION_FIELDS if name in values}
        said = {"reference": "VM-OF-07", "name": "turma 1", "starts_on": date(2026, 9, 14)} | values
        said.setdefault("closes_at", now() + timedelta(days=14))
        with work_as() as work:
            action = actions.add_action(work, {"title": title} | of_action, organisation_id or centre.id)
            edition = actions.add_edition(work, action, said)
        return edition

    return make


@pytest.fixture
def edition(make_edition: Callable[..., Edition]) -> Edition:
    """An edition of an action of the centre."""
    return make_edition()


@pytest.fixture
def join(work_as: Callable[..., Any]) -> Callable[..., Participant]:
    """Add somebody to an edition."""

    def added(edition: Edition, name: str, email: str = "", **values: Any) -> Participant:
        with work_as() as work:
            found = work.session.get_one(Edition, edition.id)
            return participants.add_participant(work, found, {"name": name, "email": email} | values)

    return added


@pytest.fixture
def bring(work_as: Callable[..., Any], make_item: Callable[..., Item]) -> Callable[..., Item]:
    """Let an item of `owner` come out of an edition, with these participants as its authors."""

    def brought(edition: Edition, owner: User, *people: Participant, **values: Any) -> Item:
        item = make_item(owner, **values)
        with work_as() as work:
            work.session.add(Contribution(item_id=item.id, edition_id=edition.id, created_at=work.now))
            work.session.flush()
            work.session.add_all(Author(item_id=item.id, participant_id=who.id) for who in people)
        return item

    return brought
