"""Pages to set the desk up: hours and place, days that are not as others, and rules with what comes out of them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from plugins.physical_loans import managing, rules, today
from plugins.physical_loans.asking import read_day
from plugins.physical_loans.models import ClosedDays, Desk
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.desk_door import door, whole
from plugins.physical_loans.pages.door import number
from repository.api import (
    N_,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Organisation,
    Work,
    begin,
    look,
    status_of,
    words_of,
)

pages = Blueprint("physical_loans_settings", __name__, url_prefix="/admin/loans", template_folder="../templates")
REFUSED = (Invalid, NotAllowed, NotFound)


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of loans, and keep it out of search engines."""
    return {"say": saying, "robots": "noindex"}


def saved(endpoint: str) -> Response:
    """Return the redirect after a change, which says that it is kept."""
    flash(gettext("Guardado."), "success")
    return redirect(url_for(endpoint), 303)


def errors_of(error: DomainError | None) -> dict[str, str]:
    """Return a refusal by the field it is about."""
    return {error.field or "": words_of(error)} if error else {}


def places_of(work: Work) -> list[tuple[str, str]]:
    """Return the organisations at whose desk the person may work."""
    rows = work.session.scalars(
        select(Organisation).where(Organisation.closed_at.is_(None)).order_by(Organisation.name)
    )
    return [(str(row.id), row.name) for row in rows if work.actor.may(rules.DESK, row.id)]


# Desks


@pages.get("")
def desks() -> str:
    """The desks, with their hours in words."""
    work = door()
    mine = work.session.scalars(select(Desk).order_by(Desk.closed_at.is_not(None), Desk.name))
    rows = [desk for desk in mine if work.actor.may(rules.DESK, desk.organisation_id)]
    return render_template("physical_loans/settings_desks.html", desks=[(desk, _hours(desk)) for desk in rows])


def _hours(desk: Desk) -> list[str]:
    """Return the opening hours in words, days in a row with the same hours together."""
    days = [long for _, long in saying.weekdays()]
    told = [managing.hours_text(desk.hours.get(str(n), ())) for n in range(7)]
    alike = [(text, [n for n, _ in run]) for text, run in groupby(enumerate(told), key=lambda each: each[1]) if text]
    return [f"{_days(days, run)}: {text}" for text, run in alike]


def _days(days: Sequence[str], run: Sequence[int]) -> str:
    if len(run) == 1:
        return days[run[0]]
    return gettext("de %(first)s a %(last)s", first=days[run[0]], last=days[run[-1]])


@pages.route("/new", methods=["GET", "POST"], endpoint="new_desk")
@pages.route("/<int:desk_id>", methods=["GET", "POST"], endpoint="desk")
def desk(desk_id: int | None = None) -> Response | str | tuple[str, int]:
    """The form of a desk."""
    work = door()
    found = _get_desk(work, desk_id)
    if request.method == "GET":
        return _desk_form(work, found, _said(found))
    try:
        with begin() as work:
            managing.save_desk(work, _get_desk(work, desk_id), _desk_values())
    except REFUSED as error:
        work = look()
        return _desk_form(work, _get_desk(work, desk_id), request.form.to_dict(), error), status_of(error)
    return saved("physical_loans_settings.desks")


def _get_desk(work: Work, desk_id: int | None) -> Desk | None:
    found = work.session.get(Desk, desk_id) if desk_id is not None else None
    if desk_id is not None and (found is None or not work.actor.may(rules.DESK, found.organisation_id)):
        raise NotFound(N_("Este balcão não existe."))
    return found


def _desk_form(work: Work, found: Desk | None, said: dict[str, Any], error: DomainError | None = None) -> str:
    return render_template(
        "physical_loans/settings_desk.html",
        desk=found,
        said=said,
        places=places_of(work),
        zones=[(code, gettext(words)) for code, words in managing.ZONES.items()],
        weekdays=[long for _, long in saying.weekdays()],
        errors=errors_of(error),
    )


