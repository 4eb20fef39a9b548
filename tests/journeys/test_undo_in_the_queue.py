"""A decision taken back by its key shows its material at its own address, which can be reloaded; on a phone a tap decides."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from repository.models import Item, User
from repository.work import Services
from tests.journeys.widths import PHONE, WIDE, fits

pytestmark = pytest.mark.browser


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    """Materials and moderation."""
    return make_services(plugins=["materials", "moderation"])


def test_z_shows_what_came_back_at_its_own_address_where_on_a_phone_a_tap_decides(
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
    ana: User,
    make_item: Callable[..., Item],
    run_jobs: Callable[[], int],
) -> None:
    made = [make_item(ana, f"Ficha {number}", summary="Para comparar barras.") for number in range(3)]
    run_jobs()
    page = open_page(locale="pt-PT")
    sign_in_page(page, staff)
    page.goto("/moderation")
    for number in (1, 2):
        page.keyboard.press("a")
        expect(page.get_by_role("button", name="Aprovar mesmo assim")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#h-item")).to_have_text(f"Ficha {number}")
        expect(page.locator(".undo")).to_contain_text(f"Ficha {number - 1}")
    page.keyboard.press("z")
    expect(page.locator("#h-item")).to_have_text("Ficha 1")
    expect(page).to_have_url(re.compile(f"/moderation/{made[1].id}$"))
    page.reload()
    expect(page.locator("#h-item")).to_have_text("Ficha 1")
    fits(page, WIDE, PHONE)
    page.locator(".decide summary", has_text="Aprovar").click()  # three nearly alike: each has a warning
    fits(page, PHONE)
    page.get_by_role("button", name="Aprovar mesmo assim").click()
    expect(page.locator(".undo")).to_contain_text("Ficha 1")
    page.goto("/moderation")
    fits(page, PHONE)
    page.get_by_role("link", name="Ficha 2").click()
    expect(page.locator("#h-item")).to_be_in_viewport()
    fits(page, PHONE)
