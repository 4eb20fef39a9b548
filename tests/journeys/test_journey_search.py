"""Somebody types a few letters and is offered terms, titles and words; without scripts the box is a plain form."""

from collections.abc import Callable
from typing import Any

import pytest

from repository.models import Item, User

pytestmark = pytest.mark.browser


@pytest.fixture
def plugins() -> list[str]:
    """The materials alone: what is handed in is published at once."""
    return ["materials"]


@pytest.fixture
def titles(ana: User, make_item: Callable[..., Item], run_jobs: Callable[[], int]) -> list[str]:
    said = ["Frações com barras", "Frações na cozinha", "Rios de Portugal"]
    for title in said:
        make_item(ana, title, discipline=["GEO" if title.startswith("Rios") else "MAT"])
    run_jobs()
    return said


@pytest.mark.parametrize(("address", "box"), [("/", "#q"), ("/search", "#q0")])
def test_titles_are_offered_while_typing_and_keys_choose_one(
    open_page: Callable[..., Any], titles: list[str], address: str, box: str
) -> None:
    page = open_page(width=390, locale="pt-PT")
    page.goto(address)
    field = page.locator(box)
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("fraç")  # at once: titles that come for each letter would take the choice away again
    offered = page.get_by_role("listbox").get_by_role("option")
    offered.nth(1).wait_for()
    assert set(offered.all_inner_texts()) == {*titles[:2], "frações"}
    assert field.get_attribute("aria-expanded") == "true"
    assert all(line.bounding_box()["height"] >= 44 for line in offered.all())
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    field.press("ArrowDown")
    field.press("ArrowDown")
    second = offered.nth(1)
    assert field.get_attribute("aria-activedescendant") == second.get_attribute("id")
    assert second.get_attribute("aria-selected") == "true"
    title = second.inner_text()
    field.press("Enter")
    page.get_by_role("heading", name=f"Um resultado para «{title}»").wait_for()


def test_escape_closes_the_titles_and_enter_searches_for_the_words_as_they_are(
    open_page: Callable[..., Any], titles: list[str]
) -> None:
    page = open_page(locale="pt-PT")
    page.goto("/")
    field = page.locator("#q")
    field.press_sequentially("fraç")
    page.get_by_role("listbox").get_by_role("option").first.wait_for()
    field.press("Escape")
    page.get_by_role("listbox").wait_for(state="hidden")
    assert field.input_value() == "fraç"
    assert field.get_attribute("aria-expanded") == "false"
    field.press("Enter")
    page.wait_for_url("**/search?q=fra%C3%A7")


def test_by_keyboard_an_order_is_chosen_with_the_arrows_and_sent_by_enter(
    open_page: Callable[..., Any], titles: list[str]
) -> None:
    page = open_page(locale="pt-PT")
    page.goto("/search?q=rios")
    count = "document.addEventListener('submit', (event) => { window.sent += 1; event.preventDefault(); })"
    page.evaluate(f"() => {{ window.sent = 0; {count}; }}")
    page.locator("#so").focus()
    for expected in ("date", "title"):
        page.keyboard.press("ArrowDown")
        assert page.locator("#so").input_value() == expected
    assert page.evaluate("() => window.sent") == 0
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.sent === 1")
    page.goto("/search?q=rios")
    page.locator("#so").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=title**")


def test_a_title_that_is_pressed_is_searched_for_and_a_term_leads_to_its_materials(
    open_page: Callable[..., Any], titles: list[str]
) -> None:
    page = open_page(locale="pt-PT")
    page.goto("/search")
    page.locator("#q0").press_sequentially("rios")
    page.get_by_role("listbox").get_by_role("option", name="Rios de Portugal").click()
    page.get_by_role("heading", name="Um resultado para «Rios de Portugal»").wait_for()
    page.locator("#q0").fill("")
    page.locator("#q0").press_sequentially("geog")
    page.get_by_role("listbox").get_by_role("option", name="Disciplina: Geografia").click()
    page.wait_for_url("**/search?discipline=GEO")
    page.get_by_role("heading", name="Um material").wait_for()


def test_without_scripts_the_box_is_a_plain_form(open_page: Callable[..., Any], titles: list[str]) -> None:
    page = open_page(java_script_enabled=False, locale="pt-PT")
    page.goto("/")
    assert page.locator("#q").get_attribute("role") is None
    page.fill("#q", "cozinha")
    page.press("#q", "Enter")
    page.get_by_role("heading", name="Um resultado para «cozinha»").wait_for()
