"""How the house is doing: the readiness checks, disk, versions, queue, index and the last reports."""

import platform
from importlib.metadata import version
from typing import Any

import sqlalchemy
from flask import render_template

from repository import __version__, readiness
from repository.hookspecs import API_VERSION
from repository.http import services
from repository.web.admin.door import door, pages

MB = 1024 * 1024


@pages.get("/health")
def health() -> str:
    """What /readyz answers, in words, with what else an administrator asks first."""
    door("settings.manage")
    free, whole = readiness.disk(services())
    waited = readiness.queue_age(services())
    check = readiness.report(services(), "check")
    return render_template(
        "admin/health.html",
        checks=readiness.ready(services()),
        free=free,
        whole=whole,
        tight=free < max(512, 4 * services().settings["reserve_mb"]) * MB,
        mail_waits=readiness.mail_waiting(services()),
        waited=int(waited.total_seconds() // 60),
        slow=waited > readiness.SLOW_QUEUE,
        generation=readiness.index_generation(services()),
        check=check,
        check_age=readiness.age_of(check),
        backup_age=readiness.age_of(readiness.report(services(), "backup")),
        versions=_versions(),
    )


def _versions() -> list[tuple[str, Any]]:
    named = [("Partilha", __version__), ("API", API_VERSION), ("Python", platform.python_version())]
    return [*named, ("SQLAlchemy", sqlalchemy.__version__), ("Flask", version("flask")), ("Whoosh", version("whoosh"))]
