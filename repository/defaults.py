"""The core's own answers to its hooks: what holds with no plugin at all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext

from repository import (
    accounts,
    audit,
    checking,
    examining,
    housekeeping,
    indexing,
    joining,
    likeness,
    mail,
    own_figures,
)
from repository.figures import ReportCount, ReportDimension
from repository.hookspecs import (
    AuditAction,
    AuditSubject,
    Contact,
    JobKind,
    NavEntry,
    Panel,
    Permission,
    Scope,
    Setting,
    hookimpl,
)
from repository.models import Item, State, User
from repository.permissions import CORE_PERMISSIONS, OUTSIDE
from repository.search.fields import CORE_FIELDS, SearchField
from repository.settings import CORE
from repository.views import views_of
from repository.words import N_
from repository.work import Actor, Work


@hookimpl
def register_settings() -> Iterable[Setting]:
    return CORE


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return CORE_PERMISSIONS


@hookimpl
def register_scopes() -> Iterable[Scope]:
    return accounts.SCOPES


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    alike = likeness.like(work, item)
    if alike:
        context = {"title": gettext("Parecidos com este"), "alike": views_of(work, alike, {})}
        yield Panel("parecidos", "panels/like.html", context, weight=90)


FACET_LABELS = {
    "kind": N_("O que é"),
    "level": N_("Nível"),
    "year": N_("Ano"),
    "discipline": N_("Disciplina"),
    "group": N_("Grupo de recrutamento"),
    "type": N_("Tipo"),
    "licence": N_("Licença"),
    "language": N_("Língua"),
    "org": N_("De onde"),
    "action": N_("Ação de formação"),
}


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return [*(replace(field, label=FACET_LABELS.get(field.name, "")) for field in CORE_FIELDS), indexing.WORDS]


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (
        JobKind("files.examine", examining.examine_files, label=N_("Ler ficheiros")),
        JobKind("files.clean", examining.clean_files, label=N_("Tirar dados escondidos de fotografias")),
        JobKind("files.preview", examining.make_previews, label=N_("Fazer imagens das páginas")),
        JobKind("search.index", indexing.index_items, batch=100, label=N_("Atualizar a pesquisa")),
        JobKind("search.rebuild", indexing.rebuild, label=N_("Refazer a pesquisa")),
        JobKind("mail.send", mail.send, label=N_("Enviar correio")),
        JobKind("accounts.register", joining.register, label=N_("Responder a pedidos de conta")),
        JobKind("accounts.remind", joining.remind, label=N_("Responder a pedidos de palavra-passe")),
        JobKind("house.keep", housekeeping.keep, period=timedelta(hours=6), label=N_("Arrumar o que passou do prazo")),
        JobKind("house.check", checking.check_daily, period=timedelta(days=1), label=N_("Verificar a casa")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, label) for code, label in audit.ACTIONS.items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    values = audit.VALUES
    return (AuditSubject(kind, words, audit.FIELDS, values.get(kind, {})) for kind, words in audit.SUBJECTS.items())


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return own_figures.COUNTS


@hookimpl
def register_report_dimensions() -> Iterable[ReportDimension]:
    return own_figures.DIMENSIONS


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    yield NavEntry(N_("Procurar"), "pages.search", weight=10)
    yield NavEntry(N_("Administração"), "admin.overview", weight=90, permission="accounts.verify")
    admin = (
        (N_("Visão geral"), "admin.overview", "activity", ""),
        (N_("Avisos"), "admin.reports", "flag", "items.publish"),
        (N_("Contas"), "admin.accounts", "users", "accounts.verify"),
        (N_("Organizações"), "admin.organisations", "school", "organisations.manage"),
        (N_("Vocabulários"), "admin.vocabularies", "list-checks", "vocabularies.manage"),
        (N_("Módulos"), "admin.plugins", "puzzle", "settings.manage"),
        (N_("Definições"), "admin.settings", "settings", "settings.manage"),
        (N_("Trabalhos"), "admin.jobs", "clock", "jobs.manage"),
        (N_("Registo de alterações"), "admin.audit", "history", "audit.read"),
        (N_("Saúde"), "admin.health", "shield-check", "settings.manage"),
    )
    for weight, (label, endpoint, icon, permission) in enumerate(admin):
        yield NavEntry(label, endpoint, weight, "admin", icon, permission)


@hookimpl
def item_audiences(item: Item) -> Iterable[str]:
    if item.owner_id is not None:
        yield f"user:{item.owner_id}"
    if item.state == State.PUBLISHED:
        # What is licensed for internal use is never public, whatever else was chosen.
        audience = "members" if (item.licence, item.audience) == ("INT", "public") else item.audience
        yield {"public": "public", "members": "members"}.get(audience, f"org:{item.organisation_id}")
    # A draft is nobody else's, but for a new version of what was published: who may begin it may go on with it.
    if item.state not in (State.DRAFT, State.DISCARDED) or item.revises_id is not None:
        yield f"staff:{item.organisation_id or OUTSIDE}"
    yield from (grant.label for grant in item.grants)
    for credit in item.credits:  # last, because it may ask the database
        if credit.user_id is not None:
            yield f"user:{credit.user_id}"


@hookimpl
def actor_audiences(actor: Actor) -> Iterable[str]:
    return ()


@hookimpl
def item_contacts(work: Work, item: Item) -> Iterable[Contact]:
    """The owner and the credited people who have an account, in the order of the credits."""
    ids = dict.fromkeys([item.owner_id, *(credit.user_id for credit in item.credits)])
    people = [work.session.get(User, user_id) for user_id in ids if user_id is not None]
    for person in people:
        if person and person.email and not person.deleted_at:
            yield Contact(person.name, person.email, person.locale, f"/items/{item.id}", person.id)


@hookimpl
def allow(actor: Actor, action: str, target: object) -> bool | None:
    """Authors do as they like with their own; staff may edit, withdraw and publish what lies in their organisation."""
    if not isinstance(target, Item):
        return None
    mine = actor.signed_in and (
        target.owner_id == actor.user_id or any(c.user_id == actor.user_id for c in target.credits)
    )
    if action in ("edit", "submit", "withdraw") and mine:
        return True
    if action == "edit" and actor.may("items.edit_any", target.organisation_id):
        return True
    if action in ("submit", "withdraw", "publish", "review") and actor.may("items.publish", target.organisation_id):
        return True
    return None


@hookimpl(trylast=True)
def needs_review(work: Work, item: Item) -> bool:
    return False
