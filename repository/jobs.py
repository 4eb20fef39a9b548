"""Jobs: rows written with the change that asks for them, taken with a lease, repeated until done or parked."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from repository import audit
from repository.db import Sessions
from repository.errors import Conflict, Unavailable
from repository.hookspecs import JobKind
from repository.models import Job, JobState, PeriodicRun
from repository.registry import by_name, collect
from repository.words import N_
from repository.work import Services, Work, now

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
TRIES = len(BACK_OFF) + 1
OUTSIDE = (OSError, OperationalError, Unavailable)  # no fault of the code, so its place there tells nobody anything


def job_kinds(hook: Any) -> dict[str, JobKind]:
    """Return every declared kind of job by name. Raises PluginError when a name is used twice."""
    return by_name(collect(hook.register_jobs, strict=True), "job")


def enqueue(
    work: Work, name: str, *, key: str = "", run_after: datetime | None = None, priority: int = 50, **payload: Any
) -> None:
    """Put a job into the queue with this change. One with the same name and key that still waits is enough."""
    moment = run_after or work.now
    if key and (same := work.session.scalar(select(Job).filter_by(name=name, key=key, state=JobState.QUEUED).limit(1))):
        same.run_after = min(same.run_after, moment)
        return
    work.session.add(Job(name=name, key=key, payload=payload, run_after=moment, priority=priority, created_at=work.now))


def enqueue_due(sessions: Sessions, kinds: dict[str, JobKind], moment: datetime) -> None:
    """Put each periodic job into the queue whose period has passed."""
    periodic = [kind for kind in kinds.values() if kind.period]
    with sessions.reading() as session:
        last = {run.name: run.last_at for run in session.scalars(select(PeriodicRun))}
    due = [kind for kind in periodic if kind.name not in last or last[kind.name] + (kind.period or LEASE) <= moment]
    if not due:
        return
    with sessions.writing() as session:
        for kind in due:
            session.merge(PeriodicRun(name=kind.name, last_at=moment))
            waiting = session.scalar(select(Job.id).filter_by(name=kind.name, key="periodic").limit(1))
            if not waiting:
                session.add(Job(name=kind.name, key="periodic", run_after=moment, priority=80, created_at=moment))


def _free(kinds: Iterable[str], moment: datetime) -> Any:
    due = and_(Job.state == JobState.QUEUED, Job.run_after <= moment)
    left_behind = and_(Job.state == JobState.RUNNING, Job.lease_until <= moment)
    return and_(or_(due, left_behind), Job.name.in_(list(kinds)))


def reclaim(sessions: Sessions) -> int:
    """Free the jobs of a worker that was killed, without waiting for their leases; return how many.

    Only for the one process that holds the worker's lock: it knows that nobody else runs jobs.
    """
    with sessions.writing() as session:
        running = update(Job).where(Job.state == JobState.RUNNING)
        return session.execute(running.values(lease_until=now())).rowcount  # type: ignore[attr-defined]


def take(session: Session, kinds: dict[str, JobKind], moment: datetime) -> list[Job]:
    """Lease the next job, and with it others of its kind up to the kind's batch."""
    known = _free(kinds, moment)
    order = (Job.priority, Job.run_after, Job.id)
    first = session.scalar(select(Job).where(known).order_by(*order).limit(1).with_for_update(skip_locked=True))
    if first is None:
        return []
    batch = kinds[first.name].batch
    # A job that has failed before goes alone, so that it cannot take its neighbours down again.
    alone = batch == 1 or first.attempts > 0
    same = select(Job).where(known, Job.name == first.name, Job.attempts == 0).order_by(*order).limit(batch)
    jobs = [first] if alone else list(session.scalars(same.with_for_update(skip_locked=True)))
    for job in jobs:
        job.state, job.lease_until, job.attempts = JobState.RUNNING, moment + LEASE, job.attempts + 1
    return jobs


@dataclass(frozen=True)
class Ended:
    """Jobs that have run, with id and attempts, and the words of what went wrong: empty when they are done."""

    taken: tuple[tuple[int, int], ...]
    error: str = ""


