"""What is printed is the content, dark on white, also for who reads in the dark."""

from typing import Any

import pytest

from repository import items
from repository.models import Item, User

pytestmark = pytest.mark.browser
SEEN = """selectors => selectors.map(one => [...document.querySelectorAll(one)].some(each => each.checkVisibility()))"""
COLOURS = """() => {
  const luminance = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number); return (r * 3 + g * 6 + b) / 2550; };
  const dark = [...document.querySelectorAll('h1, main p, main dd')].every(one => luminance(getComputedStyle(one).color) < .6);
  return [getComputedStyle(document.body).backgroundColor, dark];
}"""


def test_an_item_is_printed_without_what_can_only_be_pressed_and_with_its_address(
    open_page: Any, ana: User, make_item: Any, work_as: Any
) -> None:
    item = make_item(ana, "Bingo da tabuada", text="Sete vezes oito.")
    with work_as() as work:
        items.publish(work, work.session.get_one(Item, item.id))
    page = open_page(color_scheme="dark")
    page.goto(f"/items/{item.id}")
    pressed = [".topbar .nav", ".socle", "main .btn", ".searchbox"]
    read = ["h1", "article", ".brand"]
    assert page.evaluate(SEEN, [*pressed, *read, ".found-again"]) == [True] * 7 + [False]
    page.emulate_media(media="print")
    assert page.evaluate(SEEN, [*pressed, *read, ".found-again"]) == [False] * 4 + [True] * 4
    assert page.evaluate(COLOURS) == ["rgb(255, 255, 255)", True]


def test_a_form_is_not_printed(open_page: Any, admin: User) -> None:
    page = open_page()
    page.goto("/report")
    page.emulate_media(media="print")
    assert page.evaluate(SEEN, ["main form", "main textarea", "h1"]) == [False, False, True]
