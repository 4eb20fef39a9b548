"""Booking something: for a lesson or for days, several things all or nothing, and taking it back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from plugins.physical_loans import calendars, holding, moves, planning, queues, rules
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Desk, Thing
from plugins.physical_loans.planning import Times
from repository.api import N_, Conflict, Invalid, Item, NotAllowed, NotFound, State, User, Work, may_see

MOST_AT_ONCE = 40
MOST_PUPILS = 400


@dataclass(frozen=True)
class Wish:
    """What somebody wants: so many of a thing (or a certain copy) at a desk, for lessons or from a day to a day.

    `use` is away, or on_site for what is used where it stands. The class is a level or year and a number of pupils.
    """

    thing_id: int
    desk_id: int
    quantity: int = 1
    copy_id: int | None = None
    lessons: tuple[Window, ...] = ()
    first: date | None = None
    last: date | None = None
    use: str = "away"
    organisation_id: int | None = None
    level: str = ""
    year: str = ""
    pupils: int | None = None
    collector: str = ""
    note: str = ""


class Taken(Conflict):
    """There is not enough of it at that time; `wish` is what was wanted, so that others can be offered.

    It is `counted` when it was one of the person's bookings already, which is to change.
    """

    def __init__(self, wish: Wish, title: str, counted: bool = False) -> None:
        super().__init__(N_("«%(title)s» não está livre nessas datas."), title=title)
        self.wish, self.title, self.counted = wish, title, counted


def get_thing(work: Work, thing_id: int) -> Thing:
    """Return a thing that the person may see. Raises NotFound."""
    whole = joinedload(Thing.item).joinedload(Item.grants)
    thing = work.session.get(Thing, thing_id, options=[whole])
    if thing is None or not may_see(work, thing.item):
        raise NotFound(N_("Este material não existe ou já não se empresta."))
    keep(work, thing)
    return thing


def get_desk(work: Work, desk_id: int) -> Desk:
    """Return a desk. Raises NotFound."""
    desk = work.session.get(Desk, desk_id)
    if desk is None:
        raise NotFound(N_("Este balcão não existe."))
    keep(work, desk)
    return desk


def keep(work: Work, row: Thing | Desk) -> None:
    """Let the session know the row as long as the work goes on: what nobody holds, each rule would read anew."""
    work.session.info.setdefault("physical_loans_read", set()).add(row)


def plan(work: Work, wish: Wish) -> Times:
    """Return when what is wished for is picked up and brought back. Raises Invalid for dates that make no sense."""
    thing, desk = get_thing(work, wish.thing_id), get_desk(work, wish.desk_id)
    return times_of(calendars.calendar_of(work, desk), thing, desk, wish, work.now)


def times_of(calendar: Calendar, thing: Thing, desk: Desk, wish: Wish, now: datetime) -> Times:
    """Return the times of a wish for a thing at a desk, by the desk's calendar. Raises Invalid as `plan`."""
    if wish.use == "on_site":
        return planning.on_site(wish.lessons, now)
    pace = planning.pace_of(thing, desk.transport_days)
    if wish.first is not None or wish.last is not None:
        if wish.first is None or wish.last is None:
            raise Invalid(N_("Indique o dia em que levanta e o dia em que devolve."), "last")
        return planning.for_days(calendar, pace, wish.first, wish.last, now)
    return planning.for_lessons(calendar, pace, wish.lessons, now)


def book(work: Work, wishes: Sequence[Wish], borrower: User, key: str = "", series: str = "") -> list[Booking]:
    """Book all that is wished for, or nothing. Sent again with the same `key`, it answers with what was booked then.

    Raises Taken when there is not enough of one of them, NotAllowed or Invalid when the rules say no.
    """
    if not wishes or len(wishes) > MOST_AT_ONCE:
        raise Invalid(N_("Reserve entre 1 e %(most)s coisas de cada vez."), most=MOST_AT_ONCE)
    check_borrower(work, borrower)
    made = booked_with(work, borrower, key)
    if made:
        return made
    if len(wishes) > 1:
        holding.lock(work, [wish.thing_id for wish in wishes])
    basket = secrets.token_hex(8) if len(wishes) > 1 and not series else ""
    bookings = [_book_one(work, wish, borrower, series) for wish in wishes]
    for number, booking in enumerate(bookings):
        booking.basket = basket
        booking.key = key_of(borrower, key, number) if key else None
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict(N_("Este mesmo pedido está a ser atendido. Repita daqui a um minuto.")) from error
    return bookings


def booked_with(work: Work, borrower: User, key: str) -> list[Booking]:
    """Return what the person booked with a key before, in order."""
    if not key:
        return []
    mine = Booking.key.in_([key_of(borrower, key, number) for number in range(MOST_AT_ONCE)])
    return list(work.session.scalars(select(Booking).where(mine).order_by(Booking.id)))


def key_of(borrower: User, key: str, number: int = 0) -> str:
    """Return the name under which the `number`th booking of a request is kept."""
    return f"{borrower.id}:{key}:{number}"


def check_borrower(work: Work, borrower: User) -> None:
    """Refuse a booking in a name that is not one's own, but for the desk's. Raises NotAllowed."""
    own = borrower.id == work.actor.user_id
    if not (work.actor.may_anywhere(rules.DESK) or (own and work.actor.may_anywhere(rules.BORROW))):
        raise NotAllowed(N_("Para reservar é preciso uma conta de docente."))
    if borrower.deleted_at or borrower.disabled_at:
        raise NotAllowed(N_("Esta conta está fechada e não pode levar nada emprestado."))


