"""How soon the yearly report is there: 20,000 items, 500 actions, five years, put in by bulk inserts."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Insert, insert, select

from bench.instance import EMAIL, PASSWORD, begin
from plugins.moderation.models import Decision, Review
from plugins.physical_loans.models import Booking, BookingState, Desk, Thing
from plugins.training_actions.models import Action, Author, Contribution, Edition, Participant
from repository.app import create_app
from repository.models import Item, ItemCount, ItemTerm, Organisation
from repository.work import SYSTEM, Work, open_work

ITEMS, ACTIONS, YEARS, PEOPLE, KITS, LOANS = 20_000, 500, 5, 20, 300, 15_000
COUNCILS, SCHOOLS = 5, 60
AT_ONCE = 20_000  # rows of one insert
PAGES = {
    "yearly report, page": "/reports",
    "yearly report, PDF": "/reports/year.pdf",
    "all actions of a year, page": "/reports/by/action",
    "all actions of a year, PDF": "/reports/by/action.pdf",
    "group by school year, downloads": "/reports/cross?rows=group&columns=year&what=downloaded",
    "group by municipality, people": "/reports/cross?rows=group&columns=council&what=expected",
    "gaps": "/reports/gaps",
}
Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Figures:
    """Seconds of this process's processor for each page, and how many rows of counts there were."""

    seconds: dict[str, float]
    counts: int


def measure(folder: Path) -> Figures:
    """Fill an instance and ask for the reports as an administrator, each once, with nothing kept from before."""
    services, _ = begin(folder)
    with open_work(services, SYSTEM) as work:
        counts = _Filling(work).fill()
    app = create_app(services=services)
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    browser.post("/login", data={"email": EMAIL, "password": PASSWORD})
    browser.get("/reports/by/year?year=2000")  # templates are compiled once, and not for every report
    seconds = {}
    for what, address in PAGES.items():
        started = time.process_time()
        answer = browser.get(address)
        seconds[what] = time.process_time() - started
        if answer.status_code != 200:
            raise RuntimeError(f"{address} was refused")
    services.close()
    return Figures(seconds, counts)


