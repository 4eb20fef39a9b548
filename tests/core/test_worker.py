"""The worker: keeps the index true by itself, goes on after trouble, and gives way to another."""

import shutil
import sqlite3
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from repository import indexing, jobs, worker
from repository.hookspecs import JobKind
from repository.house import ask_for_rebuild
from repository.items import withdraw
from repository.models import Item, Job, JobState
from repository.search.engine import SearchError
from repository.search.request import SearchRequest
from repository.work import now
from repository.worker import Worker, begin, compare_index

PATIENCE_S = 120  # nothing here takes long; only a hung worker meets this


@pytest.fixture
def working(services, monkeypatch):
    """Start workers that are stopped at the end."""
    started = []
    monkeypatch.setattr(worker, "AFTER_TROUBLE_S", 0.01)

    def start():
        started.append(Worker(services))
        started[-1].start()
        return started[-1]

    yield start
    for each in reversed(started):
        each.stop()


def waited_for(condition):
    """Return whether the condition came true."""
    pause, left = threading.Event(), PATIENCE_S / 0.05
    while not condition():
        left -= 1
        if left < 0:
            return False
        pause.wait(0.05)
    return True


def names(services):
    with services.sessions.reading() as session:
        return sorted(session.scalars(select(Job.name).where(Job.name != "files.examine")))


def indexed(services):
    """Return the ids in the index itself; the search answers from the database while there is none."""
    try:
        return services.search.engine.ids()
    except SearchError:
        return set()


@pytest.mark.parametrize("name", ["mail.send", "house.check", "files.examine"])
def test_what_hangs_keeps_nothing_out_of_the_search(services, working, ana, make_item, monkeypatch, name):
    hangs, end = threading.Event(), threading.Event()

    def hang(_services, _payloads):
        hangs.set()
        end.wait(PATIENCE_S * 3)

    kinds = jobs.job_kinds(services.hook)
    monkeypatch.setattr(jobs, "job_kinds", lambda _hook: kinds | {name: JobKind(name, hang)})
    with services.sessions.writing() as session:
        session.add(Job(name=name, key="hangs", run_after=now(), created_at=now(), priority=0))
    working()
    try:
        assert hangs.wait(PATIENCE_S)
        item = make_item(ana, "Frações com barras")
        assert waited_for(lambda: item.id in indexed(services))
    finally:
        end.set()


def test_what_is_published_and_withdrawn_is_seen_by_the_search_without_any_command(
    services, working, ana, make_item, work_as
):
    working()
    item = make_item(ana, "Frações com barras")
    assert waited_for(lambda: services.search.search(SearchRequest(q="barras"), frozenset({"public"})).total == 1)
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, item.id))
    assert waited_for(lambda: services.search.search(SearchRequest(q="barras"), frozenset({"public"})).total == 0)


def test_files_are_looked_into_beside_the_index(services, working, ana, make_item):
    working()
    make_item(ana, "Frações", text="Um texto com fotossíntese dentro. " * 5)
    assert waited_for(lambda: services.search.search(SearchRequest(q="fotossíntese"), frozenset({"public"})).total == 1)


def test_a_missing_index_is_built_at_the_start(services, ana, make_item):
    item = make_item(ana)
    Worker(services).run_until_idle()
    assert services.search.engine.ids() == {item.id}


def test_what_the_index_lacks_or_has_too_much_is_mended_at_the_start(services, ana, make_item, run_jobs):
    first, second = make_item(ana, "Um"), make_item(ana, "Dois", text="outro")
    begin(services)
    run_jobs()
    services.search.engine.update([], [first.id])
    with services.sessions.writing() as session:
        session.get_one(Item, second.id).state = "withdrawn"
    assert compare_index(services) == 2
    run_jobs()
    assert services.search.engine.ids() == {first.id}


def test_many_differences_make_a_new_index(services, ana, make_item, run_jobs, monkeypatch):
    begin(services)
    run_jobs()
    make_item(ana, "Um")
    make_item(ana, "Dois", text="outro")
    monkeypatch.setattr(worker, "FEW", 1)
    compare_index(services)
    assert "search.rebuild" in names(services)


def test_an_index_that_is_lost_while_working_is_built_anew_by_the_next_change(services, ana, make_item, run_jobs):
    first = make_item(ana, "Um")
    begin(services)
    run_jobs()
    services.search.engine.close()
    shutil.rmtree(services.instance / "index")
    second = make_item(ana, "Dois", text="outro")
    run_jobs()
    assert services.search.engine.ids() == {first.id, second.id}


def test_a_search_that_finds_no_index_answers_from_the_database_and_asks_for_a_new_one(
    services, ana, make_item, run_jobs
):
    make_item(ana, "Frações com barras")
    page = services.search.search(SearchRequest(q="barras"), frozenset({"public"}))
    assert (page.total, page.degraded) == (1, True)
    assert "search.rebuild" in names(services)
    run_jobs()
    assert not services.search.search(SearchRequest(q="barras"), frozenset({"public"})).degraded


def test_the_jobs_of_a_dead_worker_are_taken_up_at_once(services, ana, make_item):
    make_item(ana)
    with services.sessions.writing() as session:
        assert jobs.take(session, jobs.job_kinds(services.hook), now())
    assert jobs.reclaim(services.sessions) == 1
    Worker(services).run_until_idle()
    with services.sessions.reading() as session:
        assert session.scalar(select(Job.id)) is None


