"""As many bookings at a time as the rules say: said before the button, counted alike for one, a series and a basket."""

import re

import pytest
from loans_samples import MONDAY
from sqlalchemy import func, select

from plugins.physical_loans.models import Booking, Rule

LESSON = {"day": "2027-03-09", "start": "10:30", "end": "12:00"}
MOST = "Já tem 2 reservas e empréstimos em aberto, o máximo."


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture(autouse=True)
def two_at_most(at):
    with at() as work:
        work.session.add(Rule(most_open=2))


@pytest.fixture
def browser(sign_in, ana):
    return sign_in(ana)


def count(at):
    with at() as work:
        return work.session.scalar(select(func.count()).select_from(Booking))


def press(browser, page, asked):
    """Press the button that books what the page shows."""
    address = re.search(r'formaction="([^"]*/book[^"]*)"', page.text)[1].replace("&amp;", "&")
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)[1]
    return browser.post(address, data=asked | {"seen": seen})


def book(browser, thing, **fields):
    asked = LESSON | fields
    return press(browser, browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked), asked)


def test_a_series_is_one_booking_and_beyond_the_most_it_is_refused_before_the_button(at, browser, make_thing):
    kits = [make_thing(f"Kit {number}") for number in range(3)]
    series = {"mode": "series", "until": "2027-03-30"}
    assert book(browser, kits[0]).status_code == 303
    assert book(browser, kits[1], **series).status_code == 303, "four lessons, and one booking"
    assert count(at) == 5
    for fields in ({}, series):
        page = browser.get(f"/loans/things/{kits[2].item_id}/book", query_string=LESSON | fields).text
        assert MOST in page
        assert 'formaction="/loans/things' not in page


def test_a_series_says_which_of_its_days_the_rules_do_not_allow_and_books_the_others(at, browser, thing):
    with at() as work:
        work.session.add(Rule(thing_id=thing.item_id, horizon_days=20))
    asked = {"mode": "series", "until": "2027-03-30"}
    page = browser.get(f"/loans/things/{thing.item_id}/book", query_string=LESSON | asked).text
    assert "Reservar só as 2 livres" in page
    assert "Só se reserva com 20 dias de antecedência" in page
    assert book(browser, thing, **asked).status_code == 303
    assert count(at) == 2


def test_who_presses_a_button_that_was_shown_before_the_most_was_reached_stays_on_the_page(at, browser, make_thing):
    kits = [make_thing(f"Kit {number}") for number in range(3)]
    shown = browser.get(f"/items/{kits[2].item_id}", query_string=LESSON)
    for kit in kits[:2]:
        book(browser, kit)
    answer = press(browser, shown, LESSON)
    assert answer.status_code == 403
    assert MOST in answer.text
    assert "Ver as datas outra vez" in answer.text
    assert count(at) == 2


def test_the_basket_counts_its_own_lines_and_says_so_before_the_button(at, browser, make_thing):
    kits = [make_thing(f"Kit {number}") for number in range(3)]
    book(browser, kits[0])
    for kit in kits[1:]:
        browser.post("/loans/basket", data={"thing": kit.item_id})
    page = browser.get("/loans/basket", query_string=LESSON).text
    assert page.count("Livre nestas datas") == 1
    assert "Pode ter 2 reservas e empréstimos em aberto e já tem 1" in page
    assert "Reservar tudo" not in page
    browser.post("/loans/basket/remove", data={"thing": kits[2].item_id})
    shown = browser.get("/loans/basket", query_string=LESSON)
    assert "Reservar tudo" in shown.text
    book(browser, kits[2])
    answer = press(browser, shown, LESSON)
    assert answer.status_code == 403
    assert "O meu cesto" in answer.text
    assert MOST in answer.text
    assert count(at) == 2


def test_the_rules_page_says_how_a_series_counts(sign_in, staff):
    assert (
        "2 reservas ou empréstimos de cada vez (uma série conta como uma)."
        in sign_in(staff).get("/admin/loans/rules").text
    )


@pytest.mark.parametrize(
    ("asked", "kept", "lost"),
    [
        (LESSON | {"class": "3", "pupils": "24"}, ("day=2027-03-09", "start=10:30", "class=3", "pupils=24"), "mode"),
        ({"mode": "days", "first": "2027-03-09", "last": "2027-03-11"}, ("mode=days", "last=2027-03-11"), "start"),
        (LESSON | {"mode": "site"}, ("day=2027-03-09",), "mode"),
        ({"mode": "block", "first": "2027-03-09", "weeks": "2"}, (), "first"),
        ({}, (), "start"),
    ],
)
def test_the_dates_of_the_page_go_with_a_thing_into_the_basket(browser, thing, asked, kept, lost):
    page = browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked).text
    form = re.search(r'<form[^>]* id="loan-form".*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        for chosen in re.findall(r'value="([^"]*)" selected', options):
            fields[name] = chosen
    button = re.search(r'<button[^>]* form="loan-form"[^>]* formaction="(/loans/basket[^"]*)"', page)[1]
    address = browser.post(button, data=fields).headers["Location"]
    assert all(each in address for each in kept), address
    assert lost not in address


def test_a_basket_says_the_most_before_dates_are_chosen(browser, make_thing):
    kits = [make_thing(f"Kit {number}") for number in range(3)]
    said = []
    for kit in kits:
        browser.post("/loans/basket", data={"thing": kit.item_id})
        page = browser.get("/loans/basket").text
        said.append(re.search(r"Pode ter 2 reservas e empréstimos em aberto[^<]*", page)[0])
    assert said[:2] == ["Pode ter 2 reservas e empréstimos em aberto; já tem 0."] * 2
    assert "com estes 3 passa o máximo" in said[2]
