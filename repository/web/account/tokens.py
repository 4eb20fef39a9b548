"""Personal tokens for programs: made, shown once, taken back."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import login_required

from repository import accounts
from repository.errors import Conflict, Invalid, NotFound
from repository.http import begin, look, number
from repository.models import AccessToken
from repository.web.account.door import myself, pages, refused
from repository.words import N_

PAGE = "account/tokens.html"
DAYS = (30, 90, 365)
SCOPE_WORDS = {
    "read": N_("Procurar e descarregar em seu nome"),
    "deposit": N_("Entregar materiais em seu nome"),
    "review": N_("Decidir em seu nome sobre o que outros entregam e sobre avisos, se a conta o puder fazer"),
}


def _form() -> dict[str, Any]:
    work = look()
    scopes = [(scope, gettext(SCOPE_WORDS[scope])) for scope in accounts.SCOPES]
    return {"tokens": accounts.live_tokens(work, myself(work)), "scopes": scopes, "days": DAYS, "secret": ""}


@pages.get("/me/tokens")
@login_required
def tokens() -> str:
    """The person's tokens; one just made is shown here this once."""
    secret = session.pop("new_token", "")
    values = {"name": "", "scopes": ["read"], "days": 90}
    return render_template(PAGE, errors={}, values=values, **(_form() | {"secret": secret}))


@pages.post("/me/tokens")
@login_required
def issue_token() -> Any:
    """Make a token with the scopes and days asked for."""
    name, scopes = request.form.get("name", "").strip(), request.form.getlist("scopes")
    days = number(request.form.get("days")) or 0
    try:
        if not name:
            raise Invalid(N_("Dê um nome, para saber depois para que serve."), field="name")
        with begin() as work:
            secret = accounts.issue_token(work, myself(work), name, scopes, days)
    except (Invalid, Conflict) as error:
        return refused(PAGE, error, values={"name": name, "scopes": scopes, "days": days}, **_form())
    session["new_token"] = secret
    return redirect(url_for("account.tokens"))


@pages.post("/me/tokens/<int:token_id>/revoke")
@login_required
def revoke_token(token_id: int) -> Any:
    """Take a token back. Raises NotFound for what is not the person's."""
    with begin() as work:
        token = work.session.get(AccessToken, token_id)
        if token is None or token.user_id != work.actor.user_id:
            raise NotFound(N_("Não há nenhuma senha assim."))
        accounts.revoke_token(work, token)
    flash(gettext("A senha de acesso deixou de abrir."), "success")
    return redirect(url_for("account.tokens"))
