"""The blueprint of the account pages, and what several of them need."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from repository.accounts import get_user
from repository.errors import DomainError
from repository.http import actor, services, status_of, words_of
from repository.models import User
from repository.signin import Locked
from repository.work import Work, now

pages = Blueprint("account", __name__)


def myself(work: Work) -> User:
    """Return the account of the person who is signed in."""
    return get_user(work, actor().user_id or 0)


def refused(template: str, error: DomainError, **known: Any) -> tuple[str, int]:
    """Return the form again as it was filled in, with the refusal beside its field."""
    return render_template(template, errors={error.field or "": words_of(error)}, **known), status_of(error)


def held_back(template: str, locked: Locked, **known: Any) -> Response:
    """Return the form with the sentence that asks to wait, as 429 with Retry-After in seconds."""
    minutes = -(-locked.seconds // 60)
    words = gettext("Foram muitas tentativas seguidas.") + " "
    words += ngettext("Tente daqui a um minuto.", "Tente daqui a %(num)s minutos.", minutes)
    response = Response(render_template(template, errors={"": words}, **known), 429, mimetype="text/html")
    response.headers["Retry-After"] = str(locked.seconds)
    return response


def group_options() -> list[tuple[str, str]]:
    """Return the recruitment groups that can be chosen: code and words."""
    groups = services().vocabularies.groups.valid(now().date())
    return [(term.code, f"{term.code} · {term.label(get_locale())}") for term in groups]


def known_group(code: str) -> str:
    """Return the code when it is a group's, else an empty text."""
    return code if code in services().vocabularies.groups else ""
