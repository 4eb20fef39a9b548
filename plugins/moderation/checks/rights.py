"""Whose work it is: a licence that is missing, and pages that belong to a publisher."""

import re
from collections.abc import Iterator

from plugins.moderation.checks.texts import pages_of
from repository.api import N_, Finding, Item, Services, Work

_RESERVED = re.compile(
    r"todos\s+os\s+direitos\s+reservados|reservados\s+todos\s+os\s+direitos|all\s+rights\s+reserved|"
    r"(é\s+)?proibida\s+a\s+reprodução|reprodução\s+(\w+\s+){0,3}proibida|"
    r"©\s*(\d{4}\s*)?,?\s*(porto\s+editora|areal|raiz\s+editora|texto\s+editor\w*|leya|santillana|plátano|asa\s+editor\w*|gailivro)",
    re.IGNORECASE,
)
_ISBN = re.compile(r"ISBN(?:-1[03])?:?\s*((?:97[89][\s\-–]?)?(?:\d[\s\-–]?){9}[\dXx])")
_REFERENCES = re.compile(r"bibliografia|referências|webgrafia|references|bibliography", re.IGNORECASE)


def licence_missing(_services: Services, _work: Work, item: Item) -> Iterator[Finding]:
    """Find items that do not say what others may do with them."""
    if not item.licence:
        yield Finding(N_("Falta dizer o que os colegas podem fazer com o material."), weight="stop")


def publisher_content(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find the marks of a printed book: rights reserved, or an ISBN that is not in a list of references."""
    told: set[int] = set()
    for file, page, text in pages_of(work, item):
        if file.id in told:
            continue
        if said := _RESERVED.search(text):
            words = N_("«%(file)s», página %(page)s: «%(said)s». Parece de uma editora.")
            said_words = " ".join(said.group().split())
            yield Finding(words, {"file": file.name, "page": page, "said": said_words}, file.id)
            told.add(file.id)
        elif number := _own_isbn(text):
            words = N_("«%(file)s», página %(page)s: tem um ISBN (%(number)s). Parece de um livro.")
            yield Finding(words, {"file": file.name, "page": page, "number": number}, file.id)
            told.add(file.id)


def _own_isbn(text: str) -> str | None:
    """Return a valid ISBN of the page (ISO 2108) that does not stand in a list of references."""
    for found in _ISBN.finditer(text):
        digits = re.sub(r"[\s\-–]", "", found.group(1)).upper()
        if is_isbn(digits) and not _REFERENCES.search(text[: found.start()]):
            return digits
    return None


def is_isbn(digits: str) -> bool:
    """Return whether 10 or 13 characters carry the check digit of an ISBN (ISO 2108)."""
    if len(digits) == 13 and digits.isdigit():
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    if len(digits) == 10 and digits[:9].isdigit():
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0
    return False
