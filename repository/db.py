"""Engine set-up, the declarative base, two kinds of session; the only place that knows one database from another."""

import os
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, Integer, MetaData, and_, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from repository.errors import Unavailable
from repository.words import N_

SQLITE_FILE = "partilha.sqlite"  # in the instance folder, where no other address is set
BUSY_TIMEOUT_MS = 15_000
# Writers that wait as long as that whatever happens; with more of them, no thread would be left to read.
MOST_PATIENT = 2
IMPATIENT_MS = 1_000  # the others give up when for so long nobody has finished
# Opening one costs more than most questions asked of it, so as many stay open as a busy server needs.
KEPT_CONNECTIONS = 16
# A request that has read and now writes holds two: with fewer than its threads need, all would wait for each other.
SPARE_CONNECTIONS = 30
READS_ONLY = "reads_only"  # in the `info` of a session that keeps nothing of what is changed in it
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
    return make_url(configured) if configured else URL.create("sqlite", database=str(instance / SQLITE_FILE))


def make_engine(url: URL) -> Engine:
    """Return an engine on `url`; SQLite waits for locks, syncs each commit and keeps foreign keys.

    Raises Unavailable when the driver of another database is not installed.
    """
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True, pool_size=KEPT_CONNECTIONS, max_overflow=SPARE_CONNECTIONS)
        except ModuleNotFoundError as error:
            raise Unavailable(N_("Falta instalar %(name)s, que fala com a base de dados."), name=error.name) from error
    many = {"pool_size": KEPT_CONNECTIONS, "max_overflow": SPARE_CONNECTIONS}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **many)
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


class WritersTurn:
    """The turn to write, one thread at a time.

    While another process holds the database, each writer here waits the whole busy timeout: in a row without end they
    would wait for minutes, and keep every thread of the server from reading. So most go as soon as the row stands still;
    where it moves on, everybody's turn comes, however slow the machine is.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._patient = threading.BoundedSemaphore(MOST_PATIENT)
        self._finished = 0  # writers, since the start

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn within the block. Raises Unavailable when it does not come in time."""
        patient = self._patient.acquire(blocking=False)
        try:
            came = self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000) if patient else self._wait_while_it_moves()
        finally:
            if patient:
                self._patient.release()
        if not came:
            raise Unavailable(
                N_("Há muitas alterações ao mesmo tempo e esta não foi guardada. Tente daqui a um minuto.")
            )
        try:
            yield
        finally:
            self._finished += 1
            self._lock.release()

    def _wait_while_it_moves(self) -> bool:
        """Return whether the turn came; it waits for it as long as others have theirs."""
        until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        finished = -1
        while finished != self._finished and time.monotonic() < until:
            finished = self._finished
            if self._lock.acquire(timeout=IMPATIENT_MS / 1000):
                return True
        return False


class Changes:
    """Tells whether anything was committed, by whatever process, without reading any table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._watching: Connection | None = None
        self._asking: Connection | None = None
        self._opened = 0  # how often; each connection counts from its own beginning
        event.listen(engine, "engine_disposed", lambda _engine: self._close())

    def mark(self) -> Hashable:
        """Return a mark that is another as soon as something was committed; one like no other when nobody can tell."""
        try:
            return self._of_sqlite() if self._engine.dialect.name == "sqlite" else self._of_server()
        except (sqlite3.Error, DBAPIError):
            return object()  # the page itself meets the same trouble, and has words for it

    def _of_sqlite(self) -> Hashable:
        # It tells of what all others commit: so it is asked of one connection, that is kept.
        with self._lock:
            driver: Any = self._watch().connection.dbapi_connection
            return self._opened, int(driver.execute("PRAGMA data_version").fetchone()[0])

    def _watch(self) -> Connection:
        if self._watching is None:
            self._watching = self._engine.connect()
            self._watching.detach()  # so that closing it closes it, and the pool has one more
            driver: Any = self._watching.connection.dbapi_connection
            # Whoever asks for a mark waits while `unmarked` writes: it gives up soon, and leaves flushing to others.
            for pragma in (f"busy_timeout={IMPATIENT_MS}", "synchronous=NORMAL", "wal_autocheckpoint=0"):
                driver.execute(f"PRAGMA {pragma}")
            self._opened += 1
        return self._watching

    @contextmanager
    def unmarked(self) -> Iterator[Session]:
        """Yield a session on the connection that watches, to which its own commits are no change. Of SQLite only."""
        with self._lock, Session(self._watch(), expire_on_commit=False) as session, session.begin():
            yield session

    def _of_server(self) -> Hashable:
        # A connection of its own, which is neither asked whether it lives nor rolled back each time.
        with self._lock:
            if self._asking is None:
                self._asking = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._asking.detach()  # so that closing it closes it, and the pool has one more
            try:
                return str(self._asking.exec_driver_sql("SELECT CAST(txid_current_snapshot() AS text)").scalar_one())
            except DBAPIError:
                self._asking.close()
                self._asking = None
                raise

    def _close(self) -> None:
        with self._lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
            if self._asking is not None:
                self._asking.close()
                self._asking = None


class Sessions:
    """Opens sessions on one engine: `reading()` never blocks, `writing()` commits at the end of the block."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, expire_on_commit=False)
        only = engine.execution_options(read_only=True)
        self._read = sessionmaker(only, expire_on_commit=False, info={READS_ONLY: True})
        # SQLite serves writers unfairly; one lock in the process gives every thread its turn.
        self._turn = WritersTurn() if engine.dialect.name == "sqlite" else None
        self._changes = Changes(engine)

    def state(self) -> Hashable:
        """Return a mark of what is committed: between two equal marks nobody, in any process, has changed anything."""
        return self._changes.mark()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are committed at the end, or rolled back on any error.

        Raises Unavailable when other writers of this process keep the database too long.
        """
        if self._turn is None:
            with self._write.begin() as session:
                yield session
            return
        with self._turn.taken(), self._write.begin() as session:
            yield session

    @contextmanager
    def writing_unmarked(self) -> Iterator[Session]:
        """Yield a writing session that leaves this process's `state` as it is: for what no page need show at once.

        A power cut may take what it wrote last. Raises OperationalError soon when another process is writing. On a
        server of databases it is `writing()`.
        """
        if self._turn is None:
            with self.writing() as session:
                yield session
            return
        with self._turn.taken(), self._changes.unmarked() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database; what is changed in it is thrown away."""
        with self._read() as session:
            yield session

    def open_reading(self) -> Session:
        """Return a reading session that the caller closes."""
        return self._read()


