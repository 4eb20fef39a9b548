"""Signing in: the throttle that survives a restart, sessions on the server, and links that work once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from repository import audit
from repository.accounts import all_scopes, digest_of
from repository.errors import Invalid
from repository.models import AccessToken, LoginSession, LoginThrottle, Membership, OneTimeLink, User
from repository.passwords import matches
from repository.permissions import actor_from
from repository.words import N_
from repository.work import Actor, Services, Work, now, open_work

# Of one account, and of one network address: a whole school may share an address.
FREE_FAILURES = (5, 20)
FREE_ASKINGS = (5, 100)  # a course of thirty registers in one afternoon
LONGEST_LOCK = timedelta(minutes=15)  # never for ever: nobody can lock a colleague out
LINK_LIFE = {"password": timedelta(hours=4), "welcome": timedelta(days=14)}


def _whose(kind: type[LoginSession] | type[AccessToken], *more: Any) -> Select[Any]:
    """Return the query that every request of a known person begins with: whose it is, and what they are where.

    It gives plain rows, one for each membership: to make objects of them would take as long again.
    """
    person = (User.id, User.name, User.locale, User.group_code, User.verified_at, User.disabled_at, User.deleted_at)
    place = (Membership.organisation_id, Membership.role, Membership.valid_from, Membership.valid_to)
    wanted = select(kind.expires_at, *more, *person, *place).join(User, User.id == kind.user_id)
    held = wanted.outerjoin(Membership, Membership.user_id == User.id).order_by(Membership.id)
    return held.where(kind.digest == bindparam("digest"))


SESSIONS = _whose(LoginSession)
TOKENS = _whose(
    AccessToken, AccessToken.id.label("token_id"), AccessToken.scopes, AccessToken.used_at, AccessToken.revoked_at
)


@dataclass(frozen=True)
class Locked:
    """A refusal for now: `seconds` until the next try."""

    seconds: int


@dataclass(frozen=True)
class KnownBrowser:
    """A browser, under a name of its own, in which the person has signed in before."""

    user_id: int
    name: str


def sign_in(
    services: Services, email: str, password: str, address: str, browser: KnownBrowser | None = None
) -> str | Locked | None:
    """Return a session token, None for a wrong address or password, or Locked after too many tries.

    `address` is the client's network address. A `browser` that is known for the account counts its failures by itself:
    who keeps failing elsewhere, on purpose or not, cannot lock the person out there.
    Every outcome takes about as long, whether the account exists or not.
    """
    keys = _keys("", email, address)
    with services.sessions.reading() as session:
        user = session.scalar(select(User).filter_by(email=email.strip().lower(), deleted_at=None))
        if browser is not None and user is not None and browser.user_id == user.id:
            keys = (digest_of(f"browser {user.id} {browser.name}"),)
        if wait := _wait(session, keys, now()):
            return Locked(wait)
        known = user is not None and user.disabled_at is None
        stored = user.password_hash if user is not None and known else ""
    right = matches(stored, password)
    with open_work(services, Actor(user.id if right and user else None)) as work:
        if not right or user is None:
            _count_failure(work, keys, FREE_FAILURES[: len(keys)])
            return None
        for row in work.session.scalars(select(LoginThrottle).where(LoginThrottle.digest == keys[0])):
            work.session.delete(row)
        return open_session(work, user, services.settings["session_days"])


def _keys(purpose: str, email: str, address: str) -> tuple[str, ...]:
    return digest_of(f"{purpose}account {email.strip().lower()}"), digest_of(f"{purpose}address {address}")


def count_asking(services: Services, purpose: str, email: str, address: str) -> Locked | None:
    """Count a request that sends a mail; return Locked when there were too many for this account or network address."""
    keys = _keys(f"{purpose} ", email, address)
    with open_work(services, Actor()) as work:
        if wait := _wait(work.session, keys, work.now):
            return Locked(wait)
        _count_failure(work, keys, FREE_ASKINGS)
    return None


def count_address(work: Work, purpose: str, address: str, free: int) -> Locked | None:
    """Count, with this change, what a network address does; return Locked after more than `free` of it in a row."""
    key = digest_of(f"{purpose} address {address}")
    if wait := _wait(work.session, (key,), work.now):
        return Locked(wait)
    _count_failure(work, (key,), (free,))
    return None


def _wait(session: Session, keys: tuple[str, ...], moment: datetime) -> int:
    rows = session.scalars(select(LoginThrottle).where(LoginThrottle.digest.in_(keys)))
    waits = [(row.locked_until - moment).total_seconds() for row in rows if row.locked_until]
    return max(0, *(int(wait) + 1 for wait in waits if wait > 0), 0)


def _count_failure(work: Work, keys: tuple[str, ...], free_tries: tuple[int, ...]) -> None:
    for key, free in zip(keys, free_tries, strict=True):
        row = work.session.get(LoginThrottle, key) or LoginThrottle(digest=key, failures=0, last_at=work.now)
        if row.last_at < work.now - LONGEST_LOCK:
            row.failures = 0
        row.failures, row.last_at = row.failures + 1, work.now
        if row.failures >= free:
            row.locked_until = work.now + min(LONGEST_LOCK, timedelta(seconds=30) * 2 ** min(row.failures - free, 10))
        work.session.add(row)


def open_session(work: Work, user: User, days: int) -> str:
    """Return the token of a new session; it never takes over one that the browser brought along."""
    token = secrets.token_urlsafe(32)
    work.session.add(
        LoginSession(
            digest=digest_of(token),
            user_id=user.id,
            created_at=work.now,
            expires_at=work.now + timedelta(days=days),
        )
    )
    audit.record(work, "account.signed_in", user)
    return token


def close_session(work: Work, token: str) -> None:
    """End the session; a copy of its cookie opens nothing any more."""
    row = work.session.get(LoginSession, digest_of(token))
    if row is not None:
        work.session.delete(row)


def actor_of_session(work: Work, token: str) -> Actor | None:
    """Return who the session belongs to, or None when it has ended or the account is closed."""
    found = work.session.execute(SESSIONS, {"digest": digest_of(token)}).all()
    return _actor(work, found) if found and found[0].expires_at > work.now else None


@dataclass(frozen=True)
class UsedToken:
    """A personal token that opens something, and when it was last written down that it did."""

    id: int
    used_at: datetime | None


def bearer(work: Work, secret: str) -> tuple[Actor, UsedToken] | None:
    """Return who the personal token belongs to, and the token, or None when it is unknown, expired or revoked."""
    found = work.session.execute(TOKENS, {"digest": digest_of(secret)}).all()
    if not found or found[0].revoked_at or found[0].expires_at <= work.now:
        return None
    actor, token = _actor(work, found), found[0]
    if actor is None:
        return None
    return _with_scopes(work, actor, token.scopes), UsedToken(token.token_id, token.used_at)


def actor_of_token(work: Work, secret: str) -> Actor | None:
    """Return who the personal token belongs to, or None when it opens nothing."""
    found = bearer(work, secret)
    return found[0] if found else None


def _with_scopes(work: Work, actor: Actor, held: list[str]) -> Actor:
    """Return the person as the token lets them act: without the powers of scopes that it lacks."""
    scopes = all_scopes(work.hook).values()
    given = {name for scope in scopes if scope.name in held for name in scope.permissions}
    kept_back = {name for scope in scopes for name in scope.permissions} - given
    powers = {name: places for name, places in actor.powers.items() if name not in kept_back}
    return replace(actor, scopes=frozenset(held), powers=powers)


def _actor(work: Work, rows: Sequence[Row[Any]]) -> Actor | None:
    if rows[0].disabled_at or rows[0].deleted_at:
        return None
    memberships = [row for row in rows if row.organisation_id is not None]
    return actor_from(work.session, work.hook, rows[0], memberships, work.now.date())


def make_link(work: Work, user: User, purpose: str) -> str:
    """Return the secret of a link that works once: `password` for four hours, `welcome` for two weeks."""
    secret = secrets.token_urlsafe(32)
    work.session.add(
        OneTimeLink(
            digest=digest_of(secret),
            user_id=user.id,
            purpose=purpose,
            created_at=work.now,
            expires_at=work.now + LINK_LIFE[purpose],
        )
    )
    return secret


def link_owner(work: Work, secret: str) -> User:
    """Return whose link this is. Raises Invalid when it was used, has run out or never was."""
    row = work.session.get(OneTimeLink, digest_of(secret))
    user = work.session.get(User, row.user_id) if row and not row.used_at and row.expires_at > work.now else None
    if user is None or user.disabled_at or user.deleted_at:
        raise Invalid(N_("Esta ligação já foi usada ou passou do prazo. Peça outra."))
    return user


def use_link(work: Work, secret: str) -> User:
    """Return whose link this is and use it up. Raises Invalid."""
    user = link_owner(work, secret)
    work.session.get_one(OneTimeLink, digest_of(secret)).used_at = work.now
    return user
