"""The blueprint of the catalogue's pages, the asking for permission at their door, and what they share."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from plugins.physical_loans import rules
from plugins.physical_loans.pages import words
from repository.api import N_, DomainError, NotAllowed, Work, look, status_of, words_of

pages = Blueprint(
    "physical_loans_things",
    __name__,
    url_prefix="/loans",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/things-static",
)


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of things, and keep it out of search engines."""
    return {"say": words, "robots": "noindex"}


class Refused(Exception):
    """A form with fields that cannot be read; `errors` are the refusals by field."""

    def __init__(self, errors: Mapping[str, DomainError]) -> None:
        super().__init__()
        self.errors = errors


def door() -> Work:
    """Return reading work for who works at some desk. Raises NotAllowed for all others."""
    work = look()
    if not work.actor.may_anywhere(rules.DESK):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


def typed(readers: Mapping[str, tuple[Callable[[str], Any], Any]]) -> dict[str, Any]:
    """Read the form's fields (reader, what an empty one means). Raises Refused with every unreadable one."""
    values, errors = {}, {}
    for name, (reader, empty) in readers.items():
        text = request.form.get(name, "").strip()
        try:
            values[name] = reader(text) if text else empty
        except DomainError as error:
            errors[name] = error
    if errors:
        raise Refused(errors)
    return values


def number(text: str | None) -> int | None:
    """Return a whole number that a row could have, or None."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def page_url(page: int) -> str:
    """Return the address of another page of the same list."""
    known = {**(request.view_args or {}), **request.args.to_dict(flat=False), "page": page}
    return url_for(request.endpoint or "", **known)


def refused(template: str, error: DomainError | Refused, **known: Any) -> tuple[str, int]:
    """Return the page again with each refusal beside its field."""
    if isinstance(error, Refused):
        errors = {name: words_of(each) for name, each in error.errors.items()}
        return render_template(template, errors=errors, **known), 422
    return render_template(template, errors={error.field or "": words_of(error)}, **known), status_of(error)


def done(endpoint: str, **values: Any) -> Response:
    """Return the redirect after a change."""
    return redirect(url_for(f"physical_loans_things.{endpoint}", **values), 303)
