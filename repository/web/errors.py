"""Refusals and failures as pages, or as RFC 9457 problems for the API."""

import logging
import secrets

from flask import Flask, g, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from repository import guards
from repository.errors import DomainError, NotAllowed
from repository.files.blobs import FULL, full_disk
from repository.http import retry_after, status_of, wants_json, words_of
from repository.web.login import ask_to_sign_in

log = logging.getLogger(__name__)


def prepare(app: Flask) -> None:
    """Turn every refusal and failure into an answer in the person's words."""
    app.before_request(name_request)
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(StaleDataError, stale)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(DataError, unstorable)
    app.register_error_handler(IntegrityError, guarded)
    app.register_error_handler(OSError, disk)
    app.register_error_handler(CSRFError, old_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, fail)


def name_request() -> None:
    """Give the request a name that is shown with an error and found in the log."""
    g.request_id = secrets.token_hex(4)


def answer(status: int, words: str, field: str | None = None, seconds: int | None = None) -> Response:
    """Return an error page, or a problem for the API. `seconds` is when to come back."""
    if wants_json():
        problem = {"type": "about:blank", "title": words, "status": status, "request_id": g.get("request_id", "")}
        if field:
            problem["errors"] = [{"pointer": f"/{field}", "detail": words}]
        response: Response = jsonify(problem)
        response.content_type = "application/problem+json"
    else:
        page = render_template("errors/error.html", status=status, message=words, request_id=g.get("request_id", ""))
        response = Response(page, mimetype="text/html")
    response.status_code = status
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def refuse(error: DomainError) -> Response:
    """Answer a refusal; somebody who is not signed in is asked to sign in where that may help."""
    if isinstance(error, NotAllowed) and not wants_json() and not current_user.is_authenticated:
        return ask_to_sign_in()
    return answer(status_of(error), words_of(error), error.field, seconds=retry_after(error))


def stale(_error: StaleDataError | None = None) -> Response:
    """Answer a write that would have overwritten somebody else's."""
    return answer(409, gettext("Alguém mudou isto entretanto. Abra de novo e repita a sua alteração."))


def guarded(error: IntegrityError) -> Response:
    """Answer a write that a guard of the database refused: somebody was faster. Anything else is our own fault."""
    return stale() if guards.refused(error) else fail(error)


def unstorable(error: DataError) -> Response:
    """Answer what was sent and no column can hold, when no rule has refused it before."""
    log.error("database cannot hold it (request %s): %s", g.get("request_id"), error.orig)
    return answer(422, gettext("O pedido não se percebe."))


def busy(error: OperationalError) -> Response:
    """Answer a write that the database could not take now: locked, or a full disk."""
    log.error("database refused (request %s): %s", g.get("request_id"), error.orig)
    return answer(
        503,
        gettext("Agora não conseguimos guardar. Nada se perdeu do que já estava guardado; tente daqui a um minuto."),
        seconds=60,
    )


def disk(error: OSError) -> Response:
    """Answer a full disk, which a form meets before any rule of ours does; other errors of the system are our fault."""
    return refuse(full_disk()) if error.errno in FULL else fail(error)


def old_form(_error: CSRFError) -> Response:
    """Answer a form without a valid token."""
    return answer(400, gettext("Esta página esteve aberta noutra sessão. Abra-a de novo e repita."))


def http_error(error: HTTPException) -> Response:
    """Answer what werkzeug refuses: unknown addresses, methods, sizes."""
    if error.code is not None and error.code < 400:
        return error.get_response(request.environ)
    words = {
        404: gettext("Não há nada neste endereço."),
        405: gettext("Isto não se pode fazer neste endereço."),
        413: gettext("O que enviou é maior do que o permitido."),
        429: gettext("Foram muitos pedidos seguidos. Espere um pouco."),
    }
    return answer(error.code or 500, words.get(error.code or 500, gettext("O pedido não se percebe.")))


def fail(error: Exception) -> Response:
    """Answer our own fault: the log has the details, the page only the request's name."""
    # The rule and not the path: some addresses are secrets, and a log is read by many.
    log.exception("request %s failed: %s", g.get("request_id"), request.url_rule or "no page")
    return answer(500, gettext("Não conseguimos abrir esta página agora. Nada se perdeu. Tente daqui a uns minutos."))
