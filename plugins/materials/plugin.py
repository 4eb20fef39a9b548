"""All that the plugin of digital materials touches: handing in, versions, adaptations, details of a lesson."""

from collections.abc import Iterable, Mapping
from typing import Any

import click
from flask import Blueprint

from plugins.materials import adaptations, deposit, details, imported, item_pages, panels
from plugins.materials.commands import materials
from repository.api import (
    N_,
    Actor,
    AuditAction,
    AuditSubject,
    Demonstration,
    FieldKind,
    Item,
    ItemAction,
    NavEntry,
    Panel,
    Relative,
    ReportCount,
    SearchField,
    Services,
    Work,
    hookimpl,
)


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (deposit.pages, item_pages.pages)


@hookimpl
def register_commands() -> Iterable[click.Command]:
    return (materials,)


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return (SearchField("materials_words", FieldKind.TEXT, boost=1.5),)


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction("item.adapted", N_("começou a adaptar um material")),)


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    return (AuditSubject("item", N_("material"), {"source": N_("Original")}),)


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return adaptations.COUNTS


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    return (NavEntry(N_("Entregar"), "materials.start", weight=40, permission="items.deposit"),)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("entregar materiais"),)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return panels.item_panels(work, item)


@hookimpl
def item_actions(work: Work, item: Item) -> Iterable[ItemAction]:
    return panels.item_actions(work, item)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return panels.me_panels(work)


@hookimpl
def citation_notes(work: Work, item: Item) -> Iterable[str]:
    return panels.citation_notes(work, item)


@hookimpl
def item_relatives(work: Work, item: Item) -> Iterable[Relative]:
    return adaptations.family(work, item)


@hookimpl
def item_needs(work: Work, item: Item) -> Iterable[str]:
    return details.details_of(work, item).needs


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    return {"materials_words": details.search_words(work, item)}


@hookimpl
def version_said(work: Work, item: Item) -> Mapping[str, Any] | None:
    return details.said_of(work, item)


@hookimpl
def version_restored(work: Work, item: Item, said: Mapping[str, Any]) -> None:
    details.say_again(work, item, said.get("materials"))


@hookimpl
def item_imported(work: Work, item: Item, values: Mapping[str, str]) -> Iterable[str]:
    return imported.take(work, item, values)


@hookimpl
def item_submitted(work: Work, item: Item) -> None:
    adaptations.check_licence(work, item, item.licence)


@hookimpl
def item_published(work: Work, item: Item) -> None:
    adaptations.count_published(work, item)


@hookimpl
def item_withdrawn(work: Work, item: Item) -> None:
    adaptations.count_undone(work, item)


@hookimpl
def item_copied(work: Work, source: Item, copy: Item) -> None:
    details.copy_details(work, source, copy)


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.materials.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)
