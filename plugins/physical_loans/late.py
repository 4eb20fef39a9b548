"""What is not there for those who come next: it is late, or came back unfit. They get another copy, or are warned."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, selectinload

from plugins.physical_loans import alternatives, calendars, letters, missing, moves, rehoming
from plugins.physical_loans.changing import wish_of
from plugins.physical_loans.models import PROMISED, Booking, BookingState, Copy, CopyState, Hold, HoldState, Thing
from repository.api import N_, Work, actor_of, in_language

SOON = timedelta(days=2)  # what is late so shortly before the next reservation will hardly be back
SOON_UNFIT = timedelta(days=7)
WHY_LATE, WHY_UNFIT = N_("ainda não voltou"), N_("voltou incompleto ou avariado")
OFFERS = {
    "day": N_("Livre noutro dia: %(title)s, a partir de %(day)s."),
    "copy": N_("Há outro exemplar livre: %(title)s."),
    "desk": N_("Livre noutro balcão (%(desk)s): %(title)s."),
    "thing": N_("Um material parecido, livre nas mesmas datas: %(title)s."),
}
NOTHING = N_("Não encontrámos outra data nem outro material parecido. O balcão ajuda-o/a.")
CHANGE = N_("Mudar a reserva: %(url)s")


def at_risk(work: Work, desk_id: int | None = None) -> list[Hold]:
    """Return the reservations that begin soon on a copy that is late or not fit to be lent, earliest first."""
    out, loan = aliased(Hold), aliased(Booking)
    is_late = (
        select(out.id)
        .join(loan, loan.id == out.booking_id)
        .where(out.copy_id == Hold.copy_id, out.unit == Hold.unit, out.state == HoldState.OUT, loan.ends_at < work.now)
        .exists()
    )
    on_site = and_(Booking.use == "on_site", Copy.state == CopyState.ON_SITE)
    unfit = or_(Copy.blocked != "", and_(Copy.state != CopyState.AVAILABLE, ~on_site))
    wanted = (
        select(Hold)
        .join(Booking, Booking.id == Hold.booking_id)
        .join(Copy, Copy.id == Hold.copy_id)
        .where(
            Hold.state == HoldState.RESERVED,
            Hold.ends > work.now,
            Booking.state.in_(PROMISED),
            or_(
                and_(is_late, Booking.starts_at < work.now + SOON),
                and_(unfit, Booking.starts_at < work.now + SOON_UNFIT),
            ),
        )
        .options(selectinload(Hold.copy), selectinload(Hold.booking).options(*_loaded()))
        .order_by(Hold.starts, Hold.id)
    )
    if desk_id is not None:
        wanted = wanted.where(Booking.desk_id == desk_id)
    return list(work.session.scalars(wanted))


def _loaded() -> tuple[Any, ...]:
    return (
        selectinload(Booking.thing).selectinload(Thing.item),
        selectinload(Booking.borrower),
        selectinload(Booking.desk),
    )


def look_after_next(work: Work, booking: Booking) -> None:
    """Look after those who come next on the copies of a loan that came back unfit or is lost."""
    copies = {hold.copy_id for hold in booking.holds}
    for kept in at_risk(work, booking.desk_id):
        if kept.copy_id in copies:
            look_after(work, kept)


def warn(work: Work, booking: Booking, key: str) -> None:
    """Tell the borrower that something misses in the copy that is kept for them; one that may not leave is replaced."""
    reserved = [kept for kept in booking.holds if kept.state == HoldState.RESERVED and kept.ends > work.now]
    risky = [kept for kept in reserved if is_unfit(kept)]
    if risky:
        for kept in risky:
            look_after(work, kept)
        return
    lines = missing.open_lines(work, sorted({kept.copy_id for kept in reserved}))
    if lines:
        letters.write(work, booking, "warn", key, missing=missing.words(lines))


def look_after(work: Work, kept: Hold) -> bool:
    """Move a reservation at risk to another copy, or warn the borrower once; return whether it could be moved."""
    if reseat(work, kept):
        return True
    booking = kept.booking
    if booking.borrower is not None:
        locale = booking.borrower.locale
        why = WHY_UNFIT if is_unfit(kept) else WHY_LATE
        letters.write(
            work, booking, "next_at_risk", f"risk:{kept.copy_id}:{booking.starts_at.isoformat()}",
            why=in_language(why, locale, letters.CATALOGUES), instead=_instead(work, booking, locale),
        )  # fmt: skip
    return False


def is_unfit(kept: Hold) -> bool:
    """Return whether the copy itself cannot be lent, rather than being late."""
    return kept.copy.blocked != "" or kept.copy.state not in (CopyState.AVAILABLE, CopyState.ON_SITE)


def reseat(work: Work, kept: Hold) -> bool:
    """Give a reservation another free unit; not what is packed already, nor a certain copy that was asked for."""
    booking, before = kept.booking, kept.copy_id
    if booking.state == BookingState.READY:
        return False
    try:
        with work.session.begin_nested():
            if rehoming.move_away(work, [kept], _late_units(work, booking.thing_id)):
                return False
    except IntegrityError:  # somebody was faster, in another process
        work.session.expire(kept)
        return False
    moves.tell(work, booking, "swap", before={"copy": before}, after={"copy": kept.copy_id})
    return True


def _late_units(work: Work, thing_id: int) -> set[tuple[int, int]]:
    late = select(Hold.copy_id, Hold.unit).join(Booking, Booking.id == Hold.booking_id)
    late = late.where(Booking.thing_id == thing_id, Hold.state == HoldState.OUT, Booking.ends_at < work.now)
    return {(row[0], row[1]) for row in work.session.execute(late)}


def _instead(work: Work, booking: Booking, locale: str) -> str:
    """Return in words what the borrower could have instead, as they may see it."""
    if booking.borrower is None:
        return ""
    actor = actor_of(work.session, work.hook, booking.borrower, work.now.date())
    theirs = Work(work.session, work.hook, actor, work.now, work.services)
    lines = []
    for offer in alternatives.offers(theirs, wish_of(booking), booking.borrower, counted=True):
        day = letters.moment_in_words(offer.desk, offer.times.starts_at, locale)
        known = {"title": offer.thing.item.title, "day": day, "desk": offer.desk.name}
        lines.append("- " + in_language(OFFERS[offer.kind], locale, letters.CATALOGUES, **known))
    url = f"{work.services.settings.public_url}/loans/{booking.id}"
    said = "\n".join(lines) or in_language(NOTHING, locale, letters.CATALOGUES)
    return f"{said}\n\n{in_language(CHANGE, locale, letters.CATALOGUES, url=url)}"


def overdue(work: Work, desk_id: int | None = None) -> list[Booking]:
    """Return the loans that should be back, the longest first."""
    wanted = select(Booking).where(Booking.state == BookingState.OUT, Booking.ends_at < work.now)
    if desk_id is not None:
        wanted = wanted.where(Booking.desk_id == desk_id)
    return list(work.session.scalars(wanted.options(*_loaded()).order_by(Booking.ends_at, Booking.id)))


def days_late(booking: Booking, now: datetime) -> int:
    """Return how many days of the calendar a loan is late, by the desk's clock."""
    zone = calendars.zone_of(booking.desk)
    return (now.astimezone(zone).date() - booking.ends_at.astimezone(zone).date()).days
