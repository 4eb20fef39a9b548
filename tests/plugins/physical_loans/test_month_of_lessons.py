"""The month on a kit's page says what holds for a lesson: with the pick-up before it and the return after it."""

import re
from datetime import UTC, date, datetime

import pytest
from loans_samples import MONDAY, lesson

from plugins.physical_loans import availability, bookings
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Desk


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture
def lent(at, rui, thing, desk):
    """A kit that is reserved from Wednesday the 10th to Thursday the 11th."""
    with at(rui) as work:
        wish = Wish(thing.item_id, desk.id, first=date(2027, 3, 10), last=date(2027, 3, 11))
        bookings.book(work, [wish], rui)
    return thing


def cell(page, day):
    found = re.search(
        rf'<(a|span) class="d (\w+)"(?:(?!<td>).)*?, {day} de março: </span><small[^>]*>(.*?)</small>', page
    )
    assert found, page
    return found.groups()


def test_a_day_is_free_only_where_a_lesson_fits_with_its_pick_up_and_return(client, lent):
    page = client.get(f"/items/{lent.item_id}?month=2027-03").text
    assert cell(page, 8) == ("a", "ok", "1 livre"), "picked up on Friday, back on Tuesday"
    assert cell(page, 9) == ("a", "part", "em parte"), "it would have to be back on the 10th"
    assert cell(page, 10) == ("span", "no", "ocupado")
    assert cell(page, 12) == ("a", "part", "em parte"), "it would have to be picked up on the 11th"
    assert cell(page, 15) == ("a", "ok", "1 livre")
    assert "não chega para levantar, dar a aula e devolver" in page


def test_every_day_that_is_shown_as_free_can_be_had_and_no_other(client, lent):
    page = client.get(f"/items/{lent.item_id}?month=2027-03").text
    links = re.findall(r'<a class="d (\w+)"[^>]*href="([^"]*)"', page)
    assert len(links) > 15
    for look, address in links:
        day = client.get(address.replace("&amp;", "&")).text
        assert ("Livre nestas datas" in day) == (look == "ok"), address


def test_a_day_on_which_nothing_can_be_picked_up_any_more_is_no_link(client, thing):
    page = client.get(f"/items/{thing.item_id}?month=2027-03").text
    assert cell(page, 1)[0:2] == ("span", "off")


def test_hours_that_make_no_lesson_do_not_empty_the_month(client, thing):
    page = client.get(f"/items/{thing.item_id}?day=2027-03-09&start=12:00&end=10:00").text
    assert cell(page, 16) == ("a", "ok", "1 livre")


def test_the_month_agrees_with_what_is_planned_for_each_lesson(at, thing, lent, desk):
    with at() as work:
        place = work.session.get_one(Desk, desk.id)
        known = availability.lesson_days(
            work, work.session.get_one(type(thing), thing.item_id), place, date(2027, 3, 2), date(2027, 3, 31),
            (datetime(2027, 3, 2, 10, 30, tzinfo=UTC).time(), datetime(2027, 3, 2, 12, tzinfo=UTC).time()),
        )  # fmt: skip
        for one, fits in known:
            if one.open and one.day < date(2027, 3, 28):  # the clock changes then
                free = availability.free_for_lessons(work, place, [lesson(one.day.day)], [thing.item_id])
                assert bool(fits) == (thing.item_id in free), one.day
