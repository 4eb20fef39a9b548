"""Reports of problems: told by whoever has a token, read and decided by staff."""

from typing import Any

from flask import Response, request
from sqlalchemy import func, select

from repository import items, reports
from repository.errors import NotAllowed
from repository.http import look, number, services
from repository.idempotency import Answer
from repository.models import Report
from repository.rest.answers import show
from repository.rest.blueprint import KEY, TOKEN_ONLY, done, needs_scope
from repository.web.api import schemas, shapes
from repository.web.api.blueprint import blueprint
from repository.words import N_
from repository.work import Work

PER_PAGE = 50
PAGE: list[dict[str, Any]] = [
    {
        "name": "page",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "default": 1},
        "description": "page, from 1",
    }
]


@blueprint.route("/reports", methods=["POST"])
@blueprint.doc(parameters=[KEY], **TOKEN_ONLY)
@blueprint.arguments(schemas.ReportSaid)
@blueprint.response(201, schemas.ReportReceipt)
@blueprint.alt_response(404, "NOT_FOUND")
def tell(said: dict[str, Any]) -> Response:
    """Tell the centre about a problem with an item, or with the site when `item_id` is left out.

    With the reason "people" (pupils' personal data) the item is out of sight at once.
    """

    def act(work: Work) -> Answer:
        item = items.get(work, said["item_id"]) if said.get("item_id") else None
        told = reports.tell(work, services(), said["reason"], said["text"], said.get("email", ""), item)
        work.session.flush()
        token = reports.receipts(services(), told)[reports.REPORTER]
        receipt = shapes.address("words.receipt", token=token)
        return Answer(201, {"id": told.id, "hidden": told.hidden, "receipt": receipt})

    return done(act)


@blueprint.route("/reports")
@blueprint.doc(parameters=PAGE, **TOKEN_ONLY)
@blueprint.response(200, schemas.ReportPage)
@blueprint.alt_response(403, "FORBIDDEN")
def list_reports() -> Response:
    """List the reports you may decide, those that are open first."""
    work = look()
    if not work.actor.may_anywhere("items.publish"):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    query, page = reports.visible(work), min(max(1, number(request.args.get("page")) or 1), 10**6)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Report.handled_at.is_not(None), Report.id.desc())
    rows = work.session.scalars(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return show({"total": total, "page": page, "per_page": PER_PAGE, "reports": [_shape(row) for row in rows]})


@blueprint.route("/reports/<int:report_id>/decision", methods=["POST"])
@blueprint.doc(parameters=[KEY], **TOKEN_ONLY)
@blueprint.arguments(schemas.DecisionSaid)
@blueprint.response(200, schemas.Report)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
@needs_scope("review")
def decide_report(said: dict[str, Any], report_id: int) -> Response:
    """Decide a report: `keep` or `take_down` an item, `answer` what concerns the site. Both sides read `text`."""

    def act(work: Work) -> Answer:
        told = reports.get(work, report_id)
        reports.decide(work, services(), told, said["decision"], said["text"])
        return Answer(200, _shape(told))

    return done(act)


def _shape(told: Report) -> dict[str, Any]:
    return {
        "id": told.id,
        "item_id": told.item_id,
        "reason": told.reason,
        "text": told.text,
        "hidden": told.hidden,
        "decision": told.decision or None,
        "decision_text": told.decision_text,
        "appealed_by": told.appealed_by or None,
        "appeal_text": told.appeal_text,
        "created_at": shapes.moment(told.created_at),
        "handled_at": shapes.moment(told.handled_at),
        "appealed_at": shapes.moment(told.appealed_at),
    }
