"""One account in the administration: what it says, its roles, and whether it is open."""

from typing import Any

from flask import flash, render_template, request, session
from flask_babel import gettext

from repository import accounts as rules
from repository import organisations
from repository.errors import Conflict, DomainError, Invalid, NotFound
from repository.forgetting import forget
from repository.http import begin, number
from repository.models import Membership, Organisation
from repository.registry import collect
from repository.web.account.door import group_options, known_group
from repository.web.admin.accounts import PERMISSIONS, found, place_options, role_options, send_link
from repository.web.admin.door import done, door, pages, refused
from repository.words import N_
from repository.work import Work

PAGE = "admin/account.html"


def _page(work: Work, user_id: int) -> dict[str, Any]:
    user = found(work, user_id)
    covered = work.actor.powers.get("accounts.manage", frozenset())
    branches = organisations.tree(work.session)
    places = [b for b in branches if b.organisation.id in covered and not b.organisation.closed_at]
    memberships = sorted(user.memberships, key=lambda m: (m.organisation.name, m.role))
    return {
        "user": user,
        "memberships": [(m, work.actor.may("accounts.manage", m.organisation_id)) for m in memberships],
        "values": {"name": user.name, "email": user.email, "group_code": user.group_code},
        "roles": role_options(),
        "places": place_options(places),
        "groups": group_options(),
        "may_manage": rules.may_manage(work, user),
        "may_verify": rules.may_verify(work, user),
        "is_me": user.id == work.actor.user_id,
        "ties": collect(work.hook.account_ties, work=work, user=user),
    }


@pages.get("/accounts/<int:user_id>")
def account(user_id: int) -> str:
    """The account and what can be done with it; a link to hand over is shown this once."""
    work = door(*PERMISSIONS)
    link = session.pop("link_to_hand_over", "")
    return render_template(PAGE, errors={}, link=link, **_page(work, user_id))


def _refused(user_id: int, error: DomainError, **values: Any) -> tuple[str, int]:
    known = _page(door(*PERMISSIONS), user_id)
    return refused(PAGE, error, link="", **(known | ({"values": values} if values else {})))


@pages.post("/accounts/<int:user_id>")
def change_account(user_id: int) -> Any:
    """Change name, address and recruitment group; whatever else is sent is not read."""
    door("accounts.manage")
    values = {name: request.form.get(name, "").strip() for name in ("name", "email", "group_code")}
    try:
        with begin() as work:
            user = found(work, user_id)
            rules.describe(work, user, name=values["name"], group_code=known_group(values["group_code"]))
            rules.change_email(work, user, values["email"])
    except (Invalid, Conflict) as error:
        return _refused(user_id, error, **values)
    flash(gettext("Guardado."), "success")
    return done("admin.account", user_id=user_id)


@pages.post("/accounts/<int:user_id>/roles")
def add_role(user_id: int) -> Any:
    """Give the person a role in an organisation."""
    door("accounts.manage")
    try:
        with begin() as work:
            user = found(work, user_id)
            place = work.session.get(Organisation, number(request.form.get("organisation")) or 0)
            if place is None:
                raise Invalid(N_("Escolha a organização."), field="organisation")
            rules.grant(work, user, request.form.get("role", ""), place)
    except (Invalid, Conflict) as error:
        return _refused(user_id, error)
    flash(gettext("A função está dada."), "success")
    return done("admin.account", user_id=user_id)


@pages.post("/accounts/<int:user_id>/roles/<int:membership_id>/end")
def end_role(user_id: int, membership_id: int) -> Any:
    """End a role, and with it the person's sessions."""
    door("accounts.manage")
    try:
        with begin() as work:
            user, membership = found(work, user_id), work.session.get(Membership, membership_id)
            if membership is None or membership.user_id != user.id:
                raise NotFound(N_("Essa função já terminou."))
            rules.revoke(work, membership)
            visible = rules.may_view(work, user)
    except (Invalid, Conflict) as error:
        return _refused(user_id, error)
    flash(gettext("A função terminou."), "success")
    return done("admin.account", user_id=user_id) if visible else done("admin.accounts")


def _act(user_id: int, permission: str, act: Any, words: str) -> Any:
    door(permission)
    try:
        with begin() as work:
            act(work, found(work, user_id))
    except (Invalid, Conflict) as error:
        return _refused(user_id, error)
    flash(words, "success")
    return done("admin.account", user_id=user_id)


@pages.post("/accounts/<int:user_id>/verify")
def verify_account(user_id: int) -> Any:
    """Confirm that the person teaches, or take that back."""
    yes = request.form.get("on") == "1"
    words = gettext("Docente confirmado.") if yes else gettext("A confirmação saiu.")
    return _act(user_id, "accounts.verify", lambda work, user: rules.verify(work, user, yes), words)


@pages.post("/accounts/<int:user_id>/disable")
def disable_account(user_id: int) -> Any:
    """Close the account to its person, or open it again."""
    yes = request.form.get("on") == "1"
    words = gettext("A conta está fechada.") if yes else gettext("A conta está aberta.")
    return _act(user_id, "accounts.manage", lambda work, user: rules.disable(work, user, yes), words)


@pages.post("/accounts/<int:user_id>/sign-out")
def sign_out_account(user_id: int) -> Any:
    """End every session of the person."""
    return _act(user_id, "accounts.manage", rules.sign_out_by_office, gettext("Todas as sessões terminaram."))


@pages.post("/accounts/<int:user_id>/link")
def link_account(user_id: int) -> Any:
    """Send a link that lets the person choose a password."""
    door("accounts.manage")
    with begin() as work:
        user = found(work, user_id)
        rules.require_manage(work, user)
        send_link(work, user, "password" if user.password_hash else "welcome")
    return done("admin.account", user_id=user_id)


@pages.post("/accounts/<int:user_id>/delete")
def delete_account(user_id: int) -> Any:
    """Delete the account; its materials stay. The address is typed again, since this cannot be undone."""
    door("accounts.manage")
    try:
        with begin() as work:
            user = found(work, user_id)
            if request.form.get("confirm", "").strip().lower() != user.email:
                raise Invalid(N_("Escreva o endereço da conta, para não apagar a errada."), field="confirm")
            if user.id == work.actor.user_id:
                raise Conflict(N_("A própria conta apaga-se em «Os meus dados»."), field="confirm")
            forget(work, user, keep_name_on_materials=request.form.get("keep") == "1")
    except (Invalid, Conflict) as error:
        return _refused(user_id, error)
    flash(gettext("A conta está apagada. Os materiais ficaram."), "success")
    return done("admin.accounts")
