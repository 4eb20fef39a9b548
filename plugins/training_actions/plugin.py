"""All that the plugin of training actions touches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint, url_for
from flask_babel import gettext

from plugins.training_actions import api, collecting, commands, models
from plugins.training_actions.actions import MANAGE
from plugins.training_actions.pages import people, public, staff, tables
from plugins.training_actions.pages.door import staff as staff_pages
from repository.api import (
    N_,
    Actor,
    ApiBlueprint,
    Collection,
    Item,
    NavEntry,
    Panel,
    Permission,
    Work,
    hookimpl,
)

__all__ = ["models", "people", "staff", "tables"]


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (public.pages, staff_pages)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.blueprint,)


@hookimpl
def register_commands() -> Iterable[click.Command]:
    return (commands.actions,)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (Permission(MANAGE, N_("Gerir ações de formação"), ("staff", "administrator")),)


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    endpoint = "training_actions_manage.editions" if actor.may_anywhere(MANAGE) else "training_actions.actions"
    return (NavEntry(N_("Ações"), endpoint, weight=30),)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    edition = collecting.edition_of(work, item)
    if edition is not None:
        url = url_for("training_actions.action", action_id=edition.action_id)
        context = {"title": gettext("Feito na ação"), "edition": edition, "action": edition.action, "url": url}
        yield Panel("training-action", "training_actions/panel_action.html", context, 30, "aside")


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    edition = collecting.edition_of(work, item)
    return {"action": [str(edition.action_id)]} if edition else {}


@hookimpl
def facet_labels(work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:
    return collecting.titles(work, values) if facet == "action" else ()


@hookimpl
def item_collections(work: Work, item: Item) -> Iterable[Collection]:
    return collecting.collections_of(work, item)
