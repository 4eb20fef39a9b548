"""The blueprint of the staff's pages, the asking for permission at their door, and how a refused form comes back."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from plugins.training_actions import wording
from plugins.training_actions.actions import MANAGE
from repository.api import N_, DomainError, NotAllowed, Work, look, status_of, words_of

staff = Blueprint("training_actions_manage", __name__, url_prefix="/actions/manage")


@staff.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of actions, and keep it out of search engines."""
    return {"say": wording, "robots": "noindex"}


def door() -> Work:
    """Return reading work for who manages actions anywhere. Raises NotAllowed for all others."""
    work = look()
    if not work.actor.may_anywhere(MANAGE):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


def page_number() -> int:
    """Return the page asked for, 1 for anything else."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def page_url(page: int) -> str:
    """Return the address of another page of the same list."""
    known = {**(request.view_args or {}), **request.args.to_dict(flat=False), "page": page}
    return url_for(request.endpoint or "", **known)


def refused(template: str, error: DomainError, **known: Any) -> tuple[str, int]:
    """Return the page again with the refusal beside its field."""
    return render_template(template, errors={error.field or "": words_of(error)}, **known), status_of(error)


def done(endpoint: str, **values: Any) -> Response:
    """Return the redirect after a change."""
    return redirect(url_for(endpoint, **values), 303)
