"""Taking decisions and questions back: an act of its own, with its own line in the audit trail."""

from sqlalchemy import select

from plugins.moderation import checking, reviews
from plugins.moderation.acts import LATER, WAITING
from plugins.moderation.decisions import UNDO_FOR, require_undoable
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Decision, Question, Review
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Item,
    NotFound,
    State,
    Work,
    record,
    reopen,
    take_back,
    undo_publish,
)

AUTHORS_WENT_ON = N_("Os autores já mexeram neste material. Fale com eles.")
NEWER = N_("Depois desta houve outra decisão. Anule primeiro a mais recente.")


def undo(work: Work, decision_id: int) -> Decision:
    """Take a decision back; asked twice, it is taken back once. Raises NotFound, NotAllowed and Conflict."""
    decision = work.session.get(Decision, decision_id, with_for_update=True)
    if decision is None:
        raise NotFound(N_("Não há nada neste endereço."))
    item = require_undoable(work, decision)
    if decision.undone_at is not None:
        return decision
    if decision.kind != "opinion":
        _require_last(work, decision)
        _move_back(work, item, decision)
    late = work.now - decision.created_at > UNDO_FOR
    decision.undone_at = work.now
    record(work, "moderation.undone_late" if late else "moderation.undone", decision, after={"item": item.id})
    return decision


def _require_last(work: Work, decision: Decision) -> None:
    newer = select(Decision.id).where(
        Decision.item_id == decision.item_id,
        Decision.id > decision.id,
        Decision.undone_at.is_(None),
        Decision.kind != "opinion",
    )
    if work.session.scalar(newer.limit(1)) is not None:
        raise Conflict(NEWER)


def _move_back(work: Work, item: Item, decision: Decision) -> None:
    before = str(decision.criteria.get("before", WAITING))
    if decision.kind == "approve":
        draft = work.session.get(Item, decision.draft_id) if decision.draft_id else None
        item = undo_publish(work, item, draft)
    elif decision.kind == "return":
        if item.state != State.CHANGES_REQUESTED or fingerprint(item) != decision.fingerprint:
            raise Conflict(AUTHORS_WENT_ON)
        take_back(work, item, published=before == LATER)
    elif decision.kind == "decline":
        reopen(work, item)
    review = work.session.get(Review, item.id, with_for_update=True)
    if review is not None:
        review.state = LATER if before == LATER else WAITING
        review.decided_at = None
        if review.checked_at is None:
            checking.ask(work, item)


def undo_together(work: Work, batch: str) -> tuple[int, int]:
    """Take back all that was decided together; return how many were, and how many have gone on meanwhile."""
    rows = work.session.scalars(select(Decision).filter_by(batch=batch, undone_at=None).order_by(Decision.id.desc()))
    done = left = 0
    for decision in rows if batch else ():
        try:
            with work.session.begin_nested():
                undo(work, decision.id)
            done += 1
        except DomainError:
            left += 1
    return done, left


def undo_question(work: Work, question: Question) -> None:
    """Take a question back that nobody has answered; its link leads nowhere from then on. Raises Conflict."""
    if question.answered_at is not None:
        raise Conflict(N_("A pergunta já foi respondida."))
    if question.closed_at is not None:
        return
    reviews.close_questions(work, question.item_id)
    review = work.session.get_one(Review, question.item_id)
    review.state = WAITING
    record(work, "moderation.question_undone", question, after={"item": question.item_id})
