"""What a report says on paper, before anything is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """A table as text: rows of words and numbers, and the sum of all."""

    title: str
    first: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    total: tuple[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class Picture:
    """Bars: what they show, what they are, and each with its words, its length and its number."""

    finding: str
    about: str
    bars: Sequence[tuple[str, float, str]]


@dataclass(frozen=True)
class YearReport:
    """What the report of a year says on paper; `words` are centre, title, about and made, `gaps` a finding and, for each
    level, how much lacks and what."""

    words: Mapping[str, str]
    told: Sequence[str]
    facts: Sequence[tuple[str, str, str]]
    pictures: Sequence[Picture]
    tables: Sequence[Printed]
    gaps: tuple[str, Sequence[tuple[str, str, str]]]
    notes: Sequence[str]
