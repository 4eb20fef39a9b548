"""Jobs: asked for once, leased, repeated, parked, and never lost."""

import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from repository import jobs
from repository.hookspecs import JobKind
from repository.models import Job, JobState
from repository.work import now


@pytest.fixture
def ran():
    return []


@pytest.fixture
def kinds(ran):
    def remember(_services, payloads):
        ran.append([payload["n"] for payload in payloads])

    def fail(_services, payloads):
        ran.append([payload["n"] for payload in payloads])
        if any(payload["n"] == 13 for payload in payloads):
            raise RuntimeError("unlucky")

    return {"one": JobKind("one", remember), "many": JobKind("many", fail, batch=10)}


def put(work_as, name, *numbers, **more):
    with work_as() as work:
        for n in numbers:
            jobs.enqueue(work, name, n=n, **more)


def all_jobs(work_as):
    with work_as() as work:
        return list(work.session.scalars(select(Job).order_by(Job.id)))


def test_a_job_that_is_done_leaves_no_row(services, work_as, kinds, ran):
    put(work_as, "one", 1)
    assert jobs.run_next(services, kinds) == 1
    assert ran == [[1]]
    assert all_jobs(work_as) == []
    assert jobs.run_next(services, kinds) == 0


def test_a_job_asked_for_twice_while_it_waits_is_queued_once(work_as):
    put(work_as, "one", 1, key="a")
    put(work_as, "one", 1, key="a")
    assert len(all_jobs(work_as)) == 1


def test_jobs_of_a_batching_kind_run_together(services, work_as, kinds, ran):
    put(work_as, "many", 1, 2, 3)
    assert jobs.run_next(services, kinds) == 3
    assert ran == [[1, 2, 3]]


def test_one_bad_job_of_a_batch_is_alone_the_next_time(services, work_as, kinds, ran):
    put(work_as, "many", 1, 13, 2)
    jobs.run_next(services, kinds)
    with work_as() as work:
        for job in work.session.scalars(select(Job)):
            job.run_after = now()
    while jobs.run_next(services, kinds):
        pass
    assert [1] in ran
    assert [2] in ran
    assert [job.payload["n"] for job in all_jobs(work_as)] == [13]


def test_a_job_that_would_end_the_program_has_failed_and_no_more(services, work_as):
    put(work_as, "leaving", 1)
    assert jobs.run_next(services, {"leaving": JobKind("leaving", lambda *_: sys.exit("adeus"))}) == 1
    (job,) = all_jobs(work_as)
    assert (job.state, job.last_error) == (JobState.QUEUED, "SystemExit: adeus")


def test_a_job_that_always_fails_is_parked_with_its_error_and_can_be_retried(services, work_as, kinds):
    put(work_as, "many", 13)
    for _ in range(jobs.TRIES):
        with work_as() as work:
            work.session.scalars(select(Job)).one().run_after = now()
        jobs.run_next(services, kinds)
    (parked,) = all_jobs(work_as)
    assert (parked.state, parked.last_error) == (JobState.PARKED, "RuntimeError: unlucky")
    assert jobs.run_next(services, kinds) == 0
    with work_as() as work:
        jobs.retry(work, work.session.get_one(Job, parked.id))
    assert all_jobs(work_as)[0].state == JobState.QUEUED


def test_a_job_whose_worker_died_is_taken_again_when_its_lease_has_run_out(services, work_as, kinds, ran):
    put(work_as, "one", 7)
    with services.sessions.writing() as session:
        jobs.take(session, kinds, now())
    assert jobs.run_next(services, kinds) == 0
    with services.sessions.writing() as session:
        session.scalars(select(Job)).one().lease_until = now() - timedelta(seconds=1)
    assert jobs.run_next(services, kinds) == 1
    assert ran == [[7]]


def test_a_job_is_not_run_before_its_time(services, work_as, kinds):
    with work_as() as work:
        jobs.enqueue(work, "one", run_after=work.now + timedelta(hours=1), n=1)
    assert jobs.run_next(services, kinds) == 0


def test_a_periodic_job_is_queued_once_a_period(services, work_as):
    kinds = {"daily": JobKind("daily", lambda *_: None, period=timedelta(days=1))}
    moment = now()
    for hours in (0, 1, 23):
        jobs.enqueue_due(services.sessions, kinds, moment + timedelta(hours=hours))
    assert len(all_jobs(work_as)) == 1
