"""All that the plugin of reports touches: it counts nothing itself, and puts in tables what the others count."""

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import gettext

from plugins.reports import scopes
from plugins.reports.pages import views
from repository.api import N_, Actor, Demonstration, NavEntry, Panel, Permission, Services, Work, hookimpl


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.pages,)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (Permission(scopes.READ, N_("Ver os relatórios do centro"), ("staff", "administrator")),)


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    yield NavEntry(N_("Relatórios"), "reports.year", weight=45, permission=scopes.READ)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    if work.actor.may_anywhere(scopes.READ):
        yield Panel("reports", "reports/panel_mine.html", {"title": gettext("Relatórios")}, 20, "top")


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.reports.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)
