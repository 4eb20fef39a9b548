""" "Did you mean": the question with unknown words replaced by near ones that the person may find."""

import re
from collections.abc import Container, Iterable
from itertools import islice
from typing import Protocol

from .analysis import STOP_STEMS, Token, plain, singular, stem, tokens
from .query import TermKind, parse
from .request import LONGEST_QUERY, clean

SHORTEST_CORRECTED = 4
LONGEST_CORRECTED = 24
TWO_ERRORS_FROM = 6
MOST_CORRECTED = 4
MOST_LOOKED_FOR = 6  # unknown words; a text of forty is no question with a slip in it


_SOUNDS = [
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"ch|x|sc(?=[ei])", "s"),
        (r"qu(?=[ei])", "s"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei])", "j"),
        (r"([ln])h", r"\1i"),
        (r"h", ""),
        (r"[czkq]", "s"),
        (r"y", "i"),
        (r"w", "v"),
        (r"m(?=[bp])|m$", "n"),
        (r"(.)\1+", r"\1"),
    )
]


class Lexicon(Protocol):
    """The words of the documents somebody may find; words are folded, counts are numbers of documents."""

    def knows(self, token: Token) -> bool:
        """Whether a document has the word in any form."""
        ...

    def writes(self, word: str) -> bool:
        """Whether a document has the folded word just so."""
        ...

    def near(self, word: str, errors: int) -> Iterable[tuple[str, int]]:
        """Words with the same first letter at most `errors` letters away, and their counts."""
        ...

    def spelled(self, word: str) -> str:
        """How the word is mostly written, with its accents."""
        ...


def suggested_question(
    question: str, lexicon: Lexicon, listed: Container[str] = (), *, by_chance: bool = False
) -> str | None:
    """`question` with its unknown words replaced, or None when there is nothing to replace or nothing near.

    A word that nobody wrote and that is in no list (`listed`, folded) is replaced as well where only its stem is found,
    as that of "animias" is in "animação"; with `by_chance`, no other.
    """
    text = clean(question, LONGEST_QUERY)
    replaced: list[tuple[int, int, str]] = []
    unknown = (found for found in _candidates(text) if not _is_word(found[1], lexicon, listed))
    for start, token in islice(unknown, MOST_LOOKED_FOR):
        if lexicon.knows(token):
            better = _instead(token.folded, lexicon)
        else:
            better = None if by_chance else _nearest(token.folded, lexicon)
        if better:
            replaced.append((start + token.start, start + token.end, lexicon.spelled(better)))
        if len(replaced) == MOST_CORRECTED:
            break
    for start, end, word in reversed(replaced):
        text = text[:start] + word + text[end:]
    return text if replaced else None


def _is_word(token: Token, lexicon: Lexicon, listed: Container[str]) -> bool:
    return token.folded in listed or lexicon.writes(token.folded)


def distance(a: str, b: str, most: int) -> int:
    """How many letters must be added, dropped, changed or swapped with a neighbour; more than `most` is most + 1."""
    from rapidfuzz.distance import OSA  # loads slowly, and a server starts without it

    return int(OSA.distance(a, b, score_cutoff=most))


def _candidates(text: str) -> Iterable[tuple[int, Token]]:
    for term in parse(text):
        if term.kind == TermKind.WORDS and not term.negated:
            for token in tokens(plain(term.text)):
                if token.folded.isalpha() and SHORTEST_CORRECTED <= len(token.folded) <= LONGEST_CORRECTED:
                    yield term.start, token


def _nearest(word: str, lexicon: Lexicon) -> str | None:
    """The word that sounds the same, else the one with the fewest errors; of several the most frequent.

    It is never one too common to matter: whoever writes "maias" does not ask for "mais".
    """
    allowed, heard = 2 if len(word) >= TWO_ERRORS_FROM else 1, sound(word)
    ranked = []
    for near, count in lexicon.near(word, 2):
        alike, errors = sound(near) == heard, distance(word, near, 2)
        if count and near != word and (alike or errors <= allowed) and stem(near) not in STOP_STEMS:
            ranked.append((not alike, errors, -count, near))
    return min(ranked)[-1] if ranked else None


def _instead(word: str, lexicon: Lexicon) -> str | None:
    """The most frequent word one slip away from a word of which only the stem is found, unless that is no chance.

    It is none where a word one letter away, or of the same singular, has the stem: "fotossínteses" is a form of it.
    """
    own, one = stem(word), singular(word)
    known = [(other, count) for other, count in lexicon.near(word, 2) if count and stem(other) not in STOP_STEMS]
    near = [(other, count, distance(word, other, 1)) for other, count in known]
    if any(stem(other) == own and (errors <= 1 or singular(other) == one) for other, _, errors in near):
        return None
    ranked = [(-count, other) for other, count, errors in near if errors == 1 and stem(other) != own]
    return min(ranked)[1] if ranked else None


def sound(word: str) -> str:
    """How a folded word sounds, roughly: what Portuguese writes in several ways is the same ("frassoes", "fracoes").

    Accents and the cedilla are gone already, so every hissing sound is one, and a hard c with them: near words only are
    compared by it.
    """
    for written, heard in _SOUNDS:
        word = written.sub(heard, word)
    return word
