"""The desk's count in the menu, and its part of the administration's first page."""

from collections.abc import Iterator

from flask_babel import gettext

from plugins.physical_loans import rules, today
from repository.api import Panel, Work


def needing(work: Work) -> int:
    """Return how much needs the person at the desk today."""
    return today.needing(work, work.actor)


def admin_panels(work: Work) -> Iterator[Panel]:
    """Yield what leaves, comes back, is late or waits at each desk of the person today."""
    if not work.actor.may_anywhere(rules.DESK):
        return
    rows = [(desk, today.figures(work, desk)) for desk in today.desks_of(work)]
    if rows:
        context = {"title": gettext("Balcão, hoje"), "rows": rows}
        yield Panel("loans-desk", "physical_loans/panel_desk.html", context, 20)
