"""Problems that people told the centre about."""

from typing import Any

from flask import flash, render_template
from flask_babel import gettext
from sqlalchemy import select

from repository import reports as rules
from repository.errors import NotFound
from repository.http import begin
from repository.models import Item, Report
from repository.web.admin.door import done, door, page_number, page_url, paged, pages, words_of_choice
from repository.words import N_


@pages.get("/reports")
def reports() -> str:
    """The problems told, those not dealt with first."""
    work = door("items.publish")
    query = select(Report).order_by(Report.handled_at.is_not(None), Report.id.desc())
    rows, total, count = paged(work, query, page_number())
    named = {row.item_id for row in rows if row.item_id}
    titles = dict(work.session.execute(select(Item.id, Item.title).where(Item.id.in_(named))).all())
    return render_template(
        "admin/reports.html", rows=rows, titles=titles, reason=words_of_choice(rules.REASONS), total=total,
        page=page_number(), count=count, page_url=page_url, may_handle=work.actor.may("items.publish"),
    )  # fmt: skip


@pages.post("/reports/<int:report_id>/handle")
def handle_report(report_id: int) -> Any:
    """Say that a problem has been dealt with."""
    door("items.publish")
    with begin() as work:
        report = work.session.get(Report, report_id)
        if report is None:
            raise NotFound(N_("Não há nada neste endereço."))
        rules.handle(work, report)
    flash(gettext("Tratado."), "success")
    return done("admin.reports")
