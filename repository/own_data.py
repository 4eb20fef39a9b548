"""What the house keeps about one person, gathered for that person (GDPR, articles 15 and 20)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from repository.models import AccessToken, AuditEntry, Credit, Item, LoginSession, Membership, Report, User
from repository.work import Work


def own_data(work: Work, user: User) -> dict[str, Any]:
    """Return the account, memberships, items, credits, tokens, sessions and own acts as plain values.

    Nothing that opens a door is among it: no password, no token, not even their digests.
    """
    session, mine = work.session, user.id
    items = session.scalars(
        select(Item).where(Item.owner_id == mine).order_by(Item.id).options(selectinload(Item.all_files))
    )
    acts = session.scalars(select(AuditEntry).where(AuditEntry.actor_id == mine).order_by(AuditEntry.id))
    memberships = session.scalars(
        select(Membership).where(Membership.user_id == mine).options(selectinload(Membership.organisation))
    )
    return {
        "made_at": _plain(work.now),
        "account": _row(user, "id", "email", "name", "locale", "group_code", "verified_at", "created_at"),
        "memberships": [
            _row(m, "role", "valid_from", "valid_to") | {"organisation": m.organisation.name} for m in memberships
        ],
        "items": [
            _row(item, "id", "kind", "state", "title", "summary", "licence", "created_at", "published_at")
            | {"files": [_row(file, "name", "size", "sha256") for file in item.files]}
            for item in items
        ],
        "credits": [
            _row(credit, "item_id", "name") for credit in session.scalars(select(Credit).where(Credit.user_id == mine))
        ],
        "reports": [
            _row(report, "item_id", "reason", "text", "created_at", "decision", "decision_text")
            for report in session.scalars(select(Report).where(Report.reporter_id == mine))
        ],
        "tokens": [
            _row(token, "name", "scopes", "created_at", "expires_at", "revoked_at")
            for token in session.scalars(select(AccessToken).where(AccessToken.user_id == mine))
        ],
        "sessions": [
            _row(row, "created_at", "expires_at")
            for row in session.scalars(select(LoginSession).where(LoginSession.user_id == mine))
        ],
        "plugins": {
            name: said for part in work.hook.person_data(work=work, user=user) for name, said in (part or {}).items()
        },
        "acts": [_row(entry, "at", "action", "subject_kind", "subject_id", "before", "after") for entry in acts],
    }


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
