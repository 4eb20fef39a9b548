"""One state of a Whoosh index, opened for reading by many threads.

What never changes with a segment (facts, postings, places of words) is kept by segment and outlives commits; what
depends on all segments (scores, which count how rare a word is) is kept by the snapshot and goes with it.
"""

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.index import FileIndex

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
    """What was read from the segments of one generation, for all its snapshots."""

    def __init__(self, storage: SegmentStorage, fields: Iterable[SearchField], limit: int) -> None:
        """`limit` is in bytes, for postings and places; facts are always kept."""
        exact = [value_field(field.name) for field in fields if field.kind != FieldKind.TEXT]
        self.storage = storage
        self.sets = {name: ValueSets() for name in (LABELS, *exact)}
        self.facts: dict[str, SegmentFacts] = {}
        self.store = ByteStore(limit)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: Whoosh's name and reader, its facts, and the row of its first document in the snapshot."""

    name: str
    reader: Any
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
        self._lock = threading.RLock()  # Whoosh's files have one place to read
        self._users = 1
        self._reader = FileIndex(lifted.storage, make_schema(fields), INDEX_NAME).reader()
        try:
            self._open_segments(fields)
        except BaseException:
            self._reader.close()
            raise
        self.store.limit = max(limit, BYTES_EACH * self.size)
        lifted.facts = {segment.name: segment.facts for segment in self.segments}
        lifted.storage.keep(set(lifted.facts))

    def _open_segments(self, fields: tuple[SearchField, ...]) -> None:
        leaves = self._reader.leaf_readers() if self._reader.doc_count_all() else ()
        for reader, first in leaves:
            name = reader.segment().segment_id()
            facts = self.lifted.facts.get(name) or read_facts(reader, fields, self.lifted.sets)
            self.segments.append(Segment(name, reader, facts, first, reader.doc_count_all()))
        everything = [segment.facts for segment in self.segments]
        self.size = sum(segment.size for segment in self.segments)
        self.ids = _joined([facts.ids for facts in everything], np.int64)
        self.dates = _joined([facts.dates for facts in everything], np.int64)
        self.sets = {name: _joined([facts.sets[name] for facts in everything], np.intp) for name in self.lifted.sets}
        self.lengths = {
            name: _joined([facts.lengths[name] for facts in everything], np.float32) for name in self.weights
        }
        self.usual_length = {name: self._reader.field_length(name) / (self.size or 1) for name in self.weights}
        self.languages = frozenset(
            word.decode("ascii") for segment in self.segments for word in terms_of(segment.reader).words(READ_AS)
        )
        self.live = np.ones(self.size, np.bool_)
        for segment in self.segments:
            self.live[segment.rows][list(segment.reader.segment().deleted_docs())] = False

    def acquire(self) -> bool:
        """Keep the files open until `release`; False when they are closed already."""
        with self._lock:
            if self._users == 0:
                return False
            self._users += 1
            return True

    def release(self) -> None:
        """Give up one use; the last one closes the files."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._reader.close()

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
        known = self.lifted.store.get(key)
        if known is None:
            with self._lock:
                known = self.lifted.store.put(key, read_postings(segment.reader, field, word))
        return known

    def places(self, segment: Segment, field: str, word: bytes) -> Numbers:
        """At which words of the field it stands, document by document of its postings."""
        key = (segment.name, field, word, "places")
        known: Numbers | None = self.lifted.store.get(key)
        if known is None:
            with self._lock:
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
