"""The people of an edition, prepared for being recognised, and what a sign of one of them is; knows no database."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from plugins.training_actions import names
from plugins.training_actions.names import AND, Word
from repository.api import N_

FULL, FIRST_LAST, FIRST_SURNAME = N_("nome completo"), N_("primeiro e último nome"), N_("primeiro nome e um apelido")
INITIAL_LAST, FIRST_INITIAL = N_("inicial e apelido"), N_("primeiro nome e inicial")
INITIALS, FIRST_ONLY, LAST_ONLY = N_("iniciais"), N_("primeiro nome"), N_("apelido")
ADDRESS, NUMBER, TEAM = N_("endereço de correio"), N_("número na lista"), N_("grupo de trabalho")
SLIP = N_("nome com uma gralha")


class Trust(IntEnum):
    """How far a sign goes: a guess for the tray, an answer unless the file says otherwise, an answer."""

    GUESS = 1
    SOFT = 2
    FIRM = 3


@dataclass(frozen=True)
class Person:
    """Somebody of the edition; `number` and `group` are those of the participants' list, `spellings` other names."""

    id: int
    name: str
    email: str = ""
    spellings: tuple[str, ...] = ()
    number: int | None = None
    group: str = ""
    school: str = ""
    trainer: bool = False


@dataclass(frozen=True)
class Sign:
    """Words of a text that may mean a person: from `start` up to `end`, of which `exact` are whole words."""

    person: int
    start: int
    end: int
    kind: str
    trust: Trust
    exact: int


@dataclass
class Roster:
    """The people of an edition, prepared for many questions. `numbers_hold` is set when the paths bear the list out."""

    people: Mapping[int, Person]
    forms: Mapping[int, tuple[tuple[Word, ...], ...]]
    joined_by_and: frozenset[int]
    numbers_hold: bool = False
    all_words: frozenset[str] = field(default_factory=frozenset)
    read: dict[str, Any] = field(default_factory=dict, init=False)  # what was read before: folders come again and again

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Roster":
        """Return the roster of these people."""
        known = {person.id: person for person in people}
        forms = {
            person.id: tuple(
                dict.fromkeys(form for name in (person.name, *person.spellings) if (form := names.name_words(name)))
            )
            for person in known.values()
        }
        joined = frozenset(
            person.id for person in known.values() if any(word.key == AND for word in names.words(person.name))
        )
        said = frozenset(word.key for each in forms.values() for form in each for word in form)
        return cls(known, forms, joined, all_words=said)

    def teams(self) -> dict[str, tuple[int, ...]]:
        """Return the working groups of the list with their people."""
        found: dict[str, list[int]] = {}
        for person in self.people.values():
            if person.group:
                found.setdefault(team_key(person.group), []).append(person.id)
        return {key: tuple(ids) for key, ids in found.items()}


def team_key(text: str) -> str:
    """Return the key of a working group: «Grupo 03», «G3» and «3» are one."""
    key = re.sub(r"^(grupo|group|equipa|gr|g)?[\W_]*", "", names.plain(text).strip())
    return key.lstrip("0") or key


def leading_number(text: str) -> int | None:
    """Return the number that a name begins with, as in «07 - Ana» or «n.º 7 Ana»."""
    found = re.match(r"\s*(?:n\.?[ºo°]?\s*|formand[oa]\s*|\()?0*(\d{1,3})(?!\d)", text, re.IGNORECASE)
    return int(found[1]) if found else None
