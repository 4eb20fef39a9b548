"""Other ways to say the same: they belong to the question, so they change without a new index."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from .analysis import data, stems, tokens

_Stems = tuple[str, ...]


class Synonyms:
    """Other ways to say the same, looked up by the stems of what was typed."""

    def __init__(self, groups: Iterable[Sequence[str]], also: Mapping[str, Sequence[str]]) -> None:
        """`groups` hold ways that find one another; in `also` the way on the left finds those on the right."""
        self._others: dict[_Stems, dict[_Stems, None]] = {}
        groups = list(groups)
        for group in groups:
            ways = [_way(text) for text in group]
            for way in ways:
                self._learn(way, ways)
        for text, others in also.items():
            self._learn(_way(text), [_way(other) for other in others])
        texts = [*also, *(text for ways in (*groups, *also.values()) for text in ways)]
        self.words = frozenset(word for text in texts for word in _words(text))  # folded
        self.longest = max((len(way) for way in self._others), default=1)

    def others(self, way: _Stems) -> list[_Stems]:
        """The other ways to say `way`."""
        return list(self._others.get(way, ()))

    def _learn(self, way: _Stems, ways: Iterable[_Stems]) -> None:
        self._others.setdefault(way, {}).update((other, None) for other in ways if other and other != way)


@lru_cache(maxsize=5_000)  # one group changes at a time, and all are learnt anew
def _way(text: str) -> _Stems:
    return tuple(stems(text))


@lru_cache(maxsize=5_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens(text))


def shipped() -> tuple[list[list[str]], dict[str, list[str]]]:
    """The `groups` and the `also` of Synonyms that come with the program, with words of school in other languages."""
    lists = data("synonyms")
    also: dict[str, list[str]] = lists["also"]
    for portuguese, words in data("school_words")["words"].items():
        for word in words:
            also.setdefault(word, []).append(portuguese)
    return lists["groups"], also


@cache
def built_in_synonyms() -> Synonyms:
    """The synonyms that come with the program."""
    return Synonyms(*shipped())
