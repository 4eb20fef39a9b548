"""A teacher says in words what is needed and when, books it from the results on a telephone, and finds it among their loans."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plugins.physical_loans.models import Thing
from repository.models import Item, Organisation, User
from repository.work import now
from tests.journeys.lending import make_kit

pytestmark = pytest.mark.browser


@pytest.fixture
def plugins() -> list[str]:
    """The lending desk beside the materials."""
    return ["materials", "physical_loans"]


@pytest.fixture
def kit(
    work_as: Callable[..., Any], centre: Organisation, make_item: Callable[..., Item], rui: User, run_jobs: Any
) -> Thing:
    """A kit at a desk that is open every day, and a digital material of the same words."""
    make_item(rui, "Guião do robô para o 1.º ciclo")
    thing = make_kit(work_as, centre, "Robô para o 1.º ciclo", "Balcão")
    run_jobs()
    return thing


def test_without_scripts_a_kit_is_searched_by_day_booked_and_found_among_my_loans_on_a_telephone(
    open_page: Callable[..., Any], sign_in_page: Callable[..., None], ana: User, kit: Thing
) -> None:
    page = open_page(width=390, locale="pt-PT", java_script_enabled=False)
    sign_in_page(page, ana)
    lesson = now().date() + timedelta(days=20)
    page.goto("/")
    page.fill("#q", f"robô para o 1.º ciclo livre a {lesson.day}/{lesson.month}/{lesson.year}")
    page.press("#q", "Enter")
    page.get_by_text("Percebemos também").wait_for()
    page.get_by_role("link", name="Reservar", exact=True).click()
    page.get_by_role("heading", name="Reservar para uma aula").wait_for()
    page.get_by_text("Livre nestas datas").wait_for()
    assert page.get_by_label("Dia da aula").input_value() == lesson.isoformat()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Reservar", exact=True).press("Enter")
    page.get_by_role("heading", name="Quando", exact=True).wait_for()
    page.get_by_text("Está reservado.").wait_for()
    page.goto("/me")
    page.get_by_role("heading", name="Os meus empréstimos").wait_for()
    page.get_by_role("link", name="Robô para o 1.º ciclo").click()
    page.get_by_role("button", name="Anular a reserva").click()
    page.get_by_text("A reserva está anulada.").wait_for()
