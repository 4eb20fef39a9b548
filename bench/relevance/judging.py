"""The judged questions, and what an order of results is worth by them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources

from bench.relevance.corpus import Material

DEPTH = 10
FIRST = 5
USEFUL = 2  # the lowest grade that a teacher would be content with


@dataclass(frozen=True)
class Judged:
    """A question of one kind, and the grade of each material that is of any use, by its id."""

    kind: str
    question: str
    grades: Mapping[int, int]


@dataclass(frozen=True)
class Worth:
    """Of some questions: the mean nDCG@10, and the share with something useful among the first five."""

    ndcg: float
    success: float


def judged(held: Sequence[Material], known_only: bool = False, name: str = "judged") -> list[Judged]:
    """The questions of `judged.txt`, or `held_out.txt`. A name that no material has raises ValueError, or leaves out the
    question."""
    return questions((resources.files(__package__) / f"{name}.txt").read_text("utf-8"), held, known_only)


def questions(text: str, held: Sequence[Material], known_only: bool = False) -> list[Judged]:
    """The questions of a file written as `judged.txt` is."""
    found = []
    for line in text.splitlines():
        try:
            found += [_judged(line, held)] if line and not line.startswith("#") else []
        except ValueError:
            if not known_only:
                raise
    return found


def _judged(line: str, held: Sequence[Material]) -> Judged:
    kind, question, told = (part.strip() for part in line.split("|"))
    return Judged(kind, question, grades_of(told, question, held))


def grades_of(told: str, question: str, held: Sequence[Material]) -> dict[int, int]:
    """The grade of each material that is named, by its id. Raises ValueError for a name that no material has."""
    grades: dict[int, int] = {}
    for part in told.split(";"):
        grade, _, names = part.strip().partition(":")
        for name in names.split():
            found = [material.document.id for material in held if _is(material, name)]
            if not found:
                raise ValueError(f"{question}: no material is {name}")
            for identifier in found:
                grades[identifier] = max(int(grade), grades.get(identifier, 0))
    return grades


def _is(material: Material, name: str) -> bool:
    if "=" not in name:
        return fnmatchcase(material.slug, name)
    pairs = (pair.split("=") for pair in name.split("&"))
    return all(value in material.document.values_of(field) for field, value in pairs)


def worth(answers: Iterable[tuple[Judged, Sequence[int]]]) -> Worth:
    """What these answers are worth together."""
    pairs = list(answers)
    gained = [ndcg(one.grades, ids) for one, ids in pairs]
    content = [any(one.grades.get(id_, 0) >= USEFUL for id_ in ids[:FIRST]) for one, ids in pairs]
    return Worth(sum(gained) / len(pairs), sum(content) / len(pairs))


def ndcg(grades: Mapping[int, int], ids: Sequence[int]) -> float:
    """The gain of the first ten, each worth less than the one before, as a share of the best order there is."""
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(id_, 0) for id_ in ids]) / _gain(best)


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))
