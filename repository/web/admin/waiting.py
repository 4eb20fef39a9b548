"""What waits for people with a part in the house: notices to decide on, teachers to confirm."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func

from repository import reports
from repository.models import Report
from repository.web.admin import accounts
from repository.work import Work


@dataclass(frozen=True)
class Waiting:
    """How much of a kind waits, in words, where it is seen to, and what is done there."""

    count: int
    words: str
    url: str
    act: str
    icon: str


def for_people(work: Work) -> Iterator[Waiting]:
    """Yield what only a person can do, of what this one may; also what is all done."""
    if work.actor.may_anywhere("items.publish"):
        unhandled = reports.visible(work).where(Report.handled_at.is_(None)).with_only_columns(func.count(Report.id))
        count = work.session.scalar(unhandled) or 0
        words = ngettext("%(num)s aviso por tratar", "%(num)s avisos por tratar", count)
        yield Waiting(count, words, url_for("admin.reports"), gettext("Ver os avisos"), "flag")
    if work.actor.may_anywhere("accounts.verify"):
        count = accounts.count_unverified(work)
        words = ngettext(
            "%(num)s pessoa por confirmar como docente", "%(num)s pessoas por confirmar como docentes", count
        )
        yield Waiting(count, words, url_for("admin.accounts", state="unverified"), gettext("Confirmar"), "users")
