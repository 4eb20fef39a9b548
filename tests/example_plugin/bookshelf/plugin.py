"""A shelf for each person: the example of the plugin guide."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint

from repository.api import Actor, FieldKind, Item, NavEntry, Panel, SearchField, Work, hookimpl
from tests.example_plugin.bookshelf import pages, shelves


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return [pages.pages]


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return [SearchField("bookshelf_kept", FieldKind.BOOLEAN, facet=True, label="Nas estantes")]


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    return [NavEntry("Estante", "bookshelf.shelf", weight=60)] if actor.signed_in else []


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return [
        Panel(
            "bookshelf",
            "bookshelf/panel.html",
            {"title": "Estante", "count": shelves.keepers(work, item)},
            slot="aside",
        )
    ]


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    return {"bookshelf_kept": ("1" if shelves.keepers(work, item) else "0",)}
