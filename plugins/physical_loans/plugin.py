"""All that the lending desk touches."""

from collections.abc import Iterable

from flask import Blueprint

from plugins.physical_loans import desk_panels, managing, models, moves, panels, photos, rules
from plugins.physical_loans.pages import (
    booking,
    desk,
    desk_door,
    door,
    handing,
    mine,
    papers,
    rules_pages,
    settings,
    together,
)
from repository.api import (
    N_,
    Actor,
    AuditAction,
    Item,
    JobKind,
    NavEntry,
    Panel,
    Permission,
    Work,
    hookimpl,
)

__all__ = ["booking", "desk", "handing", "mine", "models", "papers", "rules_pages", "together"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in (moves.AUDIT | managing.AUDIT).items())


# What teachers see and do


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (door.pages, desk_door.pages, settings.pages)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("levar kits emprestados"),)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return panels.item_panels(work, item)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return panels.me_panels(work)


# The desk


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (JobKind(photos.JOB, photos.clean_photos),)


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    if actor.may_anywhere(rules.DESK):
        yield NavEntry(N_("Balcão"), "physical_loans_desk.day", weight=6, count=desk_panels.needing)
    yield NavEntry(N_("Balcão"), "physical_loans_settings.desks", 3, "admin", "package", rules.DESK)


@hookimpl
def admin_panels(work: Work) -> Iterable[Panel]:
    return desk_panels.admin_panels(work)
