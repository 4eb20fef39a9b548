"""Which units are kept for which booking. The database refuses two at once; here they are chosen so that most fits in."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from plugins.physical_loans.calendars import Window
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Hold, HoldState
from repository.api import Work

KEPT = (HoldState.RESERVED, HoldState.OUT)
LATE = timedelta(days=2)  # what should be back and is not, is not counted on for so long
FOR_EVER = datetime.max.replace(tzinfo=UTC)
Unit = tuple[int, int]  # copy, number within its stock
TakenQuery = Select[int, int, datetime, datetime, HoldState]


@dataclass
class Shelf:
    """The units of some copies, and the spans at which each is taken, in order."""

    units: list[Unit]
    taken: dict[Unit, list[Window]] = field(default_factory=lambda: defaultdict(list))

    def is_free(self, unit: Unit, spans: Sequence[Window]) -> bool:
        """Return whether the unit is free in all the spans."""
        return all(not overlaps(self.taken[unit], span) for span in spans) if self.taken.get(unit) else True

    def free(self, spans: Sequence[Window], only: int | None = None) -> list[Unit]:
        """Return the units, of the copy `only` when one is named, that are free in all the spans."""
        return [unit for unit in self.units if only in (None, unit[0]) and self.is_free(unit, spans)]

    def has_room(self, spans: Sequence[Window], quantity: int) -> bool:
        """Return whether so many could be free in all the spans if reservations were moved about between the units."""
        return all(len(self.units) - self._most_taken(span) >= quantity for span in spans)

    def _most_taken(self, span: Window) -> int:
        """Return how many units are taken at the moment of the span at which most are."""
        inside = [
            window for taken in self.taken.values() for window in taken if window[0] < span[1] and window[1] > span[0]
        ]
        moments = {max(start, span[0]) for start, _ in inside}
        return max((sum(start <= moment < end for start, end in inside) for moment in moments), default=0)

    def take(self, unit: Unit, spans: Iterable[Window]) -> None:
        """Count the unit as taken in the spans."""
        for span in spans:
            insort(self.taken[unit], span)

    def choose(self, spans: Sequence[Window], quantity: int, only: int | None = None) -> list[Unit]:
        """Return that many free units, or fewer when there are not so many; all of the copy `only` when one is named.

        What comes out of one copy is carried in one box; of several copies the one with the smallest gap around the
        spans is taken, so that the wide gaps stay for those who need them.
        """
        free = self.free(spans, only)
        by_copy: dict[int, list[Unit]] = defaultdict(list)
        for unit in free:
            by_copy[unit[0]].append(unit)
        whole = [units for units in by_copy.values() if len(units) >= quantity]
        if whole:
            best = min(whole, key=lambda units: (len(units), self._gap(units[0], spans)))
            return sorted(best, key=lambda unit: self._gap(unit, spans))[:quantity]
        largest_first = sorted(by_copy.values(), key=len, reverse=True)
        return [unit for units in largest_first for unit in units][:quantity]

    def _gap(self, unit: Unit, spans: Sequence[Window]) -> timedelta:
        taken, (start, end) = self.taken.get(unit, []), (spans[0][0], spans[-1][1])
        place = bisect_left(taken, (start, end))
        before = taken[place - 1][1] if place else start - timedelta(days=365)
        after = taken[place][0] if place < len(taken) else end + timedelta(days=365)
        return (start - before) + (after - end)


def overlaps(taken: list[Window], span: Window) -> bool:
    """Return whether any of the spans of one unit, in order, overlaps the span."""
    # Spans of one unit never overlap each other, so only the two around the place can be in the way.
    place = bisect_left(taken, span)
    return (place < len(taken) and taken[place][0] < span[1]) or (place > 0 and taken[place - 1][1] > span[0])


def lendable(thing_ids: Sequence[int] | None, use: str = "away") -> Select[Copy]:
    """Return a query for the copies of things (None: of all) that can be promised, for use away or on_site."""
    states = (CopyState.AVAILABLE, CopyState.ON_SITE) if use == "on_site" else (CopyState.AVAILABLE,)
    copies = select(Copy).where(Copy.blocked == "", Copy.state.in_(states)).order_by(Copy.id)
    return copies if thing_ids is None else copies.where(Copy.thing_id.in_(thing_ids))


def lock(work: Work, thing_ids: Iterable[int]) -> None:
    """Let nobody else change what is kept of things until the commit.

    Whoever changes several rows of it takes this first, in one order, so that two on PostgreSQL never wait for each other.
    """
    copies = select(Copy.id).where(Copy.thing_id.in_(sorted(set(thing_ids)))).order_by(Copy.id)
    work.session.execute(copies.with_for_update())


def shelf_of(session: Session, copies: Sequence[Copy], around: Window, now: datetime, but: Iterable[int] = ()) -> Shelf:
    """Return the shelf of some copies as it is within `around`; the bookings `but` are left out. One query."""
    units = [(copy.id, number) for copy in copies for number in range(1, copy.stock + 1)]
    theirs = Hold.copy_id.in_([copy.id for copy in copies])
    return Shelf(units, taken(session, and_(theirs, Hold.booking_id.not_in(list(but))), around, now))


def taken(session: Session, where: ColumnElement[bool], around: Window, now: datetime) -> dict[Unit, list[Window]]:
    """Return the spans within `around` at which units are taken, in order, by the holds that fit `where`. One query."""
    return read_taken(session, wanted_by(where), around, now)


def wanted_by(where: ColumnElement[bool]) -> TakenQuery:
    """Return the query of `read_taken`; who asks it again and again makes it once, which takes as long as asking it."""
    wanted = select(Hold.copy_id, Hold.unit, Hold.starts, Hold.ends, Hold.state).where(
        where,
        Hold.state.in_(KEPT),
        or_(Hold.ends > bindparam("begins"), Hold.state == HoldState.OUT),
        Hold.starts < bindparam("over"),
    )
    return wanted.order_by(Hold.starts)


def read_taken(
    session: Session, wanted: TakenQuery, around: Window, now: datetime, **values: object
) -> dict[Unit, list[Window]]:
    """Return the spans within `around` that the query of `wanted_by` finds; `values` are those of its own parameters."""
    spans: dict[Unit, list[Window]] = defaultdict(list)
    late: list[tuple[Unit, Window]] = []
    rows = session.execute(wanted, {"begins": around[0], "over": around[1]} | values)
    for copy_id, unit, starts, ends, state in rows:
        spans[copy_id, unit].append((starts, ends))
        if state == HoldState.OUT and ends < now:
            late.append(((copy_id, unit), (starts, ends)))
    for unit_out, loan in late:
        _stretch(spans[unit_out], loan, now)
    return spans


def count_taken(session: Session, copies: Select[Copy], spans: Sequence[Window], now: datetime) -> Counter[int]:
    """Return how many units of each thing are taken in any of the spans, of the copies that a query joined to Thing finds.

    The database counts; only of what is late, which counts as away for a while longer, the spans are read. Two queries,
    or four while something is late.
    """
    theirs = copies.with_only_columns(Copy.id)
    overdue = select(Hold.copy_id).where(Hold.state == HoldState.OUT, Hold.ends < now, Hold.copy_id.in_(theirs))
    late = set(session.scalars(overdue))
    within = or_(*(and_(Hold.starts < end, Hold.ends > start) for start, end in spans))
    units = (
        copies.join(Hold, Hold.copy_id == Copy.id)
        .where(Hold.state.in_(KEPT), within)
        .with_only_columns(Copy.thing_id, Hold.copy_id, Hold.unit)
        .distinct()
    )
    if late:
        units = units.where(Hold.copy_id.not_in(overdue))
    counted = units.subquery()
    rows = session.execute(select(counted.c.thing_id, func.count()).group_by(counted.c.thing_id))
    taken_of: Counter[int] = Counter(dict(rows.all()))
    if late:
        whose = copies.with_only_columns(Copy.id, Copy.thing_id).where(Copy.id.in_(overdue))
        things = dict(session.execute(whose).all())
        around = (min(start for start, _ in spans), max(end for _, end in spans))
        for (copy_id, _), windows in taken(session, Hold.copy_id.in_(overdue), around, now).items():
            taken_of[things[copy_id]] += any(overlaps(windows, span) for span in spans)
    return taken_of


def _stretch(taken: list[Window], loan: Window, now: datetime) -> None:
    """Count a late loan as away for a while longer, up to the next reservation, which is in the way by itself."""
    place = taken.index(loan)
    following = taken[place + 1][0] if place + 1 < len(taken) else now + LATE
    taken[place] = (loan[0], max(loan[1], min(now + LATE, following)))


def hold(work: Work, booking: Booking, spans: Sequence[Window]) -> bool:
    """Keep the booking's quantity for the spans; return whether there was enough.

    Where it does not fit as things stand, others' reservations of the same thing are moved between copies: what was
    asked for as a type is chosen at the desk, so nobody notices.
    """
    mine = lendable([booking.thing_id], booking.use).where(Copy.desk_id == booking.desk_id)
    # Locked until the commit, so that two on PostgreSQL do not choose the same unit and one of them is refused.
    copies = list(work.session.scalars(mine.with_for_update()))
    shelf = shelf_of(work.session, copies, (spans[0][0], spans[-1][1]), work.now, [booking.id])
    chosen = shelf.choose(spans, booking.quantity, booking.copy_id)
    if len(chosen) < booking.quantity and shelf.has_room(spans, booking.quantity):
        chosen = _rearrange(work, booking, copies, spans)
    if len(chosen) < booking.quantity:
        return False
    for copy_id, unit in chosen:
        for starts, ends in spans:
            booking.holds.append(Hold(copy_id=copy_id, unit=unit, starts=starts, ends=ends))
    work.session.flush()
    return True


def _rearrange(work: Work, booking: Booking, copies: Sequence[Copy], spans: Sequence[Window]) -> list[Unit]:
    """Lay all movable reservations anew and return the units left for the booking; none when it does not fit even so.

    Earliest first uses the fewest units there can be, where nothing is fixed.
    """
    if sum(copy.stock for copy in copies) < 2 or len(spans) > 1:
        return []
    movable = _movable(work, booking, copies)
    shelf = shelf_of(work.session, copies, (work.now, FOR_EVER), work.now, [booking.id])
    for kept in movable:
        shelf.taken[kept.copy_id, kept.unit].remove((kept.starts, kept.ends))
    wanted: list[tuple[Window, Hold | None]] = [((kept.starts, kept.ends), kept) for kept in movable]
    mine: list[Unit] = []
    if booking.copy_id is None:
        wanted += [(spans[0], None)] * booking.quantity
    else:
        mine = shelf.choose(spans, booking.quantity, booking.copy_id)
        for unit in mine:
            shelf.take(unit, spans)
    places: list[tuple[Hold, Unit]] = []
    for span, reserved in sorted(wanted, key=lambda pair: pair[0]):
        found = shelf.choose([span], 1)
        if not found:
            return []
        shelf.take(found[0], [span])
        if reserved is None:
            mine += found
        elif found[0] != (reserved.copy_id, reserved.unit):
            places.append((reserved, found[0]))
    if len(mine) == booking.quantity:
        put(work, places)
    return mine


def lengthen(work: Work, booking: Booking, until: datetime) -> bool:
    """Keep what is out until later; return whether that was possible.

    Reservations of others that are in the way move to other units where there are free ones.
    """
    kept = [hold for hold in booking.holds if hold.state == HoldState.OUT]
    mine = {(hold.copy_id, hold.unit): (hold.starts, until) for hold in kept}
    own = [hold.copy for hold in kept]
    copies = list(
        work.session.scalars(lendable([booking.thing_id]).where(Copy.desk_id == booking.desk_id).with_for_update())
    )
    shelf = shelf_of(work.session, list({*copies, *own}), (work.now, FOR_EVER), work.now, [booking.id])
    # A copy that was blocked while it is out can stay out, but nobody else is given it.
    shelf.units = [unit for unit in shelf.units if unit[0] in {copy.id for copy in copies}]
    in_the_way = [other for other in _movable(work, booking, own) if _in_the_way(other, mine)]
    for other in in_the_way:
        shelf.taken[other.copy_id, other.unit].remove((other.starts, other.ends))
    if any(not shelf.is_free(unit, [span]) for unit, span in mine.items()):
        return False
    for unit, span in mine.items():
        shelf.take(unit, [span])
    places = _other_places(shelf, in_the_way)
    if places is None:
        return False
    put(work, places, kept, until)
    return True


def _in_the_way(other: Hold, mine: Mapping[Unit, Window]) -> bool:
    span = mine.get((other.copy_id, other.unit))
    return span is not None and other.starts < span[1] and other.ends > span[0]


def _other_places(shelf: Shelf, holds: Sequence[Hold]) -> list[tuple[Hold, Unit]] | None:
    places: list[tuple[Hold, Unit]] = []
    for kept in sorted(holds, key=lambda each: each.starts):
        found = shelf.choose([(kept.starts, kept.ends)], 1)
        if not found:
            return None
        shelf.take(found[0], [(kept.starts, kept.ends)])
        places.append((kept, found[0]))
    return places


def _movable(work: Work, booking: Booking, copies: Sequence[Copy]) -> list[Hold]:
    wanted = (
        select(Hold)
        .join(Booking)
        .where(
            Hold.copy_id.in_([copy.id for copy in copies]),
            Hold.state == HoldState.RESERVED,
            Hold.ends > work.now,
            Booking.copy_id.is_(None),
            Booking.state.in_((BookingState.REQUESTED, BookingState.APPROVED, BookingState.OFFERED)),
            Booking.id != booking.id,
        )
    )
    return list(work.session.scalars(wanted))


def put(
    work: Work, places: Sequence[tuple[Hold, Unit]], longer: Sequence[Hold] = (), until: datetime | None = None
) -> None:
    """Move reservations to other units, all at once: first off the shelf, so that two may change places.

    Holds that are kept `longer`, until then, take the room that is made.
    """
    for kept, _ in places:
        kept.state = HoldState.FREED
    work.session.flush()
    for kept in longer:
        kept.ends = until or kept.ends
    work.session.flush()
    for kept, (copy_id, unit) in places:
        kept.copy_id, kept.unit, kept.state = copy_id, unit, HoldState.RESERVED
    work.session.flush()
