"""The desk's count in the menu, what waits there on a person's own page, and its part of the administration's first page."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext, ngettext

from plugins.physical_loans import rules, today
from plugins.physical_loans.today import Figures
from repository.api import Panel, Task, Work

NAMED = 3  # desks that a line of a person's page names


def needing(work: Work) -> int:
    """Return how much needs the person at the desk today."""
    return today.needing(work, work.actor)


def me_tasks(work: Work) -> Iterator[Task]:
    """Yield what needs somebody at the person's desks today, in one line that leads to the first of them."""
    found = today.needing_by_desk(work)
    if not found:
        return
    told = [figures for _, figures in found]
    whole = Figures(sum(f.leaving for f in told), 0, sum(f.late for f in told), sum(f.asking for f in told), 0)
    names = ", ".join(desk.name for desk, _ in found[:NAMED]) + ("…" if len(found) > NAMED else "")
    title = gettext("No balcão: %(what)s", what=in_words(whole))
    url = url_for("physical_loans_desk.day", desk=found[0][0].id)
    yield Task(title, url, gettext("Abrir o balcão"), names, "package", "warn" if whole.late else "info")


def admin_panels(work: Work) -> Iterator[Panel]:
    """Yield what leaves, comes back, is late or waits at each desk of the person today."""
    if not work.actor.may_anywhere(rules.DESK):
        return
    rows = [(desk, in_words(today.figures(work, desk))) for desk in today.desks_of(work)]
    if rows:
        context = {"title": gettext("Balcão, hoje"), "rows": rows}
        yield Panel("loans-desk", "physical_loans/panel_desk.html", context, 20)


def in_words(now: Figures) -> str:
    """Return what there is to do in one line, nothing where there is nothing."""
    parts = (
        (now.late, ngettext("%(num)s em atraso", "%(num)s em atraso", now.late)),
        (now.asking, ngettext("%(num)s por aprovar", "%(num)s por aprovar", now.asking)),
        (now.leaving, ngettext("%(num)s por entregar", "%(num)s por entregar", now.leaving)),
        (now.returning, ngettext("%(num)s por receber", "%(num)s por receber", now.returning)),
        (now.missing, ngettext("%(num)s peça em falta", "%(num)s peças em falta", now.missing)),
    )
    return " · ".join(words for count, words in parts if count)
