"""Who decides on what, and what is decided before it is published: pages for administrators."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import select

from plugins.moderation import policies
from repository.api import (
    N_,
    Invalid,
    Organisation,
    User,
    Work,
    begin,
    find_user,
    look,
    require_permission,
    services,
    status_of,
    words_of,
)

pages = Blueprint("moderation_admin", __name__, template_folder="../templates", url_prefix="/admin/moderation")


def door() -> Work:
    """Return reading work for administrators. Raises NotAllowed for all others."""
    work = look()
    if not work.actor.may_anywhere("moderation.manage"):
        require_permission(work, "moderation.manage")
    return work


def page(work: Work, **known: Any) -> str:
    """Return the one page of policies and moderators."""
    places = work.session.scalars(
        select(Organisation).where(Organisation.closed_at.is_(None)).order_by(Organisation.name)
    )
    groups = services().vocabularies["groups"]
    return render_template(
        "moderation/admin.html",
        policies=policies.policies(work),
        moderators=policies.moderators(work),
        modes=[(name, gettext(words)) for name, words in policies.MODES.items()],
        places=[(str(place.id), place.name) for place in places],
        groups=[(term.code, f"{term.code} · {term.label(str(get_locale()))}") for term in groups],
        robots="noindex",
        **({"errors": {}, "values": {}} | known),
    )


@pages.get("")
def settings() -> str:
    """The policies, and who decides on what."""
    return page(door())


def _done(act: Callable[[Work], None]) -> Any:
    door()
    try:
        with begin() as work:
            act(work)
    except Invalid as error:
        said = page(door(), errors={error.field or "": words_of(error)}, values=request.form)
        return said, status_of(error)
    flash(gettext("Guardado."), "success")
    return redirect(url_for("moderation_admin.settings"), 303)


@pages.post("/policies")
def set_policy() -> Any:
    """Say how what comes from somewhere is treated."""
    return _done(lambda work: policies.set_mode(work, _scope(work), request.form.get("mode", "")))


def _scope(work: Work) -> str:
    """Return what the form speaks of: a scope, or an organisation, or the address of a person."""
    form = request.form
    if form.get("scope"):
        return form["scope"].strip()
    if form.get("person", "").strip():
        return f"user:{_person(work, form['person']).id}"
    return f"org:{form['organisation']}" if form.get("organisation") else policies.HOUSE


def _person(work: Work, email: str) -> User:
    person = find_user(work, email.strip())
    if person is None:
        raise Invalid(
            N_("Não há nenhuma conta com esse endereço."), field="email" if "email" in request.form else "person"
        )
    return person


@pages.post("/moderators")
def add_moderator() -> Any:
    """Let somebody decide on a part of the house."""
    form, groups = request.form, services().vocabularies["groups"]
    place = form.get("part", "")
    group = form.get("group", "") if form.get("group", "") in groups else ""

    def act(work: Work) -> None:
        person = _person(work, form.get("email", ""))
        number = int(place) if place.isdecimal() and len(place) < 16 else None
        policies.add_moderator(work, person.id, number, group)

    return _done(act)


@pages.post("/moderators/<int:moderator_id>/remove")
def remove_moderator(moderator_id: int) -> Any:
    """End that somebody decides on a part of the house."""
    return _done(lambda work: policies.remove_moderator(work, moderator_id))
