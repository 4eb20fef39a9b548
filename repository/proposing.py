"""What a file says of itself, proposed for the fields of a draft that nobody has filled yet."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from repository.items import set_codes
from repository.models import Item, State
from repository.vocabularies import Vocabularies

WORDS = ("title", "summary", "language", "keywords")
PROPOSED = (*WORDS, "type", "year")
HEAD = 600  # characters of the first page in which a material says what it is
MOST_YEARS = 2  # more are a table of all years, not what the material is for
_YEAR = r"(1[0-2]|[1-9])[ ]?\.?[ ]?[ºo°][ ]?"
_YEARS = re.compile(rf"(?<![\d.,]){_YEAR}(?:(?:e|/|,|-|ou)[ ]?{_YEAR})?\s*anos?\b", re.IGNORECASE)


def propose(item: Item, name: str, said: Any, known: Vocabularies, *, first: bool) -> None:
    """Fill the empty fields of a draft with what the file `name` says; a person's own words are never touched.

    Files are read in no certain order, so the `first` of the list may put its words in the place of another's.
    """
    if item.state != State.DRAFT or item.revises_id is not None:
        return
    found = {field: getattr(said, field) for field in WORDS} | _kind_of(name, said, known)
    if _is_table(said.summary):
        del found["summary"]
    for field, value in found.items():
        present = item.codes(field) if field == "year" else getattr(item, field)
        untouched = not present if field not in item.proposed else first
        if not value or not untouched:
            continue
        if field == "year":
            _set_years(item, value, known)
        else:
            setattr(item, field, list(value) if isinstance(value, tuple) else value)
        _note(item, field)


def _is_table(summary: str) -> bool:
    """Return whether a summary is but lines with numbers: it tells a reader nothing, and may be a list of pupils."""
    lines = summary.split(" · ")
    return len(lines) >= 3 and 3 * sum(any(char.isdigit() for char in line) for line in lines) >= len(lines)


def _note(item: Item, field: str) -> None:
    item.proposed = [*item.proposed, *({field} - {*item.proposed})]


def _set_years(item: Item, years: list[str], known: Vocabularies) -> None:
    """Set the years, and the level they belong to where none is known or it is only guessed."""
    set_codes(item, "year", years)
    if not item.codes("level") or "level" in item.proposed:
        set_codes(item, "level", known.levels_with(item.codes("level"), years))
        _note(item, "level")


def _kind_of(name: str, said: Any, known: Vocabularies) -> dict[str, Any]:
    """Return the years and the type: what the title says counts before the file's name, that before the first page."""
    title, stem = said.title, re.sub(r"[_\-]+", " ", name.rpartition(".")[0])
    head = next((page for page in said.pages if page.strip()), "")[:HEAD]
    years = years_in(title) or years_in(stem) or years_in(head)
    kind = type_in(title, known) or type_in(stem, known) or type_in(head, known, least=2)
    return {"year": years, "type": kind}


def years_in(text: str) -> list[str]:
    """Return the school years of which a text speaks ("4.º ano", "3.º e 4.º anos"); none when there are too many."""
    found = [year for match in _YEARS.finditer(text) for year in match.groups() if year]
    years = list(dict.fromkeys(found))
    return years if len(years) <= MOST_YEARS else []


def type_in(text: str, known: Vocabularies, least: int = 1) -> str:
    """Return the type that a text names, by its longest name of at least `least` words; "" when it names none."""
    folded = _fold(text)
    names = ((phrase, code) for phrase, code in _names(known) if phrase.count(" ") + 1 >= least)
    named = [(len(phrase), code) for phrase, code in names if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded)]
    return max(named, key=lambda pair: pair[0])[1] if named else ""


def _names(known: Vocabularies) -> Iterator[tuple[str, str]]:
    for term in known.types:
        for words in (*term.label().split(" / "), *term.synonyms):
            if term.code != "kit" and len(words) > 3:
                yield _fold(words), term.code


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
