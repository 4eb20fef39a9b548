"""What waits for those who manage actions, on their own page."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext, ngettext

from plugins.training_actions import progress, tray, wording
from plugins.training_actions.actions import MANAGE
from plugins.training_actions.progress import Line
from repository.api import Task, Work

MOST = 3  # editions that close; who wants all of them has the list of actions


def me_tasks(work: Work) -> Iterator[Task]:
    """Yield the materials whose authors nobody has named yet, and the editions that close before all is there."""
    if not work.actor.may_anywhere(MANAGE):
        return
    trays = tray.waiting(work)
    if trays:
        count = sum(number for _, number in trays)
        title = ngettext("%(num)s material sem dono no tabuleiro", "%(num)s materiais sem dono no tabuleiro", count)
        url = url_for("training_actions_manage.intake_form", edition_id=trays[0][0])
        yield Task(title, url, gettext("Dizer de quem são"), icon="inbox", tone="warn")
    for line in progress.closing(work, MOST):
        yield _closing(line)


def _closing(line: Line) -> Task:
    assert line.edition is not None
    count, people = line.progress.people - line.progress.all, line.progress.people
    when = wording.state_words(line.state, line.days)
    title = gettext("%(when)s: «%(title)s»", when=when, title=wording.full_name(line.action, line.edition))
    text = ngettext("Falta %(num)s de %(all)s.", "Faltam %(num)s de %(all)s.", count, all=people)
    url = url_for("training_actions_manage.edition", edition_id=line.edition.id)
    return Task(title, url, gettext("Ver quem falta"), text, "clock", "info")
