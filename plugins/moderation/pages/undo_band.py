"""The band at the foot of the page: the last decision, for as long as it may be taken back there."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from plugins.moderation.decisions import UNDO_FOR
from plugins.moderation.models import Decision, Question
from repository.api import N_, Item, Work

SAID = {
    "approve": N_("Aprovado: «%(title)s»"),
    "return": N_("Devolvido: «%(title)s»"),
    "decline": N_("Recusado: «%(title)s»"),
    "look": N_("Visto: «%(title)s»"),
    "opinion": N_("Parecer dado: «%(title)s»"),
    "ask": N_("Pergunta feita: «%(title)s»"),
}


def last(work: Work, kept: Mapping[str, Any] | None = None) -> dict[str, str] | None:
    """Return the words and the address of taking back what the person did last, within ten minutes.

    `kept` are the filters of the queue, which the way back keeps.
    """
    kept = kept or {}
    since = work.now - UNDO_FOR
    decided = select(Decision, Item.title).join(Item, Item.id == Decision.item_id)
    decided = decided.where(Decision.actor_id == work.actor.user_id, Decision.created_at > since)
    found = work.session.execute(
        decided.where(Decision.undone_at.is_(None)).order_by(Decision.id.desc()).limit(1)
    ).first()
    asked = select(Question, Item.title).join(Item, Item.id == Question.item_id)
    asked = asked.where(Question.asked_by == work.actor.user_id, Question.asked_at > since)
    still = asked.where(Question.closed_at.is_(None), Question.answered_at.is_(None)).order_by(Question.id.desc())
    question = work.session.execute(still.limit(1)).first()
    if question is not None and (found is None or question[0].asked_at >= found[0].created_at):
        text = _words(work, "ask", question[1], question[0].asked_at)
        return {"text": text, "url": url_for("moderation_deciding.undo_question", question_id=question[0].id, **kept)}
    if found is None:
        return None
    decision, title = found
    if decision.batch:
        return _together(work, decision, kept)
    url = url_for("moderation_deciding.undo", decision_id=decision.id, **kept)
    return {"text": _words(work, decision.kind, title, decision.created_at), "url": url}


def _words(work: Work, kind: str, title: str, at: object) -> str:
    minutes = int((work.now - at).total_seconds() // 60)  # type: ignore[operator]
    when = gettext("há %(minutes)s min", minutes=minutes) if minutes else gettext("agora mesmo")
    return f"{gettext(SAID[kind], title=title)}, {when}."


def _together(work: Work, decision: Decision, kept: Mapping[str, Any]) -> dict[str, str]:
    of_batch = select(func.count()).select_from(Decision).filter_by(batch=decision.batch, undone_at=None)
    count = work.session.scalar(of_batch) or 0
    text = str(gettext("Aprovados %(count)s de uma vez.", count=count))
    return {"text": text, "url": url_for("moderation_deciding.undo_together", batch=decision.batch, **kept)}