def run_next(services: Services, kinds: dict[str, JobKind], unwritten: list[Ended] | None = None) -> int:
    """Run one batch of jobs; return how many jobs were taken (0: nothing to do now).

    `unwritten` keeps what the database could not take, on a full disk, from one call to the next: it is written first.
    """
    unwritten = [] if unwritten is None else unwritten
    _write(services.sessions, unwritten)
    with services.sessions.reading() as session:  # a look costs nobody the write lock
        if session.scalar(select(Job.id).where(_free(kinds, now())).limit(1)) is None:
            return 0
    with services.sessions.writing() as session:
        jobs = take(session, kinds, now())
        taken = tuple((job.id, job.attempts) for job in jobs)
        payloads = [dict(job.payload) for job in jobs]
        name = jobs[0].name if jobs else ""
    if not taken:
        return 0
    try:
        kinds[name].run(services, payloads)
    except (Exception, SystemExit) as error:  # a library that would end the program must not end the thread
        if isinstance(error, OUTSIDE):
            log.error("job %s failed: %s", name, error)
        else:
            log.exception("job %s failed", name)
        unwritten.append(Ended(taken, f"{type(error).__name__}: {error}"[:2000]))
    else:
        unwritten.append(Ended(taken))
    _write(services.sessions, unwritten)
    return len(taken)


def _write(sessions: Sessions, unwritten: list[Ended]) -> None:
    while unwritten:
        with sessions.writing() as session:
            if unwritten[0].error:
                _failed(session, unwritten[0])
            else:
                done = [job_id for job_id, _ in unwritten[0].taken]
                session.execute(delete(Job).where(Job.id.in_(done), Job.state == JobState.RUNNING))
        del unwritten[0]


def _failed(session: Session, ended: Ended) -> None:
    for job_id, attempts in ended.taken:
        job = session.get(Job, job_id)
        if job is None or (job.state, job.attempts) != (JobState.RUNNING, attempts):
            continue  # its lease ran out before this could be written, and it was taken again
        job.state = JobState.PARKED if attempts >= TRIES else JobState.QUEUED
        job.last_error, job.lease_until = ended.error, None
        job.run_after = now() + (BACK_OFF[min(attempts, len(BACK_OFF)) - 1])


def waiting(session: Session) -> dict[JobState, int]:
    """Return how many jobs there are in each state."""
    counts = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict.fromkeys(JobState, 0) | {JobState(state): count for state, count in counts}


def waits(session: Session, name: str) -> bool:
    """Return whether a job of this kind is still to be done, or under way."""
    return session.scalar(select(Job.id).where(Job.name == name, Job.state != JobState.PARKED).limit(1)) is not None


def has_job(work: Work, name: str, key: str) -> bool:
    """Return whether there is a job of this kind and key: waiting, under way, or parked until somebody looks at it."""
    return work.session.scalar(select(Job.id).where(Job.name == name, Job.key == key).limit(1)) is not None


def retry(work: Work, job: Job) -> None:
    """Put a parked job back into the queue, at once. Raises Conflict when it is not parked."""
    if job.state != JobState.PARKED:
        raise Conflict(N_("Este trabalho já voltou à fila."))
    job.state, job.attempts, job.run_after = JobState.QUEUED, 0, work.now
    audit.record(work, "job.retried", job, after={"name": job.name})


def retry_all(work: Work) -> int:
    """Put every parked job back into the queue; return how many."""
    parked = list(work.session.scalars(select(Job).filter_by(state=JobState.PARKED)))
    for job in parked:
        retry(work, job)
    return len(parked)


def drop(work: Work, job: Job, shown_error: str) -> None:
    """Give a parked job up, but only when its last error is the one that was shown. Raises Conflict."""
    if job.state != JobState.PARKED or job.last_error != shown_error:
        raise Conflict(N_("Este trabalho mudou entretanto. Veja como está agora."))
    audit.record(work, "job.dropped", job, before={"name": job.name, "key": job.key, "attempts": job.attempts})
    work.session.delete(job)
