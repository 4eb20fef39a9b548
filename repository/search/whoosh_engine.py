"""The search engine on Whoosh 2.7.4: it keeps words and places; counting, filtering and order are ours."""

import errno
import heapq
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import and_
from pathlib import Path

from whoosh.index import FileIndex

from .document import SearchDocument
from .engine import IndexBroken, IndexMissing, SearchError
from .fields import CORE_FIELDS, FieldKind, SearchField
from .order import GENTLY, effective_sort, facet_counts, preferred
from .page import SearchPage
from .plan import Synonyms, make_plan
from .request import SearchRequest
from .spelling import suggested_question
from .whoosh_facts import places
from .whoosh_files import INDEX_NAME, IndexFolder, SegmentStorage
from .whoosh_lexicon import SnapshotLexicon
from .whoosh_reading import Match, Segment, Snapshot
from .whoosh_schema import make_meta, make_row, make_schema
from .whoosh_writing import write_all, write_batch

LOCK_SECONDS = 30.0
FEW_RESULTS = 3
ATTEMPTS = 3
TRY_AGAIN_AFTER = 5.0  # seconds; Whoosh itself waits half a second for a missing file, at every try
_DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE}

_Key = tuple[float | str | int, ...]  # ends with the id


class WhooshEngine:
    """An index in a folder, read from many threads and processes and written by one at a time."""

    def __init__(
        self,
        path: Path,
        fields: Iterable[SearchField] = CORE_FIELDS,
        synonyms: Synonyms | None = None,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        """`path` is the folder of all generations; nothing is opened before it is needed."""
        self._fields = tuple(fields)
        self._text_fields = [field.name for field in self._fields if field.kind == FieldKind.TEXT]
        self._facets = [field.name for field in self._fields if field.facet and field.kind != FieldKind.TEXT]
        self._folder = IndexFolder(path, make_meta(self._fields))
        self._synonyms = synonyms
        self._lock_seconds = lock_seconds
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._storage: SegmentStorage | None = None
        self._failed: tuple[tuple[str, int], float, str] | None = None

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The page of documents that carry one of `labels`. Raises IndexMissing or IndexBroken."""
        started = time.perf_counter()
        with self._reading() as snapshot:
            total, ids, counts = self._answer(snapshot, request, labels)
            suggestion = self._suggestion(snapshot, request, labels, total) if request.q else None
        facets = {name: facet_counts(counts[name], request.filters.get(name, ())) for name in self._facets}
        return SearchPage(total, ids, facets, suggestion, (time.perf_counter() - started) * 1000)

    def suggest(self, prefix: str, labels: frozenset[str]) -> list[str]:
        """Up to eight titles with words that begin like the words typed so far."""
        with self._reading() as snapshot, snapshot.lock:
            return SnapshotLexicon(snapshot, labels, self._text_fields).titles(prefix[:100])

    def ids(self) -> set[int]:
        """The ids of all documents."""
        with self._reading() as snapshot:
            return {segment.facts.ids[place] for segment in snapshot.segments for place in places(segment.live)}

    def count(self) -> int:
        """How many documents there are."""
        with self._reading() as snapshot:
            return sum(segment.live.bit_count() for segment in snapshot.segments)

    def generation(self) -> str:
        """The folder in use and the number of its last commit."""
        name, commit = self._folder.state()
        return f"{name}.{commit}"

    def update(self, documents: Iterable[SearchDocument], deleted: Iterable[int] = ()) -> None:
        """Replace, add and delete in one commit; an id that is in both is deleted."""
        removed = set(deleted)
        latest = {document.id: document for document in documents if document.id not in removed}
        if not latest and not removed:
            return
        rows = [make_row(document, self._fields) for document in latest.values()]
        with self._folder.locked(self._lock_seconds), _as_broken():
            storage = self._storage_of(self._folder.current())
            index = FileIndex(storage, make_schema(self._fields), INDEX_NAME)
            write_batch(index, rows, removed | latest.keys())

    def rebuild(self, documents: Iterable[SearchDocument]) -> None:
        """Write a new generation beside the one in use, then switch; of documents with the same id the first counts."""
        with self._folder.locked(self._lock_seconds):
            self._folder.sweep()
            folder = self._folder.create()
            try:
                index = FileIndex.create(SegmentStorage(folder), make_schema(self._fields), INDEX_NAME)
                write_all(index, (make_row(document, self._fields) for document in _distinct(documents)))
                self._folder.switch(folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._folder.sweep()

    def close(self) -> None:
        """Close all files; the engine opens them again when it is asked again."""
        with self._opening:
            if self._snapshot:
                self._snapshot.release()
            self._snapshot = self._storage = None

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        snapshot = self._latest()
        try:
            with _as_broken():
                yield snapshot
        finally:
            snapshot.release()

    def _latest(self) -> Snapshot:
        """The newest snapshot, in use by the caller; while another thread opens it, the one before."""
        state = self._folder.state()
        held = self._snapshot
        if held and held.state == state and held.acquire():
            return held
        if held and self._opening.locked() and held.acquire():
            return held
        with self._opening:
            for _ in range(ATTEMPTS):
                state = self._folder.state()
                if not (self._snapshot and self._snapshot.state == state):
                    self._open(state)
                if self._snapshot and self._snapshot.state == state and self._snapshot.acquire():
                    return self._snapshot
            raise IndexBroken("the index changes faster than it can be opened")

    def _open(self, state: tuple[str, int]) -> None:
        if self._failed and self._failed[0] == state and time.monotonic() - self._failed[1] < TRY_AGAIN_AFTER:
            raise IndexBroken(self._failed[2])
        try:
            with _as_broken():
                storage = self._storage_of(self._folder.current())
                # Whoosh draws the names of segments by lot: they tell them apart within one generation only.
                known = self._snapshot.facts if self._snapshot and self._snapshot.storage is storage else {}
                opened = Snapshot(storage, self._fields, state, known)
        except (IndexMissing, IndexBroken) as error:
            if self._folder.state() == state:
                self._failed = (state, time.monotonic(), str(error))
                raise
            return  # a writer was faster: look again
        previous, self._snapshot = self._snapshot, opened
        if previous:
            previous.release()

    def _storage_of(self, folder: Path) -> SegmentStorage:
        if self._storage is None or self._storage.folder != str(folder):
            self._storage = SegmentStorage(folder)
        return self._storage

    def _answer(
        self, snapshot: Snapshot, request: SearchRequest, labels: frozenset[str]
    ) -> tuple[int, tuple[int, ...], dict[str, Counter[str]]]:
        matches = snapshot.matches(make_plan(request.q, self._synonyms))
        counts: dict[str, Counter[str]] = {name: Counter() for name in self._facets}
        results: list[tuple[Segment, Match, int]] = []
        for segment, match in zip(snapshot.segments, matches, strict=True):
            visible = match.found & segment.facts.carrying(labels)
            if request.without:
                visible &= segment.facts.but(request.without)
            if visible:
                results.append((segment, match, self._filter_and_count(segment, visible, request, counts)))
        total = sum(left.bit_count() for _, _, left in results)
        if request.offset >= total:
            return total, (), counts
        until = request.offset + request.per_page
        best = heapq.nsmallest(until, (key for result in results for key in _keys(*result, request)))
        return total, tuple(int(key[-1]) for key in best[request.offset :]), counts

    def _filter_and_count(
        self, segment: Segment, visible: int, request: SearchRequest, counts: dict[str, Counter[str]]
    ) -> int:
        allowed = {name: segment.facts.having(name, values) for name, values in request.filters.items() if values}
        left = reduce(and_, allowed.values(), visible)
        for name in self._facets:
            counted = left
            if name in allowed:
                counted = reduce(and_, (places for other, places in allowed.items() if other != name), visible)
            if counted:
                for value, carrying in segment.facts.values[name].items():
                    counts[name][value] += (carrying & counted).bit_count()
        return left

    def _suggestion(self, snapshot: Snapshot, request: SearchRequest, labels: frozenset[str], total: int) -> str | None:
        if total >= FEW_RESULTS or not labels:
            return None
        with snapshot.lock:
            lexicon = SnapshotLexicon(snapshot, labels, self._text_fields)
            question = suggested_question(request.q, lexicon)
        if question is None or self._answer(snapshot, request.changed(q=question), labels)[0] <= total:
            return None
        return question


def _keys(segment: Segment, match: Match, left: int, request: SearchRequest) -> Iterator[_Key]:
    """What sorts the documents `left` of a segment, smallest first, ending with the id."""
    facts, sort = segment.facts, effective_sort(request)
    if sort == "title":
        return ((facts.title_keys[place], 0, facts.ids[place]) for place in places(left))
    ahead = _ahead(segment, left, request)
    if sort == "date" or not match.places:
        return (
            (-met, -facts.dates[place], -facts.ids[place], facts.ids[place])
            for met, those in enumerate(ahead)
            for place in places(those)
        )
    raised = bytearray(segment.size)
    for met, those in enumerate(ahead[1:], 1):
        for place in places(those):
            raised[place] = met
    chosen = left.to_bytes(segment.size // 8 + 1, "little")
    return (
        (-score * (1 + GENTLY * raised[place]), -facts.dates[place], facts.ids[place])
        for place, score in zip(match.places, match.scores, strict=True)
        if chosen[place >> 3] >> (place & 7) & 1
    )


def _ahead(segment: Segment, left: int, request: SearchRequest) -> list[int]:
    """The documents `left` by how many of the facets that come first they meet: none, one, two …"""
    groups = [left]
    for name, values in preferred(request):
        having = segment.facts.having(name, values)
        same, more = [group & ~having for group in groups], [group & having for group in groups]
        groups = [here | above for here, above in zip([*same, 0], [0, *more], strict=True)]
    return groups


def _distinct(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
    seen: set[int] = set()
    for document in documents:
        if document.id not in seen:
            seen.add(document.id)
            yield document


@contextmanager
def _as_broken() -> Iterator[None]:
    """Whoosh meets damage with whatever its code stumbles over: EOFError, KeyError, struct.error, UnpicklingError."""
    try:
        yield
    except SearchError:
        raise
    except OSError as error:
        if error.errno in _DISK_REFUSES:
            raise
        raise IndexBroken(f"a file of the index cannot be read: {error}") from error
    except Exception as error:
        raise IndexBroken(f"the index is damaged: {type(error).__name__}: {error}") from error
