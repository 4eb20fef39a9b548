"""Changing what is booked: other dates, another quantity or copy, more time, and a cancelled booking made anew."""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from plugins.physical_loans import bookings, calendars, holding, moves, planning, queues, rules
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import LIVE, Booking, BookingState
from plugins.physical_loans.planning import Times
from repository.api import N_, Conflict, DomainError, Invalid, NotAllowed, Work

CHANGEABLE = (BookingState.REQUESTED, BookingState.APPROVED)
SAID = ("quantity", "copy_id", "desk_id", "organisation_id", "level", "year", "pupils", "collector", "note")


def change(work: Work, booking: Booking, wish: Wish, version: int | None = None) -> Booking:
    """Let a booking that has not been prepared yet be for other dates, another quantity or copy; all or nothing.

    `version` is the one that the person saw. Wished for again what is booked already, nothing happens. Raises Taken
    when it does not fit (the booking stays as it was), Conflict when somebody changed it meanwhile.
    """
    check_may(work, booking)
    if wish.thing_id != booking.thing_id:
        raise Invalid(N_("Uma reserva é sempre do mesmo material. Para outro, faça outra reserva."))
    times = bookings.plan(work, wish) if not _says_times(booking, wish) else None
    if times is None and all(getattr(booking, name) == getattr(wish, name) for name in SAID):
        return booking
    check_version(booking, version)
    if booking.state not in CHANGEABLE:
        raise Conflict(N_("Esta reserva já não se pode mudar aqui. Fale com o balcão."))
    before = _told(booking)
    if times is not None or _keeps_other(booking, wish):
        _keep_anew(work, booking, wish, times or bookings.plan(work, wish))
    for name in SAID:
        setattr(booking, name, getattr(wish, name))
    work.session.flush()
    moves.tell(work, booking, "change", before=before, after=_told(booking))
    return booking


def _says_times(booking: Booking, wish: Wish) -> bool:
    known = wish_of(booking)
    return (known.use, known.lessons, known.first, known.last) == (wish.use, wish.lessons, wish.first, wish.last)


def _keeps_other(booking: Booking, wish: Wish) -> bool:
    return any(getattr(booking, name) != getattr(wish, name) for name in ("quantity", "copy_id", "desk_id"))


def _keep_anew(work: Work, booking: Booking, wish: Wish, times: Times) -> None:
    """Let go of what is kept and keep what is wished for instead; a booking that needs approval is asked for again."""
    thing, desk = bookings.get_thing(work, wish.thing_id), bookings.get_desk(work, wish.desk_id)
    bookings.check_wish(work, thing, desk, wish)
    borrower = bookings.borrower_of(booking)
    terms = bookings.terms_of(work, thing, desk, borrower, wish)
    rules.check(work, terms, calendars.calendar_of(work, desk), times, borrower, counted=True)
    queues.move_on(work, booking.thing_id, wish.desk_id)  # who waits comes first
    moves.free(booking)
    booking.desk_id, booking.quantity, booking.copy_id = wish.desk_id, wish.quantity, wish.copy_id
    _set_times(booking, wish, times)
    _hold(work, booking, wish, times)
    if terms.approval and booking.state == BookingState.APPROVED and not work.actor.may_anywhere(rules.DESK):
        booking.approved_at = None
        moves.move(work, booking, "request")


def _set_times(booking: Booking, wish: Wish, times: Times) -> None:
    booking.starts_at, booking.ends_at = times.starts_at, times.ends_at
    booking.held_from, booking.held_until = times.held[0][0], times.held[-1][1]
    booking.lessons = [[moment.isoformat() for moment in lesson] for lesson in times.lessons]
    booking.use = wish.use


def _hold(work: Work, booking: Booking, wish: Wish, times: Times) -> None:
    title = booking.thing.item.title
    work.session.flush()  # what was let go must be free before it is kept anew
    try:
        fits = holding.hold(work, booking, times.held)
    except IntegrityError as error:  # somebody was faster, in another process
        raise Taken(wish, title, counted=True) from error
    if not fits:
        raise Taken(wish, title, counted=True)