class _Filling:
    """Puts a large centre into the database; `ids` are given in a row, so that rows can point to each other."""

    def __init__(self, work: Work) -> None:
        self.work, self.chance = work, random.Random(11)
        self.first_year = (work.now.year if work.now.month >= 9 else work.now.year - 1) - YEARS + 1
        known = work.services.vocabularies
        self.groups = [term.code for term in known.groups]
        self.levels = [term.code for term in known.levels][1:7]
        self.disciplines = [term.code for term in known.disciplines]
        self.schools: Sequence[int] = ()

    def fill(self) -> int:
        self._schools()
        published = self._items()
        self._actions()
        self._reviews(published)
        self._loans()
        return self._counts(published)

    def _put(self, into: Insert, rows: Rows) -> int:
        waiting, number = [], 0
        for row in rows:
            waiting.append(row)
            number += 1
            if len(waiting) == AT_ONCE:
                self.work.session.execute(into, waiting)
                waiting = []
        if waiting:
            self.work.session.execute(into, waiting)
        return number

    def _moment(self) -> datetime:
        """Return a moment of the five years, before now."""
        first = datetime(self.first_year, 9, 1, tzinfo=UTC)
        return first + self.chance.random() * (self.work.now - first)

    def _schools(self) -> None:
        session = self.work.session
        centre = session.scalars(select(Organisation)).one()
        councils = [Organisation(kind="council", name=f"Concelho {number}") for number in range(COUNCILS)]
        session.add_all(councils)
        session.flush()
        schools = [
            Organisation(kind="school", name=f"Escola {n}", parent_id=centre.id, council_id=councils[n % COUNCILS].id)
            for n in range(SCHOOLS)
        ]
        session.add_all(schools)
        session.flush()
        self.schools = [school.id for school in schools]

    def _items(self) -> dict[int, datetime]:
        published = {number: self._moment() for number in range(1, ITEMS + 1)}
        plain = {"kind": "digital", "state": "published", "licence": "CC-BY-4.0", "keywords": [], "proposed": []}
        self._put(insert(Item), (
            plain | {"id": number, "title": f"Material {number}", "organisation_id": self.chance.choice(self.schools),
                     "created_at": at, "updated_at": at, "submitted_at": at, "published_at": at}
            for number, at in published.items()
        ))  # fmt: skip
        self._put(insert(ItemTerm), (
            {"item_id": number, "vocabulary": vocabulary, "code": code}
            for number in published
            for vocabulary, codes in (("level", self.levels), ("group", self.groups), ("discipline", self.disciplines))
            for code in self.chance.sample(codes, self.chance.choice((1, 1, 2)))
        ))  # fmt: skip
        return published

    def _actions(self) -> None:
        now = {"created_at": self.work.now, "updated_at": self.work.now}
        lists: dict[str, list[str]] = {"groups": [], "levels": [], "disciplines": []}
        self._put(insert(Action), (now | lists | {"id": n, "title": f"Ação {n}"} for n in range(1, ACTIONS + 1)))
        self._put(insert(Edition), (
            now | {"id": n, "action_id": n, "school_year": self.first_year + n % YEARS, "reminders": []}
            for n in range(1, ACTIONS + 1)
        ))  # fmt: skip
        self._put(insert(Participant), (
            {"id": n, "edition_id": 1 + n % ACTIONS, "role": "participant", "name": f"Formando {n}",
             "organisation_id": self.chance.choice(self.schools), "group_code": self.chance.choice(self.groups),
             "created_at": self.work.now}
            for n in range(1, ACTIONS * PEOPLE + 1)
        ))  # fmt: skip
        self._put(insert(Contribution), (
            {"item_id": n, "edition_id": 1 + n % ACTIONS, "created_at": self.work.now} for n in range(1, ITEMS + 1)
        ))  # fmt: skip
        self._put(insert(Author), (
            {"item_id": n, "participant_id": 1 + n % (ACTIONS * PEOPLE), "position": 0} for n in range(1, ITEMS + 1)
        ))  # fmt: skip

    def _reviews(self, published: dict[int, datetime]) -> None:
        days = {n: timedelta(days=10 * self.chance.random()) for n in published}
        self._put(insert(Review), (
            {"item_id": n, "state": "decided", "submitted_at": at - days[n], "decided_at": at}
            for n, at in published.items()
        ))  # fmt: skip
        self._put(insert(Decision), (
            {"item_id": n, "kind": "approve", "criteria": {}, "created_at": at} for n, at in published.items()
        ))  # fmt: skip

    def _loans(self) -> None:
        centre = self.work.session.scalars(select(Organisation).filter_by(kind="centre")).one()
        desk = Desk(organisation_id=centre.id, name="Balcão", hours={})
        self.work.session.add(desk)
        self.work.session.flush()
        kits = range(ITEMS + 1, ITEMS + KITS + 1)
        at = {"created_at": self.work.now, "updated_at": self.work.now, "published_at": self.work.now}
        plain = at | {"kind": "physical", "state": "published", "keywords": [], "proposed": []}
        self._put(insert(Item), (plain | {"id": n, "title": f"Kit {n}", "organisation_id": centre.id} for n in kits))
        self._put(insert(Thing), ({"item_id": n, "category": "robot"} for n in kits))
        self._put(insert(Booking), (self._loan(desk, self.chance.choice(kits)) for _ in range(LOANS)))

    def _loan(self, desk: Desk, kit: int) -> dict[str, Any]:
        begin = self._moment()
        end = begin + timedelta(days=3)
        times = {"starts_at": begin, "held_from": begin, "handed_out_at": begin, "created_at": begin}
        times |= {"ends_at": end, "held_until": end, "returned_at": end, "closed_at": end}
        school = self.chance.choice(self.schools)
        return times | {
            "thing_id": kit, "desk_id": desk.id, "state": BookingState.RETURNED, "organisation_id": school, "lessons": []
        }  # fmt: skip

    def _counts(self, published: dict[int, datetime]) -> int:
        """Let each item be seen in most months since its publication, downloaded in half of them, adapted now and then."""
        return self._put(insert(ItemCount), (
            {"item_id": number, "month": month, "what": what, "count": 1 + int(9 * self.chance.random())}
            for number, at in published.items()
            for month in _months(at.date(), self.work.now.date())
            for what, share in (("seen", 0.7), ("downloaded", 0.5), ("adapted", 0.02))
            if self.chance.random() < share
        ))  # fmt: skip


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def rows(folder: Path) -> list[tuple[str, str, str, bool]]:
    """Return the figures for the table."""
    found = measure(folder)
    about = f"{ITEMS:,} items, {ACTIONS} actions, {YEARS} years"
    told: list[tuple[str, str, str, bool]] = [(f"{about}: rows of counts", f"{found.counts:,}", "", True)]
    for what, taken in found.seconds.items():
        told.append((f"{what}, processor time", f"{taken:.2f} s", "<= 5 s", taken <= 5))
    return told
