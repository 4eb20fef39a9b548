"""All that the lending desk touches."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Blueprint

from plugins.physical_loans import free_on, models, moves, needs, panels, rules
from plugins.physical_loans.pages import booking, door, lessons, mine, searching, together
from repository.api import (
    N_,
    AuditAction,
    Item,
    ItemAction,
    Narrowing,
    Panel,
    Permission,
    SearchNote,
    SearchParameter,
    Understood,
    Work,
    hookimpl,
)

__all__ = ["booking", "mine", "models", "together"]


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (
        Permission(rules.BORROW, N_("Levar emprestado"), ("teacher", "trainer", "staff", "administrator")),
        Permission(rules.DESK, N_("Trabalhar no balcão"), ("staff", "administrator")),
    )


@hookimpl
def register_audit_actions() -> Iterable[AuditAction]:
    return (AuditAction(code, words) for code, words in (moves.AUDIT | needs.AUDIT).items())


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
