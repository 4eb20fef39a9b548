"""The blueprint of the administration, its menu, and the asking for permission at each page's door."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from repository.errors import DomainError, NotAllowed
from repository.http import look, number, status_of, words_of
from repository.web.display import admin_menu
from repository.words import N_
from repository.work import Work

pages = Blueprint("admin", __name__, url_prefix="/admin")
PER_PAGE = 50


@pages.context_processor
def shell() -> dict[str, Any]:
    """Give every page of the administration its menu and keep it out of search engines."""
    return {"admin_nav": admin_menu(), "robots": "noindex"}


def door(*permissions: str) -> Work:
    """Return reading work for who has one of the permissions anywhere. Raises NotAllowed for all others."""
    work = look()
    if not any(work.actor.may_anywhere(permission) for permission in permissions):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


def page_number() -> int:
    """Return the page asked for, 1 for anything else."""
    return max(1, number(request.args.get("page")) or 1)


def paged(work: Work, query: Select[Any], page: int) -> tuple[list[Any], int, int]:
    """Return one page of rows, how many there are in all, and how many pages that makes."""
    total = work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = work.session.scalars(query.limit(PER_PAGE).offset((min(page, 10**6) - 1) * PER_PAGE)).unique().all()
    return list(rows), total, -(-total // PER_PAGE)


def page_url(page: int) -> str:
    """Return the address of another page of the same list."""
    return url_for(request.endpoint or "", **{**request.args.to_dict(flat=False), "page": page})  # type: ignore[arg-type]


def refused(template: str, error: DomainError, **known: Any) -> tuple[str, int]:
    """Return the page again with the refusal beside its field."""
    return render_template(template, errors={error.field or "": words_of(error)}, **known), status_of(error)


def done(endpoint: str, **values: Any) -> Response:
    """Return the redirect after a change."""
    return redirect(url_for(endpoint, **values), 303)


def words_of_choice(words: dict[str, str]) -> Callable[[str], str]:
    """Return a function that says a code in the page's language."""
    return lambda code: str(gettext(words[code])) if code in words else code