def take_turn(session: Session, name: str) -> None:
    """Be the only transaction under this name until it ends. SQLite's writers are one at a time whatever their names."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def contains_words(column: Any, words: str) -> Any:
    """Return a condition: `column` contains each word of `words`, whatever the case."""
    parts = [re.sub(r"([%_\\])", r"\\\1", word) for word in words.split()]
    return and_(*(column.ilike(f"%{part}%", escape="\\") for part in parts))


def like_any_case(dialect: str, column: Any, pattern: Any) -> Any:
    """Return a condition in the words of a database: `column` is like `pattern`, whatever the case of plain letters."""
    # SQLite's LIKE takes no notice of case anyway; lower() would copy each text before it is read.
    return column.like(pattern) if dialect == "sqlite" else column.ilike(pattern)


APPEND_ONLY = "audit_entry"
_REFUSALS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb} BEFORE {verb} ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
    ),
    "postgresql": (
        "CREATE OR REPLACE TRIGGER audit_entry_no_{verb} BEFORE {verb} ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    ),
}
_REFUSE = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$"
)
_VERBS = ("update", "delete")


def guard_audit(connection: Connection) -> None:
    """Let the database itself refuse to change or delete a row of the audit trail; doing it twice does no harm."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.exec_driver_sql(_REFUSE)
    for verb in _VERBS:
        connection.exec_driver_sql(_REFUSALS[dialect].format(verb=verb))


@event.listens_for(Base.metadata, "after_create")
def _guard_new(_metadata: MetaData, connection: Connection, **_known: Any) -> None:
    if inspect(connection).has_table(APPEND_ONLY):
        guard_audit(connection)


def audit_is_guarded(connection: Connection) -> bool:
    """Return whether the database refuses to change or delete a row of the audit trail."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
    else:
        names = connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'").scalars()
    return {f"{APPEND_ONLY}_no_{verb}" for verb in _VERBS} <= set(names)


def integrity_problems(connection: Connection) -> list[str]:
    """Return what the database finds wrong with itself: damaged pages, broken indexes, rows that point nowhere."""
    if connection.dialect.name != "sqlite":
        return []  # PostgreSQL checks its pages as it reads them, and never leaves a foreign key unchecked
    found = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars() if line != "ok"]
    pointing = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return found + [f"{table}, row {row}: points to a missing {parent}" for table, row, parent, _ in pointing]


def copy_database(engine: Engine, target: Path) -> None:
    """Write one consistent state of the database to `target` while others write: an SQLite file, or a pg_dump.

    Raises Unavailable when pg_dump is missing or fails.
    """
    if engine.dialect.name == "sqlite":
        _copy_sqlite(engine, target)
    else:
        _run_tool("pg_dump", "--format=custom", f"--file={target}", engine=engine)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _copy_sqlite(engine: Engine, target: Path) -> None:
    source = engine.raw_connection()
    copy = sqlite3.connect(target)
    try:
        # All pages in one step: a copy in parts starts again whenever somebody writes.
        source.driver_connection.backup(copy, pages=-1)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        source.close()


def fill_database(engine: Engine, source: Path) -> None:
    """Put what `copy_database` wrote into an empty PostgreSQL database, all or nothing. Raises Unavailable."""
    whole = ("--no-owner", "--no-privileges", "--single-transaction")
    _run_tool("pg_restore", *whole, f"--dbname={_plain(engine)}", str(source), engine=engine)


def _plain(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql", password=None).render_as_string()


def _run_tool(tool: str, *arguments: str, engine: Engine) -> None:
    address = () if any(each.startswith("--dbname") for each in arguments) else (f"--dbname={_plain(engine)}",)
    # The password goes by the environment: a command line can be read by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(engine.url.password)} if engine.url.password else {})
    try:
        subprocess.run([tool, *address, *arguments], env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError as error:
        raise Unavailable(N_("Falta o programa %(tool)s, do PostgreSQL."), tool=tool) from error
    except subprocess.CalledProcessError as error:
        raise Unavailable(N_("%(tool)s falhou: %(why)s"), tool=tool, why=error.stderr.strip()[-500:]) from error
