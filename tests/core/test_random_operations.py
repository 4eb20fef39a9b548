"""After a thousand operations in any order, crashes among them, `check` finds every promise kept."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from repository import attachments, housekeeping, indexing, items, jobs
from repository.checking import check
from repository.errors import DomainError
from repository.forgetting import forget
from repository.models import Item, State, User
from repository.work import SYSTEM, Actor, Services, Work, open_work

SEED = int(os.environ.get("RANDOM_SEED", "1"))  # another one may be tried; the one that failed is printed
OPERATIONS = 1_000
WORDS = ("fração", "metade", "barra", "turma", "planta", "rio", "mapa", "verbo")
LONG_AGO = 3 * 24 * 3600


class Crash(Exception):
    """What stands for a fault in the middle of something."""


class House:
    """Does one random thing after another in the name of random people; what the rules refuse is counted as refused."""

    def __init__(self, services: Services, actor_for: Callable[[User], Actor], make_person: Any) -> None:
        self.services, self.actor_for, self.make_person = services, actor_for, make_person
        self.kinds = jobs.job_kinds(services.hook)
        self.people = [make_person(f"P{number}") for number in range(4)]
        self.office = make_person("Mesa", "administrator")
        self.chance = random.Random(SEED)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def one(self) -> None:
        """Do one thing."""
        name, _ = act = self.chance.choices(ACTS, [weight for *_, weight in WEIGHED])[0]
        try:
            act[1](self)
        except (DomainError, Crash):
            self.refused[name] += 1
        else:
            self.done[name] += 1

    def work(self, person: User | None = None) -> Any:
        """Open work in the name of a person, of anybody when none is given."""
        return open_work(self.services, self.actor_for(person or self.chance.choice([*self.people, self.office])))

    def item(self, work: Work, *states: State) -> Item:
        """Return any item in one of the states, mostly the person's own. Raises Crash when there is none."""
        query = select(Item).where(Item.state.in_(states)).order_by(Item.id)
        own = list(work.session.scalars(query.where(Item.owner_id == work.actor.user_id)))
        found = own if own and self.chance.random() < 0.9 else list(work.session.scalars(query))
        if not found:
            raise Crash("nothing to work with")
        return self.chance.choice(found)

    def attach(self, work: Work, item: Item) -> None:
        """Join a file to a draft; few different texts, so that the same content is often kept already."""
        text = f"{self.chance.choice(WORDS)} {self.chance.randrange(60)}".encode()
        name = f"{self.chance.choice(WORDS)}.txt"
        attachments.attach(work, item, self.services.blobs.receive(BytesIO(text), limit=None), name, examined=True)

    def run_jobs(self, kinds: dict[str, Any] | None = None, most: int = 1_000) -> None:
        """Run what is in the queue."""
        while most and jobs.run_next(self.services, kinds or self.kinds):
            most -= 1


def deposit(house: House) -> None:
    with house.work() as work:
        item = items.create_draft(work)
        title = " ".join(house.chance.choices(WORDS, k=3))
        items.describe(work, item, {"title": title, "licence": "CC-BY-4.0", "level": ["1ceb"], "type": "worksheet"})
        house.attach(work, item)


def attach(house: House) -> None:
    with house.work() as work:
        house.attach(work, house.item(work, State.DRAFT))


def take_off_or_put_back(house: House) -> None:
    with house.work() as work:
        if not (files := house.item(work, State.DRAFT).all_files):
            raise Crash("no file")
        file = house.chance.choice(files)
        (attachments.put_back if file.removed_at else attachments.remove)(work, file)


def describe(house: House) -> None:
    with house.work() as work:
        items.describe(work, house.item(work, State.DRAFT), {"title": house.chance.choice(["", *WORDS])})


def break_off(house: House) -> None:
    """The power goes after the bytes are kept and before the change is."""
    with house.work() as work:
        house.attach(work, house.item(work, State.DRAFT))
        raise Crash("the power went")


def moved(rule: Callable[[Work, Item], Any], *states: State) -> Callable[[House], None]:
    """Return the act that applies a rule to an item in one of the states."""

    def act(house: House) -> None:
        with house.work() as work:
            rule(work, house.item(work, *states))

    return act


