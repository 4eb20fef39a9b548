"""The blueprint of reports, and what its pages share: what was asked for, and addresses that ask it again."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import get_locale

from plugins.reports.scopes import Asked, asked
from plugins.reports.tally import Tally
from repository.api import look

pages = Blueprint(
    "reports",
    __name__,
    url_prefix="/reports",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.context_processor
def common() -> dict[str, Any]:
    """Keep every page out of search engines."""
    return {"robots": "noindex"}


def opened() -> tuple[Asked, Tally]:
    """Return what the address asks for, as far as the person may see it."""
    work = look()
    wanted = asked(work, _number("year"), _number("org"))
    return wanted, Tally(work, wanted.scope)


def language() -> str:
    """Return the page's language."""
    return str(get_locale())


def address(endpoint: str, wanted: Asked, **values: Any) -> str:
    """Return the address of a page of reports for the same year and place."""
    place = wanted.place.id if wanted.place else None
    return url_for(f"reports.{endpoint}", **{"year": wanted.year, "org": place, **values})


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
