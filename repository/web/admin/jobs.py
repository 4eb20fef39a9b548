"""The queue: what runs, what waits, and what failed too often."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from repository import jobs as rules
from repository.accounts import digest_of
from repository.errors import Conflict, NotFound
from repository.http import begin, services
from repository.models import Job, JobState
from repository.web.admin.door import done, door, page_number, page_url, paged, pages
from repository.words import N_
from repository.work import Work

PERMISSION = "jobs.manage"


@pages.get("/jobs")
def jobs() -> str:
    """Parked jobs with their last error, then what runs and waits, counted by kind."""
    work = door(PERMISSION)
    parked, total, count = paged(work, select(Job).filter_by(state=JobState.PARKED).order_by(Job.id), page_number())
    by_kind = (
        select(Job.name, Job.state, func.count(), func.min(Job.run_after))
        .where(Job.state != JobState.PARKED)
        .group_by(Job.name, Job.state)
        .order_by(Job.name)
    )
    return render_template(
        "admin/jobs.html", parked=[(job, digest_of(job.last_error)) for job in parked], total=total,
        page=page_number(), count=count, page_url=page_url, waiting=work.session.execute(by_kind).all(), words=_words(),
    )  # fmt: skip


def _words() -> dict[str, str]:
    """Return what the kinds of jobs do, in words; one whose plugin is off is told by its name."""
    return {name: gettext(kind.label) for name, kind in rules.job_kinds(services().hook).items() if kind.label}


def _job(work: Work, job_id: int) -> Job:
    job = work.session.get(Job, job_id)
    if job is None:
        raise NotFound(N_("Este trabalho já não está na lista."))
    return job


@pages.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> Any:
    """Put a parked job back into the queue."""
    door(PERMISSION)
    with begin() as work:
        rules.retry(work, _job(work, job_id))
    flash(gettext("O trabalho voltou à fila."), "success")
    return done("admin.jobs")


@pages.post("/jobs/retry")
def retry_jobs() -> Any:
    """Put every parked job back into the queue."""
    door(PERMISSION)
    with begin() as work:
        count = rules.retry_all(work)
    flash(ngettext("%(num)s trabalho voltou à fila.", "%(num)s trabalhos voltaram à fila.", count), "success")
    return done("admin.jobs")


@pages.post("/jobs/<int:job_id>/drop")
def drop_job(job_id: int) -> Any:
    """Give up a parked job whose last error was shown on the page that asks."""
    door(PERMISSION)
    with begin() as work:
        job = _job(work, job_id)
        if request.form.get("shown") != digest_of(job.last_error):
            raise Conflict(N_("Este trabalho mudou entretanto. Veja como está agora."))
        rules.drop(work, job, job.last_error)
    flash(gettext("O trabalho saiu da lista. Fica no registo."), "success")
    return done("admin.jobs")