def extend(work: Work, booking: Booking, until: date, version: int | None = None) -> Booking:
    """Let a loan that is out come back on a later day. The desk is bound by the next reservation only.

    Raises Conflict when somebody waits for it or it is promised to somebody else, Invalid for a day that will not do.
    """
    check_may(work, booking)
    calendar = calendars.calendar_of(work, booking.desk)
    if calendar.local(booking.ends_at).date() == until:
        return booking
    check_version(booking, version)
    if booking.state != BookingState.OUT:
        raise Conflict(N_("Só se prolonga o que já foi levantado. Antes disso, mude as datas da reserva."))
    ends_at, held_until = _new_end(work, calendar, booking, until)
    if not at_own_desk(work, booking):
        _check_renewal(work, booking, calendar, until, held_until)
        booking.renewals += 1
    before = _told(booking)
    try:
        fits = holding.lengthen(work, booking, held_until)
    except IntegrityError:  # somebody was faster, in another process
        fits = False
    if not fits:
        raise _reserved(work, booking, calendar, held_until)
    booking.ends_at, booking.held_until = ends_at, held_until
    work.session.flush()
    moves.tell(work, booking, "extend", before=before, after=_told(booking))
    return booking


def _reserved(work: Work, booking: Booking, calendar: Calendar, until: datetime) -> Conflict:
    own = own_next(work, booking, until)
    if own is None:
        return Conflict(N_("Está reservado para outra pessoa a seguir. Devolva no dia combinado, por favor."))
    return Conflict(
        N_(
            "A seguir tem uma reserva sua deste material, com levantamento a %(day)s. Anule-a ou mude-lhe as datas, "
            "e depois prolongue este empréstimo."
        ),
        day=calendar.local(own.starts_at).date(),
    )


def own_next(work: Work, booking: Booking, until: datetime) -> Booking | None:
    """Return the next booking of the same thing by the same person that keeps something before `until`."""
    next_ones = (
        select(Booking)
        .where(
            Booking.borrower_id == booking.borrower_id,
            Booking.thing_id == booking.thing_id,
            Booking.desk_id == booking.desk_id,
            Booking.id != booking.id,
            Booking.state.in_((*CHANGEABLE, BookingState.READY)),
            Booking.held_from < until,
        )
        .order_by(Booking.held_from, Booking.id)
    )
    return work.session.scalars(next_ones.limit(1)).first()


def own_next_before(work: Work, booking: Booking, until: date) -> date | None:
    """Return the day on which the borrower picks the same thing up again, if the loan lasted until a day."""
    calendar = calendars.calendar_of(work, booking.desk)
    _, held_until = planning.back_on(calendar, planning.pace_of(booking.thing), until)
    own = own_next(work, booking, held_until)
    return calendar.local(own.starts_at).date() if own else None


def _new_end(work: Work, calendar: Calendar, booking: Booking, until: date) -> tuple[datetime, datetime]:
    if until < calendar.local(booking.ends_at).date():
        raise Invalid(N_("Escolha um dia depois do combinado. Devolver mais cedo pode-se sempre."), "until")
    if not calendar.is_open(until):
        raise Invalid(N_("O balcão está fechado nesse dia. Escolha um dia aberto."), "until")
    ends_at, held_until = planning.back_on(calendar, planning.pace_of(booking.thing), until)
    if ends_at <= work.now:
        raise Invalid(N_("Esse dia já passou."), "until")
    if ends_at - work.now > planning.FURTHEST:
        raise Invalid(N_("Essa data está demasiado longe."), "until")
    return ends_at, held_until


def _check_renewal(work: Work, booking: Booking, calendar: Calendar, until: date, held_until: datetime) -> None:
    terms = renewal_terms(work, booking)
    if booking.renewals >= terms.renewals:
        raise NotAllowed(N_("Este empréstimo já foi prolongado as vezes que se podem. Fale com o balcão."))
    if until > rules.renewal_end(terms, calendar, booking.ends_at):
        raise Invalid(N_("De cada vez prolonga-se %(days)s dias, no máximo."), "until", days=terms.renewal_days)
    if terms.back_before is not None and calendar.local(work.now).date() <= terms.back_before < until:
        raise Invalid(N_("Tudo tem de voltar até %(day)s. Escolha datas anteriores."), "until", day=terms.back_before)
    if somebody_waits(work, booking, held_until):
        raise Conflict(N_("Há quem espere por este material. Devolva no dia combinado, por favor."))


