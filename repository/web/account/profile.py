"""What an account says of its person, and its password."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import login_required

from repository import accounts, mail, signin
from repository.errors import Conflict, Invalid
from repository.http import begin, client_address, look, services
from repository.models import User
from repository.passwords import SHORTEST, matches
from repository.web import login as browser
from repository.web.account.door import group_options, held_back, known_group, myself, pages, refused
from repository.web.languages import NAMES
from repository.words import N_
from repository.work import Work

PAGE = "account/settings.html"


def _form(user: User) -> dict[str, Any]:
    offered = [(code, NAMES.get(code, code)) for code in services().settings["languages"]]
    said = {"name": user.name, "locale": user.locale, "group_code": user.group_code}
    return {
        "values": said,
        "email": user.email,
        "offered": offered,
        "groups": group_options(),
        "least": SHORTEST,
        "mail_kinds": list(mail.kinds(services().hook).values()),
        "mail_stopped": mail.stopped(look().session, user.email or ""),
    }


@pages.get("/me/settings")
@login_required
def settings() -> str:
    """The person's name, language and group, and the form for another password."""
    return render_template(PAGE, errors={}, **_form(myself(look())))


@pages.post("/me/settings")
@login_required
def save_settings() -> Any:
    """Change name, language and recruitment group; whatever else is sent is not read."""
    values = {name: request.form.get(name, "").strip() for name in ("name", "locale", "group_code")}
    try:
        with begin() as work:
            locale = values["locale"] if values["locale"] in services().settings["languages"] else None
            accounts.describe(
                work, myself(work), name=values["name"], group_code=known_group(values["group_code"]), locale=locale
            )
    except Invalid as error:
        return refused(PAGE, error, **(_form(myself(look())) | {"values": values}))
    if locale:
        session["locale"] = locale
    flash(gettext("Guardado."), "success")
    return redirect(url_for("account.settings"))


@pages.post("/me/mail")
@login_required
def choose_mail() -> Any:
    """Stop the kinds of mail that are not ticked, and have the ticked ones again."""
    wanted = set(request.form.getlist("kind"))
    with begin() as work:
        digest = mail.digest_of(myself(work).email or "")
        for name in mail.kinds(work.hook):
            (mail.resume if name in wanted else mail.stop)(work, digest, name)
    flash(gettext("Guardado."), "success")
    return redirect(url_for("account.settings"))


@pages.post("/me/password")
@login_required
def change_password() -> Any:
    """Change the password, when the present one is given; every other browser is signed out."""
    user = myself(look())
    if locked := _guesses(user):
        return held_back(PAGE, locked, **_form(user))
    try:
        with begin() as work:
            mine = check_present(work)
            accounts.set_password(work, mine, request.form.get("password", "")[:1000])
            browser.open_for(mine, work)
    except (Invalid, Conflict) as error:
        return refused(PAGE, error, **_form(user))
    flash(gettext("A palavra-passe mudou. As outras sessões terminaram."), "success")
    return redirect(url_for("account.settings"))


def _guesses(user: User) -> signin.Locked | None:
    """Count a try: who sits down at somebody else's open browser cannot guess the password there either."""
    return signin.count_asking(services(), "present password", user.email or "", client_address())


def check_present(work: Work) -> User:
    """Return the person's account when the form gives its present password. Raises Invalid."""
    user = myself(work)
    if not matches(user.password_hash, request.form.get("present", "")[:1000]):
        raise Invalid(N_("A palavra-passe atual não está certa."), field="present")
    return user
