"""A kit from the search to the statistics: every step through pages and mail, as teachers and the desk take them."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import expect
from sqlalchemy import select

from plugins.physical_loans import bookings, clockwork, waiting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Component, Desk, Rule, Thing
from repository import work as clock_of
from repository.models import Item, Organisation, User
from repository.work import Services
from tests.conftest import PostOffice
from tests.journeys.lending import make_kit

pytestmark = pytest.mark.browser
SITE = "https://partilha.teste.invalid"
ASKED = datetime(2027, 3, 3, 10, tzinfo=UTC)  # a Wednesday
PICK_UP = datetime(2027, 3, 8, 16, tzinfo=UTC)  # the Monday before the lesson on Tuesday, the 9th
BACK = datetime(2027, 3, 10, 10, tzinfo=UTC)  # the Wednesday after it
LESSON, NEXT_LESSON = (  # at the hours that are proposed to who says none
    (datetime(2027, 3, day, 8, 30, tzinfo=UTC), datetime(2027, 3, day, 10, tzinfo=UTC)) for day in (9, 16)
)
KIT = "Robô para o 1.º ciclo"


@pytest.fixture
def plugins() -> list[str]:
    """The lending desk beside the materials."""
    return ["materials", "physical_loans"]


@pytest.fixture
def services(make_services: Callable[..., Services], post_office: PostOffice) -> Services:
    """A house whose mail goes to the server on loopback."""
    return make_services(smtp_url=post_office.url, public_url=SITE)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the whole house see a moment; it stands at the day on which the kit is looked for."""
    seen, real = [ASKED], clock_of.now
    for module in [each for each in sys.modules.values() if getattr(each, "now", None) is real]:
        monkeypatch.setattr(module, "now", lambda: seen[0])

    def set_to(moment: datetime) -> None:
        seen[0] = moment

    return set_to


@pytest.fixture
def kit(
    set_clock: Any, work_as: Callable[..., Any], centre: Organisation, make_item: Callable[..., Item], rui: User,
    run_jobs: Any,
) -> Thing:  # fmt: skip
    """A kit of one box with six cables, lent on approval, and a digital material of the same words."""
    make_item(rui, "Guião do robô para o 1.º ciclo")
    thing = make_kit(work_as, centre, KIT, "Balcão")
    with work_as() as work:
        cables = Component(thing_id=thing.item_id, name="Cabo USB", expected=6, position=1)
        work.session.add_all([cables, Rule(approval=True)])
    run_jobs()
    return thing


@pytest.fixture
def for_the_next_lesson(work_as: Callable[..., Any], kit: Thing, rui: User, eva: User) -> int:
    """The same kit is Rui's a week later, and Eva waits for it then; the number of Rui's booking."""
    with work_as() as work:
        desk = work.session.scalars(select(Desk)).one()
        wish = Wish(kit.item_id, desk.id, lessons=(NEXT_LESSON,))
        made = bookings.book(work, [wish], work.session.get_one(User, rui.id))[0].id
    with work_as(eva) as work:
        waiting.enqueue(work, wish, work.session.get_one(User, eva.id))
    return made


@pytest.fixture
def eva(make_person: Callable[..., User]) -> User:
    return make_person("Eva")


def find_and_ask(page: Any) -> None:
    """Say in words what is needed and when, and ask for it from the results."""
    page.goto("/")
    page.fill("#q", "robô para o 1.º ciclo livre na terça")
    page.press("#q", "Enter")
    page.get_by_text("Percebemos também").wait_for()
    page.get_by_role("link", name="Reservar", exact=True).click()
    page.get_by_text("Livre nestas datas").wait_for()
    assert page.get_by_label("Dia da aula").input_value() == "2027-03-09"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Pedir", exact=True).press("Enter")
    page.get_by_text("o centro responde por correio").wait_for()


def check_invitation(letter: Any) -> None:
    """Open the letter's calendar as an agenda does: pick up, lesson, bring back."""
    (enclosed,) = letter.iter_attachments()
    events = Calendar.from_ical(enclosed.get_content()).walk("VEVENT")
    lesson = next(event for event in events if "lesson" in str(event["UID"]))
    assert (lesson["DTSTART"].dt, lesson["DTEND"].dt) == LESSON
    assert len(events) == 3


def hand_out(page: Any) -> None:
    """Hand the kit out by its code."""
    page.goto("/loans/desk")
    expect(page.locator("#f-code")).to_be_focused()
    page.fill("#f-code", "r-01")
    page.press("#f-code", "Enter")
    page.get_by_role("button", name="Está tudo: entregar").click()
    page.get_by_text(f"Entregue: «{KIT}»").wait_for()


def take_back_one_short(page: Any) -> None:
    """Open the kit by its label as a phone's camera does, and take it back without one cable."""
    page.goto("/loans/c/R-01")
    page.get_by_label("Cabo USB").first.uncheck()
    page.get_by_role("button", name="Receber com faltas").click()
    page.get_by_text("Cabo USB: falta 1").wait_for()


def test_a_kit_is_found_booked_lent_comes_back_one_short_and_is_counted(
    open_page: Callable[..., Any],
    sign_in_page: Callable[..., None],
    post_office: PostOffice,
    services: Services,
    set_clock: Callable[[datetime], None],
    for_the_next_lesson: int,
    ana: User,
    rui: User,
    eva: User,
    staff: User,
) -> None:
    hers, desk = open_page(390, locale="pt-PT"), open_page(390, locale="pt-PT", has_touch=True)
    sign_in_page(hers, ana)
    find_and_ask(hers)
    sign_in_page(desk, staff)
    desk.goto("/loans/desk")
    desk.get_by_role("button", name=f"Aprovar {KIT}").click()
    desk.get_by_text("Aprovado: quem pediu recebe a notícia.").wait_for()
    check_invitation(post_office.wait_for(ana.email or "", "Pedido aprovado"))
    set_clock(PICK_UP)
    hand_out(desk)
    set_clock(BACK)
    clockwork.run(services, [])
    post_office.wait_for(ana.email or "", "A devolver hoje")
    take_back_one_short(desk)
    letter = post_office.wait_for(rui.email or "", "Falta uma peça")
    assert "Cabo USB" in letter.get_body(("plain",)).get_content()
    his = open_page(390, locale="pt-PT")
    sign_in_page(his, rui)
    his.goto(f"/loans/{for_the_next_lesson}")
    his.get_by_role("button", name="Anular a reserva").click()
    post_office.wait_for(eva.email or "", "Chegou a sua vez")
    desk.goto("/loans/figures")
    desk.get_by_text("Houve 1 empréstimo de 1 material. Tudo voltou dentro do prazo.").wait_for()
    expect(desk.locator("section:has(#missing)").get_by_text("Cabo USB")).to_have_count(1)
