"""The queue and its decisions under /api/v1: the same rules, the same audit, the same refusals as the pages."""

from typing import Any

from flask import Response, request
from flask_babel import gettext
from marshmallow import RAISE, Schema, fields, validate

from plugins.moderation import decisions, policies, questions, queue, undoing
from plugins.moderation.fingerprints import fingerprint
from plugins.moderation.models import Decision, Question, Review
from plugins.moderation.pages.queue import read_filters
from repository.api import (
    KEY,
    N_,
    TOKEN_ONLY,
    Answer,
    ApiBlueprint,
    Item,
    Line,
    NotAllowed,
    NotFound,
    Paragraphs,
    Told,
    Work,
    address,
    api_done,
    look,
    may_see,
    moment,
    needs_scope,
    show,
)

QUERY = ("collection", "organisation", "group", "warnings", "mine", "asked", "age", "page")


class FindingTold(Told):
    """What a check has to say."""

    code = fields.String(required=True)
    reason = fields.String(required=True)
    weight = fields.String(required=True)
    file_id = fields.Integer(required=True, allow_none=True)
    fix = fields.String(required=True)
    set_aside = fields.Boolean(required=True)


class DecisionTold(Told):
    """A decision; `undone_at` says that it was taken back."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    draft_id = fields.Integer(required=True, allow_none=True)
    decision = fields.String(required=True)
    note = fields.String(required=True)
    marks = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    created_at = fields.DateTime(required=True)
    undone_at = fields.DateTime(required=True, allow_none=True)


class QuestionTold(Told):
    """A question to the authors; without an answer and not closed, it waits."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    text = fields.String(required=True)
    answer = fields.String(required=True)
    asked_at = fields.DateTime(required=True)
    answered_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)


class ReviewLine(Told):
    """One item that waits; `state` is waiting, asked or later (published already)."""

    item_id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    collection = fields.String(required=True)
    collection_label = fields.String(required=True)
    warnings = fields.Integer(required=True)
    checked = fields.Boolean(required=True)
    submitted_at = fields.DateTime(required=True)
    assigned_id = fields.Integer(required=True, allow_none=True)
    url = fields.Url(required=True)


