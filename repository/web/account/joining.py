"""Asking for an account or another password, and the mailed links that open them."""

from typing import Any

from babel.lists import format_list
from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale, gettext

from repository import accounts, joining, organisations, signin
from repository.errors import Conflict, Invalid, NotFound
from repository.http import begin, client_address, look, number, services
from repository.passwords import SHORTEST
from repository.registry import collect
from repository.web import login as browser
from repository.web.account.door import group_options, held_back, known_group, pages, refused
from repository.words import N_

REGISTER, FORGOT, CHOOSE, SENT = (f"account/{name}.html" for name in ("register", "forgot", "choose", "sent"))


def school_options(known: list[organisations.Branch]) -> list[tuple[int, str]]:
    """Return the open clusters and schools as choices, schools set in under their clusters."""
    return [
        (branch.organisation.id, "\u2003" * max(0, branch.depth - 1) + branch.organisation.name)
        for branch in known
        if not branch.organisation.closed_at
    ]


def _register_form() -> dict[str, Any]:
    if not services().settings["open_registration"]:
        raise NotFound(N_("Não há nada neste endereço."))
    uses = [gettext(words) for words in collect(services().hook.account_uses)]
    return {
        "schools": school_options(organisations.tree(look().session)),
        "groups": group_options(),
        "uses": format_list(uses, locale=get_locale()),
    }


@pages.get("/register")
def register() -> Any:
    """The form to ask for an account."""
    return render_template(REGISTER, errors={}, values={}, **_register_form())


@pages.post("/register")
def ask_for_account() -> Any:
    """Ask for an account. The answer is the same whether the address has one already or not."""
    known = _register_form()
    values = {name: request.form.get(name, "").strip() for name in ("name", "email", "organisation", "group_code")}
    try:
        if locked := signin.count_asking(
            services(), "register", accounts.clean_email(values["email"]), client_address()
        ):
            return held_back(REGISTER, locked, values=values, **known)
        with begin() as work:
            school, group = number(values["organisation"]), known_group(values["group_code"])
            joining.ask_for_account(work, values["email"], values["name"], school, group, str(get_locale()))
    except Invalid as error:
        return refused(REGISTER, error, values=values, **known)
    return redirect(url_for("account.sent", what="register"))


@pages.get("/password/forgot")
def forgot() -> Any:
    """The form to ask for another password."""
    return render_template(FORGOT, errors={}, values={}, has_mail=bool(services().settings["smtp_url"]))


@pages.post("/password/forgot")
def ask_for_password() -> Any:
    """Ask for a link by mail. The answer is the same whether the address has an account or not."""
    values = {"email": request.form.get("email", "").strip()}
    known = {"values": values, "has_mail": bool(services().settings["smtp_url"])}
    try:
        email = accounts.clean_email(values["email"])
        if locked := signin.count_asking(services(), "password", email, client_address()):
            return held_back(FORGOT, locked, **known)
        with begin() as work:
            joining.ask_for_password(work, email)
    except Invalid as error:
        return refused(FORGOT, error, **known)
    return redirect(url_for("account.sent", what="password"))


@pages.get("/password/sent")
def sent() -> str:
    """Says that a mail is on its way, if there is somebody to write to."""
    has_mail = bool(services().settings["smtp_url"])
    return render_template(SENT, joining=request.args.get("what") == "register", has_mail=has_mail)


@pages.get("/password/<secret>")
def choose(secret: str) -> Any:
    """Open a mailed link: the form for a new password."""
    try:
        signin.link_owner(look(), secret)
    except Invalid as error:
        return refused(FORGOT, error, values={}, has_mail=bool(services().settings["smtp_url"]))
    return render_template(CHOOSE, errors={}, least=SHORTEST)


@pages.post("/password/<secret>")
def set_password(secret: str) -> Any:
    """Set the password with a mailed link, use the link up, and sign in."""
    try:
        with begin() as work:
            user = signin.use_link(work, secret)
            if session.get("_user_id"):
                signin.close_session(work, session["_user_id"])
            accounts.set_password(work, user, request.form.get("password", "")[:1000])
            browser.open_for(user, work)
    except Conflict as error:
        return refused(CHOOSE, error, least=SHORTEST)
    except Invalid as error:
        page = CHOOSE if error.field else FORGOT
        return refused(page, error, values={}, least=SHORTEST, has_mail=bool(services().settings["smtp_url"]))
    flash(gettext("A palavra-passe está guardada."), "success")
    return redirect(url_for("account.me"))
