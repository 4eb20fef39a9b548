"""The accounts that the person may look after: found, filtered, made."""

from typing import Any

from flask import flash, render_template, request, session
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from repository import accounts as rules
from repository import joining, organisations
from repository.db import contains_words
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.http import begin, number, services
from repository.models import Membership, Organisation, User
from repository.permissions import OUTSIDE, ROLES
from repository.web.account.door import group_options, known_group
from repository.web.admin.door import done, door, page_number, page_url, paged, pages, refused
from repository.web.display import label
from repository.words import N_
from repository.work import Work

PERMISSIONS = ("accounts.manage", "accounts.verify")
LIST, NEW = "admin/accounts.html", "admin/account_new.html"
STATES = {
    "active": N_("Ativas"),
    "unverified": N_("Por confirmar"),
    "waiting": N_("Sem palavra-passe"),
    "disabled": N_("Fechadas"),
}


@pages.get("/accounts")
def accounts() -> str:
    """The accounts, by name, filtered by words, role, organisation and state."""
    work, page = door(*PERMISSIONS), page_number()
    chosen = {name: request.args.get(name, "")[:200].strip() for name in ("q", "role", "organisation", "state")}
    rows, total, count = paged(work, _filtered(work, chosen), page)
    return render_template(
        LIST, rows=rows, total=total, page=page, count=count, page_url=page_url, chosen=chosen,
        states=[(code, gettext(words)) for code, words in STATES.items()], today=work.now.date(),
        may_add=work.actor.may_anywhere("accounts.manage"), **_choices(work),
    )  # fmt: skip


def _choices(work: Work) -> dict[str, Any]:
    covered = _covered(work, PERMISSIONS)
    places = [branch for branch in organisations.tree(work.session) if branch.organisation.id in covered]
    return {"roles": role_options(), "places": place_options(places)}


def role_options() -> list[tuple[str, str]]:
    """Return the roles as choices."""
    return [(role, label("roles", role)) for role in ROLES]


def place_options(branches: list[organisations.Branch]) -> list[tuple[int, str]]:
    """Return organisations as choices, each set in under the one above."""
    return [(b.organisation.id, "\u2003" * b.depth + b.organisation.name) for b in branches]


def _covered(work: Work, permissions: tuple[str, ...]) -> set[int]:
    return {place for name in permissions for place in work.actor.powers.get(name, frozenset())}


def _filtered(work: Work, chosen: dict[str, str]) -> Select[User]:
    query = (
        select(User)
        .where(User.deleted_at.is_(None), _mine(work))
        .order_by(User.name, User.id)
        .options(selectinload(User.memberships).options(joinedload(Membership.organisation)))
    )
    if chosen["q"]:
        query = query.where(or_(contains_words(User.name, chosen["q"]), contains_words(User.email, chosen["q"])))
    if chosen["role"] in ROLES:
        query = query.where(_member(work, Membership.role == chosen["role"]))
    if place := number(chosen["organisation"]):
        below = organisations.subtree_ids(work.session, place)
        query = query.where(_member(work, Membership.organisation_id.in_(below)))
    if state := _state(work, chosen["state"]):
        query = query.where(*state)
    return query


def _member(work: Work, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    today = work.now.date()
    open_end = or_(Membership.valid_to.is_(None), Membership.valid_to >= today)
    return exists().where(Membership.user_id == User.id, open_end, *conditions)


def _mine(work: Work) -> ColumnElement[bool]:
    """Accounts of organisations in the person's care; those of no organisation only for who looks after the whole."""
    covered = _covered(work, PERMISSIONS)
    inside = _member(work, Membership.organisation_id.in_(covered - {OUTSIDE}))
    return or_(inside, ~_member(work)) if OUTSIDE in covered else inside


def _state(work: Work, name: str) -> tuple[ColumnElement[bool], ...]:
    team = Membership.role.in_(("staff", "administrator"))  # known to the centre without being confirmed
    return {
        "active": (User.disabled_at.is_(None),),
        "unverified": (User.verified_at.is_(None), User.disabled_at.is_(None), ~_member(work, team)),
        "waiting": (and_(User.password_hash == "", User.disabled_at.is_(None)),),
        "disabled": (User.disabled_at.is_not(None),),
    }.get(name, ())


def count_unverified(work: Work) -> int:
    """Return how many people in the person's care wait to be confirmed."""
    everybody = _filtered(work, {"q": "", "role": "", "organisation": "", "state": "unverified"}).order_by(None)
    return work.session.scalar(select(func.count()).select_from(everybody.subquery())) or 0


def found(work: Work, user_id: int) -> User:
    """Return an account that the person may see here. Raises NotFound for all others."""
    user = rules.get_user(work, user_id)
    if not rules.may_view(work, user):
        raise NotFound(N_("Não há nenhuma conta assim."))
    return user


def _new_form(work: Work) -> dict[str, Any]:
    covered = _covered(work, ("accounts.manage",))
    places = [
        b for b in organisations.tree(work.session) if b.organisation.id in covered and not b.organisation.closed_at
    ]
    return {"roles": role_options(), "places": place_options(places), "groups": group_options()}


@pages.get("/accounts/new")
def new_account() -> str:
    """The form for a new account."""
    work = door("accounts.manage")
    return render_template(NEW, errors={}, values={"role": "teacher"}, **_new_form(work))


@pages.post("/accounts")
def add_account() -> Any:
    """Make an account with a role, and send its person the link that opens it."""
    door("accounts.manage")
    fields = ("email", "name", "role", "organisation", "group_code")
    values = {name: request.form.get(name, "").strip() for name in fields}
    try:
        with begin() as work:
            place = work.session.get(Organisation, number(values["organisation"]) or 0)
            if place is None:
                raise Invalid(N_("Escolha a organização."), field="organisation")
            user = rules.create_user(work, values["email"], values["name"])
            user.group_code = known_group(values["group_code"])
            rules.grant(work, user, values["role"], place)
            send_link(work, user, "welcome")
    except NotAllowed as error:
        return refused(
            NEW, Invalid(error.message, field="organisation"), values=values, **_new_form(door("accounts.manage"))
        )
    except (Invalid, Conflict) as error:
        return refused(NEW, error, values=values, **_new_form(door("accounts.manage")))
    return done("admin.account", user_id=user.id)


def send_link(work: Work, user: User, purpose: str) -> None:
    """Mail a link that works once; without a mail server it is shown to the administrator, to be handed over."""
    if services().settings["smtp_url"]:
        joining.send_link(work, services(), user, purpose)
        flash(gettext("A ligação de acesso seguiu por correio."), "success")
    else:
        session["link_to_hand_over"] = joining.link_for(work, services(), user, purpose)
