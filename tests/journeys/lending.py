"""What a lending desk holds in journeys: a kit that is lent, one booking of it, and a lesson that uses it."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from plugins.physical_loans import bookings, calendars, needs
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, ClosedDays, Component, Copy, Desk, Rule, Shortage, Stocktake, Thing
from repository import items
from repository.models import Item, Organisation, State, User

WEEK = {str(day): [["09:30", "13:00"], ["15:30", "18:00"]] for day in range(7)}


def make_kit(work_as: Callable[..., Any], centre: Organisation, title: str, desk_name: str = "Test desk") -> Thing:
    """Make a published kit of one copy at a desk that opens every day."""
    with work_as() as work:
        desk = Desk(organisation_id=centre.id, name=desk_name, hours=WEEK)
        work.session.add(desk)
        item = items.create_draft(work, kind="physical")
        items.describe(work, item, {"title": title, "summary": "Six robots.", "level": ["1ceb"], "language": "en"})
        item.organisation_id = centre.id
        work.session.flush()
        thing = Thing(item_id=item.id, category="robot")
        thing.copies.append(Copy(desk_id=desk.id, inventory="R-01", label="R-01", created_at=work.now))
        thing.components.append(Component(name="Charger", essential=True))
        work.session.add(thing)
        work.session.flush()
        items.submit(work, item)
        if item.state != State.PUBLISHED:
            items.publish(work, item)
    return thing


def a_day(work: Any, desk: Desk, days: int) -> date:
    """Return an open day in so many days, with an open day after it."""
    calendar = calendars.calendar_of(work, desk)
    return calendar.nth_open_day(work.now.date() + timedelta(days=days), 1)


def busy_lending(
    work_as: Callable[..., Any], centre: Organisation, borrower: User, lesson_id: int
) -> dict[str, tuple[Any, ...]]:
    """Lend a kit to somebody and say that a lesson uses it; return what the parts of addresses may be."""
    thing = make_kit(work_as, centre, "Floor robots")
    with work_as() as work:
        needs.say(work, work.session.get_one(Item, lesson_id), work.session.get_one(Thing, thing.item_id), 1)
    with work_as(borrower) as work:
        person = work.session.get_one(User, borrower.id)
        made = _book(work, thing, person)
    with work_as() as work:
        rule = Rule(most_days=14, note="")
        shortage = Shortage(
            copy_id=made.holds[0].copy_id, component_id=thing.components[0].id, missing=1, since=work.now
        )
        work.session.add_all([rule, shortage, ClosedDays(starts_on=date(2027, 8, 2), ends_on=date(2027, 8, 20))])
        work.session.get_one(Copy, made.holds[0].copy_id).blocked = "Falta: Charger (1)"
        stocktake = Stocktake(desk_id=made.desk_id, started_at=work.now)
        work.session.add(stocktake)
        work.session.flush()
    return {
        "thing_id": (thing.item_id, 999),
        "booking_id": (made.id, 999),
        "desk_id": (made.desk_id, 999),
        "rule_id": (rule.id, 999),
        "copy_id": (made.holds[0].copy_id, 999),
        "stocktake_id": (stocktake.id, 999),
        "label": ("R-01", "none"),
    }


def _book(work: Any, thing: Thing, person: User) -> Booking:
    desk = work.session.scalars(select(Desk)).one()
    calendar = calendars.calendar_of(work, desk)
    day = a_day(work, desk, 10)
    lesson = (calendar.moment(day, time(10, 30)), calendar.moment(day, time(12)))
    (made,) = bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson,))], person)
    return made
