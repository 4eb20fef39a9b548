"""The word that somebody is typing, completed by words of the documents the person may find."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from .analysis import STOP_STEMS, fold, plain, stem, tokens

LONGEST_TYPED = 100
SHORTEST_COMPLETED = 3
MOST_COMPLETED = 4


class Vocabulary(Protocol):
    """The words of the documents somebody may find, folded."""

    def beginning(self, start: str, beside: Sequence[str]) -> Mapping[str, int]:
        """The most frequent words that begin so, each with the number of documents where somebody wrote it, in any form,
        and all of `beside`."""
        ...

    def spelled(self, word: str) -> str:
        """How the word is mostly written, with its accents."""
        ...


def completed(typed: str, vocabulary: Vocabulary) -> list[str]:
    """What was typed with its last word completed, the most frequent first; singular and plural are one."""
    text = plain(typed[:LONGEST_TYPED])
    words = list(tokens(text))
    if not words or words[-1].end != len(text) or len(words[-1].folded) < SHORTEST_COMPLETED:
        return []
    before = [token.folded for token in words[:-1] if token.stem not in STOP_STEMS]
    found = vocabulary.beginning(fold(text[words[-1].start :]), before)
    chosen: dict[str, str] = {}
    for word, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        if count and word.isalpha():
            chosen.setdefault(stem(word), word)
    return [text[: words[-1].start] + vocabulary.spelled(word) for word in list(chosen.values())[:MOST_COMPLETED]]
