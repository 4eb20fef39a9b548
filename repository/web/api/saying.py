"""From the JSON of a description to the values the rules know, every code checked."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from repository.models import Item
from repository.rest.answers import FIELDS, Problem
from repository.results import VOCABULARY_OF
from repository.vocabularies import Vocabularies
from repository.work import Work

RULES_NAMES = {ours: theirs for theirs, ours in FIELDS.items()}
ONE_CODE = ("type", "licence", "language")
PLAIN = ("title", "summary", "audience", "keywords", "link", "changes")


def values_of(vocabularies: Vocabularies, said: dict[str, Any]) -> dict[str, Any]:
    """Return the values for `items.describe`. Raises a 422 problem that points to every unknown code."""
    values = {name: said[name] for name in PLAIN if name in said}
    values |= {name: said[name] or "" for name in ONE_CODE if name in said}
    values |= {theirs: said[ours] for ours, theirs in RULES_NAMES.items() if ours in said}
    wrong = [
        (f"/{ours}/{n}", code)
        for ours, theirs in RULES_NAMES.items()
        for n, code in enumerate(said.get(ours, ()))
        if code not in vocabularies[VOCABULARY_OF[theirs]]
    ]
    wrong += [
        (f"/{name}", values[name])
        for name in ONE_CODE
        if values.get(name) and not _known(vocabularies, name, values[name])
    ]
    if wrong:
        errors = [(pointer, gettext("O código «%(code)s» não é válido.", code=code[:80])) for pointer, code in wrong]
        raise Problem(422, gettext("O pedido tem campos que não servem."), errors)
    return values


def _known(vocabularies: Vocabularies, name: str, code: str) -> bool:
    return code in vocabularies[VOCABULARY_OF[name]]


def authors_of(work: Work, item: Item, names: Sequence[str]) -> list[tuple[str, int | None]]:
    """Return the authors with the accounts that are known: those named already, and the person who writes."""
    accounts = {credit.name: credit.user_id for credit in item.credits}
    return [(name, work.actor.user_id if name == work.actor.name else accounts.get(name)) for name in names]
