"""Who borrowed what is known as long as somebody needs it: afterwards loans stay whole, and nobody is named in them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from plugins.physical_loans import moves, photos
from plugins.physical_loans.figures import school_of
from plugins.physical_loans.models import (
    BasketLine,
    Booking,
    BookingState,
    Copy,
    Feed,
    Hold,
    Notice,
    Rule,
    Shortage,
)
from repository.api import N_, SYSTEM, Item, Organisation, Services, User, Work, in_language, open_work

JOB = "physical_loans.anonymise"
DAYS = "physical_loans_anonymise_days"
AWAY = (BookingState.OUT, BookingState.INCOMPLETE, BookingState.LOST)
NOBODY = N_("Pessoa anonimizada")
DELETED = N_("Conta apagada")
CLOSED = N_("%(name)s (conta fechada)")
ASK_SCHOOL = N_("A conta de quem o levou já não existe. Pergunte em %(school)s; se não voltar, dê-o por perdido.")
ASK_NOBODY = N_("A conta de quem o levou já não existe. Se não voltar, dê-o por perdido.")
BATCH = 500


def anonymise_daily(services: Services, _payloads: list[dict[str, Any]]) -> None:
    """The job: loans that were over for the set number of days name nobody any more; 0 keeps the names."""
    days = services.settings[DAYS]
    while days:
        with open_work(services, SYSTEM) as work:
            if anonymise_old(work, days) < BATCH:
                return


def anonymise_old(work: Work, days: int) -> int:
    """Take the names from loans that ended so many days ago, at most BATCH of them; return how many there were.

    What came back incomplete is over once nothing is owed any more.
    """
    before = work.now - timedelta(days=days)
    owed = select(Shortage.booking_id).where(Shortage.booking_id.is_not(None), Shortage.resolved_at.is_(None))
    over = or_(
        Booking.closed_at < before,
        and_(Booking.state == BookingState.INCOMPLETE, Booking.returned_at < before, Booking.id.not_in(owed)),
    )
    ids = list(
        work.session.scalars(
            select(Booking.id).where(Booking.anonymised_at.is_(None), over).order_by(Booking.id).limit(BATCH)
        )
    )
    _hide(work, ids)
    return len(ids)


def _hide(work: Work, ids: Sequence[int]) -> None:
    """Take out of bookings whatever says who it was; school, level and times stay, for the figures."""
    _keep_schools(work, ids)
    nobody = {"borrower_id": None, "collector": "", "note": "", "reason": "", "key": None, "anonymised_at": work.now}
    those = update(Booking).where(Booking.id.in_(ids)).values(**nobody, version=Booking.version + 1)
    work.session.execute(those.execution_options(synchronize_session="fetch"))
    work.session.execute(delete(Notice).where(Notice.booking_id.in_(ids)))
    work.session.execute(update(Shortage).where(Shortage.booking_id.in_(ids)).values(note=""))
    for booking in _with_photos(work, ids):
        photos.forget(work, booking)


def _with_photos(work: Work, ids: Sequence[int]) -> Sequence[Booking]:
    photographed = Booking.holds.any(Hold.copy.has(Copy.photos_item_id.is_not(None)))
    return work.session.scalars(select(Booking).where(Booking.id.in_(ids), photographed)).all()


def _keep_schools(work: Work, ids: Sequence[int]) -> None:
    """Write down which school borrowed something, while the borrower still says it."""
    unsaid = (Booking.id.in_(ids), Booking.organisation_id.is_(None))
    known = update(Booking).where(*unsaid).values(organisation_id=school_of())
    work.session.execute(known.execution_options(synchronize_session="fetch"))


def forget(work: Work, user: User) -> None:
    """Let go of a person whose account is deleted: what is not handed out is cancelled, what is over names nobody.

    What is out stays as it is, under the account's pseudonym; its school is written down, so that the desk knows whom
    to ask.
    """
    theirs = list(work.session.scalars(select(Booking).where(Booking.borrower_id == user.id).order_by(Booking.id)))
    school = next((each.organisation_id for each in user.memberships), None)
    for booking in theirs:
        if moves.may_move(booking, "cancel"):
            moves.move(work, booking, "cancel")
            moves.free(booking)
        elif booking.state in AWAY:
            booking.organisation_id = booking.organisation_id or school
            booking.note, booking.key = "", None
    work.session.flush()
    _hide(work, [booking.id for booking in theirs if booking.state not in AWAY])
    for table in (BasketLine, Rule):
        work.session.execute(delete(table).where(table.user_id == user.id))
    work.session.execute(
        update(Feed).where(Feed.user_id == user.id, Feed.revoked_at.is_(None)).values(revoked_at=work.now)
    )


def ties(work: Work, user: User) -> tuple[int, int]:
    """Return how many loans a person has still to bring back, and how many bookings would be cancelled."""
    states = list(work.session.scalars(select(Booking.state).where(Booking.borrower_id == user.id)))
    away = sum(state in (BookingState.OUT, BookingState.INCOMPLETE) for state in states)
    return away, sum((state, "cancel") in moves.MOVES for state in states)


def who(work: Work, booking: Booking) -> str:
    """Return who has it, in the words of whoever works at the desk: people who are gone are told apart, not named."""
    person = booking.borrower
    if person is None or person.deleted_at is not None:
        return in_language(NOBODY if person is None else DELETED, work.actor.locale)
    return in_language(CLOSED, work.actor.locale, name=person.name) if person.disabled_at else person.name


def what_to_do(work: Work, booking: Booking) -> str:
    """Return what the desk can do about a loan whose borrower cannot be written to any more; empty for all others."""
    person = booking.borrower
    gone = person is None or person.deleted_at is not None or person.disabled_at is not None
    if not gone or booking.state not in AWAY:
        return ""
    school = work.session.get(Organisation, booking.organisation_id or 0)
    return in_language(ASK_SCHOOL if school else ASK_NOBODY, work.actor.locale, school=school.name if school else "")


def told(work: Work, user: User) -> dict[str, Any]:
    """Return what the lending desk keeps about a person, for that person."""
    loans = work.session.execute(
        select(Booking, Item.title)
        .join(Item, Item.id == Booking.thing_id)
        .where(Booking.borrower_id == user.id)
        .order_by(Booking.id)
    )
    basket = select(BasketLine).where(BasketLine.user_id == user.id).order_by(BasketLine.thing_id)
    feeds = select(Feed).where(Feed.user_id == user.id).order_by(Feed.id)
    return {
        "loans": [_loan(booking, title) for booking, title in loans],
        "basket": [
            {"thing_id": line.thing_id, "quantity": line.quantity, "added_at": line.added_at.isoformat()}
            for line in work.session.scalars(basket)
        ],
        "calendars": [
            {"kind": feed.kind, "created_at": feed.created_at.isoformat(), "revoked_at": _moment(feed.revoked_at)}
            for feed in work.session.scalars(feeds)
        ],
    }


def _loan(booking: Booking, title: str) -> dict[str, Any]:
    plain = ("id", "thing_id", "copy_id", "quantity", "use", "level", "year", "pupils", "collector", "note", "reason")
    moments = (
        "starts_at", "ends_at", "created_at", "approved_at", "handed_out_at", "returned_at", "closed_at",
    )  # fmt: skip
    return (
        {"title": title, "state": str(booking.state), "lessons": booking.lessons}
        | {name: getattr(booking, name) for name in plain}
        | {name: _moment(getattr(booking, name)) for name in moments}
    )


def _moment(value: Any) -> str | None:
    return None if value is None else value.isoformat()
