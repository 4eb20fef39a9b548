"""300 questions drawn from the documents' own titles, keywords and sentences."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from repository.search import SearchDocument, SearchRequest
from repository.search.analysis import STOP_STEMS, fold, stem, stems

HOW_MANY = 300
Kind = Literal["words", "phrase", "prefix"]


@dataclass(frozen=True)
class Question:
    """What is asked: words, a phrase or a beginning, with filters, an order and a page."""

    kind: Kind
    text: str
    filters: tuple[tuple[str, str], ...] = ()
    sort: Literal["relevance", "date"] = "relevance"
    page: int = 1

    @cached_property
    def stems(self) -> list[str]:
        """What engines that know no Portuguese are asked for."""
        return list(dict.fromkeys(stems(self.text))) if self.kind == "words" else stems(self.text)

    @cached_property
    def request(self) -> SearchRequest:
        """The question as our search box takes it, for what has all of it: no other engine adds what has most."""
        typed = {"words": self.text, "phrase": f'"{self.text}"', "prefix": f"{self.text}*"}[self.kind]
        return SearchRequest(typed, sort=self.sort, whole=True).changed(**dict(self.filters)).changed(page=self.page)


def questions(documents: Sequence[SearchDocument], seed: int = 11) -> list[Question]:
    """The same questions at every call with the same documents."""
    dice = random.Random(seed)
    asked: list[Question] = []
    while len(asked) < HOW_MANY:
        drawn = _drawn(dice, dice.choice(documents))
        if drawn:
            asked.append(_narrowed(dice, *drawn, dice.choice(documents)))
    return asked


def _drawn(dice: random.Random, document: SearchDocument) -> tuple[Kind, str] | None:
    words = _telling(document.title)
    drawn = dice.random()
    if len(words) < 3:
        return None
    if drawn < 0.78:
        return "words", " ".join(dice.sample(words, 1 if drawn < 0.28 else 2 if drawn < 0.62 else 3))
    if drawn < 0.9:
        running = re.findall(r"[^\W\d_]+", document.text)
        start = dice.randrange(len(running) - 3)
        phrase = " ".join(running[start : start + dice.choice((2, 3, 3))])
        return ("phrase", phrase) if len(_telling(phrase)) > 1 else None
    return "prefix", fold(dice.choice(words))[: dice.choice((4, 5, 6))]


def _narrowed(dice: random.Random, kind: Kind, text: str, other: SearchDocument) -> Question:
    drawn, filters = dice.random(), []
    if drawn < 0.28 or drawn > 0.92:
        filters.append(("discipline", other.values["discipline"][0]))
    if 0.28 < drawn < 0.42 or drawn > 0.92:
        filters.append(("level", other.values["level"][0]))
    sort: Literal["relevance", "date"] = "relevance" if dice.random() < 0.8 else "date"
    return Question(kind, text, tuple(filters), sort, 20 if dice.random() < 0.12 else 1)


def _telling(text: str) -> list[str]:
    words = dict.fromkeys(re.findall(r"[^\W\d_]{4,}", text.lower()))
    return [word for word in words if stem(fold(word)) not in STOP_STEMS]