def delete_account(house: House) -> None:
    leaving = house.people.pop(house.chance.randrange(len(house.people)))
    with house.work(house.chance.choice([leaving, house.office])) as work:
        forget(work, work.session.get_one(User, leaving.id), keep_name_on_materials=house.chance.random() < 0.5)
    house.people.append(house.make_person(f"N{house.done.total()}"))


def crash_a_handler(house: House) -> None:
    """The next job fails, before or after it has done its work."""
    early = house.chance.random() < 0.5

    def broken(run: Any) -> Any:
        def fail(services: Services, payloads: list[dict[str, Any]]) -> None:
            if not early:
                run(services, payloads)
            raise Crash("the handler failed")

        return fail

    house.run_jobs({name: replace(kind, run=broken(kind.run)) for name, kind in house.kinds.items()}, most=1)


def kill_a_worker(house: House) -> None:
    """A worker takes jobs and is gone; the next one frees what it held."""
    with house.services.sessions.writing() as session:
        jobs.take(session, house.kinds, jobs.now())
    jobs.reclaim(house.services.sessions)


def keep_house(house: House) -> None:
    """A few days pass without a deposit: what is unused is old enough to go."""
    then = time.time() - LONG_AGO
    for digest in list(house.services.blobs.digests()):
        os.utime(house.services.blobs.path(digest), (then, then))
    housekeeping.keep(house.services, [])


WEIGHED: list[tuple[str, Callable[[House], None], int]] = [
    ("deposit", deposit, 14),
    ("attach", attach, 8),
    ("take off or put back", take_off_or_put_back, 6),
    ("describe", describe, 5),
    ("break off", break_off, 4),
    ("submit", moved(items.submit, State.DRAFT), 18),
    ("withdraw", moved(items.withdraw, State.PUBLISHED), 8),
    ("restore", moved(items.restore, State.WITHDRAWN), 6),
    ("new version", moved(items.begin_version, State.PUBLISHED), 8),
    ("copy", moved(lambda work, item: items.copy(work, item, revises=False), State.PUBLISHED), 4),
    ("discard", moved(items.discard, State.DRAFT), 4),
    ("recover", moved(items.recover, State.DISCARDED), 3),
    ("delete an account", delete_account, 1),
    ("run jobs", House.run_jobs, 6),
    ("crash a handler", crash_a_handler, 4),
    ("kill a worker", kill_a_worker, 2),
    ("keep house", keep_house, 1),
]
ACTS = [(name, act) for name, act, _ in WEIGHED]


@pytest.fixture
def house(
    services: Services, actor_for: Any, make_person: Any, monkeypatch: pytest.MonkeyPatch, no_mail: None
) -> House:
    monkeypatch.setattr(jobs, "BACK_OFF", (timedelta(0),) * len(jobs.BACK_OFF))
    services.instance.chmod(0o750)
    services.blobs.keep_reserve(services.settings["reserve_mb"])
    return House(services, actor_for, make_person)


def test_t51_after_a_thousand_random_operations_every_promise_is_kept(house: House) -> None:
    for _ in range(OPERATIONS):
        house.one()
    with open_work(house.services, SYSTEM) as work:
        jobs.retry_all(work)
    house.run_jobs()
    keep_house(house)
    told = check(house.services, full=True)
    assert [each for each in told["findings"] if not each["ok"]] == [], f"RANDOM_SEED={SEED}"
    assert [name for name, _ in ACTS if not house.done[name] + house.refused["break off"] * (name == "break off")] == []
    found = next(each for each in told["findings"] if each["promise"] == "the index holds what is published")
    assert found["count"] > 20, "the index was compared, and with something in it"


def test_what_a_handler_forgets_would_be_found(house: House) -> None:
    indexing.rebuild(house.services, [])
    house.kinds["search.index"] = replace(house.kinds["search.index"], run=lambda services, payloads: None)
    for _ in range(100):
        house.one()
    house.run_jobs()
    broken = {each["promise"] for each in check(house.services)["findings"] if not each["ok"]}
    assert broken == {"the index holds what is published"}, f"RANDOM_SEED={SEED}"
