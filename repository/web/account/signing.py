"""Signing in and out."""

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user

from repository import signin
from repository.http import begin, client_address, safe_target, services
from repository.web import known_browsers
from repository.web import login as browser
from repository.web.account.door import held_back, pages
from repository.work import ANONYMOUS, Work, now

PAGE = "pages/login.html"


def _ways(target: str) -> dict[str, Any]:
    register = url_for("account.register") if services().settings["open_registration"] else ""
    return {"next": target, "register_url": register, "reset_url": url_for("account.forgot")}


@pages.get("/login")
def login() -> Any:
    """The sign-in page; who is signed in already goes where they wanted."""
    target = safe_target(request.args.get("next"), url_for("account.me"))
    if current_user.is_authenticated:
        return redirect(target)
    return render_template(PAGE, errors={}, values={}, **_ways(target))


@pages.post("/login")
def sign_in() -> Any:
    """Sign in with address and password; what is wrong is not told apart."""
    target = safe_target(request.form.get("next"), url_for("account.me"))
    email, password = request.form.get("email", "")[:300], request.form.get("password", "")[:1000]
    known = {"values": {"email": email}} | _ways(target)
    answer = signin.sign_in(services(), email, password, client_address(), known_browsers.known())
    if isinstance(answer, signin.Locked):
        return held_back(PAGE, answer, **known)
    if answer is None:
        words = gettext("O endereço ou a palavra-passe não está certo.")
        return render_template(PAGE, errors={"": words}, **known), 422
    if not enter(answer):
        return redirect(url_for("account.login"))
    return redirect(target)


def enter(token: str) -> bool:
    """Let this browser be the person of a new session, and end the session it had before; False when it has ended."""
    if before := session.get("_user_id"):
        with begin() as work:
            signin.close_session(work, before)
    with services().sessions.reading() as reading:
        person = signin.actor_of_session(Work(reading, services().hook, ANONYMOUS, now(), services()), token)
    if person is None:
        return False
    browser.remember(token, person)
    return True


@pages.post("/logout")
def logout() -> Any:
    """End the session here and on the server."""
    browser.leave()
    return redirect(url_for("pages.home"))
