"""All that the plugin of kept searches touches."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint

from plugins.saved_searches import api, digest, models, pages, saving
from repository.api import (
    N_,
    ApiBlueprint,
    AuditAction,
    AuditSubject,
    Demonstration,
    JobKind,
    MailKind,
    Panel,
    Services,
    User,
    Work,
    hookimpl,
)

__all__ = ["models"]


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (pages.pages,)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.make_blueprint(),)


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    label = N_("Escrever o que há de novo nas pesquisas guardadas")
    return (JobKind(digest.JOB, digest.run, period=timedelta(days=1), label=label),)


@hookimpl
def register_mail_kinds() -> Iterable[MailKind]:
    return (digest.KIND,)


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in saving.AUDIT.items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    return (AuditSubject(kind, label, saving.FIELDS, pages.SAID) for kind, label in saving.SUBJECTS.items())


@hookimpl
def search_panels(work: Work, asked: Mapping[str, str]) -> Iterable[Panel]:
    return pages.search_panels(work, asked)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    return pages.me_panels(work)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("guardar pesquisas e saber do que chega"),)


@hookimpl
def person_data(work: Work, user: User) -> Mapping[str, Any] | None:
    found = saving.data(work, user)
    return {"saved_searches": found} if found else None


@hookimpl
def account_forgotten(work: Work, user: User) -> None:
    saving.forget(work, user)


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.saved_searches.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)
