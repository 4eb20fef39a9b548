"""Where the words of a question stand in a text: marked titles, and the passage that shows most of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from repository.search.analysis import Token, plain, tokens
from repository.search.plan import Choice, Plan, make_plan

Pieces = tuple[tuple[str, bool], ...]  # text in order, each piece with whether it is a hit

WIDTH = 240  # characters of a passage
LEAD = 60  # of them before the first hit
AROUND = 300  # characters read on each side of a candidate
MOST_PLACES = 40
_LETTERS = {"a": "aàáâãäå", "e": "eèéêë", "i": "iìíîï", "o": "oòóôõöø", "u": "uùúûü", "c": "cç", "n": "nñ"}


@dataclass(frozen=True)
class Mark:
    """A hit in a text: where it stands, and which group of the question it meets."""

    start: int
    end: int
    group: int


@dataclass(frozen=True)
class Passage:
    """A piece of text with its hits; `met` counts the groups of the question that are in it."""

    pieces: Pieces
    met: int


@dataclass(frozen=True)
class Wanted:
    """What is to be marked: the groups of a question, each met by any of its choices."""

    plan: Plan

    @classmethod
    def of(cls, question: str) -> "Wanted":
        """Read what was typed."""
        return cls(make_plan(question))

    @property
    def groups(self) -> int:
        """How many groups there are; none for an empty question."""
        return len(self.plan.required)

    @cached_property
    def choices(self) -> tuple[tuple[int, Choice], ...]:
        """Every choice with the number of its group."""
        return tuple((n, choice) for n, group in enumerate(self.plan.required) for choice in group)

    @cached_property
    def beginnings(self) -> tuple[tuple[int, str], ...]:
        """The first letters of each word wanted with the number of its group; other words may begin so, too."""
        found = {(n, beginning(word, choice.prefix)) for n, choice in self.choices for word in _telling(choice)}
        return tuple(sorted(pair for pair in found if pair[1]))

    @cached_property
    def candidates(self) -> re.Pattern[str]:
        """Finds the places in a text that are worth reading."""
        words = sorted({word for _, word in self.beginnings})
        spelt = ("".join(f"[{_LETTERS[c]}]" if c in _LETTERS else re.escape(c) for c in word) for word in words)
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(spelt)})", re.IGNORECASE)


def _telling(choice: Choice) -> Iterable[str]:
    """Words that stand side by side are found by the longest of them."""
    return [max(choice.words, key=len)] if choice.adjacent else choice.words


def beginning(stem: str, whole: bool = False) -> str:
    """Return the letters with which the forms of a stem begin: endings that change in the plural are left off."""
    if whole or not stem.isalpha():
        return stem.rstrip("º")[:8]
    ending = 2 if stem.endswith(("el", "il", "ao", "aca")) else 1 if stem.endswith(("l", "m")) else 0
    return stem[: max(2, min(len(stem) - ending, 5))]


def like_patterns(word: str) -> list[str]:
    """Return LIKE patterns for texts with words that begin so, whatever the accents; short ones after a space only."""
    accented = ["aeiou"] + ["aeiouc"] * len(word)  # no word begins with a cedilla
    loose = "".join("_" if c in any_ or not c.isalnum() else c for c, any_ in zip(word, accented, strict=False))
    if len(loose.replace("_", "")) >= 3:
        return [f"%{loose}%"]
    return [f"% {loose}%", f"%\n{loose}%", f"{loose}%"]


def marks(text: str, wanted: Wanted) -> list[Mark]:
    """Return the hits in `text`, which must be `plain`, in order and without overlaps."""
    read = list(tokens(text))
    found = [mark for at in range(len(read)) for mark in _marks_at(read, at, wanted.choices)]
    found.sort(key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _marks_at(read: Sequence[Token], at: int, choices: Iterable[tuple[int, Choice]]) -> Iterable[Mark]:
    here = read[at]
    for group, choice in choices:
        if choice.prefix:
            if here.folded.startswith(choice.words[0]):
                yield Mark(here.start, here.end, group)
        elif choice.adjacent and len(choice.words) > 1:
            run = read[at : at + len(choice.words)]
            if tuple(token.stem for token in run) == choice.words:
                yield Mark(here.start, run[-1].end, group)
        elif here.stem in choice.words:
            yield Mark(here.start, here.end, group)


def marked(text: str, wanted: Wanted) -> Pieces:
    """Return the whole text with its hits marked."""
    text = plain(text)
    return _cut(text, 0, len(text), marks(text, wanted) if wanted.groups else [])


def opening(text: str) -> Pieces:
    """Return the beginning of a text, without hits."""
    text = " ".join(plain(text[: WIDTH * 4]).split())
    return _cut(text, 0, _word_end(text, WIDTH), []) if text else ()


def passage(text: str, wanted: Wanted) -> Passage | None:
    """Return the passage of a short text that meets most groups of the question, or None without any hit."""
    text = " ".join(plain(text).split())
    found = marks(text, wanted) if wanted.groups else []
    if not found:
        return None
    first, met = _densest(found)
    start = _word_start(text, max(0, found[first].start - LEAD))
    end = _word_end(text, max(start + WIDTH, found[first].end))
    return Passage(_cut(text, start, end, found), met)


def passage_in_long(text: str, wanted: Wanted) -> Passage | None:
    """Return the best passage of a text of any length; only the surroundings of likely words are read closely."""
    best: Passage | None = None
    read_to = 0
    places = (match.start() for match in wanted.candidates.finditer(text)) if wanted.beginnings else ()
    for n, place in enumerate(places):
        if n >= MOST_PLACES or (best and best.met == wanted.groups):
            break
        if place < read_to:
            continue
        begin = _word_start(text, max(0, place - AROUND))
        read_to = _word_end(text, place + AROUND)
        found = passage(text[begin:read_to], wanted)
        if found and (best is None or found.met > best.met):
            best = found
    return best


def _densest(found: Sequence[Mark]) -> tuple[int, int]:
    """Return the hit a passage should begin with, and how many groups are met within its width."""
    best = (0, 0, 0)
    for n, mark in enumerate(found):
        near = [other for other in found[n:] if other.end <= mark.start + WIDTH - LEAD]
        score = (len({other.group for other in near}), len(near))
        if score > best[1:]:
            best = (n, *score)
    return best[0], max(best[1], 1)


def _word_start(text: str, at: int) -> int:
    if at == 0:
        return 0
    space = text.find(" ", at, at + 40)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - 40), at)
    return at if space < 0 else space


def _cut(text: str, start: int, end: int, found: Iterable[Mark]) -> Pieces:
    pieces = [("… " if start > 0 else "", False)]
    at = start
    for mark in found:
        if mark.start < at or mark.end > end:
            continue
        pieces += [(text[at : mark.start], False), (text[mark.start : mark.end], True)]
        at = mark.end
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return _joined(pieces)


def _joined(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    joined: list[tuple[str, bool]] = []
    for text, hit in pieces:
        if text and joined and not hit and not joined[-1][1]:
            joined[-1] = (joined[-1][0] + text, False)
        elif text:
            joined.append((text, hit))
    return tuple(joined)
