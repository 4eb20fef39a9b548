"""A question made ready for an engine: stems and their synonyms, in groups that all must be met."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .analysis import LANGUAGES, STOP_STEMS, Token, data, fold, foreign_stem, plain, singular, stem, stems, tokens
from .document import SearchDocument
from .meaning import Meant, Value, form
from .query import QueryTerm, TermKind, parse
from .synonyms import Synonyms, built_in_synonyms

SYNONYM_WEIGHT = 0.5
VALUE_WEIGHT = 4.0  # of a value that was named, as much as of the title
ALIKE = ("discipline", "year", "level")
MOST_ALIKE, FEWEST_ALIKE = 16, 2  # words of a document that others are compared by, and must share
LEAST_ALIKE = 0.5  # of the score of what is most alike; a word in common with the rest is chance
MOST_NAMED = 8  # words of one name
LONGEST_ABBREVIATION = 3  # letters; longer ones look like no plural, and may be words that somebody shouts
FEWEST_RELAXED = 3  # groups; of two words, one alone is another question

_HYPHENS = ("-", "‐", "‑", "'", "’")
_COUNTED = frozenset(stem for noun in data("ordinals")["nouns"] for stem in stems(noun))
_Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to meet a group: all `words` in a document, side by side when `adjacent`, or a word that begins so.

    `words` are stems; for a `prefix` the one word is folded but not stemmed. Several words that need not be adjacent
    may be in different fields. `weight` scales the score. A choice with `values` has no words: a document meets it by
    one of these values of its fields. Stems of another `language` are only in documents of it.
    """

    words: _Stems = ()
    adjacent: bool = False
    prefix: bool = False
    weight: float = 1.0
    values: tuple[Value, ...] = ()
    field: str = ""  # the one text field that counts
    language: str = ""
    exact: str = ""  # how the one word is folded, where others of its stem do not count


Group = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every group of `required` must be met by one of its choices, and none of `excluded`.

    Where few documents meet all, those that meet `most` groups of `core` follow, half of them: what names a year or a
    type is wished for then, while the subject matter must be there. Where not even those are found, one group of `core`
    is enough: that is another question, and better than an empty page.
    """

    required: tuple[Group, ...] = ()
    excluded: tuple[Group, ...] = ()
    nothing: bool = False  # something was typed, and no word was in it
    least: int = 0  # stands for `most` where it is not 0
    names_count: bool = False  # as words do

    @property
    def core(self) -> tuple[Group, ...]:
        """The groups that name no value; all groups where every one does, or where names count."""
        words = () if self.names_count else tuple(group for group in self.required if not _names(group))
        return words or self.required

    @property
    def most(self) -> int:
        """How many groups of `core` a document must meet to follow those that meet all; 0 when none may follow."""
        groups = len(self.core)
        if self.least:
            return self.least
        if groups >= FEWEST_RELAXED:  # whoever asks as a colleague is asked uses words that no material has
            return groups // 2
        return groups if groups < len(self.required) else 0

    @property
    def either(self) -> bool:
        """Whether what meets any group of `core` is shown where nothing else is found."""
        return len(self.core) > 1


@lru_cache(maxsize=2_000)  # the same words are asked again for the next page and for each filter
def make_plan(
    question: str,
    synonyms: Synonyms | None = None,
    languages: frozenset[str] = frozenset(LANGUAGES),
    meant: tuple[Meant, ...] = (),
) -> Plan:
    """The plan for what was typed; words too common to matter are left out unless there are no others.

    `languages` are those that documents may be in, besides Portuguese; `meant` is what words of the question name.
    """
    terms = parse(question)
    if not terms:
        return Plan(nothing=bool(question.strip()))
    known = _Known(built_in_synonyms() if synonyms is None else synonyms, {one.forms: one.values for one in meant})
    wanted = [term for term in terms if not term.negated]
    required = _different(group for term in wanted for group in _groups(term, known, languages, skip_common=True))
    if not required:
        required = _different(group for term in wanted for group in _groups(term, known, languages, skip_common=False))
    excluded = _once(group for term in terms if term.negated for group in _negated(term, languages))
    counts = any(one.counts for one in meant)
    return Plan(required, excluded, nothing=not required and not excluded, names_count=counts)


def likeness(document: SearchDocument) -> Plan:
    """The plan for what is like a document: two words of its title and keywords at least, and better what it is for."""
    words = [stem for text in (document.title, document.keywords) for stem in stems(text)]
    telling = [stem for stem in dict.fromkeys(words) if stem not in STOP_STEMS and not stem.isdecimal()]
    values = [(field, value) for field in ALIKE for value in document.values_of(field)]
    groups = [(Choice((stem,)),) for stem in telling[:MOST_ALIKE]]
    groups += [(Choice(values=(value,), weight=SYNONYM_WEIGHT),) for value in values]
    return Plan(tuple(groups), nothing=len(telling) < FEWEST_ALIKE, least=FEWEST_ALIKE)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of words: other ways to say them, and the values that they name."""

    synonyms: Synonyms
    values: Mapping[_Stems, tuple[Value, ...]]

    def named(self, words: Sequence[Token], at: int) -> int:
        """How many words from `at` on name values together, none when they name none."""
        forms = tuple(form(token) for token in words[at : at + MOST_NAMED]) if self.values else ()
        return max((len(key) for key in self.values if key == forms[: len(key)]), default=0)


def _names(group: Group) -> bool:
    return any(choice.values for choice in group)


