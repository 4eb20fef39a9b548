"""Telling the centre about a problem, the receipt for it, and the appeal; none of them asks for an account."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale

from repository import reports
from repository.errors import Conflict, Invalid, TooMany
from repository.http import begin, client_address, look, number, services, words_of
from repository.items import get
from repository.models import Item
from repository.web.words import words

WHAT = ("reason", "text", "email", "token")


@words.route("/report", methods=["GET", "POST"])
def report() -> Any:
    """Tell the centre about a problem, with an item or with the site; a link may say in `text` what it is about."""
    item_id = number(request.values.get("item"))
    item = get(look(), item_id) if item_id else None
    typed = {name: request.form.get(name, "") for name in WHAT}
    error, status, headers = None, 200, {}
    typed["text"] = typed["text"] or request.args.get("text", "")[: reports.LONGEST]
    if request.method == "POST":
        try:
            return redirect(url_for("words.receipt", token=_tell(typed, item_id)), 303)
        except Invalid as refusal:
            error, status = {"field": refusal.field, "message": words_of(refusal)}, 422
        except TooMany as refusal:
            error, status = {"field": None, "message": words_of(refusal)}, 429
            headers = {"Retry-After": str(refusal.seconds)}
    typed["token"] = typed["token"] or secrets.token_urlsafe(18)
    page = render_template("pages/report.html", item=item, typed=typed, error=error, reasons=reports.REASONS)
    return page, status, headers


def _tell(typed: dict[str, str], item_id: int | None) -> str:
    with begin() as work:
        told = reports.tell(
            work,
            services(),
            typed["reason"],
            typed["text"],
            typed["email"],
            get(work, item_id) if item_id else None,
            form_token=typed["token"],
            locale=str(get_locale()),
            address=client_address(),
        )
        return reports.receipts(services(), told)[reports.REPORTER]


@words.get("/report/<token>")
def receipt(token: str) -> str:
    """What became of a report, for whoever told of it or made the item; and the form of the appeal."""
    return _receipt(token)


def _receipt(token: str, typed: str = "", error: str = "") -> str:
    work = look()
    told, side = reports.of_receipt(work, services(), token)
    item = work.session.get(Item, told.item_id) if told.item_id else None
    return render_template(
        "pages/receipt.html",
        told=told,
        item=item,
        token=token,
        mine=side == reports.REPORTER,
        reason=reports.REASONS[told.reason],
        outcome=reports.OUTCOMES.get(told.decision, ""),
        may_appeal=reports.may_appeal(told, side),
        typed=typed,
        error=error,
        robots="noindex",
    )


@words.post("/report/<token>/appeal")
def appeal(token: str) -> Any:
    """Ask for a second decision, once."""
    text = request.form.get("text", "")
    try:
        with begin() as work:
            told, side = reports.of_receipt(work, services(), token)
            reports.appeal(work, services(), told, side, text)
    except Invalid as refusal:
        return _receipt(token, text, words_of(refusal)), 422
    except Conflict as refusal:
        flash(words_of(refusal), "warning")
    return redirect(url_for("words.receipt", token=token), 303)