def test_a_worker_goes_on_after_the_database_refused(services, working, ana, make_item, monkeypatch):
    run_next, refused = jobs.run_next, threading.Event()

    def refuse_once(services, kinds, unwritten):
        if not refused.is_set():
            refused.set()
            raise OperationalError("SELECT 1", {}, Exception("database is locked"))
        return run_next(services, kinds, unwritten)

    monkeypatch.setattr(jobs, "run_next", refuse_once)
    make_item(ana, "Frações")
    working()
    assert refused.wait(PATIENCE_S)
    assert waited_for(lambda: names(services) == [])


def test_stopping_waits_for_the_job_that_runs(services, working):
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(_services, _payloads):
        begun.set()
        go_on.wait(PATIENCE_S)
        ended.set()

    one = Worker(services)
    one.kinds["test.slow"] = JobKind("test.slow", slow)
    with services.sessions.writing() as session:
        session.add(Job(name="test.slow", priority=1, run_after=now(), created_at=now()))
    one.start()
    assert begun.wait(PATIENCE_S)
    stopping = threading.Thread(target=one.stop)
    stopping.start()
    assert not ended.is_set()
    go_on.set()
    stopping.join(PATIENCE_S)
    assert ended.is_set()
    assert not one.lock.held


def test_a_second_worker_waits_until_the_first_one_ends(services, ana, make_item):
    first, second = Worker(services), Worker(services)
    assert first.lock.acquire()
    second.start()
    try:
        assert not second.lock.held
        make_item(ana)
        assert names(services) != []
        first.lock.release()
        assert waited_for(lambda: names(services) == [])
    finally:
        second.stop()


def test_periodic_jobs_are_put_into_the_queue_by_the_worker(services):
    Worker(services).run_until_idle()
    assert (services.instance / "check.json").exists()


def test_a_failing_rebuild_is_tried_again_later(services):
    def fail(_services, _payloads):
        raise OSError(28, "No space left on device")

    one = Worker(services)
    one.kinds["search.rebuild"] = JobKind("search.rebuild", fail)
    one.run_until_idle()
    with services.sessions.reading() as session:
        job = session.scalar(select(Job).filter_by(name="search.rebuild"))
    assert (job.state, "No space left" in job.last_error) == (JobState.QUEUED, True)


def test_a_new_index_does_away_with_what_waited_for_a_place_of_its_own(services, ana, make_item):
    item = make_item(ana, "Um")
    ask_for_rebuild(services)
    kinds = {"search.rebuild": jobs.job_kinds(services.hook)["search.rebuild"]}
    assert jobs.run_next(services, kinds) == 1
    assert "search.index" not in names(services)
    assert services.search.engine.ids() == {item.id}


def test_what_is_withdrawn_as_a_new_index_begins_is_told_of_no_more_while_it_is_built(
    services, ana, work_as, make_item, run_jobs, monkeypatch, client
):
    item = make_item(ana, "Amonite do Cabo Mondego")
    run_jobs()
    with work_as(ana) as work:
        withdraw(work, work.session.get(Item, item.id))
    told: list[str] = []
    build = services.search.engine.rebuild

    def slow(documents):  # what the house says before the new index is there
        told.extend(client.get(address).text for address in ("/suggest?q=amoni", "/search?q=amonite", "/api/v1/items"))
        build(documents)

    monkeypatch.setattr(services.search.engine, "rebuild", slow)
    indexing.rebuild(services, [])
    assert len(told) == 3
    assert not [text for text in told if "Mondego" in text]
    assert '"count": 1' not in told[2]
    assert names(services) == []


def test_a_new_index_that_fails_gives_back_what_waited(services, ana, make_item, monkeypatch):
    make_item(ana, "Um")
    make_item(ana, "Dois", text="outro")
    before = names(services)

    def fail(_documents):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(services.search.engine, "rebuild", fail)
    with pytest.raises(OSError, match="No space left"):
        indexing.rebuild(services, [])
    assert names(services) == before


@pytest.mark.parametrize("fails", [True, False])
def test_what_became_of_a_job_is_written_as_soon_as_the_full_disk_has_room_again(services, work_as, monkeypatch, fails):
    full, refused, writing = threading.Event(), threading.Event(), type(services.sessions).writing

    def run(_services, _payloads):
        full.set()
        if fails:
            raise OSError(28, "No space left on device")

    def write(self):
        if full.is_set():
            refused.set()
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        return writing(self)

    def states():
        with services.sessions.reading() as session:
            return session.scalars(select(Job.state).where(Job.name == "search.index")).all()

    monkeypatch.setattr(type(services.sessions), "writing", write)
    worker_of_one = Worker(services)
    worker_of_one.kinds = {"search.index": JobKind("search.index", run)}
    with work_as() as work:
        jobs.enqueue(work, "search.index", ids=[])
    monkeypatch.setattr(worker, "begin", lambda _services: None)
    monkeypatch.setattr(worker, "AFTER_TROUBLE_S", 0.01)
    worker_of_one.start()
    try:
        assert waited_for(refused.is_set)
        assert states() == [JobState.RUNNING]
        full.clear()
        assert waited_for(lambda: states() == ([JobState.QUEUED] if fails else []))
    finally:
        full.clear()
        worker_of_one.stop()
