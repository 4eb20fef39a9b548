"""A write that is sent twice is done once: its answer is kept in the transaction of the change itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repository.db import take_turn
from repository.errors import Conflict, Invalid
from repository.models import IdempotentAnswer
from repository.words import N_
from repository.work import Work

LONGEST_KEY = 100


@dataclass(frozen=True)
class Answer:
    """What is said to a write: the HTTP status, a body that can be JSON, and headers; `again` when it was kept."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


def once(work: Work, key: str, request_digest: str, act: Callable[[], Answer]) -> Answer:
    """Return the answer kept under the person's `key`, or do `act` and keep its answer with what it changes.

    Without a key it is simply done. Raises Invalid when the key was used for another request, and Conflict while the
    same request is being answered elsewhere.
    """
    if not key:
        return act()
    take_turn(work.session, f"idempotency {work.actor.user_id} {key}")
    kept = work.session.get(IdempotentAnswer, (work.actor.user_id, key))
    if kept is not None:
        if kept.request_digest != request_digest:
            raise Invalid(N_("Esta Idempotency-Key já serviu para outro pedido. Use uma nova."))
        return Answer(kept.status, kept.body["body"], kept.body["headers"], again=True)
    answer = act()
    work.session.add(
        IdempotentAnswer(
            user_id=work.actor.user_id,
            key=key,
            request_digest=request_digest,
            status=answer.status,
            body={"body": answer.body, "headers": dict(answer.headers)},
            created_at=work.now,
        )
    )
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict(N_("Este mesmo pedido está a ser atendido. Repita daqui a um minuto.")) from error
    return answer


def is_known(session: Session, user_id: int | None, key: str) -> bool:
    """Return whether an answer is kept under this key."""
    if not key:
        return False
    known = select(IdempotentAnswer.key).filter_by(user_id=user_id, key=key)
    return session.scalar(known) is not None
