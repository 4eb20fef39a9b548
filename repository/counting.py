"""How often items are seen, downloaded and adapted: numbers by month, from which nobody can be told.

Pages only note in memory; a thread of the server writes every few seconds and at the end. A process that is killed
loses what it noted since. That a signed-in person took an item along is told to the plugins then, and not kept.
"""

import hashlib
import logging
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repository.models import Item, ItemCount, State, User
from repository.work import SYSTEM, Services, Work, open_work

log = logging.getLogger(__name__)
WHAT = ("seen", "downloaded", "adapted")
EVERY_S = 10.0
MOST_REMEMBERED = 100_000  # visits of one day, 16 bytes each


class Counts:
    """What was noted and is not yet written; also whether a visit was counted today, by digests that end with the day."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: Counter[tuple[int, date, str]] = Counter()
        self._day = date.min
        self._salt = b""
        self._visits: set[bytes] = set()
        self._uses: set[tuple[int, int]] = set()

    def note_use(self, item_id: int, user_id: int) -> None:
        """Note that a signed-in person took an item along, for the plugins to be told."""
        with self._lock:
            self._uses.add((item_id, user_id))

    def note(self, item_id: int, what: str, moment: datetime, visitor: str = "") -> None:
        """Note that something was done with an item; of the same visitor, once a day.

        `visitor` is whatever tells visitors apart. It is mixed with a salt that nobody knows and that changes each day.
        """
        with self._lock:
            if visitor and not self._is_new(f"{item_id} {what} {visitor}", moment.date()):
                return
            self._noted[item_id, moment.date().replace(day=1), what] += 1

    def _is_new(self, visit: str, day: date) -> bool:
        if day != self._day or len(self._visits) >= MOST_REMEMBERED:
            self._day, self._salt, self._visits = day, secrets.token_bytes(16), set()
        digest = hashlib.blake2b(visit.encode(), digest_size=16, key=self._salt).digest()
        known = digest in self._visits
        self._visits.add(digest)
        return not known

    def write(self, services: Services, *, last: bool = False) -> None:
        """Write what was noted, in one transaction; when that fails it stays noted. Then tell what was used.

        Pages in memory stay for it, and are up to half a minute behind. The `last` time it is worth waiting for others.
        """
        self._write_counts(services, services.sessions.writing if last else services.sessions.writing_unmarked)
        self._tell_uses(services)

    def _tell_uses(self, services: Services) -> None:
        with self._lock:
            uses, self._uses = self._uses, set()
        if not uses:
            return
        try:
            with open_work(services, SYSTEM) as work:
                for item_id, user_id in sorted(uses):
                    item = work.session.get(Item, item_id)
                    person = work.session.get(User, user_id)
                    if item is not None and item.state == State.PUBLISHED and person is not None:
                        work.hook.item_used(work=work, item=item, user_id=user_id)
        except Exception:
            log.exception("plugins could not be told what was used; nobody will be asked about it")

    def _write_counts(self, services: Services, writing: Callable[[], AbstractContextManager[Session]]) -> None:
        with self._lock:
            noted, self._noted = self._noted, Counter()
        if not noted:
            return
        try:
            with writing() as session:
                wanted = {item_id for item_id, _, _ in noted}
                there = set(session.scalars(select(Item.id).where(Item.id.in_(wanted))))
                for (item_id, month, what), times in noted.items():
                    if item_id in there:
                        _raise(session, item_id, month, what, times)
        except Exception:
            log.exception("counts could not be written; they are kept for the next time")
            with self._lock:
                self._noted.update(noted)


class Writer:
    """Writes the counts of a serving process, every few seconds and when it ends."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="counts", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.services.counts.write(self.services, last=True)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            self.services.counts.write(self.services)


def _raise(session: Session, item_id: int, month: date, what: str, times: int) -> None:
    row = session.get(ItemCount, (item_id, month, what))
    if row is None:
        session.add(ItemCount(item_id=item_id, month=month, what=what, count=times))
    else:
        row.count += times


def add(work: Work, item: Item, what: str, times: int = 1) -> None:
    """Count at once, in this transaction, what is no matter of a page: an adaptation, or with -1 its being undone."""
    _raise(work.session, item.id, work.now.date().replace(day=1), what, times)


def counts_of(work: Work, item_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how often each item was seen, downloaded and adapted, in all: {id: {"seen": 12, …}}, zeros included."""
    found = {item_id: dict.fromkeys(WHAT, 0) for item_id in item_ids}
    sums = select(ItemCount.item_id, ItemCount.what, func.sum(ItemCount.count)).group_by(
        ItemCount.item_id, ItemCount.what
    )
    for item_id, what, times in work.session.execute(sums.where(ItemCount.item_id.in_(found))):
        found[item_id][what] = max(0, int(times))
    return found
