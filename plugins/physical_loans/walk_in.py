"""Lending to somebody who came without a booking, also to people without an account or without an address."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import bookings, calendars, holding, moves, planning
from plugins.physical_loans.at_desk import check_usable, check_works_at
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.handing_out import FASTER, flush, hand_out
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk
from plugins.physical_loans.planning import Times
from repository.api import N_, Conflict, Invalid, Membership, User, Work, contains_words, new_teacher, record


class WhoIsIt(Invalid):
    """A part of a name was said: somebody looks whether that person is meant."""

    def __init__(self, person: User) -> None:
        super().__init__(N_("Foi isto que encontrámos: confirme a pessoa antes de emprestar."), "borrower")
        self.person_id = person.id


def lend(
    work: Work, copy: Copy, borrower: User, until: date, *, quantity: int = 1, collector: str = "", key: str = ""
) -> Booking:
    """Lend what somebody came for without a booking, from now on; sent again with the same `key` it is one loan.

    The desk decides for itself how long; only days on which it is shut, and what others have booked, are in the way.
    """
    check_works_at(work, copy.desk)
    bookings.check_borrower(work, borrower)
    for known in bookings.booked_with(work, borrower, key):
        return known
    check_usable(copy)
    if not 1 <= quantity <= copy.stock:
        raise Invalid(N_("Há %(most)s no total. Escolha uma quantidade até lá."), "quantity", most=copy.stock)
    times = walk_in_times(work, copy, until)
    wish = Wish(copy.thing_id, copy.desk_id, quantity, copy.id, first=until, last=until, collector=collector)
    booking = bookings.draft(work, wish, times, borrower, BookingState.APPROVED)
    booking.approved_at = work.now
    booking.key = bookings.key_of(borrower, key) if key else None
    flush(work)
    if not _holds(work, booking, times):
        raise Conflict(
            N_("%(copy)s não está livre até esse dia. Escolha um dia mais cedo."), "until", copy=copy.inventory
        )
    moves.tell(
        work, booking, "book", after={"thing": copy.thing_id, "quantity": quantity, "state": BookingState.APPROVED}
    )
    hand_out(work, booking, collector)
    return booking


def _holds(work: Work, booking: Booking, times: Times) -> bool:
    try:
        return holding.hold(work, booking, times.held)
    except IntegrityError as error:
        raise Conflict(FASTER) from error


def walk_in_times(work: Work, copy: Copy, until: date) -> Times:
    """Return the times of a loan from now to the end of an open day. Raises Invalid for another."""
    calendar = calendars.calendar_of(work, copy.desk)
    if not calendar.is_open(until):
        raise Invalid(N_("O balcão está fechado nesse dia. Escolha um dia aberto."), "until")
    ends_at, held_until = planning.back_on(calendar, planning.pace_of(copy.thing), until)
    if ends_at <= work.now:
        raise Invalid(N_("Esse dia já passou."), "until")
    if ends_at - work.now > planning.FURTHEST:
        raise Invalid(N_("Essa data está demasiado longe."), "until")
    return Times((work.now, ends_at), ends_at, ((work.now, held_until),))


def named(work: Work, name: str) -> User | None:
    """Return the one open account of that name. Raises Invalid when several people are called so."""
    wanted = select(User).where(contains_words(User.name, name), User.deleted_at.is_(None), User.disabled_at.is_(None))
    found = list(work.session.scalars(wanted.order_by(User.name).limit(6))) if len(name) > 2 else []
    exact = [person for person in found if person.name.casefold() == name.casefold()]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if found:
        names = "; ".join(f"{person.name} ({person.email or '–'})" for person in found)
        raise Invalid(N_("Há várias pessoas assim: %(names)s. Escreva o endereço de correio."), "borrower", names=names)
    return None


def new_borrower(work: Work, desk: Desk, text: str) -> User:
    """Make the account of somebody who stands at the desk; without an address it is only good for lending.

    With an address they can ask for a password themselves whenever they like. Raises Invalid.
    """
    check_works_at(work, desk)
    if "@" in text:
        return new_teacher(work, text, text.partition("@")[0], desk.organisation_id)
    name = " ".join(text.split())
    if not 3 <= len(name) <= 120:
        raise Invalid(N_("Escreva o nome da pessoa."), "borrower")
    person = User(name=name, email=None, created_at=work.now)
    if desk.organisation_id is not None:
        place = Membership(organisation_id=desk.organisation_id, role="teacher", valid_from=work.now.date())
        person.memberships.append(place)
    work.session.add(person)
    work.session.flush()
    record(work, "account.created", person)
    return person
