"""The page behind the link of a mail that may be stopped; it asks for no account."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from repository import mail
from repository.hookspecs import MailKind
from repository.http import begin, look, services
from repository.models import MailStop

letters = Blueprint("letters", __name__, url_prefix="/mail")


def _named(token: str) -> tuple[str, MailKind]:
    return mail.read_stop_token(services(), token)


@letters.get("/stop/<token>")
def stopping(token: str) -> str:
    """One button: stop this kind of mail, or have it again."""
    digest, kind = _named(token)
    stopped = look().session.get(MailStop, (digest, kind.name)) is not None
    return render_template("pages/mail_stop.html", kind=kind, token=token, stopped=stopped, robots="noindex")


@letters.post("/stop/<token>")
def stop(token: str) -> Any:
    """Stop this kind of mail; mail programs ask so by themselves, without cookies (RFC 8058)."""
    digest, kind = _named(token)
    with begin() as work:
        mail.stop(work, digest, kind.name)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response(status=204)
    return redirect(url_for("letters.stopping", token=token), 303)


@letters.post("/resume/<token>")
def resume(token: str) -> Any:
    """Have this kind of mail again."""
    digest, kind = _named(token)
    with begin() as work:
        mail.resume(work, digest, kind.name)
    return redirect(url_for("letters.stopping", token=token), 303)
