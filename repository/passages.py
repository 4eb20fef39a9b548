"""Which passage shows a result best: marked titles, and the piece of a text that meets most of a question."""

from dataclasses import dataclass
from functools import cached_property

from repository.search.analysis import STOP_STEMS, Token, all_stems, plain, tokens, unmarked
from repository.search.highlight import highlight, snippet
from repository.search.plan import Choice, Plan, make_plan
from repository.search.synonyms import Synonyms

Pieces = tuple[tuple[str, bool], ...]  # text in order, each piece with whether it is a hit

WIDTH = 240  # characters of a passage


@dataclass(frozen=True)
class Passage:
    """A piece of text with its hits; `met` counts the groups of the question that are in it."""

    pieces: Pieces
    met: int


@dataclass(frozen=True)
class Wanted:
    """What is to be found: the groups of a question, each met by any of its choices."""

    question: str
    synonyms: Synonyms | None = None  # the program's own where none are told

    @cached_property
    def plan(self) -> Plan:
        """The question as the engines understand it."""
        return make_plan(self.question, self.synonyms)

    @property
    def groups(self) -> int:
        """How many groups there are; none for an empty question."""
        return len(self.plan.required)

    @cached_property
    def beginnings(self) -> tuple[tuple[int, str], ...]:
        """The first letters of each word wanted with the number of its group; other words may begin so, too."""
        choices = [(n, choice) for n, group in enumerate(self.plan.required) for choice in group]
        found = {(n, beginning(unmarked(word), choice.prefix)) for n, choice in choices for word in _telling(choice)}
        return tuple(sorted(pair for pair in found if pair[1]))

    def met(self, pieces: Pieces) -> int:
        """Return how many groups are met by the hits."""
        hits = [token for text, hit in pieces if hit for token in tokens(text)]
        stems = {stem for token in hits for stem in all_stems(token)}
        return sum(any(_meets(choice, stems, hits) for choice in group) for group in self.plan.required)


def _meets(choice: Choice, stems: set[str], hits: list[Token]) -> bool:
    if choice.prefix:
        return any(token.folded.startswith(choice.words[0]) for token in hits)
    return set(choice.words) - STOP_STEMS <= stems


def _telling(choice: Choice) -> tuple[str, ...]:
    """Words that stand side by side are found by the longest of them."""
    return (max(choice.words, key=len),) if choice.adjacent else choice.words


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


def marked(text: str, wanted: Wanted) -> Pieces:
    """Return the whole text with its hits marked."""
    return tuple(highlight(text, wanted.question, wanted.synonyms))


def opening(text: str) -> Pieces:
    """Return the beginning of a text, without hits."""
    return tuple(snippet(" ".join(plain(text).split()), "", WIDTH))


def passage(text: str, wanted: Wanted) -> Passage | None:
    """Return the passage of a text that meets most of the question, or None without any hit."""
    if not wanted.groups:
        return None
    pieces = tuple(snippet(text, wanted.question, WIDTH, wanted.synonyms))
    return Passage(pieces, wanted.met(pieces)) if any(hit for _, hit in pieces) else None
