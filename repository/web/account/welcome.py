"""The first page of a fresh instance; while nobody administers it, every other page leads here."""

from typing import Any

from flask import Flask, current_app, redirect, render_template, request, url_for

from repository import first_run, signin
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.house import load_stored
from repository.http import client_address, from_this_machine, services
from repository.passwords import SHORTEST
from repository.web.account.door import pages, refused
from repository.web.account.signing import enter
from repository.words import N_
from repository.work import SYSTEM, open_work

PAGE = "account/welcome.html"
OPEN = ("static", "health", "language", "account.welcome", "account.set_up")


def prepare(app: Flask) -> None:
    """Lead every page to the first one while the instance has no administrator."""
    app.before_request(lead_to_welcome)


def is_set_up() -> bool:
    """Return whether the instance has an administrator; once true, it is not asked again."""
    if not current_app.extensions.get("set_up"):
        with services().sessions.reading() as reading:
            current_app.extensions["set_up"] = first_run.has_administrator(reading)
    return bool(current_app.extensions["set_up"])


def lead_to_welcome() -> Any:
    """Redirect to the first page unless the instance is set up; the API and unknown addresses answer as ever."""
    endpoint = request.endpoint or ""
    if not endpoint or endpoint.startswith(OPEN) or request.path.startswith("/api/") or is_set_up():
        return None
    return redirect(url_for("account.welcome"))


@pages.get("/welcome")
def welcome() -> Any:
    """The form for the centre and its first administrator. Raises NotFound once there is one."""
    if is_set_up():
        raise NotFound(N_("Não há nada neste endereço."))
    return render_template(PAGE, errors={}, values={}, ask_code=not from_this_machine(), least=SHORTEST)


@pages.post("/welcome")
def set_up() -> Any:
    """Make the centre and its administrator, and sign in; sent twice, the second time only signs in."""
    values = {name: request.form.get(name, "").strip() for name in ("centre_name", "name", "email", "code")}
    password, ask_code = request.form.get("password", "")[:1000], not from_this_machine()
    known = {"values": values, "ask_code": ask_code, "least": SHORTEST}
    try:
        if not is_set_up():
            _set_up(values, password, ask_code)
    except (Invalid, Conflict, NotAllowed) as error:
        return refused(PAGE, error, **known)
    except NotFound:
        pass  # the same form came a moment before: signing in below tells whether it was this person's
    token = signin.sign_in(services(), values["email"], password, client_address())
    if not isinstance(token, str) or not enter(token):
        raise NotFound(N_("Não há nada neste endereço."))
    return redirect(url_for("admin.overview"))


def _set_up(values: dict[str, str], password: str, ask_code: bool) -> None:
    if ask_code:
        _check_code(values["code"])
    with open_work(services(), SYSTEM) as work:
        first_run.set_up(work, values["centre_name"], values["name"], values["email"], password)
    load_stored(services())
    (services().instance / "setup-code").unlink(missing_ok=True)


def _check_code(given: str) -> None:
    """Raise Invalid for a wrong code, and NotAllowed after too many: the code is all that keeps strangers out."""
    if locked := signin.count_asking(services(), "setup", "", client_address()):
        raise NotAllowed(N_("Foram muitas tentativas. Espere %(seconds)s segundos."), "code", seconds=locked.seconds)
    if not first_run.is_setup_code(services().instance, given):
        raise Invalid(N_("O código não está certo. Está no ficheiro setup-code da pasta da instância."), "code")
