"""`repository check`: each promise is seen to be broken when it is broken, and the house is healthy when nothing is."""

import json
import os
import shutil
import time
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from repository import checking, schema
from repository.cli import make_group
from repository.console import Console
from repository.db import Base, make_engine
from repository.models import AuditEntry, File, Item, Job, JobState, State
from repository.work import now


@pytest.fixture
def healthy(services, ana, make_item, run_jobs):
    """An instance with two published items and no jobs left."""
    make_item(ana, "Um", text="Texto um")
    make_item(ana, "Dois", text="Texto dois")
    run_jobs()
    services.instance.chmod(0o750)
    services.blobs.keep_reserve(services.settings["reserve_mb"])
    return services


def broken(services, **known):
    """Return the promises that do not hold."""
    return {each["promise"]: each["detail"] for each in checking.check(services, **known)["findings"] if not each["ok"]}


def a_file(services):
    with services.sessions.reading() as session:
        return session.scalar(select(File).order_by(File.id).limit(1))


def test_a_healthy_house_keeps_all_its_promises(healthy):
    assert broken(healthy, full=True) == {}
    assert json.loads((healthy.instance / "check.json").read_text())["ok"] is True


def test_a_missing_blob_is_found(healthy):
    healthy.blobs.path(a_file(healthy).sha256).unlink()
    assert "missing" in broken(healthy)["every file has its content"]


def test_a_blob_that_was_cut_is_found_without_reading_it(healthy):
    path = healthy.blobs.path(a_file(healthy).sha256)
    path.write_bytes(path.read_bytes()[:-1])
    assert "cut" in broken(healthy)["every file has its content"]


def test_changed_bytes_are_found_by_a_full_check_and_within_a_week_by_the_daily_ones(healthy):
    path = healthy.blobs.path(a_file(healthy).sha256)
    path.write_bytes(bytes(path.stat().st_size))
    assert "no content has changed" in broken(healthy, full=True)
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(7)]
    assert sum(not checking.blobs_are_themselves(healthy, full=False, day=day).ok for day in days) == 1


def test_an_old_blob_that_nothing_uses_is_found(healthy):
    blob = healthy.blobs.receive(BytesIO(b"de ninguem"), limit=None)
    assert broken(healthy) == {}
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(healthy.blobs.path(blob.sha256), (long_ago, long_ago))
    assert blob.sha256 in broken(healthy)["no content lies about unused"]


def test_parked_and_overdue_jobs_are_found(healthy):
    with healthy.sessions.writing() as session:
        session.add(
            Job(name="mail.send", state=JobState.PARKED, last_error="OSError", run_after=now(), created_at=now())
        )
        late = now() - timedelta(hours=2)
        session.add(Job(name="house.keep", run_after=late, created_at=late))
    detail = broken(healthy)["no job is stuck"]
    assert "parked mail.send: OSError" in detail
    assert "overdue house.keep" in detail


def test_an_index_that_says_something_else_than_the_database_is_found(healthy):
    with healthy.sessions.writing() as session:
        item = session.scalar(select(Item))
        item.state = State.WITHDRAWN
    assert f"has item {item.id}" in broken(healthy)["the index holds what is published"]
    healthy.search.engine.rebuild([])
    assert "lacks item" in broken(healthy)["the index holds what is published"]


def test_the_index_is_not_compared_while_it_is_being_brought_up_to_date(healthy, ana, make_item):
    make_item(ana, "Três")
    assert broken(healthy) == {}


def test_an_index_that_is_gone_is_found(healthy):
    healthy.search.engine.close()
    for path in healthy.instance.glob("index/**/*"):
        if path.is_file():
            path.unlink()
    assert "IndexMissing" in broken(healthy)["the index holds what is published"]


@pytest.mark.sqlite
def test_a_row_that_points_nowhere_is_found(healthy):
    with healthy.sessions.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("UPDATE file SET item_id = 999 WHERE id = 1")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("BEGIN")
    assert "points to a missing item" in broken(healthy)["the database is sound"]


def test_a_database_of_another_version_is_found_and_nothing_else_is_asked(healthy):
    with healthy.sessions.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert list(broken(healthy)) == [checking.SCHEMA]


def test_an_instance_that_everybody_can_read_is_found(healthy):
    healthy.instance.chmod(0o755)
    (healthy.instance / "secret").write_text("x")
    (healthy.instance / "secret").chmod(0o644)
    detail = broken(healthy)["the instance is private"]
    assert "open to everybody" in detail
    assert "secret is open to others" in detail


def test_a_full_disk_is_found_and_does_not_stop_the_check(healthy, monkeypatch):
    usage = shutil.disk_usage(healthy.instance)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=0))

    def full(*_known, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert "0 MB free" in broken(healthy)["the disk has room"]


def test_a_reserve_that_was_dropped_is_asked_for_again(healthy):
    healthy.blobs.drop_reserve()
    assert "the reserve has been dropped" in broken(healthy)["the disk has room"]


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET actor_id = 7", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit_trail(healthy, change):
    with healthy.sessions.reading() as session:
        before = session.scalars(select(AuditEntry.id)).all()
    with pytest.raises(SQLAlchemyError, match="append-only"), healthy.sessions.writing() as session:
        session.execute(text(change))
    with healthy.sessions.reading() as session:
        assert session.scalars(select(AuditEntry.id)).all() == before


def test_a_trail_without_its_guard_is_found(healthy):
    with healthy.sessions.engine.begin() as connection:
        where = "" if connection.dialect.name == "sqlite" else "ON audit_entry"
        connection.exec_driver_sql(f"DROP TRIGGER audit_entry_no_delete {where}")
    assert "the audit trail cannot be changed" in broken(healthy)


def test_tables_made_without_migrations_are_guarded_too(tmp_path):
    engine = make_engine(make_url(f"sqlite:///{tmp_path}/plain.sqlite"))
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    engine.dispose()
    assert set(names) >= {"audit_entry_no_update", "audit_entry_no_delete"}


def test_the_guard_survives_going_down_and_up_again(healthy):
    schema.downgrade(healthy, "core@base")
    schema.upgrade(healthy)
    assert checking.audit_is_kept(healthy).ok


def test_what_is_left_from_trying_out_is_told_before_the_house_is_opened(make_services, make_person):
    services = make_services(host="0.0.0.0", demonstration=True, secret_key="short")
    detail = checking.fit_for_the_network(services).detail
    for words in ("public_url is not", "smtp_url", "demonstration"):
        assert words in detail
    fit = make_services(public_url="https://partilha.exemplo.invalid", smtp_url="smtp://mail.exemplo.invalid")
    assert checking.fit_for_the_network(fit).ok


def test_the_command_ends_with_1_and_says_what_is_broken(healthy):
    healthy.blobs.path(a_file(healthy).sha256).unlink()
    done = CliRunner().invoke(make_group(healthy.hook), ["check"], obj=Console(lambda: healthy))
    assert done.exit_code == 1
    assert "BROKEN every file has its content" in done.stdout
    done = CliRunner().invoke(make_group(healthy.hook), ["check", "--json"], obj=Console(lambda: healthy))
    assert json.loads(done.stdout)["ok"] is False


def test_the_daily_job_writes_what_is_broken_to_the_log(healthy, caplog):
    healthy.blobs.path(a_file(healthy).sha256).unlink()
    checking.check_daily(healthy, [])
    assert "every file has its content" in caplog.text
