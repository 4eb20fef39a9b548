"""The first page of the administration: what needs somebody, and how much there is."""

from flask import render_template, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from repository import readiness
from repository.errors import NotAllowed
from repository.http import look, services
from repository.models import File, Item, JobState, Organisation, State, User
from repository.panels import draw
from repository.registry import collect
from repository.web.admin import waiting
from repository.web.admin.door import admin_menu, pages
from repository.words import N_
from repository.work import Work

TONES = ("bad", "warn", "good")  # what is wrong stands first


@pages.get("/")
def overview() -> str:
    """Figures, what waits, and the plugins' panels, for everybody who may open any page of the administration."""
    work, entries = look(), admin_menu()
    if not work.actor.signed_in or not any(entry["url"] != url_for("admin.overview") for entry in entries):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    whole = work.actor.may("settings.manage")
    panels = draw(collect(work.hook.admin_panels, work=work))
    lines = [*_for_people(work), *(_waits(work) if whole else [])]
    return render_template(
        "admin/overview.html",
        figures=_figures(work) if whole else [],
        waits=sorted(lines, key=lambda line: TONES.index(line[0])),
        open=sum(line[0] != "good" for line in lines),
        panels=panels,
        work_first=True,
    )


def _figures(work: Work) -> list[tuple[int, str]]:
    def count(column: object, *conditions: object) -> int:
        return work.session.scalar(select(func.count(column)).where(*conditions)) or 0  # type: ignore[arg-type]

    return [
        (count(Item.id, Item.state == State.PUBLISHED), gettext("publicados")),
        (count(File.id, File.removed_at.is_(None)), gettext("ficheiros")),
        (count(User.id, User.deleted_at.is_(None)), gettext("contas")),
        (count(Organisation.id, Organisation.kind != "council"), gettext("organizações")),
    ]


def _for_people(work: Work) -> list[tuple[str, str, str, str]]:
    return [_told("warn" if each.count else "good", each.words, each.url) for each in waiting.for_people(work)]


def _waits(work: Work) -> list[tuple[str, str, str, str]]:
    """Return lines of tone, icon, sentence and address."""
    jobs_by, _ = readiness.counts(services())
    parked, queued = jobs_by[JobState.PARKED], jobs_by[JobState.QUEUED] + jobs_by[JobState.RUNNING]
    return [
        _line(
            "bad" if parked else "good",
            ngettext("%(num)s trabalho falhado", "%(num)s trabalhos falhados", parked),
            "admin.jobs",
        ),
        _line("good", ngettext("%(num)s trabalho na fila", "%(num)s trabalhos na fila", queued), "admin.jobs"),
        *_mail_line(),
        _report_line("check", gettext("verificação")),
        _report_line("backup", gettext("cópia de segurança")),
    ]


def _mail_line() -> list[tuple[str, str, str, str]]:
    count = readiness.mail_waiting(services())
    if count is None:
        return []
    words = ngettext(
        "Falta indicar o servidor de correio: %(num)s mensagem espera",
        "Falta indicar o servidor de correio: %(num)s mensagens esperam",
        count,
    )
    if not count:
        words = gettext("Falta indicar o servidor de correio: por agora não sai nenhuma mensagem")
    return [_line("warn", words, "admin.health")]


def _line(tone: str, sentence: str, endpoint: str) -> tuple[str, str, str, str]:
    return _told(tone, sentence, url_for(endpoint))


def _told(tone: str, sentence: str, url: str) -> tuple[str, str, str, str]:
    return tone, "circle-check" if tone == "good" else "triangle-alert", sentence, url


def _report_line(name: str, words: str) -> tuple[str, str, str, str]:
    report = readiness.report(services(), name)
    age = readiness.age_of(report)
    if report is None or age is None:
        return _line("warn", gettext("Ainda não houve nenhuma %(what)s", what=words), "admin.health")
    days = age.days
    when = gettext("há menos de um dia") if days < 1 else ngettext("há %(num)s dia", "há %(num)s dias", days)
    fine = bool(report.get("ok", True)) and days < 8
    if not report.get("ok", True):
        when += gettext(", e encontrou problemas")
    return _line(
        "good" if fine else "warn", gettext("Última %(what)s: %(when)s", what=words, when=when), "admin.health"
    )
