"""A question made ready for an engine: stems and their synonyms, in groups that all must be met."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from .analysis import LANGUAGES, STOP_STEMS, Token, data, fold, foreign_stem, plain, stems, tokens
from .query import QueryTerm, TermKind, parse

SYNONYM_WEIGHT = 0.5
FEWEST_RELAXED = 3  # groups; of two words, one alone is another question

_HYPHENS = ("-", "‐", "‑", "'", "’")
_COUNTED = frozenset(stem for noun in data("ordinals")["nouns"] for stem in stems(noun))
_Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to meet a group: all `words` in a document, side by side when `adjacent`, or a word that begins so.

    `words` are stems; for a `prefix` the one word is folded but not stemmed. Several words that need not be adjacent
    may be in different fields. `weight` scales the score. Stems of another `language` are only in documents of it.
    """

    words: _Stems
    adjacent: bool = False
    prefix: bool = False
    weight: float = 1.0
    language: str = ""


Group = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every group of `required` must be met by one of its choices, and none of `excluded`."""

    required: tuple[Group, ...] = ()
    excluded: tuple[Group, ...] = ()
    nothing: bool = False  # something was typed, and no word was in it

    @property
    def most(self) -> int:
        """How many groups of `required` a document must meet when none meets all; 0 where there are too few to choose."""
        groups = len(self.required)
        return 0 if groups < FEWEST_RELAXED else groups // 2 + 1


class Synonyms:
    """Other ways to say the same, looked up by the stems of what was typed."""

    def __init__(self, groups: Iterable[Sequence[str]], also: Mapping[str, Sequence[str]]) -> None:
        """`groups` hold ways that find one another; in `also` the way on the left finds those on the right."""
        self._others: dict[_Stems, dict[_Stems, None]] = {}
        for group in groups:
            ways = [tuple(stems(text)) for text in group]
            for way in ways:
                self._learn(way, ways)
        for text, others in also.items():
            self._learn(tuple(stems(text)), [tuple(stems(other)) for other in others])
        self.longest = max((len(way) for way in self._others), default=1)

    def others(self, way: _Stems) -> list[_Stems]:
        """The other ways to say `way`."""
        return list(self._others.get(way, ()))

    def _learn(self, way: _Stems, ways: Iterable[_Stems]) -> None:
        self._others.setdefault(way, {}).update((other, None) for other in ways if other and other != way)


@cache
def built_in_synonyms() -> Synonyms:
    """The synonyms that come with the program."""
    lists = data("synonyms")
    return Synonyms(lists["groups"], lists["also"])


@lru_cache(maxsize=2_000)  # the same words are asked again for the next page and for each filter
def make_plan(
    question: str, synonyms: Synonyms | None = None, languages: frozenset[str] = frozenset(LANGUAGES)
) -> Plan:
    """The plan for what was typed; words too common to matter are left out unless there are no others.

    `languages` are those that documents may be in, besides Portuguese.
    """
    terms = parse(question)
    if not terms:
        return Plan(nothing=bool(question.strip()))
    known = built_in_synonyms() if synonyms is None else synonyms
    wanted = [term for term in terms if not term.negated]
    required = _once(group for term in wanted for group in _groups(term, known, languages, skip_common=True))
    if not required:
        required = _once(group for term in wanted for group in _groups(term, known, languages, skip_common=False))
    excluded = _once(group for term in terms if term.negated for group in _negated(term, languages))
    return Plan(required, excluded, nothing=not required and not excluded)


def _once(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(dict.fromkeys(groups))


def _groups(term: QueryTerm, synonyms: Synonyms, languages: frozenset[str], skip_common: bool) -> Iterable[Group]:
    if term.kind == TermKind.PREFIX:
        return [(Choice((fold(term.text),), prefix=True),)]
    if term.kind == TermKind.PHRASE:
        return _side_by_side(term.text, languages)
    text = plain(term.text)
    return _word_groups(list(tokens(text)), text, synonyms, languages, skip_common)


def _word_groups(
    words: list[Token], text: str, synonyms: Synonyms, languages: frozenset[str], skip_common: bool
) -> Iterable[Group]:
    at = 0
    while at < len(words):
        length, others = _longest_known(words, at, synonyms)
        joined = max(_hyphened(words, at, text), _counted(words, at))
        if joined > length:
            length, others = joined, []
        run = words[at : at + length]
        typed: _Stems = tuple(token.stem for token in run)
        at += length
        if skip_common and not others and length == 1 and typed[0] in STOP_STEMS:
            continue
        adjacent = joined == length > 1
        telling = [token for token in run if adjacent or token.stem not in STOP_STEMS] or run
        yield (
            *_in_each_language(telling, languages, adjacent),
            *(Choice(other, adjacent=True, weight=SYNONYM_WEIGHT) for other in others),
        )


def _longest_known(words: list[Token], at: int, synonyms: Synonyms) -> tuple[int, list[_Stems]]:
    """How many words from `at` on have synonyms together, and which; one word without any otherwise."""
    stemmed = tuple(token.stem for token in words[at : at + synonyms.longest])
    for length in range(len(stemmed), 0, -1):
        others = synonyms.others(stemmed[:length])
        if others:
            return length, others
    number = stemmed[0]
    return 1, [(f"{number}º",)] if number.isdecimal() and len(number) <= 2 else []


def _hyphened(words: list[Token], at: int, text: str) -> int:
    """How many words from `at` on are one to the person who typed them: "guarda-chuva", "d'água"."""
    end = at + 1
    while end < len(words) and text[words[end - 1].end : words[end].start] in _HYPHENS:
        end += 1
    return end - at


def _counted(words: list[Token], at: int) -> int:
    """How many words from `at` on say which one it is: "2.º ano" is not the second of something and some year."""
    followed = at + 1 < len(words) and words[at].stem.endswith("º") and words[at + 1].stem in _COUNTED
    return 2 if followed else 1


def _negated(term: QueryTerm, languages: frozenset[str]) -> Iterable[Group]:
    if term.kind == TermKind.PREFIX:
        return [(Choice((fold(term.text),), prefix=True),)]
    return _side_by_side(term.text, languages)


def _side_by_side(text: str, languages: frozenset[str]) -> Iterable[Group]:
    words = list(tokens(plain(text)))
    return [tuple(_in_each_language(words, languages, adjacent=True))] if words else []


def _in_each_language(words: list[Token], languages: frozenset[str], adjacent: bool) -> Iterable[Choice]:
    """The words as they were typed, and as documents in other languages have them."""
    yield Choice(tuple(token.stem for token in words), adjacent=adjacent)
    for language in sorted(languages):
        others = tuple(foreign_stem(token.folded, language) for token in words)
        if any(others):
            stemmed = tuple(other or token.stem for other, token in zip(others, words, strict=True))
            yield Choice(stemmed, adjacent=adjacent, weight=SYNONYM_WEIGHT, language=language)
