"""From the JSON of a description to the values the rules know, every code checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from repository.models import Item
from repository.rest.answers import FIELDS
from repository.rest.shapes import Sentence
from repository.results import VOCABULARY_OF
from repository.vocabularies import Vocabularies
from repository.work import Work

RULES_NAMES = {ours: theirs for theirs, ours in FIELDS.items()}
ONE_CODE = ("type", "licence", "language")
PLAIN = ("title", "summary", "audience", "keywords", "link", "changes")


def values_of(said: dict[str, Any]) -> dict[str, Any]:
    """Return the values for `items.describe`."""
    values = {name: said[name] for name in PLAIN if name in said}
    values |= {name: said[name] or "" for name in ONE_CODE if name in said}
    return values | {theirs: said[ours] for ours, theirs in RULES_NAMES.items() if ours in said}


def wrong_codes(vocabularies: Vocabularies, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sentence for each code that no vocabulary knows, by field, and by place in a list."""
    wrong: dict[str, Any] = {}
    for ours, theirs in RULES_NAMES.items():
        for place, code in enumerate(said.get(ours) or ()):
            if code not in vocabularies[VOCABULARY_OF[theirs]]:
                wrong.setdefault(ours, {})[place] = [_no_code(code)]
    for name in ONE_CODE:
        if said.get(name) and not _known(vocabularies, name, said[name]):
            wrong[name] = [_no_code(said[name])]
    return wrong


def _no_code(code: str) -> Sentence:
    return Sentence(gettext("O código «%(code)s» não é válido.", code=code[:80]))


def _known(vocabularies: Vocabularies, name: str, code: str) -> bool:
    return code in vocabularies[VOCABULARY_OF[name]]


def authors_of(work: Work, item: Item, names: Sequence[str]) -> list[tuple[str, int | None]]:
    """Return the authors with the accounts that are known: those named already, and the person who writes."""
    accounts = {credit.name: credit.user_id for credit in item.credits}
    return [(name, work.actor.user_id if name == work.actor.name else accounts.get(name)) for name in names]
