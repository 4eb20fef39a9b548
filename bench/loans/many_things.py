"""How soon the month of five hundred things is known, with what is reserved of them."""

import statistics
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bench.instance import begin
from bench.loans import house
from plugins.physical_loans import availability
from plugins.physical_loans.models import Desk, Thing
from repository.work import SYSTEM, open_look, open_work

THINGS, COPIES, RESERVED, TIMES, DAYS = 500, 2, 6, 9, 30


def measure(folder: Path) -> float:
    """Return the median of nine looks at all things for a month, in seconds."""
    services, _ = begin(folder)
    with open_work(services, SYSTEM) as work:
        desk = house.add_desk(work)
        things = [
            house.add_thing(work, desk, f"Kit {n}", COPIES, category=house.CATEGORIES[n % 5]) for n in range(THINGS)
        ]
        house.fill_calendar(work, desk, things, RESERVED)
    taken = []
    for _ in range(TIMES):
        with open_look(services, SYSTEM) as look:
            place, found = look.session.scalars(select(Desk)).one(), list(look.session.scalars(select(Thing)))
            first = look.now.date()
            started = time.perf_counter()
            days = availability.by_day(look, found, place, first, first + timedelta(days=DAYS - 1))
            taken.append(time.perf_counter() - started)
            if len(days) != THINGS:
                raise RuntimeError("things are missing")
    services.close()
    return statistics.median(taken)
