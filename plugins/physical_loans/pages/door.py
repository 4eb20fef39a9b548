"""The blueprint of what teachers do with loans, and what its pages share."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from plugins.physical_loans.asking import Asked
from plugins.physical_loans.calendars import calendar_of
from plugins.physical_loans.models import Desk
from plugins.physical_loans.pages import saying
from repository.api import N_, Invalid, NotAllowed, User, Work, look

pages = Blueprint(
    "physical_loans_booking",
    __name__,
    url_prefix="/loans",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/booking-static",
)


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of loans, and keep it out of search engines."""
    return {"say": saying, "robots": "noindex"}


@pages.app_template_global("loan_day_note")
def day_note(asked: Asked, desk: Desk | None = None) -> str:
    """Return what is out of the way about the day of the lesson that is asked, or nothing: it may be booked anyway."""
    try:
        day = asked.day("day") if asked["mode"] not in ("days", "block") else None
    except Invalid:
        return ""
    return saying.no_lessons(day, calendar_of(look(), desk) if desk else None) if day else ""


def new_key() -> str:
    """Return a name for one request, so that a form sent twice books once."""
    return secrets.token_hex(12)


def sent_key() -> str:
    """Return the name that the form gave its request."""
    return request.values.get("key", "")[:40]


def signed_in() -> Work:
    """Return reading work of a known person. Raises NotAllowed, which asks others to sign in."""
    work = look()
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para ver os seus empréstimos."))
    return work


def me(work: Work) -> User:
    """Return the account of the person who acts. Raises NotAllowed."""
    person = work.session.get(User, work.actor.user_id) if work.actor.user_id is not None else None
    if person is None:
        raise NotAllowed(N_("Para reservar é preciso uma conta de docente."))
    return person


def done(endpoint: str, **values: Any) -> Response:
    """Return the redirect after a change."""
    return redirect(url_for(endpoint, **values), 303)


def number(text: str | None) -> int | None:
    """Return a whole number that a row could have, or None."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def address_of(endpoint: str, asked: Asked, changes: Mapping[str, Any], **values: Any) -> str:
    """Return the address of a page that asks the same with changes; `month` is carried along where it is given."""
    month = {"month": changes["month"]} if changes.get("month") else {}
    fields = {name: value for name, value in changes.items() if name != "month"}
    known: dict[str, Any] = {**asked.args(**fields), **month, **values}
    return url_for(endpoint, **known)
