"""What every search engine does, and the service that never lets a broken index reach a page."""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from .document import SearchDocument
from .page import SearchPage
from .request import SearchRequest
from .synonyms import Synonyms, built_in_synonyms

log = logging.getLogger(__name__)

REPORT_AGAIN_AFTER = 60.0  # seconds
SCAN_WAIT_S = 0.5  # for one's turn at the fallback
SCAN_AGAIN_AFTER = 60.0  # seconds; what was too much to read is not tried again sooner
T = TypeVar("T")


class SearchError(Exception):
    """The index could not do what was asked; the message is for the log, never for a page."""


class IndexMissing(SearchError):
    """There is no index yet."""


class IndexBroken(SearchError):
    """The index is damaged, or was made by another version of the program."""


class IndexBusy(SearchError):
    """Somebody else is writing; try again later."""


class TooMuchToRead(SearchError):
    """Without an index there is more to read than anybody would wait for."""


class SearchEngine(Protocol):
    """An index of documents that answers requests for the audiences a person belongs to.

    Readers may come from many threads; writers are one at a time (`IndexBusy` otherwise).
    """

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The page of documents that carry one of `labels`; no labels find nothing.

        Raises IndexMissing or IndexBroken.
        """
        ...

    def suggest(self, prefix: str, labels: frozenset[str]) -> list[str]:
        """Up to eight titles, among those `labels` may find, with words that begin like the words typed so far."""
        ...

    def complete(self, beginning: str, labels: frozenset[str]) -> list[str]:
        """Up to four ways to complete the last word typed, the most frequent first and each form of a word once, with the
        words before it. A document that `labels` may find has all of them."""
        ...

    def like(self, document: SearchDocument, labels: frozenset[str], most: int) -> list[int]:
        """The ids of up to `most` documents that share words of title and keywords with this one, the most alike first.

        It need not be in the index, and is not among them, nor is what is much less alike than the first.
        Raises IndexMissing or IndexBroken.
        """
        ...

    def preload(self) -> None:
        """Bring into memory what makes answers quick. It may take seconds; others are answered meanwhile.

        Raises IndexMissing or IndexBroken.
        """
        ...

    def update(self, documents: Iterable[SearchDocument], deleted: Iterable[int] = ()) -> None:
        """Put these documents in the place of earlier ones and take `deleted` out, as one batch that is whole or not
        there; doing it twice is the same as once. Raises IndexMissing, IndexBroken or IndexBusy."""
        ...

    def rebuild(self, documents: Iterable[SearchDocument]) -> None:
        """Make a new index of exactly these documents beside the old one, which answers until the switch."""
        ...

    def write_apart(self) -> None:
        """Have a process of its own write from now on, where a writer in a thread would hold up whoever asks."""
        ...

    def ids(self) -> set[int]:
        """The ids of all documents."""
        ...

    def count(self) -> int:
        """How many documents there are."""
        ...

    def generation(self) -> str:
        """A name for the present state of the index; it changes with every batch and every rebuild."""
        ...

    def answering(self) -> str:
        """A name for the state that answers now: the one before the present, while another thread opens that."""
        ...

    def use(self, synonyms: Synonyms) -> None:
        """Read questions with these synonyms from now on."""
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...


class SearchService:
    """Search as pages use it: asks the engine, and the fallback when the index is missing or broken."""

    def __init__(
        self, engine: SearchEngine, fallback: SearchEngine, on_broken: Callable[[SearchError], None] | None = None
    ) -> None:
        """`on_broken` is told why the index did not answer: once, and again each minute while it lasts."""
        self.engine = engine
        self.fallback = fallback
        self.synonyms = built_in_synonyms()
        self._on_broken = on_broken
        self._reported: float | None = None
        self._broken = ""  # the state of the index that did not answer
        self._no_scan_before = 0.0
        self._lock = threading.Lock()
        self._scanning = threading.Lock()

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The engine's page, or the fallback's with `degraded` set, and `unanswered` where it had no answer either."""
        try:
            page = _found(self.engine, request, labels)
        except SearchError as error:
            self._report(error)
            nothing = SearchPage(unanswered=True)
            return replace(self._scanned(lambda: _found(self.fallback, request, labels), nothing), degraded=True)
        self._answers_again()
        return page

    def suggest(self, prefix: str, labels: frozenset[str]) -> list[str]:
        """The engine's titles, or the fallback's."""
        try:
            return self.engine.suggest(prefix, labels)
        except SearchError as error:
            self._report(error)
            return self._scanned(lambda: self.fallback.suggest(prefix, labels), [])

    def complete(self, beginning: str, labels: frozenset[str]) -> list[str]:
        """The engine's words; none while the index does not answer, since the titles are there without it."""
        try:
            return self.engine.complete(beginning, labels)
        except SearchError as error:
            self._report(error)
            return []

    def like(self, document: SearchDocument, labels: frozenset[str], most: int) -> list[int]:
        """The engine's ids; none while the index does not answer, since a page can do without."""
        try:
            return self.engine.like(document, labels, most)
        except SearchError as error:
            self._report(error)
            return []

    def _scanned(self, ask: Callable[[], T], nothing: T) -> T:
        """What the fallback answers, or `nothing` while it answers another or has too much to read.

        In a large house it takes seconds, and one in each thread of a server would leave none for other pages.
        """
        if self._gave_up() or not self._scanning.acquire(timeout=SCAN_WAIT_S):
            return nothing
        try:
            return nothing if self._gave_up() else ask()  # another may have, while this one waited
        except TooMuchToRead as error:
            log.warning("no answer without an index: %s", error)
            self._no_scan_before = time.monotonic() + SCAN_AGAIN_AFTER
            return nothing
        finally:
            self._scanning.release()

    def _gave_up(self) -> bool:
        return time.monotonic() < self._no_scan_before

    def answering(self) -> str:
        """What the engine says of the state that answers; empty without an index."""
        try:
            return self.engine.answering()
        except SearchError:
            return ""

    def use(self, synonyms: Synonyms) -> None:
        """Read questions with these synonyms from now on, without a new index."""
        self.synonyms = synonyms
        for engine in (self.engine, self.fallback):
            engine.use(synonyms)

    def preload(self) -> None:
        """Have the engine preload in a thread, which is not waited for."""
        threading.Thread(target=self._preload, name="search-preload", daemon=True).start()

    def _preload(self) -> None:
        try:
            self.engine.preload()
        except SearchError as error:  # the first search says so too
            log.info("nothing was preloaded (%s)", error)
        gc.freeze()  # tens of thousands of objects that stay: to look through them for waste holds up pages for 20 ms

    def _answers_again(self) -> None:
        """Let go of what the fallback has read. A damaged index may answer some questions, and is no better for it."""
        if self._reported is not None and self._state() != self._broken:
            self._reported, self._no_scan_before = None, 0.0
            self.fallback.close()

    def _state(self) -> str:
        try:
            return self.engine.generation()
        except SearchError:
            return ""

    def _report(self, error: SearchError) -> None:
        with self._lock:
            now = time.monotonic()
            if self._reported is not None and now - self._reported < REPORT_AGAIN_AFTER:
                return
            self._reported, self._broken = now, self._state()
        log.warning("the index does not answer (%s: %s); searching the database instead", type(error).__name__, error)
        if self._on_broken:
            self._on_broken(error)


def _found(engine: SearchEngine, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
    """The engine's page; where nothing has any of the words, whatever is chosen, what they name counts as one of them."""
    page = engine.search(request, labels)
    if page.total or request.whole or not request.meant:
        return page
    if request.filters and engine.search(replace(request, filters={}, page=1, per_page=0), labels).total:
        return page  # where filters leave nothing that was wanted, that is to be seen
    counted = tuple(replace(one, counts=True) for one in request.meant)
    wider = engine.search(replace(request, meant=counted), labels)
    return replace(wider, named=True) if wider.total else page
