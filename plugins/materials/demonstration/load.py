"""Lets colleagues have adapted the demonstration's materials, each once and in words of what they changed."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from plugins.materials.adaptations import adapt, set_note
from plugins.materials.details import set_details
from plugins.materials.models import Adaptation
from repository.api import (
    SYSTEM,
    Demonstration,
    Item,
    Services,
    State,
    User,
    actor_of,
    attach,
    describe,
    open_look,
    open_work,
    remove,
    submit,
)

DESCRIBED = {"title": "title", "summary": "summary", "levels": "level", "years": "year", "groups": "group"}


def load(services: Services, demonstration: Demonstration) -> None:
    """Publish each adaptation whose source is there; asked again, what is there stays, and so does what is said of it."""
    told = tomllib.loads(files("plugins.materials.demonstration").joinpath("adaptations.toml").read_text("utf-8"))
    for title, note in told["notes"].items():
        _note(services, title, note)
    for one in told["adaptations"]:
        if one["by"] in demonstration.people:
            _adapt(services, demonstration, one)


def _note(services: Services, title: str, note: str) -> None:
    """Say of an adaptation of the centre's own what it changed."""
    with open_work(services, SYSTEM) as work:
        query = select(Adaptation).join(Item, Item.id == Adaptation.item_id)
        for known in work.session.scalars(query.where(Item.title == title, Adaptation.note == "")):
            known.note = note


def _adapt(services: Services, demonstration: Demonstration, told: Mapping[str, Any]) -> None:
    person = demonstration.people[told["by"]]
    with open_look(services, SYSTEM) as look:
        source_id = look.session.scalar(select(Item.id).filter_by(title=told["adapts"], state=State.PUBLISHED).limit(1))
        user = look.session.scalars(select(User).filter_by(email=person.email)).one_or_none()
        there = look.session.scalar(select(Item.id).filter_by(title=told["title"]).limit(1)) is not None
        if source_id is None or user is None or there:
            return
        actor = actor_of(look.session, look.hook, user, look.now.date())
    kept = demonstration.keep_files(told, person.name)
    with open_work(services, actor) as work:
        draft = adapt(work, work.session.get_one(Item, source_id))
        describe(work, draft, {name: told[key] for key, name in DESCRIBED.items() if key in told})
        set_details(work, draft, {"minutes": told["minutes"]})
        set_note(work, draft, told["note"])
        for file in list(draft.files):
            remove(work, file)
        for name, blob in kept:
            attach(work, draft, blob, name, priority=60)
        submit(replace(work, actor=SYSTEM), draft)  # the centre has decided on it long ago
