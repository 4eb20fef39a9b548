"""Two servers change the same kit at once: what both do fits together, and who comes second is told in words."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from loans_samples import MONDAY, lesson
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from plugins.physical_loans import bookings, copies, import_inventory, importing
from plugins.physical_loans import desk as acts
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.holding import KEPT
from plugins.physical_loans.models import Copy, Hold, Thing
from plugins.physical_loans.promises import PROMISES
from repository.errors import DomainError
from repository.house import build_services
from repository.models import User
from repository.work import SYSTEM, Services, Work, open_work

Act = Callable[[Work], Any]


@pytest.fixture
def other(services) -> Iterator[Services]:
    """Another server of the same instance."""
    other = build_services(services.instance, plugins=["physical_loans"])
    yield other
    other.close()


@pytest.fixture
def attempt(actor_for, staff) -> Callable[..., str]:
    """Do an act at a server and say what it came to; `then` comes before it is committed."""

    def act_at(where: Services, act: Act, then: Callable[[], None] = lambda: None) -> str:
        try:
            with open_work(where, actor_for(staff)) as work:
                act(replace(work, now=MONDAY))
                then()
        except (DomainError, StaleDataError, DBAPIError) as error:
            return type(error).__name__
        return "done"

    return act_at


@pytest.fixture
def at_once(services, other, attempt) -> Callable[[Act, Act], list[str]]:
    """Do two acts, the second while the first is done and not yet committed; return what each came to."""

    def both(first: Act, second: Act) -> list[str]:
        said: list[str] = []
        late = threading.Thread(target=lambda: said.append(attempt(other, second)))

        def follow() -> None:
            late.start()
            late.join(0.2)  # it is done, unless it waits for the first

        came = attempt(services, first, follow)
        late.join()
        return [came, *said]

    return both


@pytest.fixture
def kit(make_thing) -> Thing:
    """Three copies of one thing."""
    return make_thing("Robôs de chão", copies=3)


@pytest.fixture
def booked(at, ana, rui, desk, kit) -> list[int]:
    """Ana has the first copy for a lesson, Rui the second for the same lesson."""
    made = []
    for person in (ana, rui):
        with at(person) as work:
            made += bookings.book(work, [Wish(kit.item_id, desk.id, lessons=(lesson(9),))], person)
    return [booking.id for booking in made]


def swap(booking_id: int, old: Copy, new: Copy) -> Act:
    return lambda work: acts.swap(work, bookings.get(work, booking_id), old.id, new.id)


def bring_in(stock: int, place: str = "Armário 1") -> Act:
    """Import a table that says how many units there are."""
    table = f"N.º de inventário;Designação;Qtd;Localização\r\nT1-01;Cubos;{stock};{place}\r\n"

    def act(work: Work) -> None:
        planned = import_inventory.plan(work, importing.read(table.encode()))
        import_inventory.carry_out(work, planned)

    return act


def restock(copy_id: int, stock: int, version: int) -> Act:
    return lambda work: copies.change(work, copies.get(work, copy_id), {"stock": stock}, version)


def broken(services: Services) -> dict[str, list[str]]:
    with open_work(services, SYSTEM) as work:
        work = replace(work, now=MONDAY)
        return {promise.words: wrong for promise in PROMISES if (wrong := promise.prove(work)[1])}


def places(services: Services) -> dict[int, list[str]]:
    """Return the copies that each booking keeps."""
    with services.sessions.reading() as session:
        rows = session.execute(
            select(Hold.booking_id, Copy.inventory).join(Copy).where(Hold.state.in_(KEPT)).order_by(Copy.inventory)
        )
        found: dict[int, list[str]] = {}
        for booking_id, name in rows:
            found.setdefault(booking_id, []).append(name)
        return found


def test_of_two_who_swap_to_the_same_copy_the_second_gets_it_and_the_first_another(services, at_once, kit, booked):
    one, two, three = kit.copies
    assert at_once(swap(booked[0], one, three), swap(booked[1], two, three)) == ["done", "done"]
    assert places(services) == {booked[0]: ["T1-01"], booked[1]: ["T1-03"]}
    assert broken(services) == {}


def test_two_who_change_places_at_once_change_them_once(services, at_once, kit, booked):
    one, two, _ = kit.copies
    assert at_once(swap(booked[0], one, two), swap(booked[1], two, one)) == ["done", "AlreadyDone"]
    assert places(services) == {booked[0]: ["T1-02"], booked[1]: ["T1-01"]}
    assert broken(services) == {}


def test_neither_of_two_who_swap_at_the_same_moment_waits_for_the_other_for_ever(services, other, attempt, kit, booked):
    """The copies are locked in one order before anything else: or the database ends one of them, which is an error."""
    one, two, _ = kit.copies
    for first, second in ((one, two), (two, one), (one, two)):
        ready, said = threading.Barrier(2), []

        def go(where: Services, booking_id: int, old: Copy, new: Copy, ready: Any = ready, said: Any = said) -> None:
            ready.wait()
            said.append(attempt(where, swap(booking_id, old, new)))

        pair = ((services, booked[0], first, second), (other, booked[1], second, first))
        threads = [threading.Thread(target=go, args=each) for each in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == ["AlreadyDone", "done"]
    assert broken(services) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_table_that_takes_units_away_and_a_booking_of_all_of_them_do_not_both_come_true(
    services, at_once, make_thing, desk, ana, order
):
    cubes = make_thing("Cubos", stock=3)
    wish = Wish(cubes.item_id, desk.id, quantity=3, lessons=(lesson(9),))
    pair = [bring_in(1), lambda work: bookings.book(work, [wish], work.session.get_one(User, ana.id))]
    first, second = at_once(*pair[::order])
    assert first == "done"
    assert second in ("Invalid", "Taken", "Conflict")  # in words, whoever comes second
    assert len(places(services)) == (0 if order == 1 else 1)
    assert broken(services) == {}


@pytest.mark.parametrize(("order", "said"), [(1, ["done", "Conflict"]), (-1, ["done", "done"])])
def test_a_table_and_a_form_that_count_the_same_units_do_not_mix(services, at_once, make_thing, order, said):
    """The form was opened before the table came in; the table says how it is, whatever was there."""
    (copy,) = make_thing("Cubos", stock=3).copies
    assert at_once(*[bring_in(5), restock(copy.id, 2, copy.version)][::order]) == said
    with services.sessions.reading() as session:
        assert session.get_one(Copy, copy.id).stock == 5
    assert broken(services) == {}
