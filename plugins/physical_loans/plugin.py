"""All that the lending desk touches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import click
from flask import Blueprint

from plugins.physical_loans import (
    after,
    clockwork,
    digest,
    feeds,
    free_on,
    letters,
    models,
    moves,
    needs,
    panels,
    queues,
    remind_command,
    rules,
)
from plugins.physical_loans.pages import (
    attention,
    booking,
    calendars,
    door,
    lessons,
    mine,
    searching,
    together,
    turn,
)
from repository.api import (
    N_,
    AuditAction,
    Item,
    ItemAction,
    JobKind,
    MailKind,
    Narrowing,
    Panel,
    Permission,
    SearchNote,
    SearchParameter,
    Setting,
    Understood,
    Work,
    hookimpl,
)

__all__ = ["attention", "booking", "calendars", "mine", "models", "together"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    said = moves.AUDIT | needs.AUDIT | feeds.AUDIT | digest.AUDIT
    return (AuditAction(code, words) for code, words in said.items())


# What teachers see and do


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (door.pages, turn.pages)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("levar kits emprestados"),)


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
def register_search_parameters() -> Iterable[SearchParameter]:
    described = (
        "only kits that are free for a lesson on this day (2027-03-09), or from a day to a day (2027-03-09..2027-03-12)",
        "when the lesson begins (10:30); the first of the day without it",
        "when the lesson ends (12:00)",
        "1: say whether kits are free, and leave none out",
    )
    return (SearchParameter(name, words) for name, words in zip(free_on.PARAMETERS, described, strict=True))


@hookimpl
def narrow_search(work: Work, asked: Mapping[str, str]) -> Iterable[Narrowing]:
    return searching.narrowings(work, asked)


@hookimpl
def read_question(work: Work, question: str) -> Iterable[Understood]:
    return searching.understood(work, question)


@hookimpl
def search_panels(work: Work, asked: Mapping[str, str]) -> Iterable[Panel]:
    return searching.panels(asked)


@hookimpl
def search_notes(work: Work, asked: Mapping[str, str], items: Sequence[Item]) -> Iterable[SearchNote]:
    return searching.notes(work, asked, items)


@hookimpl
def collection_panels(work: Work, item_ids: Sequence[int]) -> Iterable[Panel]:
    return lessons.collection_panels(work, item_ids)


# What happens by itself


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (
        JobKind(moves.AFTER, after.run, batch=10),
        JobKind(queues.JOB, after.move_on, batch=10),
        JobKind(clockwork.JOB, clockwork.run, period=timedelta(minutes=10)),
    )


@hookimpl
def register_commands() -> Iterable[click.Command]:
    return (remind_command.loans,)


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
