"""flask-login over sessions that live in the database: without its row, a cookie opens nothing."""

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, login_user, logout_user
from werkzeug.wrappers import Response

from repository import signin
from repository.http import begin, services, wants_json
from repository.models import User
from repository.web import known_browsers
from repository.work import ANONYMOUS, Actor, Work, now


class SignedIn(UserMixin):
    """The person of this request; flask-login keeps the session's token as their id."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.id = token
        self.actor = actor


def prepare(app: Flask) -> None:
    """Let flask-login find people by their session."""
    manager = LoginManager(app)
    manager.session_protection = None  # the row in the database is the protection; addresses of phones change
    manager.user_loader(load)
    manager.unauthorized_handler(ask_to_sign_in)


def load(token: str) -> SignedIn | None:
    """Return the person of a session token, or None."""
    with services().sessions.reading() as session_:
        actor = signin.actor_of_session(Work(session_, services().hook, ANONYMOUS, now(), services()), token)
    return None if actor is None else SignedIn(token, actor)


def ask_to_sign_in() -> Response:
    """Send the person to the sign-in page, and back here afterwards."""
    if wants_json():
        return Response(status=401)
    return redirect(url_for("account.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def remember(token: str, actor: Actor) -> None:
    """Start the signed-in browser afresh: what the anonymous session held is dropped, its language aside."""
    kept = session.get("locale")
    session.clear()
    session.permanent = True
    if kept:
        session["locale"] = kept
    login_user(SignedIn(token, actor))
    if actor.user_id is not None:
        known_browsers.remember(actor.user_id)


def open_for(user: User, work: Work) -> None:
    """Sign the person in within `work`, for example after a link that works once."""
    token = signin.open_session(work, user, services().settings["session_days"])
    work.session.flush()
    actor = signin.actor_of_session(work, token)
    if actor is not None:
        remember(token, actor)


def leave() -> None:
    """End the session on both sides."""
    token = session.get("_user_id")
    if token:
        with begin() as work:
            signin.close_session(work, token)
    logout_user()
    session.clear()
