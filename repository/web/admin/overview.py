"""The first page of the administration: what needs somebody, and how much there is."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from repository import readiness
from repository import reports as rules
from repository.errors import NotAllowed
from repository.http import look, services
from repository.models import File, Item, JobState, Organisation, Report, State, User
from repository.panels import draw
from repository.registry import collect
from repository.web.admin import accounts
from repository.web.admin.door import admin_menu, pages
from repository.words import N_
from repository.work import Work


@pages.get("/")
def overview() -> str:
    """Figures, what waits, and the plugins' panels, for everybody who may open any page of the administration."""
    work, entries = look(), admin_menu()
    if not work.actor.signed_in or not any(entry["url"] != url_for("admin.overview") for entry in entries):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    whole = work.actor.may("settings.manage")
    panels = draw(collect(work.hook.admin_panels, work=work))
    return render_template(
        "admin/overview.html",
        figures=_figures(work) if whole else [],
        waits=[*_for_people(work), *(_waits(work) if whole else [])],
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
    """Return what only a person can do, of what this one may: reports to decide, people to confirm."""
    lines = []
    if work.actor.may_anywhere("items.publish"):
        open_reports = rules.visible(work).where(Report.handled_at.is_(None)).with_only_columns(func.count(Report.id))
        count = work.session.scalar(open_reports) or 0
        words = ngettext("%(num)s aviso por tratar", "%(num)s avisos por tratar", count)
        lines.append(_line("warn" if count else "good", words, "admin.reports"))
    if work.actor.may_anywhere("accounts.verify"):
        count = accounts.count_unverified(work)
        words = ngettext(
            "%(num)s pessoa por confirmar como docente", "%(num)s pessoas por confirmar como docentes", count
        )
        lines.append(_line("warn" if count else "good", words, "admin.accounts", state="unverified"))
    return lines


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
    waiting = readiness.mail_waiting(services())
    if waiting is None:
        return []
    words = ngettext(
        "Falta indicar o servidor de correio: %(num)s mensagem espera",
        "Falta indicar o servidor de correio: %(num)s mensagens esperam",
        waiting,
    )
    return [_line("warn", words, "admin.health")]


def _line(tone: str, sentence: str, endpoint: str, **args: Any) -> tuple[str, str, str, str]:
    return tone, "circle-check" if tone == "good" else "triangle-alert", sentence, url_for(endpoint, **args)


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
