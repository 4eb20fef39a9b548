"""What pages need: the services, the person, work in a request, and one table from refusals to HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, session
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.http import parse_accept_header

from repository.days import day_in_figures
from repository.errors import (
    Conflict,
    DomainError,
    Doubtful,
    Invalid,
    NoRoom,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)
from repository.work import ANONYMOUS, Actor, Services, Work, now, open_work

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    NoRoom: 507,
    TooMany: 429,
    Unavailable: 503,
}
LONGEST_ACCEPTED = 500  # characters that are read of what a browser says it accepts; no browser says half as much


def services() -> Services:
    """Return the services of the running application."""
    found: Services = current_app.extensions["repository"]
    return found


def actor() -> Actor:
    """Return who makes this request: the bearer of a token, the signed-in person, one a plugin recognises, or nobody."""
    bearer: Actor | None = g.get("token_actor")
    if bearer is not None:
        return bearer
    if "known_actor" not in g:
        g.known_actor = services().hook.actor_of_request(services=services(), request=request) or _signed_in()
    known: Actor = g.known_actor
    return known


def may_be_signed_in() -> bool:
    """Return whether the browser has brought anything to be known by; to look further for the others is half of what a
    page from memory takes."""
    return "Cookie" in request.headers or "_login_user" in g


def _signed_in() -> Actor:
    return current_user.actor if may_be_signed_in() and current_user.is_authenticated else ANONYMOUS


@contextmanager
def begin() -> Iterator[Work]:
    """Yield work that changes something, in the person's name; committed at the end of the block."""
    with open_work(services(), actor()) as work:
        yield work


def retry_after(error: DomainError) -> int | None:
    """Return after how many seconds a refusal may have passed, or None for one that stays."""
    if isinstance(error, TooMany):
        return error.seconds
    return 30 if status_of(error) == 503 else None


def look() -> Work:
    """Return the request's reading work; it is closed when the request ends."""
    if "look" not in g:
        session = services().sessions.open_reading()
        g.look = Work(session, services().hook, actor(), now(), services())
    found: Work = g.look
    return found


def close_look(_error: BaseException | None = None) -> None:
    """Close the request's reading session."""
    work = g.pop("look", None)
    if work is not None:
        work.session.close()


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def words_of(error: DomainError) -> str:
    """Return the refusal's sentence in the person's language."""
    params = {name: _said(value) for name, value in error.params.items()}
    return str(gettext(error.message, **params)) if params else str(gettext(error.message))


def doubts_of(error: Doubtful | None) -> dict[str, Any] | None:
    """Return for `doubts` in _forms.html what was noticed: (field, sentence in the person's language), and the token.

    `again` says that the form was sent once more with nothing changed of what had been asked about.
    """
    if error is None:
        return None
    asked = request.form.get("asked", "").split(".")
    said = [(field, str(gettext(message, **params))) for field, message, params in error.doubts]
    return {"said": said, "token": error.token, "again": set(error.token.split(".")).issubset(asked)}


def _said(value: object) -> object:
    """Return a value as a sentence holds it: a day in the figures of the page's language."""
    return day_in_figures(value, str(get_locale())) if isinstance(value, date) else value


def safe_target(target: str | None, default: str = "/") -> str:
    """Return `target` when it stays on this site, else `default`: browsers read odd slashes and tabs as another host."""
    if (
        not target
        or not target.startswith("/")
        or target[1:2] in ("/", "\\")
        or any(ord(c) < 33 or c == "\\" for c in target)
    ):
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default


def offer_undo(text: str, url: str) -> None:
    """Say on the person's next page what was done, with a button that posts to `url` and takes it back."""
    session["undo"] = {"text": text, "url": url}


def offered_undo() -> dict[str, str] | None:
    """Return what the last page offered to take back, once."""
    found: dict[str, str] | None = session.pop("undo", None)
    return found


def wants_json() -> bool:
    """Return whether the request is for the API, whose refusals are RFC 9457 problems."""
    return request.path.startswith("/api/")


def client_address() -> str:
    """Return the network address of the client, as the configured proxies tell it."""
    return request.remote_addr or "unknown"


def takes_gzip() -> bool:
    """Return whether the client takes compressed answers; "gzip;q=0" says that it does not."""
    return takes_gzip_by(request.headers.get("Accept-Encoding", ""))


def takes_gzip_by(accepted: str) -> bool:
    """Return the same of an `Accept-Encoding` header."""
    return _takes_gzip(accepted[:LONGEST_ACCEPTED])


@lru_cache(maxsize=1_000)  # browsers say one of a few things, at every request
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted).quality("gzip") > 0


def from_this_machine() -> bool:
    """Return whether the client sits on the server's own machine, and is no proxy that speaks for somebody else."""
    forwarded = not services().settings["trusted_proxies"] and {"X-Forwarded-For", "Forwarded"} & set(
        request.headers.keys()
    )
    try:
        return ip_address(client_address()).is_loopback and not forwarded
    except ValueError:
        return False


def number(text: str | None) -> int | None:
    """Return a whole number of the request that a row could have, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def values(*names: str) -> dict[str, Any]:
    """Return the named fields of the form, trimmed, those that were sent."""
    return {name: request.form[name].strip() for name in names if name in request.form}
