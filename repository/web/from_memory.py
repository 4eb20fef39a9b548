"""Answers from memory, before anything of a request is opened: all that a visitor's page needs is its address.

Whoever brings a cookie or a token is let through to the application, and so is whom a plugin recognises. What is sent
from memory is what was sent before, header by header.
"""

import logging
import time
from collections.abc import Callable, Hashable, Iterable
from itertools import chain
from typing import Any

from flask import Flask, Request

from repository.http import takes_gzip_by
from repository.remembered import LONGEST_QUERY, MAKING, Kept, Making, Pages, state_of
from repository.web.bodies import LOST
from repository.web.languages import locale_by
from repository.work import Services, now

log = logging.getLogger(__name__)
LARGEST = 512 * 1024  # bytes of one page, as it is sent
BROUGHT = frozenset({"HTTP_COOKIE", "HTTP_AUTHORIZATION", LOST})  # any of these, and the application answers
# Functions around a page that do the same for every visitor; one of a plugin's may ask for what is in no address.
HOUSE = ("repository.", "flask_wtf.", "flask_login.")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def prepare(app: Flask, services: Services) -> None:
    """Put the memory before the application, behind whatever tells who asks through a proxy."""
    app.extensions["remembered_pages"] = Pages()
    app.wsgi_app = FromMemory(app, services)  # type: ignore[method-assign]


class FromMemory:
    """The application behind its memory of pages."""

    def __init__(self, app: Flask, services: Services) -> None:
        self.app, self.services = app, services
        self.behind = app.wsgi_app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the application answer and keep what it says."""
        key = self._key(environ)
        if key is None:
            return self.behind(environ, start_response)
        try:
            kept = self._kept(key, environ)
        except Exception:
            log.exception("a page could not be handed over from memory; it is made anew")
            kept = None
        if kept is None:
            return self._made(key, environ, start_response)
        start_response("200 OK", list(kept.headers))
        return [kept.body]

    def _key(self, environ: Environ) -> Hashable | None:
        """Return all that a visitor's page depends on, or None for a request that is answered on its own."""
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] != "GET" or not BROUGHT.isdisjoint(environ) or len(query) > LONGEST_QUERY:
            return None
        locale = locale_by(environ.get("HTTP_ACCEPT_LANGUAGE", ""), self.services)
        packed = takes_gzip_by(environ.get("HTTP_ACCEPT_ENCODING", ""))
        scheme, root = environ["wsgi.url_scheme"], environ.get("SCRIPT_NAME", "")
        return scheme, root, environ.get("PATH_INFO", ""), query, locale, packed

    def _kept(self, key: Hashable, environ: Environ) -> Kept | None:
        began = time.perf_counter()
        pages: Pages = self.app.extensions["remembered_pages"]
        kept = pages.get(key, lambda: state_of(self.services), now())
        if kept is None:
            return None
        request = self.app.request_class(environ)
        request.url_rule, request.view_args = kept.rule, dict(kept.values)
        if self.services.hook.actor_of_request(services=self.services, request=request) is not None:
            return None
        for act in kept.acts:
            act(request)
        route = kept.rule.rule if kept.rule else "none"
        self.app.extensions["answered"]("GET", route, 200, time.perf_counter() - began)
        return kept

    def _made(self, key: Hashable, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        making = environ[MAKING] = Making()
        said: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said[:] = status, tuple(headers)
            return start_response(status, headers, *rest)

        parts = self.behind(environ, note)
        if making.request is None or MAKING not in environ:
            return parts
        try:
            body = b"".join(parts)
        finally:
            parts.close()  # type: ignore[attr-defined]
        status, headers = said
        bare = status == "200 OK" and len(body) <= LARGEST and not any(name == "Set-Cookie" for name, _ in headers)
        if bare and not self._is_decided_around(making.request):
            rule, values = making.request.url_rule, dict(making.request.view_args or {})
            page = Kept(making.state, now(), headers, body, tuple(making.acts), rule, values)
            self.app.extensions["remembered_pages"].keep(key, page)
        return [body]

    def _is_decided_around(self, request: Request) -> bool:
        """Return whether functions of a plugin's run before or after this page, which may decide by what they like."""
        app = self.app
        around = (app.before_request_funcs, app.after_request_funcs, app.url_value_preprocessors)
        named = (funcs.get(name, ()) for funcs in around for name in (None, *request.blueprints))
        return not all(getattr(func, "__module__", "").startswith(HOUSE) for func in chain.from_iterable(named))
