"""A return at the desk on a telephone, in as few taps as a busy day leaves time for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from plugins.physical_loans import bookings, desk
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, Component, Copy, Desk, Thing
from repository import items
from repository.models import AuditEntry, Organisation, User

ALL_DAY = {str(day): [["00:00", "23:59"]] for day in range(7)}
PARTS = [
    "Robôs",
    "Base de carregamento",
    "Cabos USB",
    "Tapete da cidade",
    "Tapete alfabeto",
    "Tapete liso",
    "Cartões",
    "Transformador",
    "Guia",
    "Capas",
    "Saco",
    "Caixa",
]


@pytest.fixture
def place(work_as: Callable[..., Any], centre: Organisation) -> int:
    """A desk that is always open."""
    with work_as() as work:
        made = Desk(organisation_id=centre.id, name="Balcão do centro", hours=ALL_DAY)
        work.session.add(made)
        work.session.flush()
        return made.id


@pytest.fixture
def kit(work_as: Callable[..., Any], centre: Organisation, place: int) -> int:
    """A box with twelve parts."""
    with work_as() as work:
        item = items.create_draft(work, kind="physical")
        items.describe(work, item, {"title": "Robôs Bee-Bot", "level": ["1ceb"]})
        item.organisation_id = centre.id
        thing = Thing(item_id=item.id)
        work.session.add(thing)
        work.session.flush()
        for position, name in enumerate(PARTS):
            part = Component(name=name, expected=4, position=position)
            thing.components.append(part)
        thing.copies.append(Copy(desk_id=place, inventory="BEE-01", label="BEE-01", created_at=work.now))
        work.session.flush()
        items.submit(work, item)
        return thing.item_id


@pytest.fixture
def book(work_as: Callable[..., Any], kit: int, place: int) -> Callable[..., int]:
    """Book the kit from a day to a day, counted from today; return the booking's id."""

    def made(person: User, first: int, last: int) -> int:
        with work_as(person) as work:
            days = [work.now.date() + timedelta(days=n) for n in (first, last)]
            wish = Wish(kit, place, first=days[0], last=days[1])
            return bookings.book(work, [wish], work.session.get_one(User, person.id))[0].id

    return made


class Taps:
    """Counts what a finger does."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()
        self.count += 1


def test_a_complete_return_of_twelve_parts_takes_at_most_five_taps(
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    work_as: Callable[..., Any],
    book: Callable[..., int],
    ana: User,
    staff: User,
) -> None:
    made = book(ana, 0, 1)
    with work_as(staff) as work:
        desk.hand_out(work, bookings.get(work, made))
    page = open_page(width=390, has_touch=True)
    sign_in_page(page, staff)
    page.goto("/loans/desk?day=" + _day_of(work_as, made))
    taps = Taps(page)
    taps.press("Receber Robôs Bee-Bot", "link")
    expect(page.locator(".tick input[type=checkbox]:checked")).to_have_count(12)
    taps.press("Está tudo")
    page.get_by_text("Recebido: «Robôs Bee-Bot»").wait_for()
    assert taps.count <= 5
    taps.press("Anular")
    page.get_by_text("A devolução está desfeita").wait_for()
    with work_as() as work:
        assert work.session.get_one(Booking, made).state == "out"
        assert work.session.scalar(select(AuditEntry).filter_by(action="loan.undo_take_back")) is not None


def _day_of(work_as: Callable[..., Any], booking_id: int) -> str:
    with work_as() as work:
        return bookings.get(work, booking_id).ends_at.date().isoformat()
