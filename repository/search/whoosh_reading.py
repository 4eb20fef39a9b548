"""One state of a Whoosh index, opened for reading by many threads.

What never changes with a segment (facts, postings, places of words) is kept by segment and outlives commits; what
depends on all segments (scores, which count how rare a word is) is kept by the snapshot and goes with it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from .byte_store import ByteStore
from .fields import FieldKind, SearchField
from .matching import Mask, Numbers
from .whoosh_facts import SegmentFacts, ValueSets, read_facts
from .whoosh_files import INDEX_NAME, SegmentStorage
from .whoosh_postings import Postings, read_places, read_postings
from .whoosh_schema import LABELS, READ_AS, make_schema, text_field, value_field
from .whoosh_terms import terms_of

K1, B = 1.2, 0.75  # BM25's usual values: how soon more of a word stops to matter, and how much length does
BYTES_EACH = 1_600  # of what hangs on a commit, for each document: some hundred broad words with their scores
SHORT_FIELD = 5.0  # words; a field that is mostly empty has a tiny average, beside which any content looks too long


class Lifted:
    """What was read from the segments of one generation, for all its snapshots and whoever writes the next."""

    def __init__(self, storage: SegmentStorage, fields: Iterable[SearchField], limit: int) -> None:
        """`limit` is in bytes, for postings and places; facts are always kept."""
        exact = [value_field(field.name) for field in fields if field.kind != FieldKind.TEXT]
        self.storage = storage
        self.schema = make_schema(fields)
        self.readers: dict[str, SegmentReader] = {}
        self.sets = {name: ValueSets() for name in (LABELS, *exact)}
        self.facts: dict[str, SegmentFacts] = {}
        self.store = ByteStore(limit)

    def reader_of(self, segment: Any) -> SegmentReader:
        """The reader of one of Whoosh's segments, opened once: of what was deleted since, only a newer `segment` knows.

        Its files are closed when nobody has it any more.
        """
        name = segment.segment_id()
        reader = self.readers.get(name)
        if reader is None:  # another thread may `keep` others meanwhile
            reader = self.readers[name] = SegmentReader(self.storage, self.schema, segment)
        return reader

    def keep(self, names: Collection[str]) -> None:
        """Forget all segments but these; what was lifted from others goes as room is needed."""
        self.readers = {name: reader for name, reader in self.readers.items() if name in names}
        self.facts = {name: facts for name, facts in self.facts.items() if name in names}
        self.storage.keep(names)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: Whoosh's name and reader, its facts, and the row of its first document in the snapshot."""

    name: str
    reader: SegmentReader
    facts: SegmentFacts
    first: int
    size: int
    rows: slice = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", slice(self.first, self.first + self.size))