class ReviewList(Told):
    """One page of what waits for the person, in the order of the page."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    reviews = fields.List(fields.Nested(ReviewLine), required=True)


class ReviewTold(Told):
    """One item under review. `seen` is sent back with a decision and stands for what the item says now."""

    item_id = fields.Integer(required=True)
    state = fields.String(required=True)
    item_state = fields.String(required=True)
    seen = fields.String(required=True)
    checked_at = fields.DateTime(required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingTold), required=True)
    questions = fields.List(fields.Nested(QuestionTold), required=True)
    decisions = fields.List(fields.Nested(DecisionTold), required=True)


class Deciding(Schema):
    """A decision: what it is, the `seen` of what was looked at, a note, and marks by criterion."""

    class Meta:
        unknown = RAISE

    decision = fields.String(required=True, validate=validate.OneOf(decisions.DECISIONS))
    seen = Line(required=True)
    note = Paragraphs(load_default="", metadata={"maxLength": decisions.LONGEST})
    marks = fields.Dict(keys=Line(), values=fields.String(validate=validate.OneOf(decisions.MARKS)), load_default=dict)


class Asking(Schema):
    """A question to the authors."""

    class Meta:
        unknown = RAISE

    text = Paragraphs(required=True, metadata={"maxLength": decisions.LONGEST})


def make_blueprint() -> ApiBlueprint:
    """Return the plugin's part of the API; each application needs one of its own."""
    blueprint = ApiBlueprint("moderation_api", __name__, description="What waits for a decision")
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in QUERY]
    posted: dict[str, Any] = {"parameters": [KEY], **TOKEN_ONLY}

    def add(
        rule: str, view: Any, method: str, schema: type[Told], status: int = 200, said: Any = None, **doc: Any
    ) -> None:
        view = blueprint.response(status, schema)(needs_scope("review")(view) if method == "POST" else view)
        for code, name in ((401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (404, "NOT_FOUND"), (409, "CONFLICT")):
            view = blueprint.alt_response(code, name)(view)
        view = blueprint.arguments(said)(view) if said else view
        blueprint.route(rule, methods=[method])(blueprint.doc(**doc)(view))

    add("/reviews", list_reviews, "GET", ReviewList, parameters=parameters)
    add("/reviews/<int:item_id>", get_review, "GET", ReviewTold)
    add("/reviews/<int:item_id>/decisions", decide, "POST", DecisionTold, 201, Deciding, **posted)
    add("/reviews/<int:item_id>/questions", ask, "POST", QuestionTold, 201, Asking, **posted)
    add("/reviews/decisions/<int:decision_id>/undo", undo, "POST", DecisionTold, **posted)
    add("/reviews/questions/<int:question_id>/undo", undo_question, "POST", QuestionTold, **posted)
    return blueprint


def _door() -> Work:
    work = look()
    if not policies.may_moderate(work.actor):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


def list_reviews() -> Response:
    """What waits for you, in the order in which it should be looked at."""
    work = _door()
    text = request.args.get("page", "")
    page = max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    rows = queue.waiting_for(work, read_filters(request.args))
    shown = rows[(page - 1) * queue.PER_PAGE : page * queue.PER_PAGE]
    lines = queue.lines_of(work, shown)
    told = [_line(lines[row.item_id]) for row in shown]
    return show({"total": len(rows), "page": page, "per_page": queue.PER_PAGE, "reviews": told})


def _line(line: queue.Line) -> dict[str, Any]:
    row = line.row
    return {
        "item_id": row.item_id,
        "title": line.title,
        "state": row.state,
        "collection": row.key,
        "collection_label": row.label,
        "warnings": row.warnings,
        "checked": row.checked,
        "submitted_at": moment(row.submitted_at),
        "assigned_id": row.assigned_id,
        "url": address("moderation.review", item_id=row.item_id),
    }


def get_review(item_id: int) -> Response:
    """One item under review, with what the checks say and what was asked and decided."""
    work = _door()
    item, review = work.session.get(Item, item_id), work.session.get(Review, item_id)
    if item is None or review is None or not may_see(work, item):
        raise NotFound(N_("Não há nada neste endereço."))
    found = [
        {
            "code": row.code,
            "reason": gettext(row.reason, **row.params) if row.params else gettext(row.reason),
            "weight": row.weight,
            "file_id": row.file_id,
            "fix": row.fix,
            "set_aside": row.dismissed_by is not None,
        }
        for row in review.findings
    ]
    told = {
        "item_id": item.id,
        "state": review.state,
        "item_state": str(item.state),
        "seen": fingerprint(item),
        "checked_at": moment(review.checked_at),
        "findings": found,
        "questions": [_question(question) for question in questions.of_item(work, item.id)],
        "decisions": [_decision(decision) for decision, _who in decisions.history(work, item)],
    }
    return show(told)


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "id": row.id,
        "item_id": row.item_id,
        "draft_id": row.draft_id,
        "decision": row.kind,
        "note": row.note,
        "marks": dict(row.criteria.get("marks", {})),
        "created_at": moment(row.created_at),
        "undone_at": moment(row.undone_at),
    }


def _question(row: Question) -> dict[str, Any]:
    return {
        "id": row.id,
        "item_id": row.item_id,
        "text": row.text,
        "answer": row.answer,
        "asked_at": moment(row.asked_at),
        "answered_at": moment(row.answered_at),
        "closed_at": moment(row.closed_at),
    }


def decide(said: dict[str, Any], item_id: int) -> Response:
    """Approve, return, decline, say that it was seen, or give an opinion. Sent twice, it is one decision."""

    def act(work: Work) -> Answer:
        name, seen = said["decision"], said["seen"]
        decision = decisions.decide(work, item_id, name, seen=seen, note=said["note"], marks=said["marks"])
        return Answer(201, _decision(decision))

    return api_done(act)


def ask(said: dict[str, Any], item_id: int) -> Response:
    """Ask the authors something; they are written to, and answer by a link."""
    return api_done(lambda work: Answer(201, _question(questions.ask(work, item_id, said["text"]))))


def undo(decision_id: int) -> Response:
    """Take a decision back: within ten minutes whoever may decide, later only staff."""
    return api_done(lambda work: Answer(200, _decision(undoing.undo(work, decision_id))))


def undo_question(question_id: int) -> Response:
    """Take a question back that nobody has answered."""
    return api_done(lambda work: Answer(200, _question(questions.take_back(work, question_id))))
