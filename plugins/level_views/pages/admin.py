"""The order, the names and the hiding of the views: a page for administrators."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from plugins.level_views import views
from plugins.level_views.pages.portal import name_of
from plugins.level_views.views import Wanted
from repository.api import N_, Invalid, Work, begin, look, require_permission, status_of, words_of

pages = Blueprint("level_views_admin", __name__, template_folder="../templates", url_prefix="/admin/levels")


def door() -> Work:
    """Return reading work for administrators. Raises NotAllowed for all others."""
    work = look()
    if not work.actor.may_anywhere(views.PERMISSION):
        require_permission(work, views.PERMISSION)
    return work


def page(work: Work, **known: Any) -> str:
    """Return the page with a line for each view."""
    shown = views.all_views(work)
    given = {"errors": {}, "values": {}} | known
    return render_template("level_views/admin.html", views=shown, name_of=name_of, robots="noindex", **given)


@pages.get("")
def settings() -> str:
    """The views in their order."""
    return page(door())


@pages.post("")
def arrange() -> Any:
    """Put the views in order, rename and hide them."""
    work = door()
    codes = [shown.view.code for shown in views.all_views(work)]
    try:
        with begin() as writing:
            views.arrange(writing, [_wanted(place, code) for place, code in enumerate(codes, 1)])
    except Invalid as error:
        return page(work, errors={error.field or "": words_of(error)}, values=request.form), status_of(error)
    flash(gettext("Guardado."), "success")
    return redirect(url_for("level_views_admin.settings"), 303)


def _wanted(place: int, code: str) -> Wanted:
    said = request.form.get(f"place-{code}", "").strip()
    if said and not (said.isascii() and said.isdecimal() and len(said) < 5):
        raise Invalid(N_("Escreva o lugar em algarismos: 1 é o primeiro."), field=f"place-{code}")
    number = int(said) if said else place
    hidden = bool(request.form.get(f"hidden-{code}"))
    return Wanted(code, number, request.form.get(f"name-{code}", ""), hidden)
