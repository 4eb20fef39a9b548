"""All vocabularies together, read from the data files, and the few questions that need two of them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from repository.vocabularies.terms import LOCALES, Term, Vocabulary

TERM_KEYS = frozenset({"code", "synonyms", "parent", "valid_from", "valid_to", *LOCALES})


class Suggestion(NamedTuple):
    """What a recruitment group tells about a material: the levels taught and the likely disciplines."""

    levels: tuple[str, ...]
    disciplines: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # compared by identity, so that what is made of them can be kept
class Vocabularies:
    """Every controlled vocabulary of the house; each has a data file of the same name."""

    levels: Vocabulary
    years: Vocabulary
    groups: Vocabulary
    disciplines: Vocabulary
    types: Vocabulary
    licences: Vocabulary
    languages: Vocabulary
    audience_roles: Vocabulary
    groupings: Vocabulary
    offers: Vocabulary
    competences: Vocabulary
    citizenship: Vocabulary
    modalities: Vocabulary
    organisation_kinds: Vocabulary
    roles: Vocabulary

    @classmethod
    def load(cls) -> "Vocabularies":
        """Return what the data files hold."""
        return cls(**{name: load_vocabulary(name) for name in cls.names()})

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Return the names of the vocabularies."""
        return tuple(part.name for part in fields(cls))

    def __getitem__(self, name: str) -> Vocabulary:
        if name not in self.names():
            raise KeyError(name)
        return getattr(self, name)

    def with_terms(self, extra: Mapping[str, Iterable[Term]]) -> "Vocabularies":
        """Return the vocabularies with a centre's own terms added, given by the vocabulary's name."""
        return replace(self, **{name: self[name].with_terms(terms) for name, terms in extra.items()})

    def level_of_year(self, year: str) -> str | None:
        """Return the level a school year belongs to: "8" → "3ceb"; any spelling of the year will do."""
        term = self.years.get(self.years.find(year) or "")
        return str(term.data["level"]) if term else None

    def years_of(self, level: str) -> tuple[str, ...]:
        """Return the school years of a level, none for levels without years."""
        term = self.levels.get(level)
        return term.codes("years") if term else ()

    def levels_with(self, guessed: Iterable[str], years: Iterable[str]) -> list[str]:
        """Return what guessed levels become once school years are known: those of the years, and those that have none."""
        found = {self.level_of_year(year) for year in years} | {code for code in guessed if not self.years_of(code)}
        return [term.code for term in self.levels if term.code in found]

    def suggest_from_group(self, group: str) -> Suggestion:
        """Return the levels and disciplines a recruitment group suggests; nothing for an unknown group."""
        term = self.groups.get(group)
        return Suggestion(term.codes("levels"), term.codes("disciplines")) if term else Suggestion((), ())


@cache
def load_vocabulary(name: str) -> Vocabulary:
    """Read one data file of this package, once for each process: nothing changes what it returns."""
    content = tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))
    terms = tuple(_term(entry, order) for order, entry in enumerate(content["terms"], start=1))
    return Vocabulary(name, terms, content.get("code_pattern", ""), tuple(content.get("prefixes", ())))


def _term(entry: Mapping[str, object], order: int) -> Term:
    """Terms count from 10 in tens, so that a centre can put its own between two of ours."""
    known = dict(entry)
    data = {key: value for key, value in known.items() if key not in TERM_KEYS}
    return Term(
        code=str(known["code"]),
        labels={language: str(known[language]) for language in LOCALES if language in known},
        synonyms=tuple(known.get("synonyms", ())),  # type: ignore[arg-type]
        parent=known.get("parent"),  # type: ignore[arg-type]
        order=order * 10,
        valid_from=known.get("valid_from"),  # type: ignore[arg-type]
        valid_to=known.get("valid_to"),  # type: ignore[arg-type]
        data=data,
    )
