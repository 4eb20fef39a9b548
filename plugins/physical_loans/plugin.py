"""All that the lending desk touches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_babel import get_locale, gettext, ngettext

from plugins.physical_loans import (
    api,
    catalogue,
    categories,
    commands,
    declared,
    desk_panels,
    forgetting,
    letters,
    panels,
    promises,
    remind_command,
    reporting,
    rules,
    to_do,
)
from plugins.physical_loans.pages import BLUEPRINTS, contents, lessons, searching, trail
from repository.api import (
    N_,
    Actor,
    ApiBlueprint,
    Arrangement,
    AuditAction,
    AuditPerson,
    AuditSubject,
    Demonstration,
    Item,
    ItemAction,
    JobKind,
    MailKind,
    Narrowing,
    NavEntry,
    Panel,
    Permission,
    Promise,
    ReportCount,
    Scope,
    SearchField,
    SearchNote,
    SearchParameter,
    Services,
    Setting,
    Task,
    Understood,
    User,
    Work,
    hookimpl,
)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return declared.PERMISSIONS


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return declared.AUDIT


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    return trail.subjects()


@hookimpl
def audit_people() -> Iterable[AuditPerson]:
    return (AuditPerson("borrower", gettext("quem reservou")),)


# What teachers see and do


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return BLUEPRINTS


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("levar kits emprestados"),)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    yield from contents.item_panels(work, item)
    yield from panels.item_panels(work, item)


@hookimpl
def item_actions(work: Work, item: Item) -> Iterable[ItemAction]:
    return panels.item_actions(work, item)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return panels.me_panels(work)


@hookimpl
def me_tasks(work: Work) -> Iterable[Task]:
    yield from panels.me_tasks(work)
    yield from desk_panels.me_tasks(work)


@hookimpl
def register_search_parameters() -> Iterable[SearchParameter]:
    return declared.SEARCH_PARAMETERS


@hookimpl
def narrow_search(work: Work, asked: Mapping[str, str]) -> Iterable[Narrowing]:
    return searching.narrowings(work, asked)


@hookimpl
def arrange_search(work: Work, filters: Mapping[str, Sequence[str]], asked: Mapping[str, str]) -> Iterable[Arrangement]:
    return searching.arrangements(filters, asked)


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
    return declared.JOBS


@hookimpl
def register_commands() -> Iterable[click.Command]:
    commands.loans.add_command(remind_command.remind)
    return (commands.loans,)


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return reporting.COUNTS


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return letters.KINDS


@hookimpl
def register_settings() -> Iterable[Setting]:
    return declared.SETTINGS


# The desk


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    yield NavEntry(N_("Kits"), "physical_loans_booking.kits", weight=20)
    if actor.user_id is not None:
        yield NavEntry(N_("Empréstimos"), "physical_loans_booking.mine", weight=35, count=to_do.count)
    if actor.may_anywhere(rules.DESK):
        yield NavEntry(N_("Balcão"), "physical_loans_desk.day", weight=6, count=desk_panels.needing)
    yield NavEntry(N_("Balcão"), "physical_loans_settings.desks", 3, "admin", "package", rules.DESK)
    yield NavEntry(N_("O que se empresta"), "physical_loans_things.things", 4, "admin", "list-checks", rules.DESK)
    yield NavEntry(
        N_("Números do balcão"), "physical_loans_booking.figures_page", 60, "admin", "file-spreadsheet", rules.DESK
    )


@hookimpl
def admin_panels(work: Work) -> Iterable[Panel]:
    return desk_panels.admin_panels(work)


# What is lent


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return declared.SEARCH_FIELDS


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    return contents.search_document(work, item)


@hookimpl
def facet_labels(work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:
    return [(code, categories.label(code, str(get_locale()))) for code in values] if facet == "category" else ()


@hookimpl
def allow(actor: Actor, action: str, target: object) -> bool | None:
    return catalogue.may(actor, action, target) if isinstance(target, Item) else None


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.physical_loans.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)


@hookimpl
def item_withdrawn(work: Work, item: Item) -> None:
    catalogue.give_up_promises(work, item)


# Who is known, to whom, and for how long; and what always holds


@hookimpl
def person_data(work: Work, user: User) -> Mapping[str, Any]:
    return {"physical_loans": forgetting.told(work, user)}


@hookimpl
def account_ties(work: Work, user: User) -> Iterable[str]:
    away, ahead = forgetting.ties(work, user)
    if away:
        yield ngettext("Falta devolver %(num)s empréstimo.", "Falta devolver %(num)s empréstimos.", away)
    if ahead:
        yield ngettext(
            "Ao apagar a conta, %(num)s reserva é anulada.", "Ao apagar a conta, %(num)s reservas são anuladas.", ahead
        )


@hookimpl
def account_forgotten(work: Work, user: User) -> None:
    forgetting.forget(work, user)


@hookimpl
def register_promises() -> Iterable[Promise]:
    return promises.PROMISES


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.make_blueprint(),)


@hookimpl
def register_scopes() -> Iterable[Scope]:
    return declared.SCOPES
