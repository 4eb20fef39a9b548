"""Headers, cookies and the compression of text: what protects every answer."""

import gzip
import secrets
from datetime import timedelta

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from repository.http import takes_gzip
from repository.remembered import keep_for_nobody
from repository.web import bodies
from repository.work import Services

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)
# For bytes that people sent: whatever a file turns out to be, it can do nothing here.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox"
SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()"),
)
SMALLEST_GZIP = 800
TEXTS = (
    "text/",
    "application/json",
    "application/javascript",
    "application/problem+json",
    "image/svg+xml",
    "application/ld+json",
)


def prepare(app: Flask, services: Services) -> None:
    """Set the cookies' flags, trust the configured proxies only, and put the headers on every answer."""
    https = services.settings.public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-partilha" if https else "partilha",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = CookieSessions()
    set_limits(app, services)
    if hops := services.settings["trusted_proxies"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.extensions["https"] = https
    app.after_request(add_headers)
    app.after_request(compress)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, but that no key is worked out for a visitor without a cookie: that is a tenth of a page from memory."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the browser's cookie, an empty one where there is none."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def set_limits(app: Flask, services: Services) -> None:
    """Put the settings in force that Flask keeps for itself: the size of a request and the life of a session."""
    app.config.update(
        MAX_CONTENT_LENGTH=bodies.largest(services),
        PERMANENT_SESSION_LIFETIME=timedelta(days=services.settings["session_days"]),
    )


def nonce() -> str:
    """Return the request's nonce, the only way for an inline script to run; a page that has one is kept for nobody."""
    keep_for_nobody()
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _page_policy() -> str:
    return PAGE_POLICY.format(nonce=f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "")


def add_headers(response: Response) -> Response:
    """Put the headers of a page on an answer; an answer that has its own policy keeps it."""
    headers = response.headers
    there = {name.lower() for name, _ in headers}  # to ask the headers for each name takes five times as long
    wanted = list(SAFE)
    if "content-security-policy" not in there:
        wanted.append(("Content-Security-Policy", _page_policy()))
    if not (request.endpoint or "").endswith("static"):
        response.vary.add("Cookie")
        wanted.append(("Cache-Control", "private, no-store"))
    if request.is_secure:
        wanted.append(("Strict-Transport-Security", "max-age=31536000"))
    headers.extend([(name, value) for name, value in wanted if name.lower() not in there])
    return response


def compress(response: Response) -> Response:
    """Compress text answers for those who accept it; bytes of files stay as they are, so that ranges are right."""
    kind = response.mimetype or ""
    plain = response.status_code == 200 and not response.headers.get("Content-Encoding") and kind.startswith(TEXTS)
    ours = (request.endpoint or "").endswith("static")  # styles and scripts offer ranges too, and nobody asks for them
    ranged = response.headers.get("Accept-Ranges") == "bytes" and not ours
    if not plain or ranged or not takes_gzip():
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALLEST_GZIP:
        return response
    response.set_data(gzip.compress(data, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    response.vary.add("Accept-Encoding")
    if tag := response.get_etag()[0]:
        response.set_etag(tag, weak=True)  # the same content in other clothes: the next visit still gets its 304
    return response
