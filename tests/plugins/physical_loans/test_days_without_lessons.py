"""A lesson on a holiday, in a break or at a weekend is said to be on one, and may be booked all the same."""

from datetime import date

import pytest
from loans_samples import MONDAY

from plugins.physical_loans.models import ClosedDays

HOURS = {"start": "10:30", "end": "12:00"}


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-03-26", "26 de março é feriado (Sexta-feira Santa)."),
        ("2027-03-13", "13 de março é sábado."),
        ("2027-03-14", "14 de março é domingo."),
        ("2027-03-23", "23 de março é dia sem aulas (Férias da Páscoa)."),
        ("2027-06-24", "24 de junho é feriado (feriado municipal)."),
    ],
)
def test_the_day_says_why_there_are_usually_no_lessons(at, ana, desk, thing, sign_in, day, words):
    with at() as work:
        work.session.merge(desk).municipal_days = ["06-24"]
        pause = ClosedDays(
            starts_on=date(2027, 3, 22), ends_on=date(2027, 3, 25), label="Férias da Páscoa", kind="break"
        )
        work.session.add(pause)
    page = sign_in(ana).get(f"/items/{thing.item_id}", query_string={"day": day} | HOURS).text
    assert words in page
    assert "Livre nestas datas" in page, "it may be booked all the same"


def test_an_ordinary_day_says_nothing(client, thing):
    page = client.get(f"/items/{thing.item_id}", query_string={"day": "2027-03-09"} | HOURS).text
    assert "é feriado" not in page
    assert "é sábado" not in page


def test_a_search_for_a_holiday_says_that_it_is_one(client, thing):
    page = client.get("/search", query_string={"kind": "physical", "free": "2027-03-26"}).text
    assert page.count("26 de março é feriado (Sexta-feira Santa).") == 2, "beside the day, and on what is free then"
    assert "(feriado)" in page


def test_the_basket_says_it_too(ana, thing, sign_in):
    browser = sign_in(ana)
    browser.post("/loans/basket", data={"thing": thing.item_id})
    page = browser.get("/loans/basket", query_string={"day": "2027-03-13"} | HOURS).text
    assert "13 de março é sábado." in page