class Snapshot:
    """The index as it was after one commit. A document's row is its place among all documents, deleted ones too."""

    def __init__(self, lifted: Lifted, fields: tuple[SearchField, ...], state: tuple[str, int], limit: int) -> None:
        """Open the latest commit in the storage of `lifted`.

        `limit`, in bytes, is for what hangs on this commit, and more where there are very many documents.
        """
        self.state = state
        self.lifted = lifted
        self.store = ByteStore(limit)
        self.weights = {text_field(field.name): field.boost for field in fields if field.kind == FieldKind.TEXT}
        self.segments: list[Segment] = []
        listed = TOC.read(lifted.storage, INDEX_NAME, schema=lifted.schema).segments
        self.size = sum(segment.doc_count_all() for segment in listed)
        self.live = np.ones(self.size, np.bool_)
        self._open_segments(listed, fields)
        self._join()
        self.store.limit = max(limit, BYTES_EACH * self.size)
        lifted.keep({segment.name for segment in self.segments})

    def _open_segments(self, listed: Iterable[Any], fields: tuple[SearchField, ...]) -> None:
        lifted, first = self.lifted, 0
        for one in listed:
            name, reader = one.segment_id(), lifted.reader_of(one)
            facts = lifted.facts.get(name) or read_facts(reader, fields, lifted.sets)
            lifted.facts[name] = facts
            self.segments.append(Segment(name, reader, facts, first, one.doc_count_all()))
            self.live[self.segments[-1].rows][list(one.deleted_docs())] = False
            first += one.doc_count_all()

    def _join(self) -> None:
        everything, readers = [one.facts for one in self.segments], [one.reader for one in self.segments]
        self.ids = _joined([facts.ids for facts in everything], np.int64)
        self.dates = _joined([facts.dates for facts in everything], np.int64)
        self.sets = {name: _joined([facts.sets[name] for facts in everything], np.intp) for name in self.lifted.sets}
        self.lengths = {
            name: _joined([facts.lengths[name] for facts in everything], np.float32) for name in self.weights
        }
        self.usual_length = {
            name: sum(reader.field_length(name) for reader in readers) / (self.size or 1) for name in self.weights
        }
        self.languages = frozenset(
            word.decode("ascii") for reader in readers for word in terms_of(reader).words(READ_AS)
        )

    @cached_property
    def newest(self) -> npt.NDArray[np.int32]:
        """The rank of each row when the newest comes first; of equal dates, the higher id."""
        return _ranks(np.lexsort((self.ids, self.dates))[::-1])

    @cached_property
    def by_title(self) -> npt.NDArray[np.int32]:
        """The rank of each row in the order of titles; of equal titles, the lower id comes first."""
        keys = [key for segment in self.segments for key in segment.facts.title_keys]
        return _ranks(np.array(sorted(range(self.size), key=lambda row: (keys[row], self.ids[row])), np.intp))

    def visible(self, labels: frozenset[str]) -> Mask:
        """The rows that are not deleted and carry one of `labels`."""
        known = self.store.get(labels)
        return self.store.put(labels, self.live & self.having(LABELS, labels)) if known is None else known

    def having(self, name: str, values: Collection[str]) -> Mask:
        """The rows with one of `values` in the field that the schema calls `name`; no such field, no rows."""
        if name not in self.sets:
            return np.zeros(self.size, np.bool_)
        key = (name, tuple(values))
        known: Mask | None = self.store.get(key)
        if known is None:
            known = self.store.put(key, self.lifted.sets[name].having(values)[self.sets[name]])
        return known

    def damping(self, field: str) -> npt.NDArray[np.float32]:
        """What BM25 adds to how often a word stands in a text, by row: the longer the text, the more."""
        key = (field, "damping")
        known: npt.NDArray[np.float32] | None = self.store.get(key)
        if known is None:
            length = self.lengths[field] / np.float32(max(self.usual_length[field], SHORT_FIELD))
            known = self.store.put(key, (K1 * (1 - B) + K1 * B * length).astype(np.float32))
        return known

    def postings(self, segment: Segment, field: str, word: bytes) -> Postings:
        """The postings of one word in one field of one segment."""
        key = (segment.name, field, word)
        known: Postings | None = self.lifted.store.get(key)
        if known is None:
            known = self.lifted.store.put(key, read_postings(segment.reader, field, word))
        return known

    def places(self, segment: Segment, field: str, word: bytes) -> Numbers:
        """At which words of the field it stands, document by document of its postings."""
        key = (segment.name, field, word, "places")
        known: Numbers | None = self.lifted.store.get(key)
        if known is None:
            known = self.lifted.store.put(key, read_places(segment.reader, field, word))
        return known

    def rows_with(self, field: str, word: bytes) -> Numbers:
        """The rows with `word` in `field`, deleted ones too."""
        return _joined([self.postings(one, field, word).docs + np.int64(one.first) for one in self.segments], np.int64)

    def rows_with_any(self, field: str, words: Iterable[tuple[Segment, bytes]]) -> Numbers:
        """The rows with one of `words` in `field`, where each word counts in its segment only."""
        hit = np.zeros(self.size, np.bool_)
        for segment, word in words:
            hit[segment.rows][self.postings(segment, field, word).docs] = True
        return np.flatnonzero(hit).astype(np.int32)

    def beginning(self, field: str, start: str) -> Iterable[tuple[Segment, bytes]]:
        """The words of `field` that begin with `start`, segment by segment."""
        first = start.encode("utf-8")
        for segment in self.segments:
            for word in terms_of(segment.reader).words(field, first):
                yield segment, word


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, kind), *parts])


def _ranks(order: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks
