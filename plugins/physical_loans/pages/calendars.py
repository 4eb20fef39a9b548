"""Calendars that people subscribe to: made, shown once, revoked, and fetched by their secret address."""

from typing import Any

from flask import flash, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from plugins.physical_loans import feeds, rules
from plugins.physical_loans.feeds import Asked
from plugins.physical_loans.models import Copy, Desk, Feed, Thing
from plugins.physical_loans.pages.door import done, new_key, number, sent_key, signed_in
from plugins.physical_loans.pages.turn import as_calendar, pages
from repository.api import N_, Conflict, Invalid, Item, NotAllowed, Work, begin, look, services, status_of, words_of

NAMES = {"mine": N_("Os meus empréstimos"), "desk": N_("O balcão"), "thing": N_("Ocupação de um material")}


@pages.get("/calendars")
def calendars() -> str:
    """The person's calendars; the address of one just made is shown here this once."""
    return _page(signed_in(), session.pop("new_loan_calendar", ""), number(request.args.get("thing")))


def _page(work: Work, address: str = "", thing_id: int | None = None, error: str = "") -> str:
    known = [_row(work, feed) for feed in feeds.of(work)]
    return render_template(
        "physical_loans/calendars.html", rows=known, address=address, key=new_key(), error=error, robots="noindex",
        desks=_desks(work), thing=_thing(work, thing_id), thing_desks=_desks_of(work, thing_id),
    )  # fmt: skip


def _row(work: Work, feed: Feed) -> dict[str, Any]:
    desk = work.session.get(Desk, feed.desk_id) if feed.desk_id else None
    item = work.session.get(Item, feed.thing_id) if feed.thing_id else None
    about = " · ".join(part for part in (item.title if item else "", desk.name if desk else "") if part)
    return {"id": feed.id, "name": gettext(NAMES[feed.kind]), "about": about, "made": feed.created_at}


def _desks(work: Work) -> list[Desk]:
    desks = work.session.scalars(select(Desk).where(Desk.closed_at.is_(None)).order_by(Desk.name, Desk.id))
    return [desk for desk in desks if work.actor.may(rules.DESK, desk.organisation_id)]


def _thing(work: Work, thing_id: int | None) -> Thing | None:
    return work.session.get(Thing, thing_id) if thing_id is not None else None


def _desks_of(work: Work, thing_id: int | None) -> list[Desk]:
    theirs = select(Copy.desk_id).where(Copy.thing_id == (thing_id or 0))
    return list(work.session.scalars(select(Desk).where(Desk.id.in_(theirs)).order_by(Desk.name, Desk.id)))


@pages.post("/calendars")
def make_calendar() -> Response | tuple[str, int]:
    """Make a calendar; sent twice, it is one."""
    form = request.form
    asked = Asked(form.get("kind", ""), number(form.get("desk")), number(form.get("thing")))
    try:
        with begin() as work:
            token = feeds.make(work, asked, sent_key())
    except (Invalid, Conflict, NotAllowed) as error:
        if look().actor.user_id is None:
            raise
        return _page(look(), thing_id=asked.thing_id, error=words_of(error)), status_of(error)
    path = url_for("physical_loans_turn.feed", token=token)
    session["new_loan_calendar"] = f"{services().settings.public_url}{path}"
    return done("physical_loans_turn.calendars")


@pages.post("/calendars/<int:feed_id>/revoke")
def revoke_calendar(feed_id: int) -> Response:
    """Let a calendar's address lead nowhere any more."""
    with begin() as work:
        feeds.revoke(work, feed_id)
    flash(gettext("O endereço deixou de funcionar."), "success")
    return done("physical_loans_turn.calendars")


@pages.get("/calendars/<token>.ics")
def feed(token: str) -> Response:
    """The calendar of a secret address, for a program that knows no sign-in."""
    return as_calendar(feeds.fetch(look(), token), "emprestimos.ics")
