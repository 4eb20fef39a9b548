"""Decisions: each checks what was seen, moves the item, and is kept with its note and marks; sent twice, it is one."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import or_, select

from plugins.moderation import mails, reviews
from plugins.moderation.acts import ACTS, DECISIONS, Act
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Decision, Review
from repository.api import (
    N_,
    Conflict,
    DomainError,
    FileState,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    State,
    User,
    Work,
    begin_review,
    decline,
    may_see,
    publish,
    record,
    require,
    send_back,
)

UNDO_FOR = timedelta(minutes=10)
LONGEST = 4000
MARKS = ("yes", "partly", "no")
MORE_WARNINGS = N_("Há um aviso que não estava à vista. Veja-o antes de aprovar.")
CHANGED = N_("O material mudou entretanto. Veja de novo antes de decidir.")
DECIDED_ALREADY = N_("Este material já foi decidido. Veja como está agora.")


def open_review(work: Work, item_id: int, name: str) -> tuple[Item, Review]:
    """Return the item and its review if the person may do the act `name` now.

    Raises NotFound, NotAllowed, and Conflict when the table of acts does not allow it in this state.
    """
    act = ACTS[name]
    item = work.session.get(Item, item_id)
    target = shown_as(work, item)
    if item is None or target is None or not may_see(work, target):
        raise NotFound(N_("Não há nada neste endereço."))
    require(work, act.needs, target)
    review = work.session.get(Review, item_id, with_for_update=True)
    if review is None or review.state not in act.reviews or item.state not in act.items:
        raise Conflict(DECIDED_ALREADY)
    return item, review


def shown_as(work: Work, item: Item | None) -> Item | None:
    """Return what people see of an item: of the draft of a new version that was taken over, the item it revises."""
    taken_over = item is not None and item.state == State.DISCARDED and item.revises_id is not None
    return work.session.get(Item, item.revises_id) if item is not None and taken_over else item


def decide(
    work: Work,
    item_id: int,
    name: str,
    *,
    seen: str,
    note: str = "",
    marks: Mapping[str, str] | None = None,
    batch: str = "",
) -> Decision:
    """Do one of DECISIONS to what had the fingerprint `seen`, and return it; the same one sent twice is one.

    `marks` are yes, partly or no, by criterion. Raises NotFound, NotAllowed, Invalid without a note where one is needed,
    and Conflict when the item is no longer what was seen, or no longer waits.
    """
    if name not in DECISIONS:
        raise Invalid(N_("Escolha o que decidir."), field="decision")
    note = clean_note(ACTS[name], note)
    if (known := _sent_before(work, item_id, name, seen, note)) is not None:
        return known
    item, review = open_review(work, item_id, name)
    if seen != fingerprint(item):
        raise Conflict(CHANGED)
    before = review.state
    shown = _move(work, item, name, note)
    decision = Decision(
        item_id=shown.id,
        kind=name,
        note=note,
        criteria={"marks": clean_marks(marks or {}), "before": before},
        fingerprint=seen,
        batch=batch,
        draft_id=item.id if shown is not item else None,
        actor_id=work.actor.user_id,
        created_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    record(work, f"moderation.{name}", decision, after={"item": item.id})
    if ACTS[name].review_after:
        review.state, review.decided_at, review.fingerprint = ACTS[name].review_after, work.now, seen
        reviews.close_questions(work, item.id)
    mails.tell_decision(work, decision)
    return decision


def require_aware(work: Work, item_id: int, shown: int) -> None:
    """Raise Conflict when more warnings stand than the `shown` that a person approves in spite of."""
    review = work.session.get(Review, item_id)
    if review is not None and review.warnings > shown:
        raise Conflict(MORE_WARNINGS)


def clean_note(act: Act, note: str) -> str:
    """Return the note as it is kept. Raises Invalid when it is missing where the act needs one, or too long."""
    note = note.strip()
    if act.noted and not note:
        raise Invalid(N_("Escreva porquê, em poucas palavras."), field="note")
    if len(note) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field="note", most=LONGEST)
    return note


def clean_marks(marks: Mapping[str, str]) -> dict[str, str]:
    """Return the marks that were given, at most 20."""
    return {name[:120]: mark for name, mark in list(marks.items())[:20] if mark in MARKS}


def _sent_before(work: Work, item_id: int, name: str, seen: str, note: str) -> Decision | None:
    """Return the last decision on the item when it is this very one, by the same person or for all to see."""
    mine = or_(Decision.item_id == item_id, Decision.draft_id == item_id)
    last = work.session.scalar(
        select(Decision).where(mine, Decision.undone_at.is_(None)).order_by(Decision.id.desc()).limit(1)
    )
    if last is None or (last.kind, last.fingerprint, last.note) != (name, seen, note):
        return None
    if last.actor_id == work.actor.user_id:
        return last
    require(work, ACTS[name].needs, work.session.get_one(Item, last.item_id))
    return None if name == "opinion" else last


def _move(work: Work, item: Item, name: str, note: str) -> Item:
    if name == "approve":
        if any(file.state == FileState.PENDING and file.hidden for file in item.files):
            raise Conflict(N_("Um ficheiro ainda está a ser limpo. Espere um momento e aprove depois."))
        return publish(work, item)
    if name == "return":
        send_back(work, item, note)
    elif name == "decline":
        decline(work, item, note)
    return item


def take_up(work: Work, item: Item) -> None:
    """Let the authors see that somebody looks at what they handed in."""
    if item.state == State.SUBMITTED:
        begin_review(work, item)


def approve_together(work: Work, key: str, seen: Mapping[int, str], batch: str) -> tuple[list[Decision], list[int]]:
    """Approve what was shown of a collection and has no warnings; return the decisions, and what stays in the queue.

    Whatever changed since it was shown, or is not the person's to decide, stays, and does not keep the others back.
    """
    approved, left = [], []
    for item_id, fingerprint_seen in seen.items():
        try:
            with work.session.begin_nested():
                _require_clear(work, item_id, key)
                approved.append(decide(work, item_id, "approve", seen=fingerprint_seen, batch=batch))
        except DomainError:
            left.append(item_id)
    return approved, left


def _require_clear(work: Work, item_id: int, key: str) -> None:
    review = work.session.get(Review, item_id)
    if review is None or review.collection_key != key or review.warnings or review.checked_at is None:
        raise Conflict(CHANGED)


def require_undoable(work: Work, decision: Decision) -> Item:
    """Return the item of a decision that the person may take back now.

    For ten minutes whoever may decide may; later, only staff, and only what nothing else came after.
    """
    item = work.session.get(Item, decision.item_id)
    if item is None or not may_see(work, item):
        raise NotFound(N_("Não há nada neste endereço."))
    require(work, ACTS[decision.kind].needs, item)
    late = work.now - decision.created_at > UNDO_FOR
    if late and not work.actor.may("items.publish", item.organisation_id):
        raise NotAllowed(N_("Passaram mais de dez minutos. O centro ainda pode anular, na página do material."))
    return item


def history(work: Work, item: Item) -> list[tuple[Decision, str]]:
    """Return the decisions on an item, and on the item it revises, with who decided, the newest first."""
    ids = {item.id, item.revises_id}
    query = select(Decision, User.name).outerjoin(User, User.id == Decision.actor_id)
    rows = query.where(or_(Decision.item_id.in_(ids), Decision.draft_id == item.id)).order_by(Decision.id.desc())
    return [(decision, name or "") for decision, name in work.session.execute(rows)]
