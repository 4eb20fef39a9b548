"""A browser in which a person has signed in before is remembered, so that failures elsewhere never lock them out there.

After OWASP's device cookies (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
The cookie opens nothing: it only says with whose failures the next ones are counted.
"""

import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from repository.signin import KnownBrowser

LIFE = timedelta(days=180)


def known() -> KnownBrowser | None:
    """Return what this browser's cookie says, or None when there is none of ours or it is too old."""
    try:
        user_id, name = _signer().loads(request.cookies.get(_cookie(), ""), max_age=int(LIFE.total_seconds()))
        return KnownBrowser(int(user_id), str(name))
    except (BadData, TypeError, ValueError):
        return None


def remember(user_id: int) -> None:
    """Let this browser be known for the person, under a new name, with the answer to this request."""
    value = _signer().dumps([user_id, secrets.token_urlsafe(12)])
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(_cookie(), value, max_age=LIFE, path="/", httponly=True, samesite="Lax", secure=secure)
        return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known browser")
