"""Waiting for a thing: getting on the list, answering when one's turn comes, and what happens when nobody answers."""

from sqlalchemy import select

from plugins.physical_loans import bookings, calendars, moves, rules
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.changing import wish_of
from plugins.physical_loans.models import Booking, BookingState
from plugins.physical_loans.planning import Times
from plugins.physical_loans.queues import move_on, position
from repository.api import N_, Conflict, NotAllowed, User, Work

__all__ = ["answer", "enqueue", "expire_offers", "lists", "move_on", "position"]
MOST_WAITING = 20  # of one person, so that nobody queues for everything


def enqueue(work: Work, wish: Wish, borrower: User, key: str = "") -> Booking:
    """Put a person on the waiting list for a wish; sent again, or wished for again, it is the same place.

    What is free after all is offered at once. Raises NotAllowed or Invalid when the rules say no.
    """
    bookings.check_borrower(work, borrower)
    if made := bookings.booked_with(work, borrower, key):
        return made[0]
    thing, desk = bookings.get_thing(work, wish.thing_id), bookings.get_desk(work, wish.desk_id)
    bookings.check_wish(work, thing, desk, wish)
    calendar = calendars.calendar_of(work, desk)
    times = bookings.times_of(calendar, thing, desk, wish, work.now)
    if same := _same(work, wish, times, borrower):
        return same
    rules.check(work, bookings.terms_of(work, thing, desk, borrower, wish), calendar, times, borrower, counted=True)
    _check_few(work, borrower)
    booking = bookings.draft(work, wish, times, borrower, BookingState.WAITING)
    booking.queued_at = work.now
    booking.key = bookings.key_of(borrower, key, 0) if key else None
    work.session.flush()
    moves.tell(work, booking, "queue", after={"thing": thing.item_id, "starts_at": booking.starts_at.isoformat()})
    return booking


def _same(work: Work, wish: Wish, times: Times, borrower: User) -> Booking | None:
    at_that_time = (Booking.starts_at == times.starts_at, Booking.ends_at == times.ends_at)
    place = select(Booking).filter_by(
        borrower_id=borrower.id, thing_id=wish.thing_id, desk_id=wish.desk_id, quantity=wish.quantity,
        copy_id=wish.copy_id,
    )  # fmt: skip
    waiting = Booking.state.in_((BookingState.WAITING, BookingState.OFFERED))
    return work.session.scalar(place.where(waiting, *at_that_time).limit(1))


def _check_few(work: Work, borrower: User) -> None:
    theirs = select(Booking.id).filter_by(borrower_id=borrower.id, state=BookingState.WAITING).limit(MOST_WAITING)
    if len(work.session.scalars(theirs).all()) >= MOST_WAITING:
        raise NotAllowed(N_("Já espera por %(count)s materiais, o máximo. Saia de uma lista."), count=MOST_WAITING)


def answer(work: Work, booking: Booking, accept: bool) -> Booking:
    """Take what is offered, or leave it to the next; leaving the list is the same "no". Said twice, it is done once.

    What needs approval waits for it next. Raises Conflict when the time to answer is over.
    """
    if not (bookings.is_own(work, booking) or bookings.at_desk(work, booking)):
        raise NotAllowed(N_("Só quem está na lista de espera e o balcão podem responder."))
    if booking.queued_at is None:
        raise Conflict(N_("Esta reserva não está numa lista de espera."))
    if not accept:
        return _leave(work, booking)
    if booking.state in (BookingState.APPROVED, BookingState.REQUESTED, BookingState.READY, BookingState.OUT):
        return booking
    if booking.state == BookingState.WAITING:
        raise Conflict(N_("Ainda não é a sua vez. Escrevemos-lhe quando for."))
    if booking.state != BookingState.OFFERED or booking.answer_by is None or booking.answer_by <= work.now:
        raise Conflict(N_("O prazo para responder passou, e a vez foi para quem esperava a seguir."))
    borrower = bookings.borrower_of(booking)
    bookings.check_borrower(work, borrower)
    terms = bookings.terms_of(work, booking.thing, booking.desk, borrower, wish_of(booking))
    asks = terms.approval and not work.actor.may_anywhere(rules.DESK)
    booking.approved_at = None if asks else work.now
    moves.move(work, booking, "ask_approval" if asks else "accept")
    work.session.flush()
    return booking


def _leave(work: Work, booking: Booking) -> Booking:
    if booking.state == BookingState.CANCELLED:
        return booking
    if booking.state not in (BookingState.WAITING, BookingState.OFFERED):
        raise Conflict(N_("Esta reserva já mudou de estado. Volte a abri-la para ver como está."))
    bookings.cancel(work, booking)
    return booking


def expire_offers(work: Work) -> list[Booking]:
    """Take the turn from those who did not answer in time; what was kept for them goes to the next."""
    late = select(Booking).where(Booking.state == BookingState.OFFERED, Booking.answer_by <= work.now)
    locked = late.order_by(Booking.id).with_for_update(skip_locked=True)
    over = list(work.session.scalars(locked.execution_options(populate_existing=True)))
    for booking in over:
        moves.move(work, booking, "expire")
        moves.free(booking)
    work.session.flush()
    return over


def lists(work: Work) -> list[tuple[int, int]]:
    """Return the waiting lists on which somebody is: thing and desk."""
    found = select(Booking.thing_id, Booking.desk_id).where(Booking.state == BookingState.WAITING).distinct()
    return [(row[0], row[1]) for row in work.session.execute(found.order_by(Booking.thing_id, Booking.desk_id))]
