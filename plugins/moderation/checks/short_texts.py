"""Personal data in a short text that others are about to read, by what the checks of files know of names and numbers.

The words that were noticed are told to whoever typed them, and kept nowhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from plugins.moderation.checks import pupils
from repository.api import N_, Finding, spelling_key

_WORD = re.compile(rf"(?<![\w@.-])({pupils.WORD})(?![\w@])")
# As names are typed on a telephone, in small letters or in capitals alone; in no address, and no part of another word.
_PLAIN = re.compile(r"(?<![\w@./-])(?:[a-zà-ÿ]{3,}|[A-ZÀ-Ý]{3,})(?![\w@/-]|\.\w)")
_REST = re.compile(rf"(?:[ \t]+(?:d[aeo]s?[ ])?{pupils.WORD}){{0,5}}")
# After these a given name is that of a place, a saint, a school or a colleague, or of somebody who wrote something.
NO_PUPIL = re.compile(
    r"\b(escolas?|eb|es|jardim|agrupamento|rua|avenida|largo|praça|bairro|biblioteca|museu|fundação|ilha|serra|são|santa|"
    r"santo|senhora|dona|d\.|dr\.?ª?|prof\.?ª?|professora?|colega|escritora?|poeta|autora?|rei|rainha|infante|método|"
    r"modelo|teorema|triângulo|lei)([ \t]+(d[aeo]s?|básica|secundária|integrad[ao]|nossa))*[ \t]+$",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(^|[.!?…:\n«\"(–-])\s*$")
# Given names that are common words, too: one that begins a sentence is taken for the word.
_WORDS_TOO = {
    "ada", "aurora", "celeste", "clara", "conceicao", "domingos", "flor", "gil", "gloria", "graca", "jacinto", "lia",
    "lina", "luna", "luz", "mara", "marco", "marcos", "mel", "mia", "noa", "pilar", "romana", "rosa", "salvador", "vera",
    "violeta", "vitoria", "xavier",
}  # fmt: skip


@cache
def known_people(*, in_full: bool = False) -> frozenset[str]:
    """Return people that lessons are about, by their spelling keys; `in_full` those of more than one name alone."""
    lines = (Path(__file__).parent / "data" / "known_people.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(spelling_key(line) for line in lines if line and (" " in line or not in_full))


@cache
def names_that_are_words() -> frozenset[str]:
    """Return the given names, in small letters as they are typed, that are words too: only a capital makes a name of them."""
    lines = (Path(__file__).parent / "data" / "names_that_are_words.txt").read_text(encoding="utf-8").split()
    return frozenset(lines)


def doubts(text: str) -> Iterator[Finding]:
    """Yield each name and number in a text that may be a pupil's or a private person's, once."""
    text = unicodedata.normalize("NFC", text)  # an accent may be a letter of its own, as in the names of files on a Mac
    for name in dict.fromkeys((*_names(text), *_plain_names(text))):
        yield Finding(N_("Parece o nome de um aluno: «%(found)s»."), {"found": name})
    for kind, found in dict.fromkeys(pupils.numbers_in(text)):
        yield Finding(SAID[kind], {"found": found})


SAID = {
    "nif": N_("Parece um número de contribuinte: «%(found)s»."),
    "mobile": N_("Parece um número de telemóvel: «%(found)s»."),
    "iban": N_("Parece um número de conta bancária: «%(found)s»."),
    "email": N_("Parece o endereço de correio de alguém: «%(found)s»."),
}


def _names(text: str) -> Iterator[str]:
    end = 0
    for found in _WORD.finditer(text):
        if found.start() < end or not pupils.is_given(found.group()):
            continue
        rest = _REST.match(text, found.end())
        end = rest.end() if rest else found.end()
        name, before = text[found.start() : end], text[: found.start()]
        is_word = spelling_key(name) in _WORDS_TOO and _BEGINS.search(before)
        if not is_word and not NO_PUPIL.search(before) and spelling_key(name) not in known_people():
            yield name


def _plain_names(text: str) -> Iterator[str]:
    """Yield each given name that is written without its one capital and is hardly any other word."""
    for found in _PLAIN.finditer(text):
        word, before = found.group(), text[: found.start()]
        if not pupils.is_given(word) or word.lower() in names_that_are_words() or NO_PUPIL.search(before):
            continue
        if not spelling_key(text[found.start() : found.start() + 40]).startswith(tuple(known_people(in_full=True))):
            yield word
