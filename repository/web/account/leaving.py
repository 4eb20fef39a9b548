"""Taking one's data along, and deleting the account."""

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from repository import signin
from repository.errors import Conflict, Invalid
from repository.forgetting import forget
from repository.http import begin, client_address, look, services
from repository.own_data import own_data
from repository.registry import collect
from repository.web import login as browser
from repository.web.account.door import held_back, myself, pages, refused
from repository.web.account.profile import check_present
from repository.words import N_

PAGE = "account/leaving.html"


@pages.get("/me/data")
@login_required
def data() -> Response:
    """Everything the house keeps about the person, as a JSON file."""
    work = look()
    text = json.dumps(own_data(work, myself(work)), ensure_ascii=False, indent=2)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="os-meus-dados.json"'
    return response


@pages.get("/me/delete")
@login_required
def leaving() -> str:
    """The choice to take one's data along, and to delete the account."""
    return render_template(PAGE, errors={}, keep="yes", ties=_ties())


def _ties() -> list[str]:
    """Return what plugins say should be settled first."""
    work = look()
    return collect(work.hook.account_ties, work=work, user=myself(work))


@pages.post("/me/delete")
@login_required
def delete() -> Any:
    """Delete the account when the present password is given; the materials stay, with or without the name."""
    keep = request.form.get("keep", "")
    if locked := signin.count_asking(services(), "present password", myself(look()).email or "", client_address()):
        return held_back(PAGE, locked, keep=keep, ties=_ties())
    try:
        if keep not in ("yes", "no"):
            raise Invalid(N_("Escolha o que acontece ao nome nos materiais."), field="keep")
        with begin() as work:
            user = check_present(work)
            forget(work, user, keep_name_on_materials=keep == "yes")
    except (Invalid, Conflict) as error:
        return refused(PAGE, error, keep=keep, ties=_ties())
    browser.leave()
    flash(gettext("A conta está apagada. Os materiais ficaram."), "success")
    return redirect(url_for("pages.home"))
