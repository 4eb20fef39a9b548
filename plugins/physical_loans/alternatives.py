"""What can be had instead of what is taken: another day or copy, another desk, an equivalent thing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from plugins.physical_loans import availability, bookings, calendars, fitting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import Desk, Thing
from plugins.physical_loans.planning import Times
from repository.api import DomainError, Item, State, User, Work, may_see

MOST_LOOKED_AT = 40
MOST_EQUIVALENTS = 3
Kind = Literal["day", "copy", "desk", "thing"]


@dataclass(frozen=True)
class Offer:
    """A wish that would fit now: on another day, with another copy, at another desk, or of another thing."""

    kind: Kind
    wish: Wish
    thing: Thing
    desk: Desk
    times: Times


def offers(work: Work, wish: Wish, borrower: User | None = None, counted: bool = False) -> list[Offer]:
    """Return what would fit instead of a wish that does not, best first; it only reads.

    For a borrower nothing is offered that the rules would refuse; `counted` when the wish is one of their bookings.
    """
    thing, desk = bookings.get_thing(work, wish.thing_id), bookings.get_desk(work, wish.desk_id)
    try:
        times = bookings.plan(work, wish)
    except DomainError:
        return []
    found = [_another_day(work, wish, thing, desk, times), *_other_desks(work, wish, thing)]
    suitable = [offer for offer in found if offer] + _equivalents(work, wish, thing, desk)
    return [offer for offer in suitable if borrower is None or _allowed(work, offer, borrower, counted)]


def _allowed(work: Work, offer: Offer, borrower: User, counted: bool) -> bool:
    look = fitting.Look(offer.wish, offer.thing, offer.times, None)
    return fitting.by_rules(work, look, borrower, counted=counted).free


def _another_day(work: Work, wish: Wish, thing: Thing, desk: Desk, times: Times) -> Offer | None:
    if wish.copy_id is not None:  # another copy on the same day comes first
        (look,) = fitting.look_at(work, [replace(wish, copy_id=None)])
        return Offer("copy", look.wish, thing, desk, look.times) if look.free and look.times else None
    if wish.use == "on_site":
        return None
    day = availability.next_free(work, desk, thing, times, wish.quantity)
    if day is None:
        return None
    moved = move(calendars.calendar_of(work, desk), wish, times, day)
    return Offer("day", moved, thing, desk, bookings.plan(work, moved))


def move(calendar: Calendar, wish: Wish, times: Times, day: date) -> Wish:
    """Return the same wish so that its first lesson, or its pick-up, is on another day."""
    start = times.lessons[0][0] if times.lessons else times.starts_at
    days = timedelta(days=(day - calendar.local(start).date()).days)
    if wish.first is not None and wish.last is not None:
        return replace(wish, first=wish.first + days, last=wish.last + days)
    lessons = tuple(
        (
            calendar.moment(calendar.local(begin).date() + days, calendar.local(begin).time()),
            calendar.moment(calendar.local(end).date() + days, calendar.local(end).time()),
        )
        for begin, end in wish.lessons
    )
    return replace(wish, lessons=lessons)


def _other_desks(work: Work, wish: Wish, thing: Thing) -> list[Offer]:
    others = [desk for desk in fitting.desks_of(work, [thing.item_id])[thing.item_id] if desk.id != wish.desk_id]
    wishes = [replace(wish, desk_id=desk.id, copy_id=None) for desk in others]
    looks = zip(others, fitting.look_at(work, wishes), strict=True)
    return [Offer("desk", look.wish, thing, desk, look.times) for desk, look in looks if look.free and look.times]


def _equivalents(work: Work, wish: Wish, thing: Thing, desk: Desk) -> list[Offer]:
    like_it = equivalents_of(work, thing)
    free = fitting.free_things(work, desk, replace(wish, copy_id=None), like_it)[:MOST_EQUIVALENTS]
    found = []
    for other in free:
        instead = replace(wish, thing_id=other.item_id, copy_id=None)
        found.append(Offer("thing", instead, other, desk, bookings.plan(work, instead)))
    return found


def equivalents_of(work: Work, thing: Thing) -> list[Thing]:
    """Return things that may stand in for one: those said to be equivalent, then those of its category and level."""
    alike = [Thing.equivalent == thing.equivalent] if thing.equivalent else []
    if thing.category:
        alike.append(Thing.category == thing.category)
    if not alike:
        return []
    wanted = (
        select(Thing)
        .join(Item, Item.id == Thing.item_id)
        .where(or_(*alike), Thing.item_id != thing.item_id, Item.state == State.PUBLISHED)
        .options(selectinload(Thing.item).selectinload(Item.terms))
        .order_by(Item.title, Item.id)
        .limit(MOST_LOOKED_AT)
    )
    levels = set(thing.item.codes("level"))
    found = [other for other in work.session.scalars(wanted) if may_see(work, other.item)]
    same = [other for other in found if thing.equivalent and other.equivalent == thing.equivalent]
    near = [other for other in found if other not in same and not levels.isdisjoint(other.item.codes("level"))]
    return same + near
