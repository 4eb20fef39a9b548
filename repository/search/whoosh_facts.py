"""What is read once from a Whoosh segment about its documents: identity, date, title, values, lengths, as arrays.

A document has a set of values in each field. The sets are numbered, so that one number per document says all of them:
to filter is to look the number up in a table, and to count is to count numbers, however many results there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from whoosh.reading import SegmentReader

from .analysis import sort_key
from .fields import FieldKind, SearchField
from .matching import Mask, Numbers
from .whoosh_postings import read_postings
from .whoosh_schema import ROW, text_field
from .whoosh_terms import lengths_of, terms_of


class ValueSets:
    """The sets of values that documents have in one field; a set keeps its number as long as the generation lives."""

    def __init__(self) -> None:
        """The first set is the empty one."""
        self._numbers: dict[tuple[str, ...], int] = {(): 0}
        self._sets: list[frozenset[str]] = [frozenset()]
        self._paired: tuple[int, list[str], Numbers, Numbers] | None = None

    def number(self, values: Iterable[str]) -> int:
        """The number of the set of these values. One thread at a time may ask, the one that opens a segment."""
        key = tuple(sorted(values))
        if key not in self._numbers:
            self._sets.append(frozenset(key))
            self._numbers[key] = len(self._sets) - 1
        return self._numbers[key]

    def having(self, values: Collection[str]) -> Mask:
        """For each number, whether its set holds one of `values`."""
        return np.fromiter((not known.isdisjoint(values) for known in self._sets), np.bool_)

    def counts(self, numbers: Numbers) -> dict[str, int]:
        """How many of the documents with these numbers hold each value, where any does, in the order of the values."""
        values, of_set, value_of = self._pairs()
        per_set = np.bincount(numbers, minlength=len(self._sets))
        # Weights are of double precision, which is exact for whole numbers far beyond these.
        counts = np.bincount(value_of, per_set[of_set], len(values)).astype(np.int64).tolist()
        return {value: count for value, count in zip(values, counts, strict=True) if count}

    def _pairs(self) -> tuple[list[str], Numbers, Numbers]:
        """All values in order; and each pair of a set and a value in it, by their numbers."""
        known = self._paired
        if known is None or known[0] != len(self._sets):
            sets = self._sets[:]
            values = sorted(frozenset().union(*sets))
            places = {value: place for place, value in enumerate(values)}
            pairs = [(number, places[value]) for number, one in enumerate(sets) for value in one]
            of_set, value_of = np.array(pairs, np.intp).reshape(-1, 2).T
            known = self._paired = (len(sets), values, of_set, value_of)
        return known[1:]


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """One segment's documents by place: dates are microseconds, `sets` says which set of values each has in a field,
    `lengths` how many words in a text field, both by the schema's name of the field."""

    ids: npt.NDArray[np.int64]
    dates: npt.NDArray[np.int64]
    titles: list[str]
    title_keys: list[str]
    sets: dict[str, npt.NDArray[np.intp]]
    lengths: dict[str, npt.NDArray[np.float32]]


def read_facts(reader: SegmentReader, fields: Iterable[SearchField], sets: dict[str, ValueSets]) -> SegmentFacts:
    """The facts of the segment behind `reader`, deleted documents included; new sets are added to `sets`."""
    size = reader.doc_count_all()
    rows = [reader.stored_fields(place)[ROW] for place in range(size)]
    titles = [title for _, _, title in rows]
    text_fields = [text_field(field.name) for field in fields if field.kind == FieldKind.TEXT]
    return SegmentFacts(
        ids=np.array([identifier for identifier, _, _ in rows], np.int64),
        dates=np.array([date for _, date, _ in rows], np.int64),
        titles=titles,
        title_keys=[sort_key(title) for title in titles],
        sets={name: _numbers(reader, name, known, size) for name, known in sets.items()},
        lengths={name: lengths_of(reader, name, size) for name in text_fields},
    )


def _numbers(reader: SegmentReader, field: str, known: ValueSets, size: int) -> npt.NDArray[np.intp]:
    values: defaultdict[int, list[str]] = defaultdict(list)
    for term in terms_of(reader).words(field):
        for place in read_postings(reader, field, term).docs.tolist():
            values[place].append(term.decode("utf-8"))
    return np.fromiter((known.number(values.get(place, ())) for place in range(size)), np.intp, size)
