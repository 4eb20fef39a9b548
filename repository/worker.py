"""Runs jobs: in the server's own process, or in one of its own. Whoever holds the worker's lock is the only one."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from repository import indexing, jobs
from repository.hookspecs import JobKind
from repository.house import ask_for_rebuild, load_stored
from repository.locks import worker_lock
from repository.search.engine import SearchError
from repository.work import SYSTEM, Services, now, open_work

log = logging.getLogger(__name__)
WAIT_S = 0.25
UPKEEP_S = 30.0
AFTER_TROUBLE_S = 5.0
# What may take long, or wait for others: a document, a mail server that does not answer, reading the files again.
APART = ("files.", "mail.", "house.")
LANES = (*APART, "plugins.")
FEW = 100  # with more to be done than this, and than there is, a new index is quicker than a change of the old one


class Worker:
    """Runs the jobs of an instance.

    Files, mail, housekeeping and what plugins set apart have a thread each, so that none delays the index.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.lock = worker_lock(services.instance)
        self.kinds = jobs.job_kinds(services.hook)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._threads = [
            threading.Thread(target=self._run_index, name="worker-index"),
            *(threading.Thread(target=self._run_apart, args=(lane,), name=f"worker-{lane[:-1]}") for lane in LANES),
        ]

    def start(self) -> None:
        """Begin to run jobs; while another process has the lock, wait for it to end."""
        self.lock.acquire()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no further job, and return when those that run have ended."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self.lock.release()

    def run_until_idle(self) -> int:
        """Run every job that can run now, in this thread, and return how many. The caller holds the lock."""
        begin(self.services)
        jobs.enqueue_due(self.services.sessions, self.kinds, now())
        ran = 0
        while taken := jobs.run_next(self.services, self.kinds):
            ran += taken
        return ran

    def _run_index(self) -> None:
        while not self.lock.acquire():
            if self._stopping.wait(WAIT_S * 4):
                return
        kinds = {name: kind for name, kind in self.kinds.items() if not _lane(kind)}
        while not self._stopping.is_set():
            with self._going_on():
                begin(self.services)
                break
        self._ready.set()
        self._loop(kinds, keeper=True)

    def _run_apart(self, lane: str) -> None:
        while not self._ready.wait(WAIT_S):
            if self._stopping.is_set():
                return
        self._loop({name: kind for name, kind in self.kinds.items() if _lane(kind) == lane}, keeper=False)

    def _loop(self, kinds: dict[str, JobKind], *, keeper: bool) -> None:
        unwritten: list[jobs.Ended] = []
        upkeep = time.monotonic() if keeper else float("inf")
        while not self._stopping.is_set():
            with self._going_on():
                if time.monotonic() >= upkeep:
                    upkeep = time.monotonic() + UPKEEP_S
                    jobs.enqueue_due(self.services.sessions, self.kinds, now())
                    load_stored(self.services)
                if not jobs.run_next(self.services, kinds, unwritten):
                    self._stopping.wait(WAIT_S)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """Log what went wrong, a locked database or a full disk, and pause: the worker never dies of it."""
        try:
            yield
        except jobs.OUTSIDE as error:
            log.error("the worker could not go on; it tries again: %s", getattr(error, "orig", error))
            self._stopping.wait(AFTER_TROUBLE_S)
        except Exception:
            log.exception("the worker could not go on; it tries again")
            self._stopping.wait(AFTER_TROUBLE_S)


def _lane(kind: JobKind) -> str:
    """Return the thread of its own that a kind of job runs in, or "" for the one that keeps the index."""
    own = next((first for first in APART if kind.name.startswith(first)), "")
    return own or ("plugins." if kind.apart else "")


def begin(services: Services) -> None:
    """Take up what a killed worker left, and find out whether the index says what the database says."""
    jobs.reclaim(services.sessions)
    compare_index(services)


def compare_index(services: Services) -> int:
    """Ask for what the index lacks or has too much, or for a new one; return how many differences there are."""
    try:
        present = services.search.engine.ids()
    except SearchError as error:
        ask_for_rebuild(services, error)
        return 0
    with open_work(services, SYSTEM) as work:
        different = present ^ indexing.published_ids(work.session)
        much = max(FEW, len(present))
        if len(different) <= much and indexing.waiting(work.session) <= much:
            for item_id in sorted(different):
                indexing.ask(work, item_id)
            return len(different)
    ask_for_rebuild(services)
    return len(different)
