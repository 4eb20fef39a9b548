"""All that the plugin of moderation touches: what is handed in is checked, looked at and decided."""

from collections.abc import Iterable
from datetime import timedelta

import click
from flask import Blueprint
from sqlalchemy.orm import Session

from plugins.moderation import (
    api,
    checking,
    checks,
    daily,
    mails,
    models,
    panels,
    policies,
    queue,
    reporting,
    reviews,
    trail,
)
from plugins.moderation.checks import short_texts
from plugins.moderation.commands import moderation
from plugins.moderation.pages import admin, answers, deciding
from plugins.moderation.pages import queue as queue_pages
from repository.api import (
    N_,
    Actor,
    ApiBlueprint,
    AuditAction,
    AuditSubject,
    Check,
    Demonstration,
    Finding,
    Item,
    ItemAction,
    JobKind,
    MailKind,
    NavEntry,
    Notice,
    Panel,
    Permission,
    ReportCount,
    Services,
    Setting,
    Task,
    Work,
    hookimpl,
)

__all__ = ["models"]


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (queue_pages.pages, deciding.pages, answers.pages, admin.pages)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.make_blueprint(),)


@hookimpl
def register_commands() -> Iterable[click.Command]:
    return (moderation,)


@hookimpl
def register_checks() -> Iterable[Check]:
    return checks.CHECKS


@hookimpl
def text_doubts(text: str) -> Iterable[Finding]:
    return short_texts.doubts(text)


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in trail.AUDIT.items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    own = [AuditSubject(kind, label, trail.FIELDS, policies.MODES) for kind, label in trail.SUBJECTS.items()]
    checks_said = {check.code: check.label for check in checks.CHECKS}
    return (*own, AuditSubject("item", N_("material"), trail.FIELDS, checks_said))


@hookimpl
def register_settings() -> Iterable[Setting]:
    return (
        Setting(
            "moderation_rubric", str, "", N_("Critérios da moderação"), "Separated by semicolons; empty: four of ours.",
            editable=True,
        ),
        Setting("moderation_reasons", str, "", N_("Textos prontos da moderação"), "Folder with pt_PT.toml and en.toml."),
        Setting(
            "moderation_mail_minutes", int, 10, N_("Minutos até escrever aos autores"),
            "What is taken back within them is never mailed.", editable=True, least=0,
        ),
        Setting(
            "moderation_reminder_days", int, 5, N_("Dias até lembrar uma pergunta"), "Once.", editable=True, least=1
        ),
    )  # fmt: skip


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (Permission("moderation.manage", N_("Escolher quem modera e quando se decide"), ("administrator",)),)


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (
        JobKind(checking.JOB, checking.run, batch=10, label=N_("Verificar o que foi entregue")),
        JobKind(checking.PRINTS, checking.write_prints, batch=10, label=N_("Preparar a procura de cópias")),
        JobKind(mails.JOB, mails.write, label=N_("Escrever aos autores")),
        JobKind("moderation.daily", daily.run, period=timedelta(days=1), label=N_("Lembretes e resumo da moderação")),
    )


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return reporting.COUNTS


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return mails.KINDS


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    if policies.may_moderate(actor):
        yield NavEntry(N_("Moderação"), "moderation.queue", weight=5, count=queue.count_waiting)
    yield NavEntry(N_("Moderação"), "moderation_admin.settings", 2, "admin", "list-checks", "moderation.manage")


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    return panels.item_panels(work, item)


@hookimpl
def item_actions(work: Work, item: Item) -> Iterable[ItemAction]:
    return panels.item_actions(work, item)


@hookimpl
def admin_panels(work: Work) -> Iterable[Panel]:
    return panels.admin_panels(work)


@hookimpl
def me_tasks(work: Work) -> Iterable[Task]:
    return panels.me_tasks(work)


@hookimpl
def item_notices(work: Work, item: Item) -> Iterable[Notice]:
    return panels.item_notices(work, item)


@hookimpl
def item_audiences(item: Item) -> Iterable[str]:
    return policies.labels_of_item(item)


@hookimpl
def actor_audiences(actor: Actor, session: Session) -> Iterable[str]:
    return policies.labels_of_actor(actor, session)


@hookimpl
def allow(actor: Actor, action: str, target: object) -> bool | None:
    return policies.opinion(actor, action, target)


@hookimpl
def needs_review(work: Work, item: Item) -> bool | None:
    if item.kind != "digital":
        return None  # what stands on a shelf is entered by those who look after it
    return not work.actor.system and policies.mode_for(work, item) == policies.BEFORE


@hookimpl
def item_submitted(work: Work, item: Item) -> None:
    reviews.begin(work, item)


@hookimpl
def item_published(work: Work, item: Item) -> None:
    reviews.close(work, item)
    checking.ask_prints(work, item)


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.moderation.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)
