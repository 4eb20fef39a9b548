"""What tests of the desk do: book as a person, hand out and take back as the desk."""

from datetime import UTC, datetime

from sqlalchemy import select

from plugins.physical_loans import bookings, desk
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Copy, Shortage

PICK_UP = datetime(2027, 3, 8, 16, tzinfo=UTC)  # the Monday before a lesson on Tuesday, 9 March
BACK = datetime(2027, 3, 10, 11, tzinfo=UTC)  # the Wednesday after it
LATER = datetime(2027, 3, 15, 16, tzinfo=UTC)  # a week on, for a lesson on the 16th


class Acts:
    """Acts at the desk, each in a transaction of its own, answered with ids."""

    def __init__(self, at, staff, place):
        self.at, self.staff, self.place = at, staff, place

    def book(self, person, thing, day=9, **values):
        lessons = ((datetime(2027, 3, day, 10, 30, tzinfo=UTC), datetime(2027, 3, day, 12, tzinfo=UTC)),)
        with self.at(person) as work:
            wish = Wish(thing.item_id, self.place.id, **({"lessons": lessons} | values))
            return bookings.book(work, [wish], person)[0].id

    def do(self, act, booking_id, *values, moment=PICK_UP, **named):
        with self.at(self.staff, moment) as work:
            return getattr(desk, act)(work, bookings.get(work, booking_id), *values, **named)

    def out(self, person, thing, day=9, **values):
        made = self.book(person, thing, day, **values)
        self.do("hand_out", made)
        return made

    def back(self, booking_id, moment=BACK, **returned):
        self.do("take_back", booking_id, desk.Return(**returned), moment=moment)

    def booking(self, booking_id):
        with self.at() as work:
            found = bookings.get(work, booking_id)
            list(found.holds)
            return found

    def copies(self, booking_id):
        with self.at() as work:
            kept = bookings.get(work, booking_id).holds
            return sorted({hold.copy_id for hold in kept if hold.state in ("reserved", "out")})

    def copy(self, copy_id):
        with self.at() as work:
            return work.session.get_one(Copy, copy_id)

    def missing(self):
        with self.at() as work:
            lines = work.session.scalars(select(Shortage).filter_by(resolved_at=None))
            return [(line.copy_id, line.component.name, line.missing) for line in lines]
