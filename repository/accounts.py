"""Accounts: people, roles, passwords, personal tokens; and what remains when an account is deleted."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from repository import audit
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.hookspecs import Scope
from repository.models import AccessToken, LoginSession, Membership, OneTimeLink, Organisation, User
from repository.passwords import check_strength, hash_password
from repository.permissions import OUTSIDE, ROLES, require_permission
from repository.registry import by_name, collect
from repository.words import N_
from repository.work import Work

EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>()\"]{1,64}@[^@\s\x00-\x1f,;<>()\"]{1,188}\.[^@\s\x00-\x1f,;<>()\".]{2,}")
SCOPES = (
    Scope("read", N_("Procurar e descarregar em seu nome")),
    Scope("deposit", N_("Entregar materiais em seu nome")),
    Scope("review", N_("Decidir em seu nome sobre o que outros entregam e sobre avisos, se a conta o puder fazer")),
)
TOKEN_DAYS = 365


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a random secret, which is all that the database keeps of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def clean_email(text: str) -> str:
    """Return the address in lower case without outer spaces. Raises Invalid."""
    email = text.strip().lower()
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Invalid(N_("Escreva um endereço de correio completo, como nome@escola.pt."), field="email")
    return email


def clean_name(text: str) -> str:
    """Return the name with single spaces. Raises Invalid when it is empty, over 120 characters or not printable."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 120 or not name.isprintable():
        raise Invalid(N_("Escreva o nome, até 120 caracteres."), field="name")
    return name


def find_user(work: Work, email: str) -> User | None:
    """Return the account with this address, or None."""
    return work.session.scalar(select(User).filter_by(email=email.strip().lower(), deleted_at=None))


def get_user(work: Work, user_id: int) -> User:
    """Return the account. Raises NotFound."""
    user = work.session.get(User, user_id)
    if user is None or user.deleted_at:
        raise NotFound(N_("Não há nenhuma conta assim."))
    return user


def create_user(work: Work, email: str, name: str, password: str = "") -> User:
    """Make an account; without a password, one is chosen later by a mailed link. Raises Invalid and Conflict."""
    email, name = clean_email(email), clean_name(name)
    if password:
        check_strength(password, email, name)
    if work.session.scalar(select(User.id).filter_by(email=email)):
        raise Conflict(N_("Já há uma conta com este endereço."), field="email")
    user = User(email=email, name=name, created_at=work.now, password_hash=hash_password(password) if password else "")
    work.session.add(user)
    audit.record(work, "account.created", user)
    return user


def current(memberships: Sequence[Membership], today: date) -> list[Membership]:
    """Return the memberships that have not ended, those that begin later included."""
    return [m for m in memberships if m.valid_to is None or m.valid_to >= today]


def homes(user: User, today: date) -> set[int]:
    """Return the organisations the person belongs to; OUTSIDE alone when there is none."""
    return {m.organisation_id for m in current(user.memberships, today)} or {OUTSIDE}


def may_view(work: Work, user: User) -> bool:
    """Return whether the person may see this account in the administration: it belongs to an organisation of theirs."""
    actor, places = work.actor, homes(user, work.now.date())
    return any(actor.may(name, place) for name in ("accounts.manage", "accounts.verify") for place in places)


def may_manage(work: Work, user: User) -> bool:
    """Return whether the person may change this account: only with power over every organisation it belongs to.

    Otherwise an administrator of one cluster could take over the account of one who administers the whole centre.
    """
    return all(work.actor.may("accounts.manage", place) for place in homes(user, work.now.date()))


def may_verify(work: Work, user: User) -> bool:
    """Return whether the person may confirm that this one teaches: any school where they teach knows it."""
    return any(work.actor.may("accounts.verify", place) for place in homes(user, work.now.date()))


def require_manage(work: Work, user: User) -> None:
    """Raise NotAllowed unless the person may change this account."""
    if not may_manage(work, user):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))


