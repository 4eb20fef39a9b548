"""Whether the house can serve: the questions that /readyz, the health page and monitoring ask."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, text

from repository import schema
from repository.errors import DomainError, Unavailable
from repository.files.blobs import make_folder
from repository.models import Item, Job, JobState, Mail
from repository.search.engine import SearchError
from repository.troubles import refusal_of
from repository.words import N_
from repository.work import Services, now

SLOW_QUEUE = timedelta(minutes=15)
NO_INDEX = Unavailable(N_("O índice não responde. Está na fila o trabalho que o faz de novo."))


@dataclass(frozen=True)
class Check:
    """One answer: what was asked, whether it is well, and a word for programs (never a path or a secret).

    `refusal` says to people what stands in the way, where that is known.
    """

    name: str
    ok: bool
    detail: str = ""
    refusal: DomainError | None = None


def ready(services: Services) -> list[Check]:
    """Return whether database, index and blob store answer; each question is asked whatever became of the others."""
    questions = (("database", _database), ("index", _index), ("blobs", _blobs))
    return [_ask(name, question, services) for name, question in questions]


def _ask(name: str, question: Callable[[Services], str], services: Services) -> Check:
    try:
        return Check(name, True, question(services))
    except Exception as error:  # whatever is wrong is the answer
        refusal = NO_INDEX if isinstance(error, SearchError) else refusal_of(error, whole=False)
        return Check(name, False, type(error).__name__, refusal)


def _database(services: Services) -> str:
    with services.sessions.reading() as session:
        session.execute(text("SELECT 1"))
    schema.is_current(services)
    return services.sessions.engine.dialect.name


def _index(services: Services) -> str:
    return str(services.search.engine.count())


def _blobs(services: Services) -> str:
    for folder in (services.blobs.blobs, services.instance / "derived", services.blobs.partial):
        make_folder(folder)
    probe = services.blobs.partial / f"probe-{uuid4().hex}"
    try:
        probe.write_bytes(b"ok")
        if probe.read_bytes() != b"ok":
            raise Unavailable("what was written is not what is read")
    finally:
        probe.unlink(missing_ok=True)
    return ""


def index_generation(services: Services) -> str:
    """Return the name of the index's present state, or an empty text while it does not answer."""
    try:
        return services.search.engine.generation()
    except SearchError:
        return ""


def disk(services: Services) -> tuple[int, int]:
    """Return the free and the whole bytes of the instance's disk."""
    usage = shutil.disk_usage(services.instance)
    return usage.free, usage.total


def queue_age(services: Services) -> timedelta:
    """Return how long the oldest job that could run has been waiting."""
    moment = now()
    with services.sessions.reading() as session:
        due = (Job.state == JobState.QUEUED, Job.run_after <= moment)
        oldest: datetime | None = session.scalar(select(func.min(Job.run_after)).where(*due))
    return moment - oldest if oldest else timedelta(0)


def mail_waiting(services: Services) -> int | None:
    """Return how many messages wait because no mail server is named, or None where one is."""
    if services.settings["smtp_url"]:
        return None
    with services.sessions.reading() as session:
        return session.scalar(select(func.count(Mail.id)).where(Mail.sent_at.is_(None))) or 0


def counts(services: Services) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many jobs and how many items there are, by state."""
    with services.sessions.reading() as session:
        jobs_by = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
        items_by = session.execute(select(Item.state, func.count()).group_by(Item.state)).all()
    return (
        dict.fromkeys((state.value for state in JobState), 0) | {str(state): count for state, count in jobs_by},
        {str(state): count for state, count in items_by},
    )


def report(services: Services, name: str) -> dict[str, Any] | None:
    """Return the last report that a command left in the instance (check, backup), or None."""
    try:
        found = json.loads((services.instance / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def age_of(report: dict[str, Any] | None) -> timedelta | None:
    """Return how long ago the report was made, by its `at`; None when there is none."""
    try:
        return now() - datetime.fromisoformat(str((report or {})["at"]))
    except (KeyError, ValueError, TypeError):
        return None
