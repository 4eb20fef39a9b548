"""All that the plugin of training actions touches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import click
from flask import Blueprint, Request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from plugins.training_actions import (
    api,
    collecting,
    commands,
    contributions,
    deadlines,
    intake,
    intake_api,
    intake_command,
    intake_job,
    intake_uploads,
    joining,
    links,
    missing,
    missing_api,
    models,
    receipts,
    reporting,
    table_undo,
)
from plugins.training_actions import people as holders
from plugins.training_actions.actions import MANAGE
from plugins.training_actions.pages import (
    answers,
    delivery,
    intake_shown,
    link,
    link_lost,
    people,
    public,
    staff,
    tables,
    tasks,
)
from plugins.training_actions.pages import intake as intake_pages
from plugins.training_actions.pages import receipts as receipt_pages
from plugins.training_actions.pages.door import staff as staff_pages
from plugins.training_actions.trail import AUDIT, FIELDS, SUBJECTS, VALUES
from repository.api import (
    N_,
    Actor,
    ApiBlueprint,
    AuditAction,
    AuditPerson,
    AuditSubject,
    Collection,
    Contact,
    Demonstration,
    Item,
    JobKind,
    MailKind,
    NavEntry,
    Panel,
    Permission,
    ReportCount,
    ReportDimension,
    Services,
    Setting,
    Task,
    UploadPlace,
    Work,
    hookimpl,
)

__all__ = [
    "answers", "delivery", "intake_api", "intake_pages", "intake_shown", "link_lost", "missing_api", "models", "people",
    "staff", "tables",
]  # fmt: skip


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (public.pages, staff_pages, link.pages, receipt_pages.pages)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.blueprint,)


@hookimpl
def register_commands() -> Iterable[click.Command]:
    commands.actions.add_command(intake_command.take_in)
    return (commands.actions,)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (Permission(MANAGE, N_("Gerir ações de formação"), ("staff", "administrator")),)


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in (AUDIT | links.AUDIT).items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    own = [AuditSubject(kind, label, FIELDS, VALUES) for kind, label in SUBJECTS.items()]
    return (*own, AuditSubject("item", N_("material"), FIELDS))


@hookimpl
def audit_people(work: Work, acting: Sequence[str]) -> Iterable[AuditPerson]:
    return holders.acting(work, acting)


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
        yield Panel("training-action", "training_actions/panel_action.html", context, 30, "aside", paper=False)


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    edition = collecting.edition_of(work, item)
    return {"action": [str(edition.action_id)]} if edition else {}


@hookimpl
def facet_labels(work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:
    return collecting.titles(work, values) if facet == "action" else ()


@hookimpl
def item_imported(work: Work, item: Item, values: Mapping[str, str]) -> Iterable[str]:
    return joining.take(work, item, values)


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.training_actions.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)


@hookimpl
def item_collections(work: Work, item: Item) -> Iterable[Collection]:
    return collecting.collections_of(work, item)


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return reporting.COUNTS


@hookimpl
def register_report_dimensions() -> Iterable[ReportDimension]:
    return (reporting.DIMENSION,)


# Personal links, contributions, reminders and receipts


@hookimpl
def register_settings() -> Iterable[Setting]:
    days, minutes = (
        N_("Dias que uma ligação pessoal serve depois do fecho"),
        N_("Minutos até agradecer o que foi publicado"),
    )
    why = N_("O que for anulado dentro deles não chega a ser escrito a ninguém.")
    return (
        Setting(
            "training_archive_mb", int, 4096, N_("Tamanho máximo do ZIP de uma turma (MB)"), editable=True, least=1
        ),
        Setting("training_link_days", int, 90, days, editable=True, least=0),
        Setting("training_thanks_minutes", int, 10, minutes, why, editable=True, least=0),
    )


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return (
        MailKind(missing.KIND, N_("Lembretes do que falta entregar")),
        MailKind(receipts.KIND, N_("Agradecimentos com o recibo")),
    )


@hookimpl
def register_upload_places() -> Iterable[UploadPlace]:
    return (intake_uploads.UPLOADS,)


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (
        JobKind(intake.JOB, intake_job.run, apart=True, label=N_("Receber uma turma inteira")),
        JobKind(
            "training_actions.intakes_left",
            intake_job.find_left,
            period=timedelta(hours=1),
            label=N_("Retomar turmas que ficaram a meio"),
        ),
        JobKind(
            "training_actions.forget_tables",
            table_undo.forget_old,
            period=timedelta(days=1),
            label=N_("Esquecer importações que já não se anulam"),
        ),
        JobKind("training_actions.resend", links.resend, label=N_("Reenviar ligações pessoais")),
        JobKind(receipts.JOB, receipts.thank, label=N_("Agradecer o que foi publicado")),
        JobKind(
            "training_actions.remind",
            missing.remind_due,
            period=timedelta(hours=1),
            label=N_("Lembrar quem ainda não entregou"),
        ),
    )


@hookimpl
def actor_of_request(services: Services, request: Request) -> Actor | None:
    """The link stands in the address of its own pages, and in a header of the uploads they begin; nowhere else."""
    token = request.headers.get("Upload-Link", "") if request.blueprint == "uploads" else ""
    if request.blueprint == link.pages.name:
        token = (request.view_args or {}).get("token", "")
    return links.actor_of(services, token) if token else None


@hookimpl
def actor_audiences(actor: Actor, session: Session) -> Iterable[str]:
    return holders.labels_of(session, actor.user_id) if actor.user_id is not None else ()


@hookimpl
def allow(actor: Actor, action: str, target: object) -> bool | None:
    return deadlines.may(actor, action, target) if isinstance(target, Item) else None


@hookimpl
def item_contacts(work: Work, item: Item) -> Iterable[Contact]:
    return holders.contacts_of(work, item)


@hookimpl
def me_tasks(work: Work) -> Iterable[Task]:
    return tasks.me_tasks(work)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return holders.panels_of(work, work.actor)


@hookimpl
def item_submitted(work: Work, item: Item) -> None:
    contributions.note_handed_in(work, item)


@hookimpl
def item_published(work: Work, item: Item, restored: bool) -> None:
    receipts.note_published(work, item, restored=restored)
