"""Accounts: people, roles, passwords, personal tokens; and what remains when an account is deleted."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select, update

from repository import audit
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.models import (
    AccessToken,
    Credit,
    LoginSession,
    Mail,
    Membership,
    OneTimeLink,
    Organisation,
    User,
)
from repository.passwords import check_strength, hash_password
from repository.permissions import ROLES, require_permission
from repository.words import N_
from repository.work import Work

EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>()\"]{1,64}@[^@\s\x00-\x1f,;<>()\"]{1,188}\.[^@\s\x00-\x1f,;<>()\".]{2,}")
SCOPES = ("read", "deposit")
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
    email, name = clean_email(email), " ".join(name.split())
    if not 1 <= len(name) <= 120:
        raise Invalid(N_("Escreva o nome."), field="name")
    if password:
        check_strength(password, email, name)
    if work.session.scalar(select(User.id).filter_by(email=email)):
        raise Conflict(N_("Já há uma conta com este endereço."), field="email")
    user = User(email=email, name=name, created_at=work.now, password_hash=hash_password(password) if password else "")
    work.session.add(user)
    audit.record(work, "account.created", user)
    return user


def set_password(work: Work, user: User, password: str) -> None:
    """Change the password and sign the person out everywhere. Raises Invalid for a weak one."""
    check_strength(password, user.email or "", user.name)
    user.password_hash = hash_password(password)
    sign_out_everywhere(work, user)
    audit.record(work, "account.password_changed", user)


def grant(work: Work, user: User, role: str, organisation: Organisation, valid_to: date | None = None) -> Membership:
    """Give the person a role in an organisation from today on. Raises Invalid, NotAllowed."""
    if role not in ROLES:
        raise Invalid(N_("Não há nenhuma função «%(role)s»."), field="role", role=role)
    require_permission(work, "accounts.manage", organisation.id)
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
    """End a role at once. Raises Conflict for the last administrator, who would lock everybody out."""
    require_permission(work, "accounts.manage", membership.organisation_id)
    if membership.role == "administrator" and not _other_administrator(work, membership.user_id):
        raise Conflict(N_("É a última conta de administração: dê primeiro a função a outra pessoa."))
    audit.record(
        work,
        "account.role_revoked",
        membership.user,
        before={"role": membership.role, "organisation": membership.organisation_id},
    )
    sign_out_everywhere(work, membership.user)
    work.session.delete(membership)


def _other_administrator(work: Work, user_id: int) -> bool:
    others = (
        select(Membership.id)
        .join(User)
        .where(
            Membership.role == "administrator",
            User.id != user_id,
            User.disabled_at.is_(None),
            User.deleted_at.is_(None),
        )
        .limit(1)
    )
    return work.session.scalar(others) is not None


def verify(work: Work, user: User, verified: bool) -> None:
    """Say that the person is known to teach, or take that back; verified teachers may fetch answer keys."""
    require_permission(work, "accounts.verify", _home(user))
    audit.record(work, "account.verified" if verified else "account.unverified", user)
    user.verified_at = work.now if verified else None


def disable(work: Work, user: User, disabled: bool) -> None:
    """Close the account to its person, or open it again; sessions and tokens end at once."""
    require_permission(work, "accounts.manage", _home(user))
    if disabled and user.id == work.actor.user_id:
        raise Conflict(N_("Não pode fechar a própria conta aqui."))
    if disabled and not _other_administrator(work, user.id):
        raise Conflict(N_("É a última conta de administração: dê primeiro a função a outra pessoa."))
    user.disabled_at = work.now if disabled else None
    sign_out_everywhere(work, user)
    audit.record(work, "account.disabled" if disabled else "account.enabled", user)


def forget(work: Work, user: User, *, keep_name_on_materials: bool) -> None:
    """Delete the account: what it made stays, its name stays there only by choice, and nothing else remains of it."""
    if user.id != work.actor.user_id:
        require_permission(work, "accounts.manage", _home(user))
    if any(m.role == "administrator" for m in user.memberships) and not _other_administrator(work, user.id):
        raise Conflict(N_("É a última conta de administração: dê primeiro a função a outra pessoa."))
    sign_out_everywhere(work, user)
    for table in (AccessToken, OneTimeLink, Mail):
        work.session.execute(delete(table).where(table.user_id == user.id))
    work.session.execute(delete(Membership).where(Membership.user_id == user.id))
    if not keep_name_on_materials:
        work.session.execute(update(Credit).where(Credit.user_id == user.id).values(name="Autor anonimizado"))
    user.email, user.password_hash, user.group_code, user.deleted_at = None, "", "", work.now
    user.name = "Autor anonimizado"
    audit.record(work, "account.deleted", user)


def _home(user: User) -> int | None:
    return user.memberships[0].organisation_id if user.memberships else None


def sign_out_everywhere(work: Work, user: User) -> None:
    """End every session of the person."""
    work.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def issue_token(work: Work, user: User, name: str, scopes: Sequence[str], days: int = TOKEN_DAYS) -> str:
    """Return a new personal token for the API; it is shown this once. Raises Invalid, NotAllowed."""
    if user.id != work.actor.user_id:
        require_permission(work, "accounts.manage", _home(user))
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid(
            N_("Escolha o que a senha de acesso pode fazer: %(scopes)s."), field="scopes", scopes=", ".join(SCOPES)
        )
    if not 1 <= days <= TOKEN_DAYS:
        raise Invalid(N_("A senha de acesso dura entre 1 e %(most)s dias."), field="days", most=TOKEN_DAYS)
    if work.actor.scopes is not None:
        raise NotAllowed(N_("Uma senha de acesso não pode criar outra."))
    secret = "pt_" + secrets.token_urlsafe(32)
    token = AccessToken(
        user_id=user.id,
        name=name.strip()[:80] or "API",
        digest=digest_of(secret),
        scopes=list(scopes),
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(token)
    audit.record(work, "token.issued", token, after={"scopes": list(scopes)})
    return secret


def revoke_token(work: Work, token: AccessToken) -> None:
    """End a personal token at once."""
    if token.user_id != work.actor.user_id:
        require_permission(work, "accounts.manage")
    token.revoked_at = token.revoked_at or work.now
    audit.record(work, "token.revoked", token)
