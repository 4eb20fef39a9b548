"""A use case in progress: who does it, when, and in which transaction. The end of `open_work` is the only commit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from repository.db import READS_ONLY, Sessions

if TYPE_CHECKING:
    from repository.counting import Counts
    from repository.files.blobs import BlobStore
    from repository.files.examine import Examiner
    from repository.files.partial import PartialUploads
    from repository.search.service import SearchService
    from repository.settings import Settings
    from repository.vocabularies import Vocabularies

T = TypeVar("T")


def now() -> datetime:
    """Return the present moment in UTC; the one clock of the house."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Actor:
    """Who acts. `powers` maps a permission to the organisations it covers; 0 stands for what belongs to none.

    `acting` names somebody who is known without an account, as the audit trail keeps them: "participant:12".
    """

    user_id: int | None = None
    name: str = ""
    locale: str = "pt_PT"
    group_code: str = ""
    labels: frozenset[str] = frozenset({"public"})
    powers: Mapping[str, frozenset[int]] = field(default_factory=dict)
    organisation_ids: tuple[int, ...] = ()
    system: bool = False
    acting: str = ""
    scopes: frozenset[str] | None = None  # of the token used; None means a signed-in browser

    @property
    def signed_in(self) -> bool:
        """Whether this is a known person."""
        return self.user_id is not None

    def may(self, permission: str, organisation_id: int | None = None) -> bool:
        """Return whether the permission covers the organisation (None: what belongs to no organisation)."""
        return self.system or (organisation_id or 0) in self.powers.get(permission, frozenset())

    def may_anywhere(self, permission: str) -> bool:
        """Return whether the person has the permission in any organisation."""
        return self.system or bool(self.powers.get(permission))


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", labels=frozenset({"public", "members", "verified"}), system=True)


@dataclass(frozen=True)
class Work:
    """One use case: its session, the plugins' hooks, the person, the moment, and the house it happens in."""

    session: Session
    hook: Any
    actor: Actor
    now: datetime
    services: Services

    @property
    def reads_only(self) -> bool:
        """Whether nothing changes while it is open, so that what was worked out in it once holds."""
        return bool(self.session.info.get(READS_ONLY))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns; asked for the same again, work that only reads does not make it again."""
        if not self.reads_only:
            return make()
        known: dict[Hashable, T] = self.session.info.setdefault("once", {})
        if key not in known:
            known[key] = make()
        return known[key]


@dataclass
class Services:
    """What outlives a use case: settings, database, plugins, files, index and words. One per application.

    `vocabularies` is replaced as a whole when what is `stored` (settings, terms, synonyms) has become another; nothing
    else changes after the start.
    """

    instance: Path
    settings: Settings
    sessions: Sessions
    hook: Any
    blobs: BlobStore
    search: SearchService
    examiner: Examiner
    uploads: PartialUploads
    vocabularies: Vocabularies
    counts: Counts
    stored: object = None

    def close(self) -> None:
        """Let go of the database, the index and the child processes; each opens again when it is asked again."""
        self.examiner.close()
        self.search.engine.close()
        self.sessions.engine.dispose()


@contextmanager
def open_work(services: Services, actor: Actor) -> Iterator[Work]:
    """Yield work that is committed at the end of the block, or rolled back on any error."""
    with services.sessions.writing() as session:
        yield Work(session, services.hook, actor, now(), services)


@contextmanager
def open_look(services: Services, actor: Actor) -> Iterator[Work]:
    """Yield work that only reads; it blocks nobody and keeps nothing."""
    with services.sessions.reading() as session:
        yield Work(session, services.hook, actor, now(), services)
