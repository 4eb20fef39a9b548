"""All that the lending desk touches."""

from collections.abc import Iterable

from flask import Blueprint

from plugins.physical_loans import models, moves, panels, rules
from plugins.physical_loans.pages import booking, door, mine, together
from repository.api import N_, AuditAction, Item, Panel, Permission, Work, hookimpl

__all__ = ["booking", "mine", "models", "together"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in moves.AUDIT.items())


# What teachers see and do


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (door.pages,)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("levar kits emprestados"),)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return panels.item_panels(work, item)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return panels.me_panels(work)
