"""A centre that lends: a desk with opening hours, things with copies, and teachers with tokens."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from plugins.physical_loans import calendars
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk, Hold, Thing
from repository import accounts, items
from repository.models import Membership, Organisation, User
from repository.permissions import actor_of
from repository.work import SYSTEM, Services, Work, open_work

WEEK = {str(day): [["09:30", "13:00"], ["15:30", "18:00"]] for day in range(5)}
FIRST_ID = 1_000_000  # of reservations put in at once; PostgreSQL counts on from the keys that it gave itself
CATEGORIES = ("robot", "sensors", "books", "games", "optics")


def add_desk(work: Work) -> Desk:
    """Add a desk of the one centre."""
    centre = work.session.scalars(select(Organisation).order_by(Organisation.id)).first()
    desk = Desk(organisation_id=centre.id if centre else None, name="Balcão", hours=WEEK)
    work.session.add(desk)
    work.session.flush()
    return desk


def add_thing(work: Work, desk: Desk, title: str, copies: int = 1, stock: int = 1, category: str = "robot") -> Thing:
    """Publish a thing with copies at the desk."""
    item = items.create_draft(work, kind="physical")
    items.describe(work, item, {"title": title, "level": ["1ceb"]})
    item.organisation_id = desk.organisation_id
    thing = Thing(item_id=item.id, category=category)
    work.session.add(thing)
    work.session.flush()
    for number in range(copies):
        name = f"{item.id}-{number + 1:02}"
        thing.copies.append(Copy(desk_id=desk.id, inventory=name, label=name, stock=stock, created_at=work.now))
    work.session.flush()
    items.submit(work, item)
    return thing


def add_teachers(services: Services, count: int) -> list[str]:
    """Make teachers of the centre; return a token of each that books."""
    with open_work(services, SYSTEM) as work:
        centre = work.session.scalars(select(Organisation).order_by(Organisation.id)).one()
        people = [accounts.create_user(work, f"d{n}@exemplo.invalid", f"Docente {n}") for n in range(count)]
        for person in people:
            person.memberships.append(
                Membership(organisation_id=centre.id, role="teacher", valid_from=date(2020, 1, 1))
            )
    with services.sessions.reading() as session:
        actors = [actor_of(session, services.hook, session.get_one(User, p.id), date.today()) for p in people]
    tokens = []
    for person, actor in zip(people, actors, strict=True):
        with open_work(services, actor) as work:
            tokens.append(accounts.issue_token(work, work.session.get_one(User, person.id), "bench", ["loans"]))
    return tokens


def open_day(work: Work, desk: Desk, ahead: int) -> date:
    """Return the first open day so many days ahead."""
    calendar = calendars.calendar_of(work, desk)
    return calendar.nth_open_day(work.now.date() + timedelta(days=ahead), 0)


def fill_calendar(work: Work, desk: Desk, things: Sequence[Thing], each: int) -> None:
    """Let every copy of the things be reserved `each` times in the coming months, two days a week."""
    start = datetime.combine(work.now.date(), datetime.min.time(), tzinfo=work.now.tzinfo) + timedelta(days=3)
    known = {"desk_id": desk.id, "state": BookingState.APPROVED, "created_at": work.now, "lessons": []}
    bookings: list[dict[str, Any]] = []
    holds: list[dict[str, Any]] = []
    for thing in things:
        for copy in thing.copies:
            for week in range(each):
                begin = start + timedelta(days=7 * week + (5 * copy.id + week) % 6)
                end, number = begin + timedelta(days=2), FIRST_ID + len(bookings)
                times = {"starts_at": begin, "ends_at": end, "held_from": begin, "held_until": end}
                bookings.append({"id": number, "thing_id": thing.item_id} | known | times)
                holds.append({"booking_id": number, "copy_id": copy.id, "starts": begin, "ends": end})
    work.session.execute(insert(Booking), bookings)
    work.session.execute(insert(Hold), holds)
