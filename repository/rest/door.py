"""Who asks: the bearer of a personal token, or nobody. A browser's cookie opens nothing here."""

from typing import Any

from flask import Response, current_app, g, request
from flask_babel import gettext

from repository import tokens
from repository.http import client_address, services
from repository.rest.answers import Problem
from repository.signin import Locked
from repository.work import ANONYMOUS, Actor

REALM = 'Bearer realm="Partilha"'
LARGEST_BODY = 1024 * 1024  # bytes of JSON
READS = ("GET", "HEAD", "OPTIONS")
ANY_SCOPE = ("api.me",)
DOWNLOADS = ("files.download", "files.download_all")
CORS: dict[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def recognise() -> None:
    """Find out who asks and whether their token is for this; a refusal is a problem with WWW-Authenticate."""
    g.token_actor = ANONYMOUS
    if not (request.mimetype == "multipart/form-data" and _takes_files()):
        request.max_content_length = LARGEST_BODY
    if request.method == "OPTIONS":
        return
    header = request.headers.get("Authorization")
    if header is not None:
        g.token_actor = _bearer(header)
        _check_scope(g.token_actor)
    elif request.method not in READS or request.endpoint in ANY_SCOPE:
        raise _refused(401, gettext("Isto pede uma senha de acesso pessoal."), REALM)


def _takes_files() -> bool:
    return bool(_marked("takes_files", False))


def _marked(mark: str, otherwise: Any) -> Any:
    """Return what the view of this request was marked with."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), mark, otherwise)


def recognise_download() -> None:
    """Let the bearer of a token fetch the bytes of a file at its page's address; browsers come there with a cookie."""
    header = request.headers.get("Authorization", "")
    if request.endpoint in DOWNLOADS and header.lower().startswith("bearer "):
        g.token_actor = _bearer(header)
        _check_scope(g.token_actor)


def _check_scope(actor: Actor) -> None:
    usual = ("read",) if request.method in READS else ("deposit",)
    wanted = _marked("token_scopes", usual)
    if not (actor.scopes or frozenset()).intersection(wanted) and request.endpoint not in ANY_SCOPE:
        scope = wanted[0]
        words = gettext("Esta senha de acesso não serve para isto: falta «%(scope)s».", scope=scope)
        raise _refused(403, words, f'{REALM}, error="insufficient_scope", scope="{scope}"')


def _bearer(header: str) -> Actor:
    scheme, _, secret = header.partition(" ")
    invalid = f'{REALM}, error="invalid_token"'
    if scheme.lower() != "bearer" or not secret.strip():
        raise _refused(401, gettext("Envie a senha de acesso como «Authorization: Bearer …»."), invalid)
    found = tokens.holder(services(), secret.strip(), client_address())
    if isinstance(found, Locked):
        words = gettext("Foram muitos pedidos seguidos. Espere um pouco.")
        raise Problem(429, words, headers={"Retry-After": str(found.seconds)})
    if found is None:
        raise _refused(401, gettext("Esta senha de acesso não existe, passou do prazo ou foi anulada."), invalid)
    return found


def _refused(status: int, words: str, challenge: str) -> Problem:
    return Problem(status, words, headers={"WWW-Authenticate": challenge})


def open_to_all(response: Response) -> Response:
    """Let any site read what a stranger may read; keep what is read with a token out of shared caches."""
    if request.path.startswith("/api/v1/") and request.method in READS:
        response.headers.update(CORS)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(("Authorization", "Accept-Language"))
    return response
