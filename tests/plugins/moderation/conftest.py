"""A house with moderation in which nothing else is known: collections and checks come from a tiny plugin of the tests."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.moderation import decisions, policies
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Moderator, Review
from repository.models import Item, User
from repository.work import Services

COURSE = "tests.plugins.moderation.course_plugin"


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    """Materials, moderation, and items made for a course."""
    return make_services(plugins=["materials", "moderation", COURSE])


@pytest.fixture
def vera(make_person: Callable[..., User], work_as: Callable[..., Any]) -> User:
    """A teacher who moderates group 110, and has no role at the centre that would let her publish."""
    person = make_person("Vera")
    with work_as() as work:
        policies_row = Moderator(user_id=person.id, organisation_id=None, group_code="110", created_at=work.now)
        work.session.add(policies_row)
    return person


@pytest.fixture
def handed_in(make_item: Callable[..., Item]) -> Callable[..., Item]:
    """Hand an item in for group 110."""

    def make(owner: User, title: str = "Frações com barras", **values: Any) -> Item:
        sound = {"group": ["110"], "summary": "Um guia para comparar barras.", "text": f"O texto de «{title}»"}
        return make_item(owner, title, **(sound | values))

    return make


@pytest.fixture
def seen_of(work_as: Callable[..., Any]) -> Callable[[int], str]:
    """Return what stands for an item as it is now."""

    def seen(item_id: int) -> str:
        with work_as() as work:
            return fingerprint(work.session.get_one(Item, item_id))

    return seen


@pytest.fixture
def decide(work_as: Callable[..., Any], seen_of: Callable[[int], str]) -> Callable[..., int]:
    """Decide in a person's name on what there is now; return the decision's number."""

    def act(person: User, item_id: int, name: str, note: str = "Porque sim.", **known: Any) -> int:
        seen = known.pop("seen", None) or seen_of(item_id)
        with work_as(person) as work:
            return decisions.decide(work, item_id, name, seen=seen, note=note, **known).id

    return act


@pytest.fixture
def state_of(work_as: Callable[..., Any]) -> Callable[[int], tuple[str, str]]:
    """Return the states of an item and of its review."""

    def states(item_id: int) -> tuple[str, str]:
        with work_as() as work:
            review = work.session.get(Review, item_id)
            return str(work.session.get_one(Item, item_id).state), review.state if review else ""

    return states


@pytest.fixture
def set_mode(work_as: Callable[..., Any], admin: User) -> Callable[[str, str], None]:
    """Set a policy as an administrator."""

    def act(scope: str, mode: str) -> None:
        with work_as(admin) as work:
            policies.set_mode(work, scope, mode)

    return act