def describe(work: Work, user: User, *, name: str, group_code: str, locale: str | None = None) -> None:
    """Change what an account says of its person: by the person, or by who manages the account. Raises Invalid."""
    if user.id != work.actor.user_id:
        require_manage(work, user)
    said = {"name": clean_name(name), "group_code": group_code} | ({"locale": locale} if locale else {})
    changed = sorted(field for field, value in said.items() if getattr(user, field) != value)
    for field in changed:
        setattr(user, field, said[field])
    if changed:
        audit.record(work, "account.described", user, after={"fields": changed})


def change_email(work: Work, user: User, email: str) -> None:
    """Give the account another address; links sent to the old one open nothing any more. Raises Invalid, Conflict."""
    require_manage(work, user)
    email = clean_email(email)
    if email == user.email:
        return
    if work.session.scalar(select(User.id).filter_by(email=email)):
        raise Conflict(N_("Já há uma conta com este endereço."), field="email")
    user.email = email
    _drop_links(work, user)
    audit.record(work, "account.email_changed", user)


def set_password(work: Work, user: User, password: str) -> None:
    """Change the password, sign the person out everywhere and drop links sent before. Raises Invalid."""
    check_strength(password, user.email or "", user.name)
    user.password_hash = hash_password(password)
    sign_out_everywhere(work, user)
    _drop_links(work, user)
    audit.record(work, "account.password_changed", user)


def grant(work: Work, user: User, role: str, organisation: Organisation, valid_to: date | None = None) -> Membership:
    """Give the person a role in an organisation from today on. Raises Invalid, NotAllowed."""
    if role not in ROLES:
        raise Invalid(N_("Não há nenhuma função «%(role)s»."), field="role", role=role)
    require_permission(work, "accounts.manage", organisation.id)
    if organisation.closed_at:
        raise Invalid(N_("Essa organização está fechada."), field="organisation")
    today = work.now.date()
    for membership in user.memberships:
        same = membership.organisation_id == organisation.id and membership.role == role
        if same and (membership.valid_to is None or membership.valid_to >= today):
            return membership
    membership = Membership(organisation_id=organisation.id, role=role, valid_from=today, valid_to=valid_to)
    user.memberships.append(membership)
    work.session.flush()
    audit.record(work, "account.role_granted", user, after={"role": role, "organisation": organisation.id})
    return membership


def revoke(work: Work, membership: Membership) -> None:
    """End a role at once, and with it the person's sessions and tokens.

    Raises Conflict for the last administrator, who would lock everybody out.
    """
    require_permission(work, "accounts.manage", membership.organisation_id)
    if _at_top(membership):
        _keep_an_administrator(work, membership.user_id)
    audit.record(
        work,
        "account.role_revoked",
        membership.user,
        before={"role": membership.role, "organisation": membership.organisation_id},
    )
    end_access(work, membership.user)
    membership.user.memberships.remove(membership)
    work.session.flush()


def _at_top(membership: Membership) -> bool:
    return membership.role == "administrator" and membership.organisation.parent_id is None


def administrators(today: date) -> Select[int]:
    """Return the question for the ids of those who administer the whole instance, and can sign in, on that day."""
    return (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.role == "administrator",
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            Organisation.parent_id.is_(None),
            User.disabled_at.is_(None),
            User.deleted_at.is_(None),
        )
    )


def _keep_an_administrator(work: Work, leaving: int) -> None:
    others = administrators(work.now.date()).where(User.id != leaving).limit(1)
    if work.session.scalar(others) is None:
        raise Conflict(N_("É a última conta de administração: dê primeiro a função a outra pessoa."))


def verify(work: Work, user: User, verified: bool) -> None:
    """Say that the person is known to teach, or take that back; verified teachers may fetch answer keys."""
    if not may_verify(work, user):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    if bool(user.verified_at) == verified:
        return
    audit.record(work, "account.verified" if verified else "account.unverified", user)
    user.verified_at = work.now if verified else None


