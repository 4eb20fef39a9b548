"""What was handed in and waits for a decision: its authors correct it, take it out, and take that back."""

from sqlalchemy import select

from repository.api import (
    EDITABLE,
    N_,
    AuditEntry,
    Conflict,
    Item,
    NotAllowed,
    State,
    Work,
    begin_version,
    discard,
    recall,
    recover,
    restore,
    submit,
    withdraw,
)

BEING_READ = N_("O centro está a ler este material. Se for preciso mudar alguma coisa, fale com o centro.")
OUT = (State.DISCARDED, State.WITHDRAWN)


def is_own(work: Work, item: Item) -> bool:
    """Return whether the person owns the item or is one of its authors."""
    me = work.actor.user_id
    return me is not None and (item.owner_id == me or any(credit.user_id == me for credit in item.credits))


def correct(work: Work, item: Item) -> Item:
    """Return the draft in which what was handed in is corrected: itself while it waits, else that of a new version.

    Raises NotAllowed, and Conflict while the centre reads it.
    """
    if item.state == State.PUBLISHED:
        return begin_version(work, item)
    if item.state == State.SUBMITTED:
        _recall(work, item)
    if item.state not in EDITABLE:
        raise Conflict(BEING_READ)
    return item


def _recall(work: Work, item: Item) -> None:
    """Take back what waits. Who decides on it could, too, but has other ways than to touch an author's work."""
    if not is_own(work, item):
        raise NotAllowed(N_("Só quem entregou o material o pode corrigir ou retirar."))
    recall(work, item)


def take_out(work: Work, item: Item) -> None:
    """Take out what waits or is published; what is out already stays so. Raises NotAllowed and Conflict."""
    if item.state in OUT:
        return
    if item.state == State.SUBMITTED:
        _recall(work, item)
        discard(work, item)
    elif item.state == State.PUBLISHED:
        withdraw(work, item)
    else:
        raise Conflict(BEING_READ)


def bring_back(work: Work, item: Item) -> None:
    """Undo `take_out`: what waited is handed in again; done twice, it is there once. Raises NotAllowed and Conflict."""
    if item.state == State.DISCARDED and _was_discarded(work, item):
        recover(work, item)
        submit(work, item)
    elif item.state not in (State.PUBLISHED, State.SUBMITTED, State.IN_REVIEW):
        restore(work, item)


def _was_discarded(work: Work, item: Item) -> bool:
    """Return whether somebody took it out: the draft of a new version that was published is in this state too."""
    entries = select(AuditEntry.action).where(AuditEntry.subject_kind == "item", AuditEntry.subject_id == item.id)
    moves = entries.where(AuditEntry.action.in_(("item.discard", "item.publish")))
    return work.session.scalar(moves.order_by(AuditEntry.id.desc()).limit(1)) == "item.discard"
