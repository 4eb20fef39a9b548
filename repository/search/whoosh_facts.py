"""What is read once from a Whoosh segment: who may see which document, and which values it has, as sets of bits.

Bit n of such a number is document n of the segment. Filtering is then one `&`, and counting a facet one `bit_count()`
per value, whatever the number of results; Whoosh's own grouping reads every column of every hit.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from whoosh.reading import SegmentReader

from .analysis import sort_key
from .fields import FieldKind, SearchField
from .whoosh_schema import LABELS, ROW, value_field

_BITS_OF_BYTE = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """One segment's documents by place: identifiers, dates (microseconds), titles, and bits by label and by value."""

    ids: list[int]
    dates: list[int]
    titles: list[str]
    title_keys: list[str]
    labels: dict[str, int]
    values: dict[str, dict[str, int]]

    def carrying(self, labels: Iterable[str]) -> int:
        """The documents with one of `labels`."""
        return union(self.labels.get(label, 0) for label in labels)

    def but(self, ids: Collection[int]) -> int:
        """The documents that are none of `ids`."""
        return bits((place for place, identifier in enumerate(self.ids) if identifier not in ids), len(self.ids))

    def having(self, field: str, values: Iterable[str]) -> int:
        """The documents with one of `values` in `field`; an unknown field or value has none."""
        known = self.values.get(field, {})
        return union(known.get(value, 0) for value in values)


def read_facts(reader: SegmentReader, fields: Iterable[SearchField]) -> SegmentFacts:
    """The facts of the segment behind `reader`, deleted documents included."""
    rows = [reader.stored_fields(place)[ROW] for place in range(reader.doc_count_all())]
    exact = [field.name for field in fields if field.kind != FieldKind.TEXT]
    titles = [title for _, _, title in rows]
    return SegmentFacts(
        ids=[identifier for identifier, _, _ in rows],
        dates=[date for _, date, _ in rows],
        titles=titles,
        title_keys=[sort_key(title) for title in titles],
        labels=_bits_by_term(reader, LABELS, len(rows)),
        values={name: _bits_by_term(reader, value_field(name), len(rows)) for name in exact},
    )


def bits(places: Iterable[int], size: int) -> int:
    """The set of `places`, each below `size`."""
    buffer = bytearray(size // 8 + 1)
    for place in places:
        buffer[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(buffer, "little")


def places(chosen: int) -> Iterator[int]:
    """The places in a set, ascending."""
    for number, byte in enumerate(chosen.to_bytes(chosen.bit_length() // 8 + 1, "little")):
        if byte:
            for bit in _BITS_OF_BYTE[byte]:
                yield number * 8 + bit


def union(sets: Iterable[int]) -> int:
    """All places of all sets."""
    return reduce(or_, sets, 0)


def term_bits(reader: SegmentReader, field: str, term: str | bytes, size: int) -> int:
    """The documents that hold `term`; none when nobody does."""
    if (field, term) not in reader:
        return 0
    return bits(reader.postings(field, term).all_ids(), size)


def _bits_by_term(reader: SegmentReader, field: str, size: int) -> dict[str, int]:
    return {term.decode("utf-8"): term_bits(reader, field, term, size) for term in reader.lexicon(field)}
