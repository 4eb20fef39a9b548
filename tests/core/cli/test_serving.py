"""The server and the worker as processes: one of each on an instance, and both end when they are asked to."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from repository.models import Job, JobState
from repository.search import IndexMissing
from repository.work import now

START_S = 60


def address_of(process):
    """Return the address that the server prints first."""
    line = process.stdout.readline()
    assert line.startswith("Partilha: http://127.0.0.1:"), (line, process.stderr.read() if process.poll() else "")
    return line.split()[1]


def test_a_server_says_where_it_is_a_second_or_a_worker_beside_it_ends_and_it_ends_well_on_sigterm(start):
    first = start("serve", "--port", "0")
    with urllib.request.urlopen(f"{address_of(first)}/healthz", timeout=START_S) as answer:
        assert answer.status == 200
    second, worker = start("serve", "--port", "0"), start("worker")
    assert (second.wait(START_S), worker.wait(START_S)) == (1, 1)
    assert second.stderr.read().strip() == "A server is already running on this instance."
    assert "Another process already runs the jobs" in worker.stderr.read()
    first.send_signal(signal.SIGTERM)
    assert first.wait(START_S) == 0


def test_a_server_writes_its_index_in_a_process_of_its_own_and_goes_on_when_that_is_killed(
    start, services, make_item, ana
):
    first = make_item(ana, "Mapas da serra", publish=True)
    server = start("serve", "--port", "0")
    address_of(server)
    wait_until(lambda: indexed(services) == {first.id})
    (writer,) = writers_of(server.pid)
    os.kill(writer, signal.SIGKILL)
    second = make_item(ana, "Rios da serra", publish=True)
    wait_until(lambda: indexed(services) == {first.id, second.id})
    (another,) = writers_of(server.pid)
    assert another != writer
    server.send_signal(signal.SIGTERM)
    assert server.wait(START_S) == 0
    assert not Path(f"/proc/{another}").exists()


def indexed(services):
    """Return the ids in the index, as another process has written it."""
    try:
        return services.search.engine.ids()
    except IndexMissing:
        return set()


def writers_of(pid):
    """Return the processes that the server has started to write its index."""
    children = [int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    return [one for one in children if b"writing_process" in Path(f"/proc/{one}/cmdline").read_bytes()]


def wait_until(holds):
    """Ask again and again, since a page of another process tells nobody that it has changed."""
    until = time.monotonic() + START_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_server_without_the_worker_leaves_its_lock_to_another_process_and_ends_well_on_sigint(start):
    server = start("serve", "--port", "0", REPOSITORY_EMBEDDED_WORKER="false")
    address_of(server)
    worker = start("worker", "--until-idle")
    assert worker.wait(START_S) == 0
    assert worker.stdout.read().endswith("jobs done\n")
    server.send_signal(signal.SIGINT)
    assert server.wait(START_S) == 0


def test_a_server_on_a_database_that_is_not_ready_ends_with_a_sentence(start, services):
    with services.sessions.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    process = start("serve", "--port", "0")
    assert process.wait(START_S) == 1
    assert "repository init" in process.stderr.read()


def test_an_unknown_plugin_stops_every_command_with_its_name(start):
    process = start("user", "list", REPOSITORY_PLUGINS="nowhere")
    assert process.wait(START_S) == 1
    assert process.stderr.read().strip() == "there is no plugin 'nowhere'"


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(start, services):
    with services.sessions.writing() as session:
        session.add(Job(name="stopping.twice", run_after=now(), created_at=now()))
    known = {"REPOSITORY_PLUGINS": "tests.core.cli.stopping"}
    killed = start("worker", **known)
    assert killed.stdout.readline() == "in the middle\n"
    killed.kill()
    assert killed.wait(START_S) == -signal.SIGKILL
    with services.sessions.reading() as session:
        assert session.scalar(select(Job.state).filter_by(name="stopping.twice")) == JobState.RUNNING
    second = start("worker", "--until-idle", **known)
    assert second.wait(START_S) == 0
    assert second.stdout.readline() == "to the end\n"
    with services.sessions.reading() as session:
        assert session.scalar(select(Job.id).filter_by(name="stopping.twice")) is None


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_is_lines_or_json(start, form):
    process = start("serve", "--port", "0", REPOSITORY_LOG_FORMAT=form)
    address_of(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(START_S) == 0
    lines = process.stderr.read().strip().splitlines()
    assert [line.startswith("{") for line in lines] == [form == "json"] * len(lines)
    # Not always the last: the thread that reads the index ahead may still have something to say.
    assert any("finishing what is under way" in line for line in lines)