def _said(found: Desk | None) -> dict[str, Any]:
    if found is None:
        return {"timezone": "Europe/Lisbon", "transport_days": 0, "answer_hours": 48}
    said = {name: getattr(found, name) for name in ("name", "place", "timezone", "transport_days", "answer_hours")}
    said["organisation"] = found.organisation_id
    said["municipal_days"] = "; ".join("/".join(reversed(day.split("-"))) for day in found.municipal_days)
    return said | {f"hours-{n}": managing.hours_text(found.hours.get(str(n), ())) for n in range(7)}


def _desk_values() -> dict[str, Any]:
    form = request.form
    hours = {str(n): managing.read_hours(form.get(f"hours-{n}", ""), f"hours-{n}") for n in range(7)}
    return {
        "organisation_id": number(form.get("organisation")),
        "name": form.get("name", "").strip()[:200],
        "place": form.get("place", "").strip()[:300],
        "timezone": form.get("timezone", ""),
        "hours": {day: spans for day, spans in hours.items() if spans},
        "municipal_days": managing.read_municipal(form.get("municipal_days", "")),
        "transport_days": whole(form.get("transport_days", "") or "0", "transport_days", 0, 30),
        "answer_hours": whole(form.get("answer_hours", "") or "48", "answer_hours", 1, 720),
    }


@pages.post("/<int:desk_id>/<any(close, open):name>")
def close(desk_id: int, name: str) -> Response:
    """Close a desk for good, or open it again."""
    with begin() as work:
        found = _get_desk(work, desk_id)
        if found is not None:
            managing.close_desk(work, found, name == "close")
    return saved("physical_loans_settings.desks")


# Days that are not as others


@pages.get("/days")
def days() -> str:
    """Closed days and breaks to come, and the forms to add some."""
    return _days_page(door())


def _days_page(work: Work, error: DomainError | None = None) -> str:
    names = {desk.id: desk.name for desk in today.desks_of(work)}
    coming = ClosedDays.ends_on >= work.now.date()
    rows = work.session.scalars(select(ClosedDays).where(coming).order_by(ClosedDays.starts_on, ClosedDays.id))
    shown = [row for row in rows if row.desk_id is None or row.desk_id in names]
    return render_template(
        "physical_loans/settings_days.html",
        rows=[(row, names.get(row.desk_id or 0, ""), gettext(managing.KINDS[row.kind])) for row in shown],
        desks=[(str(key), name) for key, name in names.items()],
        for_all=work.actor.may(rules.DESK),
        kinds=[(code, gettext(words)) for code, words in managing.KINDS.items()],
        said=request.form.to_dict() if error else {"kind": "closed"},
        errors=errors_of(error),
    )


@pages.post("/days")
def add_days() -> Response | tuple[str, int]:
    """Add days: one span, or a pasted list."""
    door()
    form = request.form
    try:
        with begin() as work:
            spans = managing.read_days(form["list"][:20_000]) if form.get("list", "").strip() else [_span()]
            found = _get_desk(work, number(form.get("desk")))
            made, affected = managing.add_days(work, found, spans, form.get("kind", ""))
    except REFUSED as error:
        return _days_page(look(), error), status_of(error)
    flash(ngettext("%(num)s linha nova.", "%(num)s linhas novas.", len(made)), "success")
    if affected:
        flash(
            ngettext(
                "%(num)s reserva levanta ou devolve nesses dias: mude-lhe a data.",
                "%(num)s reservas levantam ou devolvem nesses dias: mude-lhes a data.",
                affected,
            ),
            "warning",
        )
    return redirect(url_for("physical_loans_settings.days"), 303)


def _span() -> Any:
    form = request.form
    first = read_day(form.get("first", "").strip(), "first")
    last = read_day(form["last"].strip(), "last") if form.get("last", "").strip() else first
    return first, last, form.get("label", "").strip()[:120]


@pages.post("/days/<int:row_id>/remove")
def remove_days(row_id: int) -> Response:
    """Take days off the list."""
    door()
    with begin() as work:
        managing.remove_days(work, row_id)
    return saved("physical_loans_settings.days")