def disable(work: Work, user: User, disabled: bool) -> None:
    """Close the account to its person, or open it again; sessions and tokens end at once."""
    require_manage(work, user)
    if disabled and user.id == work.actor.user_id:
        raise Conflict(N_("Não pode fechar a própria conta aqui."))
    if bool(user.disabled_at) == disabled:
        return
    if disabled and any(_at_top(m) for m in user.memberships):
        _keep_an_administrator(work, user.id)
    user.disabled_at = work.now if disabled else None
    end_access(work, user)
    audit.record(work, "account.disabled" if disabled else "account.enabled", user)


def check_may_leave(work: Work, user: User) -> None:
    """Raise NotAllowed unless the account is one's own or managed, Conflict for the last administrator's."""
    if user.id != work.actor.user_id:
        require_manage(work, user)
    if any(_at_top(m) for m in user.memberships):
        _keep_an_administrator(work, user.id)


def sign_out_everywhere(work: Work, user: User) -> None:
    """End every session of the person."""
    work.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def sign_out_by_office(work: Work, user: User) -> None:
    """End every session of a person whose account one manages. Raises NotAllowed."""
    require_manage(work, user)
    sign_out_everywhere(work, user)
    audit.record(work, "account.signed_out", user)


def end_access(work: Work, user: User) -> None:
    """End every session, personal token and mailed link of the person at once."""
    sign_out_everywhere(work, user)
    _drop_links(work, user)
    alive = (AccessToken.user_id == user.id, AccessToken.revoked_at.is_(None))
    work.session.execute(update(AccessToken).where(*alive).values(revoked_at=work.now))


def _drop_links(work: Work, user: User) -> None:
    work.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))


def all_scopes(hook: Any) -> dict[str, Scope]:
    """Return what tokens may be for, the core's first, by name. Raises PluginError when a name is used twice."""
    found = by_name(collect(hook.register_scopes, strict=True), "scope")
    return {scope.name: scope for scope in SCOPES} | found


def issue_token(work: Work, user: User, name: str, scopes: Sequence[str], days: int = TOKEN_DAYS) -> str:
    """Return a new personal token for the API; it is shown this once. Raises Invalid, NotAllowed, Conflict."""
    if user.id != work.actor.user_id:
        require_manage(work, user)
    known = all_scopes(work.hook)
    if not scopes or set(scopes) - set(known):
        raise Invalid(
            N_("Escolha o que a senha de acesso pode fazer: %(scopes)s."), field="scopes", scopes=", ".join(known)
        )
    if not 1 <= days <= TOKEN_DAYS:
        raise Invalid(N_("A senha de acesso dura entre 1 e %(most)s dias."), field="days", most=TOKEN_DAYS)
    if work.actor.scopes is not None:
        raise NotAllowed(N_("Uma senha de acesso não pode criar outra."))
    name = " ".join(name.split())[:80]
    if name and name in {token.name for token in live_tokens(work, user)}:
        raise Conflict(N_("Já há uma senha de acesso com este nome."), field="name")
    secret = "pt_" + secrets.token_urlsafe(32)
    token = AccessToken(
        user_id=user.id,
        name=name or "API",
        digest=digest_of(secret),
        scopes=list(scopes),
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(token)
    audit.record(work, "token.issued", token, after={"scopes": list(scopes)})
    return secret


def live_tokens(work: Work, user: User) -> list[AccessToken]:
    """Return the person's tokens that still open something, the newest first."""
    alive = (AccessToken.revoked_at.is_(None), AccessToken.expires_at > work.now)
    mine = select(AccessToken).where(AccessToken.user_id == user.id, *alive).order_by(AccessToken.id.desc())
    return list(work.session.scalars(mine))


def revoke_token(work: Work, token: AccessToken) -> None:
    """End a personal token at once."""
    if token.user_id != work.actor.user_id:
        require_manage(work, get_user(work, token.user_id))
    if token.revoked_at:
        return
    token.revoked_at = work.now
    audit.record(work, "token.revoked", token)
