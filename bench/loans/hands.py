"""How often somebody presses: from a lesson plan's page to a booked kit, and to take back a kit of twelve components."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy import func, select

from bench.first_page import CHROMIUM
from bench.instance import EMAIL, PASSWORD, begin, publish, serving
from bench.loans import house
from plugins.physical_loans import bookings, desk, needs
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Component
from repository import accounts
from repository.models import Membership, Organisation, User
from repository.permissions import actor_of
from repository.work import SYSTEM, Actor, Services, open_work

PARTS = 12
TEACHER = "docente@exemplo.invalid"


@dataclass(frozen=True)
class Figures:
    """Clicks from the lesson to the booking, taps of the return, and whether both were then so in the database."""

    clicks: int
    taps: int
    booked: bool
    returned: bool


class Finger:
    """Presses what is on a page, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, target: Locator) -> None:
        """Press it, and wait for the page that follows."""
        target.click()
        self.page.wait_for_load_state()
        self.count += 1


@dataclass(frozen=True)
class Centre:
    """What is there: a lesson plan that uses a kit, the day of the lesson, and a loan of that kit that comes back."""

    lesson_id: int
    day: date
    loan_id: int
    back_on: date


def measure(folder: Path) -> Figures:
    """Press through both in a real browser, on a telephone."""
    services, admin = begin(folder)
    centre = _furnish(services, admin)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        clicks = _book(_sign_in(browser, server.url, TEACHER), centre)
        taps = _take_back(_sign_in(browser, server.url, EMAIL), centre)
        browser.close()
    with open_work(services, SYSTEM) as work:
        booked = select(func.count()).select_from(Booking).where(Booking.state == BookingState.APPROVED)
        figures = Figures(
            clicks,
            taps,
            work.session.scalar(booked) == 1,
            work.session.get_one(Booking, centre.loan_id).state == BookingState.RETURNED,
        )
    services.close()
    return figures


def _furnish(services: Services, admin: Actor) -> Centre:
    with open_work(services, SYSTEM) as work:
        place = house.add_desk(work)
        kit = house.add_thing(work, place, "Robôs de chão", copies=2)
        kit.components += [Component(name=f"Peça {n + 1}", expected=4, position=n) for n in range(PARTS)]
        lesson = publish(services, work, "Percursos com robôs", ["robôs", "percurso"])
        needs.say(work, lesson, kit, 1)
        place_of = work.session.scalars(select(Organisation)).one()
        teacher = accounts.create_user(work, TEACHER, "Docente", PASSWORD)
        teacher.memberships.append(Membership(organisation_id=place_of.id, role="teacher", valid_from=date(2020, 1, 1)))
        day = house.open_day(work, place, 14)
    with services.sessions.reading() as session:
        borrower = actor_of(session, services.hook, session.get_one(User, teacher.id), date.today())
    with open_work(services, borrower) as work:
        wish = Wish(kit.item_id, place.id, first=house.open_day(work, place, 1), last=house.open_day(work, place, 8))
        (made,) = bookings.book(work, [wish], work.session.get_one(User, teacher.id))
    with open_work(services, admin) as work:
        desk.hand_out(work, bookings.get(work, made.id))
        back_on = work.session.get_one(Booking, made.id).ends_at.date()
    return Centre(lesson.id, day, made.id, back_on)


def _sign_in(browser: Browser, url: str, email: str) -> Page:
    page = browser.new_page(base_url=url, viewport={"width": 390, "height": 844}, locale="pt-PT")
    page.goto("/login")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def _book(page: Page, centre: Centre) -> int:
    page.goto(f"/items/{centre.lesson_id}")
    finger = Finger(page)
    finger.press(page.get_by_label("Dia da aula"))  # and type it
    page.get_by_label("Dia da aula").fill(centre.day.isoformat())
    finger.press(page.get_by_role("button", name="Ver se está livre"))
    finger.press(page.get_by_role("link", name="Reservar Robôs de chão"))
    finger.press(page.get_by_role("button", name="Reservar", exact=True))
    page.get_by_text("Está reservado.").wait_for()
    return finger.count


def _take_back(page: Page, centre: Centre) -> int:
    page.goto(f"/loans/desk?day={centre.back_on.isoformat()}")
    finger = Finger(page)
    finger.press(page.get_by_role("link", name="Receber Robôs de chão"))
    if page.locator(".tick input[type=checkbox]:checked").count() != PARTS:
        raise RuntimeError("the checklist is not whole")
    finger.press(page.get_by_role("button", name="Está tudo").first)
    page.get_by_text("Recebido: «Robôs de chão»").wait_for()
    return finger.count
