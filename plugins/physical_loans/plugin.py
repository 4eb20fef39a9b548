"""All that the lending desk touches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_babel import get_locale

from plugins.physical_loans import catalogue, categories, commands, copies, models, moves, parts, rules, stocktaking
from plugins.physical_loans.pages import contents, label_pages, scanned, stocktakes, thing_import, things, things_door
from plugins.physical_loans.pages import copies as copy_pages
from repository.api import (
    N_,
    Actor,
    AuditAction,
    Demonstration,
    FieldKind,
    Item,
    NavEntry,
    Panel,
    Permission,
    SearchField,
    Services,
    Work,
    hookimpl,
)

__all__ = ["copy_pages", "label_pages", "models", "scanned", "stocktakes", "thing_import", "things"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in (moves.AUDIT | CATALOGUE).items())


# What is lent

CATALOGUE = catalogue.AUDIT | copies.AUDIT | parts.AUDIT | stocktaking.AUDIT


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (things_door.pages,)


@hookimpl
def register_commands() -> Iterable[click.Command]:
    return (commands.loans,)


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return (
        SearchField("category", facet=True, label=N_("Tipo de kit")),
        SearchField("contents", FieldKind.TEXT, boost=1.5),
    )


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    return contents.search_document(work, item)


@hookimpl
def facet_labels(work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:
    return [(code, categories.label(code, str(get_locale()))) for code in values] if facet == "category" else ()


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    yield NavEntry(N_("O que se empresta"), "physical_loans_things.things", weight=36, permission=rules.DESK)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return contents.item_panels(work, item)


@hookimpl
def allow(actor: Actor, action: str, target: object) -> bool | None:
    return catalogue.may(actor, action, target) if isinstance(target, Item) else None


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.physical_loans.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)


@hookimpl
def item_withdrawn(work: Work, item: Item) -> None:
    catalogue.give_up_promises(work, item)
