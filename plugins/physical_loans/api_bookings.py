"""Bookings and the waiting list under /api/v1: the pages' own rules, checks, audit and refusals."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from plugins.physical_loans import (
    api_refusing,
    asking,
    bookings,
    changing,
    rules,
    rush,
    waiting,
)
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans.api_reading import number, part_of_page, wish_of
from plugins.physical_loans.models import Booking, BookingState, Thing
from plugins.physical_loans.pages.door import signed_in
from repository.api import (
    N_,
    Answer,
    NotAllowed,
    User,
    Work,
    api_done,
    check_revision,
    look,
    show,
    tag_of,
    was_answered,
)


def list_bookings() -> Response:
    """Your own bookings, the newest first; for those who work at a desk, with `desk` all of it."""
    work = signed_in()
    if (desk_id := number("desk")) is None:
        query = select(Booking).where(Booking.borrower_id == work.actor.user_id)
    else:
        if not work.actor.may(rules.DESK, bookings.get_desk(work, desk_id).organisation_id):
            raise NotAllowed(N_("Só quem trabalha neste balcão pode ver o que é emprestado."))
        query = select(Booking).where(Booking.desk_id == desk_id)
    if state := request.args.get("state", ""):
        query = query.where(Booking.state == state[:20])
    if (thing_id := number("thing")) is not None:
        query = query.where(Booking.thing_id == thing_id)
    return _show_page(work, query.order_by(Booking.id.desc()))


def _show_page(work: Work, query: Select[Any]) -> Response:
    loaded = query.options(
        joinedload(Booking.thing).joinedload(Thing.item),
        joinedload(Booking.desk),
        joinedload(Booking.borrower),
        selectinload(Booking.holds),
    )
    rows, counts = _paged(work, loaded)
    return show(counts | {"bookings": [shapes.booking_of(work, row) for row in rows]})


def _paged(work: Work, query: Select[Any]) -> tuple[list[Any], dict[str, int]]:
    page, per_page = part_of_page()
    total = work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = work.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return list(rows), {"total": total, "page": page, "per_page": per_page}


def create(said: dict[str, Any]) -> Response:
    """Book one thing or several, all or none. Refused, the answer says what could be had instead."""

    def act(work: Work) -> Answer:
        wishes = api_refusing.wishes_of(work, said["bookings"])
        made = bookings.book(work, wishes, _borrower(work, said))
        work.session.flush()
        return Answer(201, {"bookings": [shapes.booking_of(work, each) for each in made]})

    def refuse() -> None:
        if not was_answered(look()):
            api_refusing.refuse_taken(said["bookings"])

    return rush.look_first(refuse, lambda: api_done(act))


def _borrower(work: Work, said: Mapping[str, Any]) -> User:
    if said.get("borrower") and not work.actor.may_anywhere(rules.DESK):  # nobody else learns whose accounts there are
        raise NotAllowed(N_("Só o balcão reserva em nome de outra pessoa."))
    return asking.borrower_of(work, asking.Asked({"borrower": said.get("borrower", "")}))


def get_booking(booking_id: int) -> Response:
    """Read a booking of your own, or of a desk you work at."""
    work = signed_in()
    booking = bookings.get(work, booking_id)
    body = shapes.booking_of(work, booking)
    return show(body, tag_of(body, booking.version))


def told_of(work: Work, booking: Booking, status: int = 200) -> Answer:
    """Return the answer that shows the booking as it is now."""
    work.session.flush()
    body = shapes.booking_of(work, booking)
    return Answer(status, body, {"ETag": f'"{tag_of(body, booking.version)}"'})


def change(said: dict[str, Any], booking_id: int) -> Response:
    """Change what is booked, as long as it is not prepared; fields left out stay, and it stays yours if it does not fit."""

    def act(work: Work) -> Answer:
        booking = bookings.get(work, booking_id)
        check_revision(booking.version)
        wish = wish_of(work, said, known=changing.wish_of(booking))
        return told_of(work, changing.change(work, booking, wish))

    return api_done(act)


def cancel(booking_id: int) -> Response:
    """Give a booking up that has not left yet; what it kept is free at once."""

    def act(work: Work) -> Answer:
        booking = bookings.get(work, booking_id)
        if booking.state != BookingState.CANCELLED:
            check_revision(booking.version)
            bookings.cancel(work, booking)
        return Answer(204)

    return api_done(act)


def extend(said: dict[str, Any], booking_id: int) -> Response:
    """Bring back later what is out, when nobody waits for it."""
    return api_done(lambda work: told_of(work, changing.extend(work, bookings.get(work, booking_id), said["until"])))


# The waiting list


def list_waiting() -> Response:
    """What you wait for, with your place, and what is offered to you."""
    work = signed_in()
    mine = (Booking.borrower_id == work.actor.user_id, Booking.queued_at.is_not(None))
    states = or_(Booking.state == BookingState.WAITING, Booking.state == BookingState.OFFERED)
    return _show_page(work, select(Booking).where(*mine, states).order_by(Booking.queued_at, Booking.id))


def join(said: dict[str, Any]) -> Response:
    """Wait for something that is taken; what is free after all is offered at once."""

    def act(work: Work) -> Answer:
        return told_of(work, waiting.enqueue(work, wish_of(work, said), _borrower(work, said)), 201)

    return api_done(act)


def answer(said: dict[str, Any], booking_id: int) -> Response:
    """Take what is offered, or leave the list."""
    return api_done(lambda work: told_of(work, waiting.answer(work, bookings.get(work, booking_id), said["accept"])))
