"""Staff's answer to what a material of an edition is for, where its names do not tell."""

from collections.abc import Mapping

from flask import flash, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from plugins.training_actions import actions, answering
from plugins.training_actions.pages.door import done, staff
from repository.api import begin


@staff.post("/editions/<int:edition_id>/answers")
def say_answers(edition_id: int) -> Response:
    """Say what materials answer; only what was changed on the page is, so that nobody else's answer is overwritten."""
    with begin() as work:
        edition = actions.get_edition(work, edition_id)
        changed = answering.say(work, edition, _said(request.form))
    if changed:
        flash(ngettext("%(num)s material mudado.", "%(num)s materiais mudados.", changed), "success")
    else:
        flash(gettext("Nada mudou."), "info")
    page = _number(request.form.get("page", ""))
    return done("training_actions_manage.edition", edition_id=edition_id, tab="materials", page=page)


def _said(form: Mapping[str, str]) -> dict[int, int | None]:
    found = {}
    for name, value in form.items():
        item_id = _number(name.removeprefix("answers-")) if name.startswith("answers-") else None
        if item_id is not None and value != form.get(f"was-{item_id}", ""):
            found[item_id] = _number(value) if value else None
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None
