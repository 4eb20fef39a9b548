"""All that the lending desk touches."""

from collections.abc import Iterable

from plugins.physical_loans import models, moves, rules
from repository.api import N_, AuditAction, AuditSubject, Permission, hookimpl

__all__ = ["models"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in moves.AUDIT.items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    return (AuditSubject("booking", N_("reserva")),)
