"""Problems that people told the centre about, and the decision on each with its reason."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from repository import reports as rules
from repository.errors import Conflict, Invalid
from repository.http import begin, services, words_of
from repository.models import Item, Report
from repository.web.admin.door import door, page_number, page_url, paged, pages, words_of_choice
from repository.work import Work


@pages.get("/reports")
def reports() -> str:
    """The problems told, those not decided first."""
    return _page(door("items.publish"))


def _page(work: Work, wrong: dict[str, Any] | None = None) -> str:
    query = rules.visible(work).order_by(Report.handled_at.is_not(None), Report.id.desc())
    rows, total, count = paged(work, query, page_number())
    named = select(Item).where(Item.id.in_({row.item_id for row in rows if row.item_id}))
    items = {item.id: item for item in work.session.scalars(named.options(selectinload(Item.credits)))}
    return render_template(
        "admin/reports.html",
        rows=rows,
        items=items,
        mine={row.id for row in rows if rules.may_decide(work, row, items.get(row.item_id or 0))},
        reason=words_of_choice(rules.REASONS),
        outcome=words_of_choice(rules.OUTCOMES),
        choices=rules.choices,
        wrong=wrong or {},
        total=total,
        page=page_number(),
        count=count,
        page_url=page_url,
    )


@pages.post("/reports/<int:report_id>/decide")
def decide_report(report_id: int) -> Any:
    """Decide a report: the item stays or goes, with the reason that reporter and authors will read."""
    work = door("items.publish")
    decision, text = request.form.get("decision", ""), request.form.get("text", "")
    try:
        with begin() as changing:
            rules.decide(changing, services(), rules.get(changing, report_id), decision, text)
    except Invalid as refusal:
        wrong = {"id": report_id, "field": refusal.field, "message": words_of(refusal), "text": text}
        return _page(work, wrong), 422
    except Conflict as refusal:
        flash(words_of(refusal), "warning")
    else:
        flash(gettext("Está decidido."), "success")
    return redirect(url_for("admin.reports", _anchor=f"aviso-{report_id}"), 303)
