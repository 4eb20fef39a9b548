"""All that the lending desk touches."""

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint

from plugins.physical_loans import after, clockwork, letters, models, moves, panels, queues, rules
from plugins.physical_loans.pages import booking, door, mine, together
from repository.api import N_, AuditAction, Item, JobKind, MailKind, Panel, Permission, Setting, Work, hookimpl

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


# What happens by itself


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (
        JobKind(moves.AFTER, after.run, batch=10),
        JobKind(queues.JOB, after.move_on, batch=10),
        JobKind(clockwork.JOB, clockwork.run, period=timedelta(minutes=10)),
    )


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return letters.KINDS


@hookimpl
def register_settings() -> Iterable[Setting]:
    return (
        Setting(
            "physical_loans_reminder_days", list, ["-3", "0", "1", "7"], N_("Dias dos lembretes de devolução"),
            "Before (negative) and after the return is due; empty: none.", editable=True,
        ),
        Setting(
            "physical_loans_quiet_hours", str, "20:00-08:00", N_("Horas sem lembretes"), "By the desk's clock.",
            editable=True,
        ),
        Setting(
            "physical_loans_let_go", bool, True, N_("Libertar o que não é levantado"),
            "Otherwise the desk cancels by hand.", editable=True,
        ),
        Setting(
            "physical_loans_grace_days", int, 1, N_("Dias abertos até libertar o que não é levantado"),
            "After the day of the pick-up.", editable=True, least=0,
        ),
    )  # fmt: skip
