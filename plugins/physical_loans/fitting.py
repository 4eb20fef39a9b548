"""Whether what is wished for would fit, looked at without booking anything, and at which desks it could be had."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from plugins.physical_loans import availability, bookings, calendars, rules
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.holding import Shelf
from plugins.physical_loans.models import Copy, CopyState, Desk, Thing
from plugins.physical_loans.planning import Times
from repository.api import DomainError, Organisation, User, Work


@dataclass(frozen=True)
class Look:
    """A wish as it stands now: its times when they make sense, and why it would not fit, or None when it would."""

    wish: Wish
    thing: Thing
    times: Times | None
    why: DomainError | None

    @property
    def free(self) -> bool:
        """Whether it would fit."""
        return self.why is None


@dataclass(frozen=True)
class Planned:
    """A wish, the title of what is wished for, and the spans that it would be away."""

    wish: Wish
    title: str
    spans: Sequence[Window]


def look_at(work: Work, wishes: Iterable[Wish]) -> list[Look]:
    """Return how each wish stands by itself, in order."""
    return [_look_at(work, wish) for wish in wishes]


def _look_at(work: Work, wish: Wish) -> Look:
    thing = bookings.get_thing(work, wish.thing_id)
    try:
        times = bookings.plan(work, wish)
    except DomainError as error:
        return Look(wish, thing, None, error)
    try:
        bookings.check_wish(work, thing, bookings.get_desk(work, wish.desk_id), wish)
    except DomainError as error:
        return Look(wish, thing, times, error)
    fits = free_units(work, wish, times) >= wish.quantity
    return Look(wish, thing, times, None if fits else Taken(wish, thing.item.title))


def by_rules(work: Work, one: Look, borrower: User, beside: int = 0, counted: bool = False) -> Look:
    """Return the look as the rules see it: what is free and may not be had is not free for the borrower."""
    if one.times is None or one.why is not None:
        return one
    desk = bookings.get_desk(work, one.wish.desk_id)
    terms, calendar = bookings.terms_of(work, one.thing, desk, borrower, one.wish), calendars.calendar_of(work, desk)
    try:
        rules.check(work, terms, calendar, one.times, borrower, counted=counted, beside=beside)
    except DomainError as error:
        return replace(one, why=error)
    return one


def free_units(work: Work, wish: Wish, times: Times) -> int:
    """Return how many units are free for the wish as things stand, without moving anybody's reservation."""
    return len(_shelf(work, wish, times.held).free(times.held, wish.copy_id))


def plan(work: Work, wish: Wish) -> Planned:
    """Return a wish with its spans. Raises NotFound or Invalid as booking it would."""
    thing = bookings.get_thing(work, wish.thing_id)
    return Planned(wish, thing.item.title, bookings.plan(work, wish).held)


def refuse_taken(work: Work, planned: Planned) -> None:
    """Refuse what cannot be had whatever is moved about; what may fit is left to whoever books it.

    It only reads, so that of many who want the last one few wait for their turn to write. Raises Taken.
    """
    wish, spans = planned.wish, planned.spans
    shelf = _shelf(work, wish, spans)
    if shelf.units and not shelf.has_room(spans, wish.quantity):
        raise Taken(wish, planned.title)


def _shelf(work: Work, wish: Wish, spans: Sequence[Window]) -> Shelf:
    around = (spans[0][0], spans[-1][1])
    return availability.shelves_of(work, [wish.thing_id], wish.desk_id, around, wish.use)[wish.thing_id]


def desks_of(work: Work, thing_ids: Sequence[int]) -> dict[int, list[Desk]]:
    """Return the open desks at which each thing has copies that can be promised, the nearest to the person first."""
    promised = (CopyState.AVAILABLE, CopyState.ON_SITE)
    where = select(Copy.thing_id, Copy.desk_id).where(Copy.thing_id.in_(thing_ids), Copy.state.in_(promised)).distinct()
    places = where.subquery()
    wanted = (
        select(places.c.thing_id, Desk)
        .join(Desk, Desk.id == places.c.desk_id)
        .where(Desk.closed_at.is_(None))
        .order_by(Desk.name, Desk.id)
    )
    found: dict[int, list[Desk]] = {thing_id: [] for thing_id in thing_ids}
    for thing_id, desk in work.session.execute(wanted):
        found[thing_id].append(desk)
        bookings.keep(work, desk)
    if any(len(desks) > 1 for desks in found.values()):
        near = _nearness(work)
        for desks in found.values():
            desks.sort(key=lambda desk: near.get(desk.organisation_id or 0, len(near)))
    return found


def _nearness(work: Work) -> dict[int, int]:
    """Return how far the person's schools are from each organisation above them: 0 is their own, 1 what it is in."""
    parents = {row[0]: row[1] for row in work.session.execute(select(Organisation.id, Organisation.parent_id))}
    near: dict[int, int] = {}
    for organisation_id in work.actor.organisation_ids:
        above: int | None = organisation_id
        steps = 0
        while above is not None and steps <= len(parents):
            near[above] = min(near.get(above, steps), steps)
            above, steps = parents.get(above), steps + 1
    return near


def free_things(work: Work, desk: Desk, wish: Wish, things: Sequence[Thing]) -> list[Thing]:
    """Return those of the things that could be had at the desk instead of what is wished for, in the same order."""
    calendar = calendars.calendar_of(work, desk)
    planned = {thing.item_id: _times_of(work, calendar, desk, wish, thing) for thing in things}
    times = {thing_id: one for thing_id, one in planned.items() if one is not None}
    if not times:
        return []
    spans = [one.held for one in times.values()]
    around = (min(held[0][0] for held in spans), max(held[-1][1] for held in spans))
    shelves = availability.shelves_of(work, list(times), desk.id, around, wish.use)
    enough = {thing_id for thing_id, one in times.items() if len(shelves[thing_id].free(one.held)) >= wish.quantity}
    return [thing for thing in things if thing.item_id in enough]


def _times_of(work: Work, calendar: Calendar, desk: Desk, wish: Wish, thing: Thing) -> Times | None:
    try:
        return bookings.times_of(calendar, thing, desk, wish, work.now)
    except DomainError:
        return None
