"""Parts of an edition's page: each module of the plugin adds its own with one line in `plugin.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.training_actions.models import Edition
from repository.api import Work

TABS = ("collect", "materials", "people", "history")
_known: dict[str, "Section"] = {}


@dataclass(frozen=True)
class Section:
    """A part of a tab, drawn by `template` with what `context` returns; it is left out where that returns None.

    `slot` is main or aside. A name said twice is the newer section.
    """

    name: str
    tab: str
    template: str
    context: Callable[[Work, Edition], Mapping[str, Any] | None]
    slot: str = "main"
    weight: int = 50


@dataclass(frozen=True)
class Drawn:
    """A section with what it shows."""

    name: str
    template: str
    context: Mapping[str, Any]


def add(*sections: Section) -> None:
    """Let these sections be part of every edition's page."""
    _known.update({section.name: section for section in sections})


def of(work: Work, edition: Edition, tab: str, slot: str) -> list[Drawn]:
    """Return the sections of one tab and slot that have something to show, by weight."""
    wanted = [section for section in _known.values() if (section.tab, section.slot) == (tab, slot)]
    found = []
    for section in sorted(wanted, key=lambda section: section.weight):
        context = section.context(work, edition)
        if context is not None:
            found.append(Drawn(section.name, section.template, context))
    return found
