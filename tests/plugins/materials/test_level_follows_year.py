"""A level that was only guessed gives way to a year of another level as soon as the year is known, and not when all is sent."""

import re
from io import BytesIO
from typing import Any

import pytest

from repository.models import Item, User


@pytest.fixture
def guessed(ana: User, sign_in: Any, work_as: Any) -> tuple[Any, str]:
    """The browser of a teacher of the first cycle, and the address of a draft that was begun with a file."""
    with work_as() as work:
        work.session.get_one(User, ana.id).group_code = "110"
    browser = sign_in(ana)
    begun = browser.post("/deposit", data={"files": [(BytesIO(b"Barras"), "barras.txt")]})
    return browser, begun.location


def ticked(page: str) -> list[str]:
    return re.findall(r'name="level" value="(\w+)" checked', page)


def test_a_year_that_is_kept_alone_takes_the_guessed_level_along(guessed: tuple[Any, str]) -> None:
    browser, address = guessed
    page = browser.get(address).text
    assert ticked(page) == ["1ceb"]
    assert "level" in re.search(r'name="shown" value="([^"]*)"', page)[1].split()
    said = browser.post(address, data={"act": "autosave", "shown": "level", "year": ["", "7"]}).json
    assert said["proposals"]["level"] == "3ceb"
    assert said["hints"]["level"] == "Do ano que escolheu. Corrija se for preciso."
    assert ticked(browser.get(address).text) == ["3ceb"]
    said = browser.post(address, data={"act": "autosave", "shown": "level", "year": ["", "3"]}).json
    assert said["proposals"]["level"] == "1ceb"


def test_a_level_that_somebody_has_ticked_stays(guessed: tuple[Any, str]) -> None:
    browser, address = guessed
    browser.post(address, data={"act": "autosave", "shown": "level", "level": ["", "sec"]})
    said = browser.post(address, data={"act": "autosave", "shown": "level", "year": ["", "7"]}).json
    assert "level" not in said["proposals"]
    assert ticked(browser.get(address).text) == ["sec"]


def test_a_guessed_level_can_be_unticked(guessed: tuple[Any, str]) -> None:
    browser, address = guessed
    shown = re.search(r'name="shown" value="([^"]*)"', browser.get(address).text)[1]
    browser.post(address, data={"act": "autosave", "shown": shown, "level": ""})
    assert ticked(browser.get(address).text) == []


def test_a_year_read_in_a_file_takes_the_level_guessed_from_the_group_along(
    guessed: tuple[Any, str], work_as: Any, run_jobs: Any
) -> None:
    browser, address = guessed
    more = {"act": "upload", "files": (BytesIO("Equações do 8.º ano\n\nUma ficha.".encode()), "8.º ano.txt")}
    browser.post(address, data=more)
    run_jobs()
    assert ticked(browser.get(address).text) == ["3ceb"]
    with work_as() as work:
        item = work.session.query(Item).one()
        assert (item.codes("year"), "level" in item.proposed) == (["8"], True)
