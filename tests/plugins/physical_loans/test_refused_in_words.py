"""What the rules have against some dates is said beside them, before anything is pressed."""

import re
from datetime import date

import pytest
from loans_samples import MONDAY, lesson

from plugins.physical_loans import bookings
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import ClosedDays, Rule, Thing

LONG = "Este material empresta-se por 14 dias, no máximo."
LESSON = {"day": "2027-03-09", "start": "10:30", "end": "12:00"}
BEFORE_THE_BREAK = LESSON | {"day": "2027-03-19"}


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture
def fortnight(at):
    """Two weeks at most, and a desk that is shut from 20 March to 4 April."""
    with at() as work:
        work.session.add(Rule(most_days=14))
        shut = ClosedDays(starts_on=date(2027, 3, 20), ends_on=date(2027, 4, 4), label="Férias", kind="closed")
        work.session.add(shut)


def text_of(answer):
    return answer.get_data(as_text=True)


def book(browser, thing, **fields):
    """See the plan on the thing's page and press the button that books it; return the address of the booking."""
    page = text_of(browser.get(f"/items/{thing.item_id}", query_string=LESSON | fields))
    address = re.search(r'formaction="([^"]*/book[^"]*)"', page)[1].replace("&amp;", "&")
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    return browser.post(address, data=LESSON | fields | {"seen": seen}).headers["Location"]


def test_a_lesson_whose_return_the_closed_days_push_too_far_says_so(ana, thing, sign_in, fortnight):
    page = text_of(sign_in(ana).get(f"/items/{thing.item_id}", query_string=BEFORE_THE_BREAK))
    assert LONG in page
    assert "seriam 18" in page
    assert "Livre nestas datas" not in page
    assert "Não se pode reservar assim" in page


def test_a_box_for_too_many_weeks_says_so(ana, centre, thing, sign_in, fortnight):
    asked = {"mode": "block", "first": "2027-04-05", "weeks": "4", "organisation": str(centre.id)}
    page = text_of(sign_in(ana).get(f"/loans/things/{thing.item_id}/book", query_string=asked))
    assert LONG in page


def test_a_booking_changed_to_dates_that_are_too_long_stays_and_says_why(ana, thing, sign_in, fortnight):
    browser = sign_in(ana)
    address = book(browser, thing)
    answer = browser.post(f"{address}/change", data=BEFORE_THE_BREAK)
    assert answer.status_code == 422
    change = re.search(r'<details class="loan-change" open>.*?</details>', text_of(answer), re.S)[0]
    assert LONG in change


def test_more_time_that_is_refused_says_why_even_where_no_form_for_it_is_shown(at, ana, thing, sign_in):
    browser = sign_in(ana)
    address = book(browser, thing)
    answer = browser.post(f"{address}/extend", data={"until": "ontem"})
    assert "Escolha um dia no calendário" in text_of(answer)


def test_nothing_is_offered_instead_that_the_rules_refuse(at, ana, rui, desk, thing, make_thing, sign_in):
    other = make_thing("Sondas")
    with at() as work:
        for one in (thing, other):
            work.session.get_one(Thing, one.item_id).category = "robot"
        bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(9),))], rui)
    address = f"/items/{thing.item_id}"
    assert "No mesmo dia: Sondas" in text_of(sign_in(ana).get(address, query_string=LESSON))
    with at() as work:
        work.session.add(Rule(thing_id=other.item_id, who="staff"))
    page = text_of(sign_in(ana).get(address, query_string=LESSON))
    assert "a próxima data livre" in page
    assert "No mesmo dia: Sondas" not in page