def draft(work: Work, wish: Wish, times: Times, borrower: User, state: BookingState) -> Booking:
    """Add a booking that keeps nothing yet."""
    booking = Booking(
        thing_id=wish.thing_id,
        copy_id=wish.copy_id,
        desk_id=wish.desk_id,
        quantity=wish.quantity,
        state=state,
        borrower_id=borrower.id,
        organisation_id=wish.organisation_id,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        held_from=times.held[0][0],
        held_until=times.held[-1][1],
        lessons=[[moment.isoformat() for moment in lesson] for lesson in times.lessons],
        use=wish.use,
        level=wish.level,
        year=wish.year,
        pupils=wish.pupils,
        collector=wish.collector,
        note=wish.note,
        created_at=work.now,
    )
    work.session.add(booking)
    work.session.flush()
    return booking


def _book_one(work: Work, wish: Wish, borrower: User, series: str) -> Booking:
    thing, desk = get_thing(work, wish.thing_id), get_desk(work, wish.desk_id)
    check_wish(work, thing, desk, wish)
    times = plan(work, wish)
    terms = terms_of(work, thing, desk, borrower, wish)
    rules.check(work, terms, calendars.calendar_of(work, desk), times, borrower, series=series)
    queues.move_on(work, thing.item_id, desk.id)  # who waits comes first
    asks = terms.approval and not work.actor.may_anywhere(rules.DESK)
    booking = draft(work, wish, times, borrower, BookingState.REQUESTED if asks else BookingState.APPROVED)
    booking.series, booking.approved_at = series, None if asks else work.now
    title = thing.item.title  # not to be asked for once the database has refused
    try:
        fits = holding.hold(work, booking, times.held)
    except IntegrityError as error:  # somebody was faster, in another process
        raise Taken(wish, title) from error
    if not fits:
        raise Taken(wish, title)
    moves.tell(work, booking, "request" if asks else "book", after=_said(booking))
    return booking


def terms_of(work: Work, thing: Thing, desk: Desk, borrower: User, wish: Wish) -> rules.Terms:
    """Return the terms of a wish: those of the borrower's own organisations, and of the one it is for."""
    mine = [membership.organisation_id for membership in borrower.memberships]
    return rules.terms_for(
        work, thing, desk, borrower, [*mine, *([wish.organisation_id] if wish.organisation_id else [])]
    )


def check_wish(work: Work, thing: Thing, desk: Desk, wish: Wish) -> None:
    """Refuse what cannot be: a thing or desk that is closed, more than there is. Raises NotFound or Invalid."""
    if thing.item.state != State.PUBLISHED:
        raise NotFound(N_("Este material não existe ou já não se empresta."))
    if desk.closed_at is not None:
        raise Invalid(N_("Este balcão fechou."), "desk")
    copies = list(work.session.scalars(holding.lendable([thing.item_id], wish.use).where(Copy.desk_id == desk.id)))
    if wish.copy_id is not None:
        copies = [copy for copy in copies if copy.id == wish.copy_id]
    if not copies:
        raise Invalid(_why_none(work, thing, wish), "copy")
    most = sum(copy.stock for copy in copies)
    if not 1 <= wish.quantity <= most:
        raise Invalid(N_("Há %(most)s no total. Escolha uma quantidade até lá."), "quantity", most=most)
    if wish.pupils is not None and not 1 <= wish.pupils <= MOST_PUPILS:
        raise Invalid(N_("Indique quantos alunos são, por exemplo 24."), "pupils")


def _why_none(work: Work, thing: Thing, wish: Wish) -> str:
    on_site = select(Copy.id).filter_by(thing_id=thing.item_id, state=CopyState.ON_SITE).limit(1)
    if wish.use == "away" and work.session.scalar(on_site):
        return N_("Este material usa-se no local: reserve-o para uma aula lá.")
    return N_("Nenhum exemplar se pode emprestar agora. Fale com o centro.")


def _said(booking: Booking) -> dict[str, object]:
    return {
        "thing": booking.thing_id,
        "quantity": booking.quantity,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "state": booking.state,
    }


def get(work: Work, booking_id: int) -> Booking:
    """Return a booking that the person may see: their own, or any of a desk they work at. Raises NotFound."""
    booking = work.session.get(Booking, booking_id)
    if booking is None or not (is_own(work, booking) or at_desk(work, booking)):
        raise NotFound(N_("Esta reserva não existe."))
    return booking


def borrower_of(booking: Booking) -> User:
    """Return who has the booking. Raises Conflict for one that was anonymised."""
    if booking.borrower is None:
        raise Conflict(N_("Esta reserva já foi encerrada e anonimizada."))
    return booking.borrower


def is_own(work: Work, booking: Booking) -> bool:
    """Return whether the person is the borrower."""
    return work.actor.user_id is not None and booking.borrower_id == work.actor.user_id


def at_desk(work: Work, booking: Booking) -> bool:
    """Return whether the person works at the booking's desk."""
    return work.actor.may(rules.DESK, booking.desk.organisation_id)


def cancel(work: Work, booking: Booking) -> None:
    """Give a booking up that has not left yet, for the borrower or the desk; what it kept is free at once."""
    moves.move(work, booking, "cancel")
    moves.free(booking)
    work.session.flush()
