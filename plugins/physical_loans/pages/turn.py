"""Waiting lists and calendars of loans: getting on a list, answering when one's turn comes, taking the dates along."""

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from plugins.physical_loans import asking, bookings, fitting, ics, letters, queues, waiting
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.models import Booking, BookingState
from plugins.physical_loans.pages.door import address_of, done, sent_key, signed_in
from plugins.physical_loans.rules import AgainstRules
from repository.api import N_, Conflict, Invalid, begin, look, words_of

pages = Blueprint("physical_loans_turn", __name__, url_prefix="/loans", template_folder="../templates")
CALENDAR = "text/calendar; charset=utf-8"


@pages.app_template_global("loan_turn")
def turn_of(booking: Booking) -> dict[str, Any]:
    """Return what a booking's page says of the waiting list: the place on it, or until when to answer."""
    work = look()
    if booking.state == BookingState.WAITING:
        return {"position": queues.position(work, booking)}
    if booking.state != BookingState.OFFERED or booking.answer_by is None:
        return {}
    words = letters.moment_in_words(booking.desk, booking.answer_by, str(get_locale()))
    return {"answer_by": words, "over": booking.answer_by <= work.now}


@pages.post("/things/<int:thing_id>/wait")
def wait(thing_id: int) -> Response:
    """Get on the waiting list for what somebody else has; sent twice, it is one place."""
    asked = Asked.read(request.form)
    try:
        with begin() as work:
            bookings.get_thing(work, thing_id)
            borrower = asking.borrower_of(work, asked)
            desks = fitting.desks_of(work, [thing_id])[thing_id]
            desk = next((desk for desk in desks if str(desk.id) == asked["desk"]), desks[0] if desks else None)
            if desk is None:
                raise Conflict(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."))
            wish = asking.wish_of(work, asked, thing_id, desk)
            booking_id = waiting.enqueue(work, wish, borrower, sent_key()).id
    except (Invalid, Conflict, AgainstRules) as error:
        flash(words_of(error), "error")
        return done_at(address_of("physical_loans_booking.book_form", asked, {}, thing_id=thing_id))
    flash(gettext("Está na lista de espera. Escrevemos-lhe quando for a sua vez."), "success")
    return done("physical_loans_booking.booking", booking_id=booking_id)


def done_at(address: str) -> Response:
    """Return the redirect to an address of this site."""
    return Response(status=303, headers={"Location": address})


@pages.post("/<int:booking_id>/answer")
def answer(booking_id: int) -> Response:
    """Take what is offered, or leave it to the next."""
    accept = request.form.get("answer") == "yes"
    try:
        with begin() as work:
            booking = waiting.answer(work, bookings.get(work, booking_id), accept)
            asks = booking.state == BookingState.REQUESTED
    except Conflict as error:
        flash(words_of(error), "error")
        return done("physical_loans_booking.booking", booking_id=booking_id)
    if not accept:
        flash(gettext("Fica para quem espera a seguir. Obrigado por avisar."), "success")
    elif asks:
        flash(gettext("Pedido feito. Fica guardado para si e o centro responde por correio."), "success")
    else:
        flash(gettext("Fica reservado para si."), "success")
    return done("physical_loans_booking.booking", booking_id=booking_id)


@pages.get("/<int:booking_id>.ics")
def calendar(booking_id: int) -> Response:
    """The dates of a booking, for a calendar."""
    work = signed_in()
    booking = bookings.get(work, booking_id)
    text = ics.of_bookings(work, [booking], work.actor.locale)
    return as_calendar(text, f"reserva-{booking.id}.ics")


def as_calendar(text: str, name: str) -> Response:
    """Return a calendar as its own file, which nobody on the way keeps."""
    answer = Response(text, content_type=CALENDAR)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