def renewal_terms(work: Work, booking: Booking) -> rules.Terms:
    """Return the terms that hold for a booking's borrower."""
    return bookings.terms_of(work, booking.thing, booking.desk, bookings.borrower_of(booking), wish_of(booking))


def may_extend_until(work: Work, booking: Booking) -> date | None:
    """Return the day until which the borrower may have it longer without asking anybody, or None."""
    if booking.state != BookingState.OUT or booking.use == "on_site" or booking.borrower is None:
        return None
    if why_not_longer(work, booking) is not None:
        return None
    terms, calendar = renewal_terms(work, booking), calendars.calendar_of(work, booking.desk)
    return rules.renewal_end(terms, calendar, booking.ends_at)


def why_not_longer(work: Work, booking: Booking) -> DomainError | None:
    """Return what is in the way of having a loan longer without asking, where may_extend_until finds no day."""
    terms, calendar = renewal_terms(work, booking), calendars.calendar_of(work, booking.desk)
    until = rules.renewal_end(terms, calendar, booking.ends_at)
    try:
        _, held_until = _new_end(work, calendar, booking, until)
        _check_renewal(work, booking, calendar, until, held_until)
    except (Invalid, NotAllowed, Conflict) as error:
        return error
    return None


def somebody_waits(work: Work, booking: Booking, until: datetime) -> bool:
    """Return whether somebody is on the waiting list for the thing at a time between now and `until`."""
    waiting = exists().where(
        Booking.thing_id == booking.thing_id,
        Booking.desk_id == booking.desk_id,
        Booking.state.in_((BookingState.WAITING, BookingState.OFFERED)),
        Booking.held_from < until,
        Booking.held_until > work.now,
    )
    return bool(work.session.scalar(select(waiting)))


def reactivate(work: Work, booking: Booking) -> Booking:
    """Book again, for the same dates, what was cancelled; done twice it is done once.

    Raises Taken when somebody else has it by now.
    """
    check_may(work, booking)
    if booking.state in LIVE:
        return booking
    if booking.queued_at is not None and booking.approved_at is None:
        raise Conflict(N_("Saiu da lista de espera. Para esperar de novo, volte a entrar nela."))
    wish, borrower = wish_of(booking), bookings.borrower_of(booking)
    bookings.check_borrower(work, borrower)
    thing, desk = bookings.get_thing(work, wish.thing_id), bookings.get_desk(work, wish.desk_id)
    bookings.check_wish(work, thing, desk, wish)
    times = bookings.plan(work, wish)
    terms = bookings.terms_of(work, thing, desk, borrower, wish)
    rules.check(work, terms, calendars.calendar_of(work, desk), times, borrower, series=booking.series)
    queues.move_on(work, booking.thing_id, booking.desk_id)  # who waits comes first
    moves.move(work, booking, "reactivate" if booking.approved_at else "request")
    _set_times(booking, wish, times)
    _hold(work, booking, wish, times)
    return booking


def wish_of(booking: Booking) -> Wish:
    """Return what was wished for with a booking, as it stands now."""
    lessons = tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in booking.lessons)
    zone = calendars.zone_of(booking.desk)
    days = None if lessons else [moment.astimezone(zone).date() for moment in (booking.starts_at, booking.ends_at)]
    return Wish(
        booking.thing_id,
        lessons=lessons,
        first=days[0] if days else None,
        last=days[1] if days else None,
        use=booking.use,
        **{name: getattr(booking, name) for name in SAID},
    )


def at_own_desk(work: Work, booking: Booking) -> bool:
    """Return whether the person decides for the desk: works there, and it is not their own loan."""
    return bookings.at_desk(work, booking) and not bookings.is_own(work, booking)


def check_may(work: Work, booking: Booking) -> None:
    """Refuse to change a booking that is somebody else's, but for the desk. Raises NotAllowed."""
    if not (bookings.is_own(work, booking) or bookings.at_desk(work, booking)):
        raise NotAllowed(N_("Só quem reservou e o balcão podem mudar esta reserva."))


def check_version(booking: Booking, version: int | None) -> None:
    """Refuse to change what somebody has changed since the person saw it. Raises Conflict."""
    if version is not None and version != booking.version:
        raise Conflict(N_("Esta reserva mudou entretanto. Veja como está agora e repita, se ainda for preciso."))


def _told(booking: Booking) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(booking, name) for name in ("quantity", "copy_id", "desk_id", "state")}
    return told | {"starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat()}
