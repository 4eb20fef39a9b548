"""Writers take turns: they wait a while, not for ever, and who only reads waits for nobody."""

import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from repository import db, schema
from repository.errors import Unavailable

pytestmark = pytest.mark.sqlite  # PostgreSQL serves writers side by side


@contextmanager
def somebody_writes(services):
    """Keep the turn to write in another thread, as a thread does that waits for another process."""
    began, end = threading.Event(), threading.Event()

    def hold():
        with services.sessions.writing():
            began.set()
            end.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    began.wait(60)
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_a_writer_whose_turn_does_not_come_is_refused(services, monkeypatch):
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 20)
    with somebody_writes(services):
        with pytest.raises(Unavailable), services.sessions.writing():
            pass
        with services.sessions.reading() as session:
            assert session.scalar(text("SELECT 1")) == 1
    with services.sessions.writing() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_behind_many_writers_the_next_waits_for_a_moment_only(services, monkeypatch):
    monkeypatch.setattr(db, "IMPATIENT_MS", 20)
    refused = threading.Semaphore(0)

    def write():
        try:
            with services.sessions.writing():
                pass
        except Unavailable:
            refused.release()

    with somebody_writes(services):
        threads = [threading.Thread(target=write) for _ in range(db.MOST_PATIENT + 2)]
        for thread in threads:
            thread.start()
        # All but the patient ones give up, long before the turn comes.
        assert refused.acquire(timeout=10)
        assert refused.acquire(timeout=10)
    for thread in threads:
        thread.join()
    assert not refused.acquire(blocking=False)


class Row:
    """In the place of the lock: the turn comes after so many waits, in each of which somebody finished or nobody did."""

    def __init__(self, turn, waits, moves):
        self.turn, self.waits, self.moves = turn, waits, moves

    def acquire(self, timeout):
        self.waits -= 1
        self.turn._finished += self.moves
        return self.waits < 0

    def release(self):
        pass


def test_in_a_long_row_that_moves_on_everybodys_turn_comes():
    turn = db.WritersTurn()
    turn._patient = threading.BoundedSemaphore(1)
    with turn._patient:
        turn._lock = Row(turn, waits=12, moves=True)
        with turn.taken():
            pass
        turn._lock = Row(turn, waits=12, moves=False)
        with pytest.raises(Unavailable), turn.taken():
            pass


def test_asking_for_the_schema_takes_no_lock_from_writers(services):
    asked = []

    def note(_connection, _cursor, statement, *_known):
        asked.append(statement)

    event.listen(services.sessions.engine, "before_cursor_execute", note)
    schema.is_current(services)
    event.remove(services.sessions.engine, "before_cursor_execute", note)
    assert "BEGIN" in asked
    assert "BEGIN IMMEDIATE" not in asked
