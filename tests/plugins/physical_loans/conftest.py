"""What tests of the lending desk share: a desk with opening hours, things with copies, and a clock that is set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plugins.physical_loans.models import Component, Copy, Desk, Thing
from repository import items
from repository.models import Item, Organisation, User
from repository.work import Work

WEEK = {str(day): [["09:30", "13:00"], ["15:30", "18:00"]] for day in range(5)}
MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)  # a Monday without holidays near it; Lisbon is on UTC then


@pytest.fixture
def plugins() -> list[str]:
    """The plugin alone: the lending desk is complete without the others."""
    return ["physical_loans"]


@pytest.fixture
def at(work_as: Callable[..., Any]) -> Callable[..., Any]:
    """Open work in a person's name (or the house's own) at a moment, by default Monday, 1 March 2027, at 10:00."""

    @contextmanager
    def opened(user: User | None = None, moment: datetime = MONDAY) -> Iterator[Work]:
        with work_as(user) as work:
            yield replace(work, now=moment)

    return opened


@pytest.fixture
def desk(at: Callable[..., Any], centre: Organisation) -> Desk:
    """A desk of the centre, open from Monday to Friday from 9:30 to 13:00 and from 15:30 to 18:00."""
    with at() as work:
        desk = Desk(organisation_id=centre.id, name="Balcão de teste", hours=WEEK)
        work.session.add(desk)
    return desk


@pytest.fixture
def make_thing(at: Callable[..., Any], desk: Desk, centre: Organisation) -> Callable[..., Thing]:
    """Make a published thing with `copies` copies of `stock` units, each with the named components (name → expected)."""
    made: list[Item] = []

    def make(
        title: str = "Robôs de chão",
        copies: int = 1,
        stock: int = 1,
        parts: dict[str, int] | None = None,
        **values: Any,
    ) -> Thing:
        with at() as work:
            item = items.create_draft(work, kind="physical")
            items.describe(work, item, {"title": title, "level": ["1ceb"]})
            item.organisation_id = centre.id
            thing = Thing(item_id=item.id, **values)
            work.session.add(thing)
            work.session.flush()
            for position, (name, expected) in enumerate((parts or {}).items()):
                thing.components.append(Component(name=name, expected=expected, position=position))
            for number in range(1, copies + 1):
                name = f"T{len(made) + 1}-{number:02}"
                thing.copies.append(Copy(desk_id=desk.id, inventory=name, label=name, stock=stock, created_at=work.now))
            work.session.flush()
            items.submit(work, item)
            made.append(item)
        return thing

    return make


@pytest.fixture
def thing(make_thing: Callable[..., Thing]) -> Thing:
    """One thing with one copy."""
    return make_thing()
