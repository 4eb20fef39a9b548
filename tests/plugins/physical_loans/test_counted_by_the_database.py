"""What the database adds up as free is what looking at every unit finds, with loans that are late among them."""

import random
from datetime import timedelta

from loans_samples import MONDAY
from sqlalchemy import event, insert

from plugins.physical_loans import availability, planning
from plugins.physical_loans.models import Booking, BookingState, Desk, Hold, HoldState

HOUR = timedelta(hours=1)
FAR_FROM_ANY_OTHER = 1_000_000  # PostgreSQL counts on from the keys that it gave itself


def fill(at, desk, things, chance):
    """Keep spans of a fortnight for every unit: some are out, and some of these should be back."""
    rows, holds, number = [], [], FAR_FROM_ANY_OTHER
    for thing in things:
        for unit in (n for copy in thing.copies for n in ((copy.id, m) for m in range(1, copy.stock + 1))):
            moment = MONDAY - HOUR * chance.choice((100, 60, 30))
            out_already = False
            for _ in range(chance.randint(0, 4)):
                start = moment + HOUR * chance.choice((0, 5, 20, 50))
                end = start + HOUR * chance.choice((3, 20, 40))
                out = start < MONDAY and not out_already
                times = {"starts_at": start, "ends_at": end, "held_from": start, "held_until": end}
                shared = {"thing_id": thing.item_id, "desk_id": desk.id, "created_at": MONDAY, "lessons": []}
                state = BookingState.OUT if out else BookingState.APPROVED
                rows.append({"id": number, "state": state, **shared, **times})
                kept = HoldState.OUT if out else HoldState.RESERVED
                hold = {"booking_id": number, "copy_id": unit[0], "unit": unit[1], "state": kept}
                holds.append(hold | {"starts": start, "ends": end})
                moment, number, out_already = end, number + 1, True
    with at() as work:
        work.session.execute(insert(Booking), rows)
        work.session.execute(insert(Hold), holds)


def test_what_is_counted_is_what_each_shelf_has(at, desk, make_thing):
    chance = random.Random(3)
    things = [make_thing(f"Kit {n}", copies=2, stock=n % 3 + 1, preparation_days=n % 2) for n in range(8)]
    fill(at, desk, things, chance)
    seen = set()
    with at() as work:
        place = work.session.get_one(Desk, desk.id)
        ids = [thing.item_id for thing in things]
        for _ in range(60):
            starts = MONDAY + HOUR * chance.randint(0, 200)
            spans = [(starts, starts + HOUR * 2)]
            if chance.random() < 0.3:
                spans.append((starts + HOUR * 24, starts + HOUR * 26))
            times = planning.on_site(spans, work.now)
            shelves = availability.shelves_of(work, ids, place.id, (spans[0][0], spans[-1][1]))
            for quantity in (1, 2, 4):
                plain = {n for n, shelf in shelves.items() if len(shelf.free(spans)) >= quantity}
                assert availability.free_when(work, place, lambda _: times, None, quantity) == plain, spans  # noqa: B023
                seen.add(len(plain))
    assert len(seen) > 3, "as much was free in every case"


def test_what_is_sent_to_the_database_does_not_grow_by_a_parameter_for_each_thing(at, desk, make_thing, services):
    ids = [make_thing(f"Kit {number}").item_id for number in range(6)]
    sent = []

    def note(_connection, _cursor, _statement, parameters, *_known):
        sent.append(len(parameters))

    with at() as work:
        place = work.session.get_one(Desk, desk.id)
        around = (work.now, work.now + timedelta(days=7))
        for some in (ids[:1], ids):
            event.listen(services.sessions.engine, "before_cursor_execute", note)
            shelves = availability.shelves_of(work, some, place.id, around)
            event.remove(services.sessions.engine, "before_cursor_execute", note)
            assert [len(shelves[each].units) for each in some] == [1] * len(some)
    assert sent[:2] == sent[2:]
