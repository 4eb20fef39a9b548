"""T45 to T50 at a small size: many want the same at once, and it is promised once, by however many servers."""

import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from plugins.physical_loans import bookings, waiting
from plugins.physical_loans import desk as acts
from plugins.physical_loans.api_recent import Recent
from plugins.physical_loans.api_refusing import RECENT
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState
from plugins.physical_loans.promises import PROMISES
from repository import accounts
from repository.app import create_app
from repository.house import build_services
from repository.models import AuditEntry, Membership
from repository.work import SYSTEM, open_work

PEOPLE, THREADS = 50, 8
PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture
def crowd(services, work_as, centre):
    """Fifty teachers, each with a token that books; they have no password, which takes long to seal."""
    with work_as() as work:
        people = [accounts.create_user(work, f"d{number}@teste.invalid", f"D{number}") for number in range(PEOPLE)]
        for person in people:
            person.memberships.append(
                Membership(organisation_id=centre.id, role="teacher", valid_from=date(2020, 9, 1))
            )
    with work_as() as work:
        return [accounts.issue_token(work, person, "", ["loans"]) for person in people]


@pytest.fixture
def body(thing, desk, at):
    """A request for the one copy, soon."""
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    with at() as work:
        calendar = bookings.calendars.calendar_of(work, desk)
        day = calendar.nth_open_day(day, 0)
    return {"bookings": [{"thing_id": thing.item_id, "from": day.isoformat(), "to": day.isoformat()}]}


def all_at_once(app: Any, tokens: list[str], body: Any) -> list[int]:
    """Return the status of everybody's request, through as many threads as a server has."""
    ready = threading.Barrier(THREADS)

    def one(number: int) -> int:
        if number < THREADS:  # no thread asks before the last is there
            ready.wait(60)
        header = {"Authorization": f"Bearer {tokens[number]}"}
        answer = app.test_client().post("/api/v1/bookings", json=body, headers=header)
        while answer.status_code == 503:  # asked to come again, as a client would
            answer = app.test_client().post("/api/v1/bookings", json=body, headers=header)
        return answer.status_code

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(len(tokens))))


def ask_from_another_process(instance: Any, tokens: list[str], body: Any, told: Any) -> None:
    """Be another server of the same instance, and say what it answered."""
    services = build_services(instance, plugins=["physical_loans"])
    told.put(all_at_once(create_app(services=services), tokens, body))
    services.close()


def broken(services: Any) -> dict[str, list[str]]:
    with open_work(services, SYSTEM) as work:
        return {promise.words: wrong for promise in PROMISES if (wrong := promise.prove(work)[1])}


def test_t45_of_fifty_who_want_the_last_one_at_once_one_gets_it(services, app, crowd, body):
    assert Counter(all_at_once(app, crowd, body)) == {201: 1, 409: PEOPLE - 1}
    assert broken(services) == {}


@pytest.mark.sqlite  # a server of databases tells of changes in all of them
def test_who_comes_too_late_shares_a_look_until_anything_changes(services, app, crowd, body, count_queries, work_as):
    browser, app.extensions[RECENT] = app.test_client(), Recent(fresh_s=3600)

    def ask(number: int) -> Any:
        return browser.post("/api/v1/bookings", json=body, headers={"Authorization": f"Bearer {crowd[number]}"})

    for number in range(3):
        ask(number)  # each token is written to at its first use
    with count_queries(made=False) as asked:
        assert {ask(1).status_code, ask(2).status_code} == {409}
    assert not [statement for statement in asked if "FROM physical_loans_hold" in statement]
    with work_as() as work:
        bookings.cancel(work, work.session.scalars(select(Booking)).one())
    assert ask(2).status_code == 201


def test_t45_also_when_two_servers_are_asked(services, app, crowd, body):
    told: Any = PROCESSES.Queue()
    half = PEOPLE // 2
    other = PROCESSES.Process(
        target=ask_from_another_process, args=(services.instance, crowd[half:], body, told), daemon=True
    )
    other.start()
    here = all_at_once(app, crowd[:half], body)
    there = told.get(timeout=120)
    other.join(timeout=60)
    assert Counter([*here, *there]) == {201: 1, 409: PEOPLE - 1}
    assert broken(services) == {}


def test_t46_requests_for_overlapping_times_never_overlap_and_each_success_is_a_row(services, app, crowd, body):
    first = datetime.fromisoformat(body["bookings"][0]["from"]).date()
    told: list[int] = []

    def some(number: int) -> None:
        browser = app.test_client()
        for step in range(3):
            day = first + timedelta(days=(number * 5 + step * 3) % 14)
            said = {"bookings": [body["bookings"][0] | {"from": f"{day}", "to": f"{day + timedelta(days=step)}"}]}
            header = {"Authorization": f"Bearer {crowd[number]}"}
            told.append(browser.post("/api/v1/bookings", json=said, headers=header).status_code)

    threads = [threading.Thread(target=some, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) <= {201, 409, 422, 503}  # taken, or a day on which the desk is shut
    with services.sessions.reading() as session:
        assert len(session.scalars(select(Booking.id)).all()) == told.count(201) > 0
    assert broken(services) == {}


def test_t49_what_two_desks_hand_out_and_take_back_at_once_is_done_once(
    services, work_as, ana, staff, body, thing, desk
):
    day = datetime.fromisoformat(body["bookings"][0]["from"]).date()
    with work_as(ana) as work:
        (made,) = bookings.book(work, [Wish(thing.item_id, desk.id, first=day, last=day)], ana)
    for act in ("hand_out", "take_back"):
        ready, refused = threading.Barrier(4), []

        def one(act=act, ready=ready, refused=refused):
            ready.wait()
            try:
                with work_as(staff) as work:
                    getattr(acts, act)(work, bookings.get(work, made.id))
            except acts.AlreadyDone as error:
                refused.append(str(error))

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 3
        assert all(words.startswith("Já foi") for words in refused)
    with services.sessions.reading() as session:
        said = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("loan.%")).order_by(AuditEntry.id)
        )
        assert list(said) == ["loan.book", "loan.hand_out", "loan.take_back"]


def test_t50_two_workers_offer_a_place_once(services, work_as, ana, rui, make_person, body, thing, desk):
    day = datetime.fromisoformat(body["bookings"][0]["from"]).date()
    wish = Wish(thing.item_id, desk.id, first=day, last=day)
    with work_as(ana) as work:
        (made,) = bookings.book(work, [wish], ana)
    for person in (rui, make_person("Eva")):
        with work_as(person) as work:
            waiting.enqueue(work, wish, person)
    with work_as(ana) as work:
        bookings.cancel(work, bookings.get(work, made.id))
    ready = threading.Barrier(2)

    def one():
        ready.wait()
        with work_as() as work:
            waiting.move_on(work, thing.item_id, desk.id)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with services.sessions.reading() as session:
        offered = session.scalars(select(Booking.borrower_id).where(Booking.state == BookingState.OFFERED)).all()
    assert offered == [rui.id]
    assert broken(services) == {}
