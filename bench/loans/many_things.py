"""How soon the month of five hundred things is known, and a search for what is free among two thousand answered."""

import gc
import random
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from bench.instance import begin, serving
from bench.loans import house
from plugins.physical_loans import availability, calendars
from plugins.physical_loans.models import Desk, Thing
from repository.app import create_app
from repository.work import SYSTEM, Services, open_look, open_work
from repository.worker import Worker

THINGS, COPIES, RESERVED = 2000, 2, 6
OF_A_MONTH, TIMES, DAYS = 500, 9, 30
SEARCHES, WARM = 60, 5
WORDS = ("kit", "robô", "livro", "")


@dataclass(frozen=True)
class Figures:
    """Seconds for a month of 500 things (median), and of each search: over HTTP, and in this process by its processor."""

    month_s: float
    http_s: Sequence[float]
    work_s: Sequence[float]


def measure(folder: Path) -> Figures:
    """Make a centre with two thousand things, each reserved two days a week, and ask it."""
    services, _ = begin(folder)
    with open_work(services, SYSTEM) as work:
        desk = house.add_desk(work)
        things = []
        for number in range(THINGS):
            title = f"{('Kit', 'Robô', 'Livro')[number % 3]} {number}"
            things.append(house.add_thing(work, desk, title, COPIES, category=house.CATEGORIES[number % 5]))
        house.fill_calendar(work, desk, things, RESERVED)
    Worker(services).run_until_idle()
    month_s = statistics.median(_month(services) for _ in range(TIMES))
    addresses = _addresses(services)
    browser = create_app(services=services).test_client()
    gc.freeze()  # as a server does when it has started

    def by_ourselves(address: str) -> None:
        if browser.get(address).status_code != 200:
            raise RuntimeError(f"{address} was refused")

    work_s = _times(by_ourselves, addresses, time.process_time)
    services.close()
    with serving(folder) as server:

        def over_http(address: str) -> None:
            with urllib.request.urlopen(server.url + address, timeout=60) as answer:
                answer.read()

        return Figures(month_s, _times(over_http, addresses, time.perf_counter), work_s)


def _month(services: Services) -> float:
    with open_look(services, SYSTEM) as look:
        place = look.session.scalars(select(Desk)).one()
        found = list(look.session.scalars(select(Thing).order_by(Thing.item_id).limit(OF_A_MONTH)))
        first = look.now.date()
        started = time.perf_counter()
        days = availability.by_day(look, found, place, first, first + timedelta(days=DAYS - 1))
        if len(days) != OF_A_MONTH:
            raise RuntimeError("things are missing")
        return time.perf_counter() - started


def _addresses(services: Services) -> list[str]:
    """Return searches for lessons on open days of the coming weeks, with words and without."""
    chance = random.Random(5)
    with open_look(services, SYSTEM) as look:
        calendar = calendars.calendar_of(look, look.session.scalars(select(Desk)).one())
        days: list[date] = [calendar.nth_open_day(look.now.date() + timedelta(days=5), n) for n in range(20)]
    asked = [{"q": chance.choice(WORDS), "free": chance.choice(days).isoformat()} for _ in range(SEARCHES + WARM)]
    return [f"/search?{urllib.parse.urlencode(each)}" for each in asked]


def _times(ask: Callable[[str], None], addresses: Sequence[str], clock: Callable[[], float]) -> list[float]:
    taken = []
    for address in addresses:
        started = clock()
        ask(address)
        taken.append(clock() - started)
    return taken[WARM:]
