"""All that the plugin of level views touches: a page for each level, and how searches in a level look."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext

from plugins.level_views import adopting, api, asking, challenges, levels, mine, models, own, places, trail, views
from plugins.level_views.pages import admin, arranging, board, portal, shelves
from plugins.level_views.pages import mine as mine_pages
from plugins.level_views.pages import tried as tried_pages
from repository.api import (
    N_,
    Actor,
    ApiBlueprint,
    Arrangement,
    AuditAction,
    AuditSubject,
    Demonstration,
    Door,
    Item,
    ItemAction,
    JobKind,
    LevelView,
    NavEntry,
    Panel,
    Permission,
    SearchField,
    SearchNote,
    SearchParameter,
    Services,
    User,
    Work,
    hookimpl,
)

__all__ = ["models"]


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (portal.pages, admin.pages)


@hookimpl
def register_api() -> Iterable[ApiBlueprint]:
    return (api.make_blueprint(),)


@hookimpl
def register_level_views() -> Iterable[LevelView]:
    return levels.VIEWS


@hookimpl
def register_permissions() -> Iterable[Permission]:
    label = N_("Ordenar, renomear e esconder os níveis")
    return (Permission(views.PERMISSION, label, ("administrator",), of_house=True),)


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in trail.AUDIT.items())


@hookimpl
def register_audit_subjects() -> Iterable[AuditSubject]:
    return (AuditSubject(kind, label, trail.FIELDS) for kind, label in trail.SUBJECTS.items())


@hookimpl
def nav_entries(actor: Actor) -> Iterable[NavEntry]:
    yield NavEntry(N_("Níveis"), "level_views.index", weight=8)
    yield NavEntry(N_("Níveis"), "level_views_admin.settings", 5, "admin", "layers", views.PERMISSION)


@hookimpl
def first_page_doors(work: Work) -> Iterable[Door]:
    return portal.first_page_doors(work)


@hookimpl
def arrange_search(
    work: Work, filters: Mapping[str, tuple[str, ...]], asked: Mapping[str, str]
) -> Iterable[Arrangement]:
    return arranging.arrangements(work, filters, asked)


@hookimpl
def register_search_parameters() -> Iterable[SearchParameter]:
    return (SearchParameter("view", "all: on the page of results, nothing comes first for who is signed in"),)


@hookimpl
def search_panels(work: Work, asked: Mapping[str, str]) -> Iterable[Panel]:
    return arranging.search_panels(work, asked)


@hookimpl
def me_panels(work: Work) -> Iterable[Panel]:
    yield from tried_pages.me_panels(work)
    yield from mine_pages.me_panels(work)


@hookimpl
def account_uses() -> Iterable[str]:
    return (N_("abrir logo o seu nível"),)


@hookimpl
def person_data(work: Work, user: User) -> Mapping[str, Any] | None:
    adopted = adopting.data(work, user)
    told = mine.data(work, user) | ({"adopted": adopted} if adopted else {}) | challenges.data(work, user)
    told |= own.data(work, user)
    return {"level_views": told} if told else None


@hookimpl
def account_forgotten(work: Work, user: User) -> None:
    mine.forget(work, user)
    adopting.forget(work, user)
    challenges.forget(work, user)
    own.forget(work, user)


@hookimpl
def register_search_fields() -> Iterable[SearchField]:
    return (SearchField("council", facet=True, label=N_("Concelho")),)


@hookimpl
def search_document(work: Work, item: Item) -> Mapping[str, Any]:
    council = places.council_of(work, item)
    return {"council": [council] if council else []}


@hookimpl
def facet_labels(work: Work, facet: str, values: Sequence[str]) -> Iterable[tuple[str, str]]:
    if facet != "council":
        return ()
    return [(str(id_), place.name) for id_, place in places.all_places(work.session).items() if str(id_) in values]


@hookimpl
def nothing_found_actions(work: Work, question: str, filters: Mapping[str, Sequence[str]]) -> Iterable[ItemAction]:
    return board.nothing_found_actions(work, question, filters)


@hookimpl
def search_notes(work: Work, items: Sequence[Item]) -> Iterable[SearchNote]:
    return shelves.search_notes(work, items)


@hookimpl
def item_panels(work: Work, item: Item) -> Iterable[Panel]:
    yield from shelves.item_panels(work, item)
    yield from board.item_panels(work, item)
    yield from tried_pages.item_panels(work, item)


@hookimpl
def item_used(work: Work, item: Item, user_id: int) -> None:
    asking.used(work, item, user_id)


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    label = N_("Esquecer o que já não se pergunta")
    return (JobKind(asking.JOB, asking.forget_old, period=timedelta(days=1), label=label),)


@hookimpl
def places_to_ask(work: Work, filters: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    if not work.actor.may_anywhere("items.deposit"):
        return
    known = work.services.vocabularies.disciplines
    said = ", ".join(known.label(code, work.actor.locale) for code in filters.get("discipline", ()))
    title = gettext("Procura-se material: %(what)s", what=said) if said else None
    yield (
        gettext("Pôr no quadro dos desafios"),
        url_for("level_views.new_challenge", level=filters.get("level"), title=title),
    )


@hookimpl
def load_demonstration(services: Services, demonstration: Demonstration) -> None:
    from plugins.level_views.demonstration import load  # only here: a server has no use for it

    load.load(services, demonstration)
