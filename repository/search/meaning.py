"""What words of a question name beside what they say: a year, a subject, a type of material.

A name is met by its words in singular or plural and in any spelling, but not by others of the same stem: "primos" are
no primary school. Words that are in the vocabularies and in everybody's mouth ("projeto", "tabela") name nothing: who
types them means the word. What is in quotation marks names nothing either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .analysis import STOP_STEMS, Token, data, fold, modern, plain, singular, tokens
from .query import TermKind, parse

SHORTEST_NAME = 4  # letters; shorter names must be abbreviations in capitals
MOST_MEANT = 8

_Forms = tuple[str, ...]
Value = tuple[str, str]  # of a field: ("year", "3")


@dataclass(frozen=True, slots=True)
class Meant:
    """Words as they were typed, their forms, and the values of which any is meant.

    What is named is wished for, beside what the other words say; where it `counts`, it is one of the words.
    """

    words: str
    forms: _Forms
    values: tuple[Value, ...]
    counts: bool = False


class Names:
    """The names of values, found by the forms of what was typed."""

    def __init__(self, names: Iterable[tuple[str, Value]]) -> None:
        """Each name with a value that it stands for; one name may stand for several."""
        ordinary = {_forms(word) for word in data("meaning")["ordinary"]}
        self._values: dict[_Forms, dict[Value, None]] = {}
        for name, value in names:
            key = _forms(name)
            if _tells(name, key) and key not in ordinary:
                self._values.setdefault(key, {})[value] = None
        self._longest = max(map(len, self._values), default=0)

    def read(self, question: str) -> tuple[Meant, ...]:
        """What the words of a question name, in order, the longest names first of those that overlap."""
        found: list[Meant] = []
        for term in parse(question):
            if term.kind == TermKind.WORDS and not term.negated:
                found += self._in(plain(term.text))
        return tuple(found[:MOST_MEANT])

    def _in(self, text: str) -> Iterator[Meant]:
        words, at = list(tokens(text)), 0
        while at < len(words):
            length = self._known(words, at)
            if length:
                named = words[at : at + length]
                key = tuple(form(token) for token in named)
                yield Meant(text[named[0].start : named[-1].end], key, tuple(self._values[key]))
            at += length or 1

    def _known(self, words: Sequence[Token], at: int) -> int:
        """How many words from `at` on are a name, none when they begin none."""
        key = tuple(form(token) for token in words[at : at + self._longest])
        return next((length for length in range(len(key), 0, -1) if key[:length] in self._values), 0)


def form(token: Token) -> str:
    """The word in the singular and in today's spelling; an ordinal however it was written."""
    return singular(modern(token.folded)) if token.folded.isalpha() and not token.stem.endswith("º") else token.stem


def _forms(text: str) -> _Forms:
    return tuple(form(token) for token in tokens(plain(text)))


def _tells(name: str, key: _Forms) -> bool:
    """Whether a name is one that people type: no bare number (an ordinal is none), no common word, no small code like "pt"."""
    if all(word in STOP_STEMS or word.isdecimal() for word in key):
        return False
    return len(fold(name)) >= SHORTEST_NAME or name.isupper() or key[-1].endswith("º")
