"""Calendars that people take along: made, fetched by a secret address of which only the digest is kept, revoked."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from plugins.physical_loans import bookings, holding, ics, letters, rules
from plugins.physical_loans.models import LIVE, Booking, BookingState, Copy, Desk, Feed, Hold, Thing
from repository.api import (
    N_,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    User,
    Work,
    actor_of,
    in_language,
    may_see,
    record,
    seal,
)

KINDS = ("mine", "desk", "thing")
MOST = 20
PAST = timedelta(days=28)  # what was cancelled or came back stays for so long, so that it leaves others' calendars
AHEAD = timedelta(days=400)
AUDIT = {
    "loan_feed.made": N_("criou um calendário de empréstimos"),
    "loan_feed.revoked": N_("revogou um calendário de empréstimos"),
}


@dataclass(frozen=True)
class Asked:
    """Which calendar somebody asks for: mine, of a desk, or of a thing at a desk."""

    kind: str
    desk_id: int | None = None
    thing_id: int | None = None


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def of(work: Work) -> list[Feed]:
    """Return the calendars that the person has made and not revoked, newest first."""
    return list(work.session.scalars(_live(work).order_by(Feed.id.desc())))


def _live(work: Work) -> Select[Feed]:
    return select(Feed).where(Feed.user_id == work.actor.user_id, Feed.revoked_at.is_(None))


def make(work: Work, asked: Asked, key: str) -> str:
    """Make a calendar and return the token of its address, which nobody can be told again.

    Sent again with the same `key` it is the same one. Raises NotAllowed, NotFound, Invalid or Conflict.
    """
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para ver os seus empréstimos."))
    _check(work, asked)
    token = seal(work.services, "physical_loans.feed", f"{work.actor.user_id}:{key}")
    known = work.session.scalar(select(Feed).filter_by(digest=digest_of(token)))
    if known is not None:
        if known.revoked_at is not None:
            raise Conflict(N_("Este calendário foi revogado entretanto. Crie outro."))
        return token
    if len(of(work)) >= MOST:
        raise Conflict(N_("Já tem %(most)s calendários. Revogue um que não use."), most=MOST)
    feed = Feed(
        kind=asked.kind, digest=digest_of(token), user_id=work.actor.user_id, desk_id=asked.desk_id,
        thing_id=asked.thing_id, created_at=work.now,
    )  # fmt: skip
    work.session.add(feed)
    work.session.flush()
    record(work, "loan_feed.made", feed, after={"kind": asked.kind})
    return token


def _check(work: Work, asked: Asked) -> None:
    if asked.kind not in KINDS:
        raise Invalid(N_("Escolha um dos calendários."), "kind")
    if asked.kind == "desk":
        desk = bookings.get_desk(work, asked.desk_id or 0)
        if not work.actor.may(rules.DESK, desk.organisation_id):
            raise NotAllowed(N_("O calendário do balcão é para quem lá trabalha."))
    if asked.kind == "thing":
        bookings.get_thing(work, asked.thing_id or 0)
        bookings.get_desk(work, asked.desk_id or 0)


def revoke(work: Work, feed_id: int) -> None:
    """Let a calendar's address lead nowhere any more; done twice it is done once. Raises NotFound."""
    feed = work.session.get(Feed, feed_id)
    if feed is None or feed.user_id is None or feed.user_id != work.actor.user_id:
        raise NotFound(N_("Este calendário não existe."))
    if feed.revoked_at is None:
        feed.revoked_at = work.now
        record(work, "loan_feed.revoked", feed, before={"kind": feed.kind})


def fetch(work: Work, token: str) -> str:
    """Return the calendar of an address, as the person who made it may see it now. Raises NotFound."""
    feed = work.session.scalar(select(Feed).filter_by(digest=digest_of(token), revoked_at=None))
    person = work.session.get(User, feed.user_id) if feed is not None and feed.user_id is not None else None
    if feed is None or person is None or not letters.is_open(person):
        raise NotFound(N_("Este calendário não existe ou foi revogado."))
    actor = actor_of(work.session, work.hook, person, work.now.date())
    theirs = Work(work.session, work.hook, actor, work.now, work.services)
    if feed.kind == "mine":
        return _mine(theirs, person)
    desk = theirs.session.get_one(Desk, feed.desk_id)
    if feed.kind == "desk":
        return _of_desk(theirs, desk, person)
    return _of_thing(theirs, theirs.session.get_one(Thing, feed.thing_id), desk, person)


def _shown(work: Work) -> Select[Booking]:
    """Return a query for what calendars show: what is promised or out, and for a while what is over."""
    recent = Booking.closed_at > work.now - PAST
    was_promised = or_(Booking.approved_at.is_not(None), Booking.queued_at.is_(None))
    return (
        select(Booking)
        .where(or_(Booking.state.in_((*LIVE, BookingState.INCOMPLETE)), recent), was_promised | Booking.state.in_(LIVE))
        .options(
            selectinload(Booking.thing).selectinload(Thing.item),
            selectinload(Booking.desk),
            selectinload(Booking.borrower),
        )
        .order_by(Booking.starts_at, Booking.id)
    )


def _mine(work: Work, person: User) -> str:
    rows = work.session.scalars(_shown(work).where(Booking.borrower_id == person.id))
    return ics.of_bookings(work, rows, person.locale, in_language(ics.MINE, person.locale, ics.CATALOGUES))


def _of_desk(work: Work, desk: Desk, person: User) -> str:
    if not work.actor.may(rules.DESK, desk.organisation_id):
        raise NotFound(N_("Este calendário não existe ou foi revogado."))
    rows = work.session.scalars(_shown(work).where(Booking.desk_id == desk.id, Booking.ends_at > work.now - 2 * PAST))
    name = in_language(ics.OF_DESK, person.locale, ics.CATALOGUES, name=desk.name)
    return ics.of_bookings(work, rows, person.locale, name, whose=True)


def _of_thing(work: Work, thing: Thing, desk: Desk, person: User) -> str:
    if not may_see(work, thing.item):
        raise NotFound(N_("Este calendário não existe ou foi revogado."))
    copies = select(Copy).where(Copy.thing_id == thing.item_id, Copy.desk_id == desk.id)
    known = list(work.session.scalars(copies))
    taken = select(Hold.starts, Hold.ends).where(
        Hold.copy_id.in_([copy.id for copy in known]), Hold.state.in_(holding.KEPT),
        Hold.ends > work.now - PAST, Hold.starts < work.now + AHEAD,
    )  # fmt: skip
    spans = [(row[0], row[1]) for row in work.session.execute(taken)]
    units = sum(copy.stock for copy in known)
    return ics.of_thing(work, thing, desk, spans, units, person.locale)
