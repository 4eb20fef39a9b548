"""The audit trail: one row for each change, in the same transaction, never changed afterwards."""

from typing import Any

from repository.models import AuditEntry
from repository.work import Work


def record(
    work: Work, action: str, subject: Any, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Write who did `action` to `subject` (a row with an id). Names and addresses do not belong in `before` and `after`."""
    subject_id = getattr(subject, "id", None)
    if subject_id is None and hasattr(type(subject), "id"):
        work.session.flush()
        subject_id = subject.id
    work.session.add(
        AuditEntry(
            at=work.now,
            actor_id=work.actor.user_id,
            acting=work.actor.acting,
            action=action,
            subject_kind=type(subject).__name__.lower(),
            subject_id=subject_id if isinstance(subject_id, int) else None,
            before=before or {},
            after=after or {},
        )
    )
