"""What a desk should look after today: what is late, who may go without, whom no mail reaches; and its reminders."""

from datetime import date, datetime
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from plugins.physical_loans import bookings, calendars, digest, forgetting, late, letters, rules
from plugins.physical_loans.asking import known_day
from plugins.physical_loans.models import Booking, Desk, Hold, Notice
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.door import done, number
from plugins.physical_loans.pages.turn import pages
from repository.api import N_, NotAllowed, NotFound, Work, begin, look, record

UNREACHED = {
    "offer": N_("chegou a sua vez na lista de espera"),
    "approve": N_("o pedido está aprovado"),
    "book": N_("está reservado"),
    "decline": N_("o pedido foi recusado"),
    "prepare": N_("está pronto a levantar"),
    "cancel": N_("a reserva está anulada"),
    "pick_up": N_("ainda não levantou"),
    "before": N_("está quase no dia de devolver"),
    "today": N_("devolve-se hoje"),
    "late": N_("está em atraso"),
    "next_at_risk": N_("a reserva está em risco"),
    "warn": N_("falta uma peça no exemplar"),
}
NOT_FIT = N_("%(copy)s não se pode emprestar; é preciso a %(day)s")
NOT_BACK = N_("%(copy)s ainda não voltou; é preciso a %(day)s")


def desk_of(work: Work, desk_id: int) -> Desk:
    """Return a desk at which the person works. Raises NotFound or NotAllowed."""
    desk = bookings.get_desk(work, desk_id)
    if not work.actor.may(rules.DESK, desk.organisation_id):
        raise NotAllowed(N_("Esta página é de quem trabalha no balcão."))
    return desk


@pages.get("/desks/<int:desk_id>/attention")
def attention(desk_id: int) -> str:
    """The list of the day."""
    work = look()
    desk = desk_of(work, desk_id)
    listed = digest.of_desk(work, desk)
    return render_template(
        "physical_loans/attention.html",
        desk=desk,
        empty=listed.empty,
        late=[_late(work, booking) for booking in listed.late],
        at_risk=[_at_risk(work, kept) for kept in listed.at_risk],
        pending=[_pending(work, booking, desk) for booking in listed.not_picked_up],
        unreached=[_unreached(work, notice, booking) for notice, booking in listed.unreached],
        robots="noindex",
    )


def _day(moment: datetime, desk: Desk) -> str:
    day: date = moment.astimezone(calendars.zone_of(desk)).date()
    return saying.day(day)


def _line(work: Work, booking: Booking, note: str) -> dict[str, Any]:
    who, to_do = forgetting.who(work, booking), forgetting.what_to_do(work, booking)
    return {"id": booking.id, "title": booking.thing.item.title, "who": who, "note": note, "gone": to_do}


def _late(work: Work, booking: Booking) -> dict[str, Any]:
    days = late.days_late(booking, work.now)
    note = (
        gettext("devia ter voltado hoje")
        if days == 0
        else ngettext("%(num)s dia de atraso", "%(num)s dias de atraso", days)
    )
    return _line(work, booking, note)


def _pending(work: Work, booking: Booking, desk: Desk) -> dict[str, Any]:
    return _line(work, booking, gettext("devia ter sido levantado a %(day)s", day=_day(booking.starts_at, desk)))


def _at_risk(work: Work, kept: Hold) -> dict[str, Any]:
    day = _day(kept.booking.starts_at, kept.booking.desk)
    words = NOT_FIT if late.is_unfit(kept) else NOT_BACK
    return _line(work, kept.booking, gettext(words, copy=kept.copy.inventory, day=day))


def _unreached(work: Work, notice: Notice, booking: Booking) -> dict[str, Any]:
    words = gettext(UNREACHED.get(str(notice.params.get("letter")), N_("a reserva mudou")))
    return _line(work, booking, words) | {"on": notice.due_on.isoformat(), "day": saying.day(notice.due_on)}


@pages.post("/desks/<int:desk_id>/told")
def told(desk_id: int) -> Response:
    """Somebody has told a person whom no mail reaches."""
    with begin() as work:
        desk_of(work, desk_id)
        day = known_day(request.form.get("on", ""))
        key = (number(request.form.get("booking")) or 0, letters.UNREACHED, day)
        notice = work.session.get(Notice, key) if day else None
        booking = work.session.get(Booking, notice.booking_id) if notice else None
        if notice is None or booking is None or booking.desk_id != desk_id:
            raise NotFound(N_("Não há nada neste endereço."))
        digest.told(work, notice)
    flash(gettext("Está dito."), "success")
    return done("physical_loans_turn.attention", desk_id=desk_id)


@pages.post("/desks/<int:desk_id>/reminders")
def reminders(desk_id: int) -> Response:
    """Switch the reminders of a desk on or off."""
    wanted = request.form.get("reminds") == "yes"
    with begin() as work:
        desk = desk_of(work, desk_id)
        if desk.reminds != wanted:
            desk.reminds = wanted
            record(work, "loan_desk.reminders", desk, before={"reminds": not wanted}, after={"reminds": wanted})
    flash(gettext("O balcão envia lembretes.") if wanted else gettext("O balcão já não envia lembretes."), "success")
    return done("physical_loans_turn.attention", desk_id=desk_id)
