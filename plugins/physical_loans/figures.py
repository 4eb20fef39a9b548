"""What the centre's things are used for, counted without naming anybody: the figures outlive the names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, extract, func, or_, select

from plugins.physical_loans import rules
from plugins.physical_loans.models import Booking, BookingState, Component, Copy, CopyState, Desk, Shortage, Thing
from repository.api import N_, Item, Membership, NotAllowed, Organisation, Work

MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8)  # of a school year
# Used: it left the desk, or was used where it stands until it ended.
USED = or_(
    Booking.handed_out_at.is_not(None),
    and_(Booking.use == "on_site", Booking.state == BookingState.RETURNED),
)


@dataclass(frozen=True)
class Use:
    """How much something was used: loans, units lent, how many came back late, were lost, not picked up, and waited for."""

    name: str
    loans: int = 0
    units: int = 0
    late: int = 0
    lost: int = 0
    not_picked_up: int = 0
    waited: int = 0


@dataclass(frozen=True)
class Idle:
    """A thing that nobody used in the year, and when it was used last."""

    title: str
    copies: int
    last: datetime | None


@dataclass(frozen=True)
class Missing:
    """A component that went missing in the year: how many, and how many of them are still missing."""

    title: str
    part: str
    missing: int
    open: int
    consumable: bool


@dataclass(frozen=True)
class Figures:
    """One school year of some desks, each list with the most first; `year` is the one it begins in."""

    year: int
    years: Sequence[int]
    things: Sequence[Use] = ()
    categories: Sequence[Use] = ()
    schools: Sequence[Use] = ()
    months: Sequence[Use] = ()
    idle: Sequence[Idle] = ()
    missing: Sequence[Missing] = ()
    lost_copies: int = 0
    total: Use = field(default_factory=lambda: Use(""))


def school_year_of(moment: datetime) -> int:
    """Return the year in which the school year of a moment begins: in September."""
    return moment.year if moment.month >= MONTHS[0] else moment.year - 1


def figures(work: Work, year: int | None = None) -> Figures:
    """Return the figures of the desks where the person works. Raises NotAllowed for those who work at none."""
    if not work.actor.may_anywhere(rules.DESK):
        raise NotAllowed(N_("Só quem trabalha no balcão vê os números."))
    desks = [
        desk_id
        for desk_id, place in work.session.execute(select(Desk.id, Desk.organisation_id))
        if work.actor.may(rules.DESK, place)
    ]
    years = _years(work, desks)
    year = year if year in years else years[0]
    begin, end = (datetime(each, MONTHS[0], 1, tzinfo=UTC) for each in (year, year + 1))
    within: ColumnElement[bool] = and_(Booking.desk_id.in_(desks), Booking.starts_at >= begin, Booking.starts_at < end)
    things = _of_things(work, within)
    return Figures(
        year,
        years,
        _most([_use(row.title, row) for row in things]),
        _most(_by_category(things)),
        _most(_of_schools(work, within)),
        _of_months(work, within),
        _idle(work, desks, [row.thing_id for row in things if row.loans]),
        _missing(work, desks, begin, end),
        _lost_copies(work, desks),
        sum_of("", [_use("", row) for row in things]),
    )


def _years(work: Work, desks: Sequence[int]) -> list[int]:
    span = select(func.min(Booking.starts_at), func.max(Booking.starts_at)).where(Booking.desk_id.in_(desks))
    first, last = work.session.execute(span).one()
    now = school_year_of(work.now)
    newest = min(now, school_year_of(last)) if last else now
    return list(range(max(newest, now), min(now, school_year_of(first) if first else now) - 1, -1))


def _counted(work: Work, within: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Return the question that counts bookings by some columns, all in one."""
    late = or_(
        Booking.returned_at > Booking.ends_at, and_(Booking.state == BookingState.OUT, Booking.ends_at < work.now)
    )
    unused = and_(Booking.state == BookingState.EXPIRED, Booking.approved_at.is_not(None))
    return (
        select(
            *columns,
            _how_many(USED).label("loans"),
            func.sum(case((USED, Booking.quantity), else_=0)).label("units"),
            _how_many(and_(USED, late)).label("late"),
            _how_many(Booking.state == BookingState.LOST).label("lost"),
            _how_many(unused).label("not_picked_up"),
            _how_many(Booking.queued_at.is_not(None)).label("waited"),
        )
        .where(within)
        .group_by(*columns)
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _use(name: str, row: Row[Any]) -> Use:
    return Use(name, row.loans, row.units, row.late, row.lost, row.not_picked_up, row.waited)


def sum_of(name: str, uses: Sequence[Use]) -> Use:
    """Return several uses as one."""
    names = ("loans", "units", "late", "lost", "not_picked_up", "waited")
    return Use(name, **{each: sum(getattr(use, each) for use in uses) for each in names})


def _most(uses: Sequence[Use]) -> list[Use]:
    return sorted(uses, key=lambda use: (-use.loans, -use.units, use.name))


def _of_things(work: Work, within: ColumnElement[bool]) -> list[Row[Any]]:
    counted = _counted(work, within, Booking.thing_id, Item.title, Thing.category)
    joined = counted.join(Thing, Thing.item_id == Booking.thing_id).join(Item, Item.id == Booking.thing_id)
    return list(work.session.execute(joined))


def _by_category(rows: Sequence[Row[Any]]) -> list[Use]:
    codes = dict.fromkeys(row.category for row in rows)
    return [sum_of(code, [_use(code, row) for row in rows if row.category == code]) for code in codes]


def school_of() -> ColumnElement[int | None]:
    """Return the question for the school of a booking: the one it was for, else one that its borrower belongs to."""
    home = select(func.min(Membership.organisation_id)).where(Membership.user_id == Booking.borrower_id)
    return func.coalesce(Booking.organisation_id, home.correlate(Booking).scalar_subquery())


def _of_schools(work: Work, within: ColumnElement[bool]) -> list[Use]:
    schools = _counted(work, within, school_of().label("school")).subquery()
    named = select(Organisation.name, schools).join(Organisation, Organisation.id == schools.c.school, isouter=True)
    return [_use(row.name or "", row) for row in work.session.execute(named)]


def _of_months(work: Work, within: ColumnElement[bool]) -> list[Use]:
    month = extract("month", Booking.starts_at).label("month")
    rows = {int(row.month): row for row in work.session.execute(_counted(work, within, month))}
    return [_use(str(each), rows[each]) if each in rows else Use(str(each)) for each in MONTHS]


def _idle(work: Work, desks: Sequence[int], used: Sequence[int]) -> list[Idle]:
    """Return what can be lent and was not, what was not used for longest first."""
    last = select(func.max(Booking.starts_at)).where(Booking.thing_id == Item.id, USED).correlate(Item)
    standing = Copy.state.in_((CopyState.AVAILABLE, CopyState.ON_SITE, CopyState.REPAIR))
    rows = work.session.execute(
        select(Item.title, func.count(Copy.id).label("copies"), last.scalar_subquery().label("last"))
        .join(Copy, Copy.thing_id == Item.id)
        .where(Copy.desk_id.in_(desks), standing, Item.id.not_in(used))
        .group_by(Item.id, Item.title)
    )
    found = [Idle(row.title, row.copies, row.last) for row in rows]
    return sorted(found, key=lambda each: (each.last or datetime.min.replace(tzinfo=UTC), each.title))


def _missing(work: Work, desks: Sequence[int], begin: datetime, end: datetime) -> list[Missing]:
    still = case((Shortage.resolved_at.is_(None), Shortage.missing), else_=0)
    rows = work.session.execute(
        select(
            Item.title, Component.name, Component.consumable, func.sum(Shortage.missing), func.sum(still),
        )
        .join(Component, Component.id == Shortage.component_id)
        .join(Copy, Copy.id == Shortage.copy_id)
        .join(Item, Item.id == Component.thing_id)
        .where(Copy.desk_id.in_(desks), Shortage.since >= begin, Shortage.since < end)
        .group_by(Item.title, Component.name, Component.consumable)
        .order_by(func.sum(Shortage.missing).desc(), Item.title, Component.name)
    )  # fmt: skip
    return [Missing(title, part, count, still_open, used_up) for title, part, used_up, count, still_open in rows]


def _lost_copies(work: Work, desks: Sequence[int]) -> int:
    lost = select(func.count()).select_from(Copy).where(Copy.desk_id.in_(desks), Copy.state == CopyState.LOST)
    return work.session.scalar(lost) or 0