def _once(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(dict.fromkeys(groups))


def _different(groups: Iterable[Group]) -> tuple[Group, ...]:
    """The groups, each once: forms of one Portuguese word are one, whatever they would be in other languages."""
    kept: dict[Choice, Group] = {}
    for group in groups:
        kept.setdefault(group[0], group)
    return tuple(kept.values())


def _groups(term: QueryTerm, known: _Known, languages: frozenset[str], skip_common: bool) -> Iterable[Group]:
    if term.kind == TermKind.PREFIX:
        return [(Choice((fold(term.text),), prefix=True),)]
    if term.kind == TermKind.PHRASE or term.field:
        return _side_by_side(term, languages)
    text = plain(term.text)
    return _word_groups(list(tokens(text)), text, known, languages, skip_common)


def _word_groups(
    words: list[Token], text: str, known: _Known, languages: frozenset[str], skip_common: bool
) -> Iterable[Group]:
    at = 0
    while at < len(words):
        named = known.named(words, at)
        length, others = _longest_known(words, at, known.synonyms)
        if named:
            length = max(named, length)
            first, rest = words[at : at + named], words[at + named : at + length]
            groups = [_named_group(first, known), *_word_groups(rest, text, known, languages, skip_common)]
            # "prova" is a name, and "prova de aferição" has synonyms: they meet the name and what follows it.
            yield from ((*group, *(_synonyms(others) if rest else ())) for group in groups)
            at += length
            continue
        hyphened = _hyphened(words, at, text)
        joined = max(hyphened, _counted(words, at))
        if joined > length:
            length, others = joined, []
        run = words[at : at + length]
        if length == hyphened > 1:
            others = list(dict.fromkeys((*others, *_in_one_piece(run))))
        typed: _Stems = tuple(token.stem for token in run)
        at += length
        if skip_common and not others and length == 1 and typed[0] in STOP_STEMS:
            continue
        adjacent = joined == length > 1
        telling = [token for token in run if adjacent or token.stem not in STOP_STEMS] or run
        alone = length == 1 and _is_abbreviation(run[0], text)
        yield (
            *([Choice(typed, exact=run[0].folded)] if alone else _in_each_language(telling, languages, adjacent)),
            *_synonyms(others),
        )


def _synonyms(ways: Iterable[_Stems]) -> Group:
    return tuple(Choice(way, adjacent=True, weight=SYNONYM_WEIGHT) for way in ways)


def _is_abbreviation(token: Token, text: str) -> bool:
    """Whether a word stands in capitals among others: "DUA" is not two of something. Whoever shouts means the words."""
    typed = text[token.start : token.end]
    shouted = typed != text.strip() and text.upper() == text
    short = len(typed) <= LONGEST_ABBREVIATION and typed.isascii() and typed.isalpha() and typed.isupper()
    return short and not shouted and singular(token.folded) == token.folded


def _named_group(typed: list[Token], known: _Known) -> Group:
    """What has the value, or says its name; a name of several words is one thing, and they stand side by side."""
    own = tuple(token.stem for token in typed)
    ways = [own, *known.synonyms.others(own), *(_as_ordinal(own[0]) if len(own) == 1 else [])]
    return (
        Choice(values=known.values[tuple(form(token) for token in typed)]),
        *_synonyms(ways),
    )


def _longest_known(words: list[Token], at: int, synonyms: Synonyms) -> tuple[int, list[_Stems]]:
    """How many words from `at` on have synonyms together, and which; one word without any otherwise."""
    stemmed = tuple(token.stem for token in words[at : at + synonyms.longest])
    for length in range(len(stemmed), 0, -1):
        others = synonyms.others(stemmed[:length])
        if others:
            return length, others
    return 1, _as_ordinal(stemmed[0])


def _as_ordinal(number: str) -> list[_Stems]:
    """What "6" may be written as; nothing for what is no small number."""
    return [(f"{number}º",)] if number.isdecimal() and len(number) <= 2 else []


def _hyphened(words: list[Token], at: int, text: str) -> int:
    """How many words from `at` on are one to the person who typed them: "guarda-chuva", "d'água"."""
    end = at + 1
    while end < len(words) and text[words[end - 1].end : words[end].start] in _HYPHENS:
        end += 1
    return end - at


def _in_one_piece(words: list[Token]) -> Iterable[_Stems]:
    """The word that others write where somebody puts a hyphen: "on-line" is "online"."""
    joined = "".join(token.folded for token in words)
    return [(stem(joined),)] if joined.isalpha() else []


def _counted(words: list[Token], at: int) -> int:
    """How many words from `at` on say which one it is: "2.º ano" is not the second of something and some year."""
    followed = at + 1 < len(words) and words[at].stem.endswith("º") and words[at + 1].stem in _COUNTED
    return 2 if followed else 1


def _negated(term: QueryTerm, languages: frozenset[str]) -> Iterable[Group]:
    if term.kind == TermKind.PREFIX:
        return [(Choice((fold(term.text),), prefix=True),)]
    return _side_by_side(term, languages)


def _side_by_side(term: QueryTerm, languages: frozenset[str]) -> Iterable[Group]:
    words = list(tokens(plain(term.text)))
    choices = _in_each_language(words, languages, adjacent=True) if words else ()
    group = tuple(replace(choice, field=term.field) for choice in choices)
    return [group] if group else []


def _in_each_language(words: list[Token], languages: frozenset[str], adjacent: bool) -> Iterable[Choice]:
    """The words as they were typed, and as documents in other languages have them."""
    yield Choice(tuple(token.stem for token in words), adjacent=adjacent)
    for language in sorted(languages):
        others = tuple(foreign_stem(token.folded, language) for token in words)
        if any(others):
            stemmed = tuple(other or token.stem for other, token in zip(others, words, strict=True))
            yield Choice(stemmed, adjacent=adjacent, weight=SYNONYM_WEIGHT, language=language)
