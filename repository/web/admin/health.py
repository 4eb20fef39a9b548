"""How the house is doing: the readiness checks, disk, versions, queue, index and the last reports."""

import platform
from importlib.metadata import version
from typing import Any

import sqlalchemy
from flask import render_template
from flask_babel import gettext

from repository import __version__, readiness
from repository.hookspecs import API_VERSION
from repository.http import services, words_of
from repository.web.admin.door import door, pages
from repository.words import N_

MB = 1024 * 1024
PROMISES = {  # what `repository check` proves, by the name that its report gives it
    "every file has its content": N_("Nenhum ficheiro perdeu o conteúdo"),
    "no content has changed": N_("Nenhum conteúdo mudou"),
    "no content lies about unused": N_("Não há conteúdos esquecidos"),
    "the database is sound": N_("A base de dados está sã"),
    "the schema is that of this version": N_("A base de dados é a desta versão"),
    "the audit trail cannot be changed": N_("O registo de alterações não se pode mudar"),
    "no job is stuck": N_("Nenhum trabalho está parado"),
    "the index holds what is published": N_("A pesquisa tem o que está publicado"),
    "the instance is private": N_("Os ficheiros da casa são privados"),
    "the disk has room": N_("Há espaço no disco"),
    "ready for the network": N_("A configuração serve para a Internet"),
}


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
        words_of=words_of,
        free=free,
        whole=whole,
        tight=free < max(512, 4 * services().settings["reserve_mb"]) * MB,
        mail_waits=readiness.mail_waiting(services()),
        waited=int(waited.total_seconds() // 60),
        slow=waited > readiness.SLOW_QUEUE,
        generation=readiness.index_generation(services()),
        check=check,
        promises={name: gettext(words) for name, words in PROMISES.items()},
        check_age=readiness.age_of(check),
        backup_age=readiness.age_of(readiness.report(services(), "backup")),
        versions=_versions(),
        work_first=True,
    )


def _versions() -> list[tuple[str, Any]]:
    named = [("Partilha", __version__), ("API", API_VERSION), ("Python", platform.python_version())]
    return [*named, ("SQLAlchemy", sqlalchemy.__version__), ("Flask", version("flask")), ("Whoosh", version("whoosh"))]
