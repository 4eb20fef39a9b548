"""Engine set-up, the declarative base and the two kinds of session; the only place that knows one database from another."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, Integer, MetaData, and_, create_engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: stored without zone, given back with it; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of every table, the core's and the plugins'."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime}


class Numbered:
    """An integer key that is never given out twice, because addresses and audit rows point to it for ever."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    __table_args__: Any = {"sqlite_autoincrement": True}


def database_url(instance: Path, configured: str) -> URL:
    """Return the configured address, or the SQLite file in the instance folder when there is none."""
    return make_url(configured) if configured else URL.create("sqlite", database=str(instance / "partilha.sqlite"))


def make_engine(url: URL) -> Engine:
    """Return an engine on `url`; SQLite waits for locks, syncs each commit and keeps foreign keys."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling commits before DDL, so a failed migration would stay half applied.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads first and writes later fails at once with "database is locked".
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Sessions:
    """Opens sessions on one engine: `reading()` never blocks, `writing()` commits at the end of the block."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, expire_on_commit=False)
        self._read = sessionmaker(engine.execution_options(read_only=True), expire_on_commit=False)
        # SQLite serves writers unfairly; one lock in the process gives every thread its turn.
        self._turn = threading.RLock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are committed at the end, or rolled back on any error."""
        if self._turn is None:
            with self._write.begin() as session:
                yield session
            return
        with self._turn, self._write.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database; what is changed in it is thrown away."""
        with self._read() as session:
            yield session

    def open_reading(self) -> Session:
        """Return a reading session that the caller closes."""
        return self._read()


def contains_words(column: Any, words: str) -> Any:
    """Return a condition: `column` contains each word of `words`, whatever the case."""
    parts = [re.sub(r"([%_\\])", r"\\\1", word) for word in words.split()]
    return and_(*(column.ilike(f"%{part}%", escape="\\") for part in parts))


def like_any_case(session: Session, column: Any, pattern: str) -> Any:
    """Return a condition: `column` is like `pattern`, whatever the case of plain letters."""
    # SQLite's LIKE takes no notice of case anyway; lower() would copy each text before it is read.
    return column.like(pattern) if session.get_bind().dialect.name == "sqlite" else column.ilike(pattern)
