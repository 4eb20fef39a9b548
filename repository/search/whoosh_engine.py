"""The search engine on Whoosh 2.7.4: it keeps words and places; counting, filtering and order are ours."""

import errno
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.index import FileIndex

from .apart import WriterApart
from .completing import completed
from .dictionary import digests
from .document import SearchDocument
from .engine import IndexBroken, IndexMissing, SearchError
from .fields import CORE_FIELDS, FieldKind, SearchField
from .matching import best
from .order import facet_counts
from .page import SearchPage
from .plan import LEAST_ALIKE, likeness, make_plan
from .request import SearchRequest
from .spelling import suggested_question
from .synonyms import Synonyms
from .whoosh_answering import Answer, answer
from .whoosh_files import INDEX_NAME, IndexFolder, SegmentStorage
from .whoosh_lexicon import SnapshotLexicon
from .whoosh_preloading import preload
from .whoosh_reading import Lifted, Snapshot
from .whoosh_schema import make_meta, make_row, make_schema
from .whoosh_scoring import meet_most
from .whoosh_writing import write_all, write_batch

LOCK_SECONDS = 30.0
LIFTED_BYTES = 56 << 20  # of postings and places of words
SNAPSHOT_BYTES = 48 << 20  # of scores
FEW_RESULTS = 3
ATTEMPTS = 4
TRY_AGAIN_AFTER = 5.0  # seconds; Whoosh itself waits half a second for a missing file, at every try
_DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE}


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
        self._facets = [field.name for field in self._fields if field.facet and field.kind != FieldKind.TEXT]
        self._folder = IndexFolder(path, make_meta(self._fields))
        self._synonyms = synonyms
        self._lock_seconds = lock_seconds
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._kept: Snapshot | None = None  # answers while this engine writes the next
        self._apart: WriterApart | None = None
        self._lifted: Lifted | None = None
        self._failed: tuple[tuple[str, int], float, str] | None = None

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The page of documents that carry one of `labels`. Raises IndexMissing or IndexBroken."""
        started = time.perf_counter()
        with self._reading() as snapshot:
            found = self._answer(snapshot, request, labels)
            wanted = request.q and request.per_page  # who only counts asks for no other question
            suggestion = self._suggestion(snapshot, request, labels, found) if wanted else None
        facets = {name: facet_counts(found.counts[name], request.filters.get(name, ())) for name in self._facets}
        took_ms = (time.perf_counter() - started) * 1000
        return SearchPage(found.total, found.exact, found.ids, facets, suggestion, took_ms, found.relaxed)

    def suggest(self, prefix: str, labels: frozenset[str]) -> list[str]:
        """Up to eight titles with words that begin like the words typed so far."""
        with self._reading() as snapshot:
            return SnapshotLexicon(snapshot, labels).titles(prefix[:100])

    def complete(self, beginning: str, labels: frozenset[str]) -> list[str]:
        """Up to four ways to complete the last word typed, with the words before it."""
        with self._reading() as snapshot:
            return completed(beginning, SnapshotLexicon(snapshot, labels))

    def like(self, document: SearchDocument, labels: frozenset[str], most: int) -> list[int]:
        """The ids of up to `most` documents most like this one, for somebody with these labels; none far behind the first."""
        plan = likeness(document)
        if plan.nothing:
            return []
        with self._reading() as snapshot:
            match = meet_most(snapshot, plan, plan.most)
            kept = (snapshot.visible(labels) & (snapshot.ids != document.id))[match.rows]
            kept &= match.scores >= LEAST_ALIKE * match.scores.max(where=kept, initial=0)
            rows, scores = match.rows[kept], match.scores[kept]
            return [int(snapshot.ids[rows[at]]) for at in best(scores, snapshot.newest[rows], most)]

    def preload(self) -> None:
        """Lift what is asked for most into memory. It takes seconds, and answers are given meanwhile."""
        with self._reading() as snapshot:
            preload(snapshot)
        digests()

    def ids(self) -> set[int]:
        """The ids of all documents."""
        with self._reading() as snapshot:
            return set(snapshot.ids[snapshot.live].tolist())

    def count(self) -> int:
        """How many documents there are."""
        with self._reading() as snapshot:
            return int(snapshot.live.sum())

    def generation(self) -> str:
        """The folder in use and the number of its last commit."""
        name, commit = self._folder.state()
        return f"{name}.{commit}"

    def answering(self) -> str:
        """The same of the state that answers now; before the first is open, of the one that will be."""
        held = self._snapshot
        return f"{held.state[0]}.{held.state[1]}" if held else self.generation()

    def update(self, documents: Iterable[SearchDocument], deleted: Iterable[int] = ()) -> None:
        """Replace, add and delete in one commit; an id that is in both is deleted."""
        removed = set(deleted)
        latest = {document.id: document for document in documents if document.id not in removed}
        if not latest and not removed:
            return
        held = self._snapshot
        self._kept = held if held and held.state == self._folder.state() else None
        try:
            if self._apart:
                self._apart.update(latest.values(), removed)
            else:
                self._update(latest.values(), removed)
            self._renew()
        finally:
            self._kept = None

    def rebuild(self, documents: Iterable[SearchDocument]) -> None:
        """Write a new generation beside the one in use, then switch; of documents with the same id the first counts."""
        if self._apart:
            self._apart.rebuild(documents)
        else:
            self._rebuild(documents)
        self._renew()

    def write_apart(self) -> None:
        """Have a process of its own write from now on, so that whoever asks does not wait for a writer's turn to end."""
        self._apart = WriterApart(self._folder.path, self._fields, self._lock_seconds)

    def _update(self, documents: Collection[SearchDocument], removed: set[int]) -> None:
        rows = [make_row(document, self._fields) for document in documents]
        with self._folder.locked(self._lock_seconds), _as_broken():
            lifted = self._lifted_from(self._folder.current())
            index = FileIndex(lifted.storage, lifted.schema, INDEX_NAME)
            write_batch(index, rows, removed | {document.id for document in documents}, lifted)

    def _rebuild(self, documents: Iterable[SearchDocument]) -> None:
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

    def _renew(self) -> None:
        """Open what was just written, if anybody has asked here before; who asks meanwhile need not open it."""
        if self._snapshot:
            with suppress(SearchError, OSError):  # whoever asks next meets it
                self._opened()

    def use(self, synonyms: Synonyms) -> None:
        """Read questions with these synonyms from now on."""
        self._synonyms = synonyms

    def close(self) -> None:
        """Close all files that nobody reads just now; the engine opens them again when it is asked again."""
        with self._opening:
            self._snapshot = self._lifted = None
        if self._apart:
            self._apart.close()

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        snapshot = self._latest()
        with _as_broken():
            yield snapshot

    def _latest(self) -> Snapshot:
        """The newest snapshot; while another thread opens it or this engine writes it, the one before."""
        held = self._snapshot
        if held and (held is self._kept or held.state == self._folder.state() or self._opening.locked()):
            return held
        return self._opened()

    def _opened(self) -> Snapshot:
        with self._opening:
            for _ in range(ATTEMPTS):
                state, held = self._folder.state(), self._snapshot
                if held and held.state == state:
                    return held
                self._open(state)
            raise IndexBroken("the index changes faster than it can be opened")

    def _open(self, state: tuple[str, int]) -> None:
        if self._failed and self._failed[0] == state and time.monotonic() - self._failed[1] < TRY_AGAIN_AFTER:
            raise IndexBroken(self._failed[2])
        try:
            with _as_broken():
                lifted = self._lifted_from(self._folder.current())
                self._snapshot = Snapshot(lifted, self._fields, state, SNAPSHOT_BYTES)
        except (IndexMissing, IndexBroken) as error:
            if self._folder.state() == state:
                self._failed = (state, time.monotonic(), str(error))
                raise
            # else a writer was faster: look again

    def _lifted_from(self, folder: Path) -> Lifted:
        # Whoosh draws the names of segments by lot: they tell them apart within one generation only.
        if self._lifted is None or self._lifted.storage.folder != str(folder):
            self._lifted = Lifted(SegmentStorage(folder), self._fields, LIFTED_BYTES)
        return self._lifted

    def _answer(self, snapshot: Snapshot, request: SearchRequest, labels: frozenset[str]) -> Answer:
        plan = make_plan(request.q, self._synonyms, snapshot.languages, request.meant)
        return answer(snapshot, plan, request, labels, self._facets)

    def _suggestion(
        self, snapshot: Snapshot, request: SearchRequest, labels: frozenset[str], found: Answer
    ) -> str | None:
        if not labels:
            return None
        question = self._meant(snapshot, request.q, labels, by_chance=found.exact >= FEW_RESULTS)
        if not question:
            return None
        better = self._answer(snapshot, request.changed(q=question), labels)
        return None if better.exact <= found.exact else question

    def _meant(self, snapshot: Snapshot, question: str, labels: frozenset[str], *, by_chance: bool) -> str:
        """The suggested question, empty when there is none; it is kept, since looking up each word takes as long as finding."""
        key = ("meant", question, labels, self._synonyms, by_chance)
        known: str | None = snapshot.store.get(key)
        if known is None:
            lexicon, listed = SnapshotLexicon(snapshot, labels), self._synonyms.words if self._synonyms else ()
            meant = suggested_question(question, lexicon, listed, by_chance=by_chance) or ""
            known = snapshot.store.put(key, meant, size=2 * len(question))
        return known


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
