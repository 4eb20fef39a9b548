"""The plugin's parts of an item's page: for its authors what the centre asks and says, for staff who decided what."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext, ngettext

from plugins.moderation import decisions, policies, questions, queue
from plugins.moderation.acts import ACTS, ASKED, LATER, WAITING
from plugins.moderation.models import Review
from repository.api import N_, UNDECIDED, Item, ItemAction, Notice, Panel, State, Task, Work, allowed, services

LONG = 7  # days: who handed in expects an answer within the week


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield the history for those who decide, and the centre's question and note for the authors."""
    if policies.is_own(work.actor, item):
        note = _note(work, item)
        notices = list(item_notices(work, item))
        if note or notices:
            context = {"title": gettext("O que diz o centro"), "note": note, "notices": notices}
            yield Panel("moderation-authors", "moderation/panel_authors.html", context, 5, paper=False)
    elif allowed(work, "review", item):
        history, asked = decisions.history(work, item), questions.of_item(work, item.id)
        if history or asked:
            context = {"title": gettext("Decisões"), "history": history, "questions": asked, "labels": _labels()}
            yield Panel("moderation-history", "moderation/panel_history.html", context, 80, paper=False)


def admin_panels(work: Work) -> Iterator[Panel]:
    """Yield how much waits for those who decide, with the way to it."""
    if policies.may_moderate(work.actor):
        total, days = queue.in_short(work)
        context = {"title": gettext("Moderação"), "total": total, "days": days}
        yield Panel("moderation-waiting", "moderation/panel_admin.html", context, 10)


def me_tasks(work: Work) -> Iterator[Task]:
    """Yield how much waits for those who decide, on their own page."""
    total, days = queue.in_short(work) if policies.may_moderate(work.actor) else (0, 0)
    if total:
        title = ngettext("%(num)s material por decidir", "%(num)s materiais por decidir", total)
        oldest = ngettext("O mais antigo espera há %(num)s dia.", "O mais antigo espera há %(num)s dias.", days)
        text = oldest if days else gettext("O mais antigo chegou hoje.")
        tone = "warn" if days >= LONG else "info"
        yield Task(title, url_for("moderation.queue"), gettext("Abrir a fila"), text, "check-check", tone)


def _labels() -> dict[str, str]:
    return {name: gettext(act.label) for name, act in ACTS.items()}


def _note(work: Work, item: Item) -> str:
    """Return the note of the decision that holds now, when it has something to say to the authors."""
    if item.state in (*UNDECIDED, State.CHANGES_REQUESTED):  # why it was sent back is a notice
        return ""
    last = next((d for d, _ in decisions.history(work, item) if d.undone_at is None and d.kind != "opinion"), None)
    return last.note if last is not None else ""


def item_actions(work: Work, item: Item) -> Iterator[ItemAction]:
    """Yield the way to the queue for those who may decide on what waits."""
    if not allowed(work, "review", item):
        return
    review = work.session.get(Review, item.id)
    waits = review is not None and review.state in (WAITING, ASKED, LATER) and item.state in ACTS["claim"].items
    if waits:
        yield ItemAction(
            N_("Decidir"), url_for("moderation.review", item_id=item.id), "check-check", weight=5, main=True
        )


def item_notices(work: Work, item: Item) -> Iterator[Notice]:
    """Yield the question that waits for the authors, with the page that takes their answer, or why it was sent back."""
    question = questions.open_question(work, item.id)
    if question is not None:
        url = f"/moderation/answers/{questions.token_of(services(), question)}"
        yield Notice(question.text, url, N_("Responder"))
    if item.state == State.CHANGES_REQUESTED and (reason := _reason(work, item)):
        yield Notice(reason)


def _reason(work: Work, item: Item) -> str:
    """Return what the last decision to send the item back gave as its reason."""
    known = decisions.history(work, item)
    return next((decision.note for decision, _ in known if decision.kind == "return" and not decision.undone_at), "")
