"""What teachers find of lending without searching for it: the menu, and what waits for them on their own page."""

import re
from datetime import timedelta

import pytest
from loans_samples import MONDAY

from plugins.physical_loans.models import Booking, BookingState


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture
def lend(at, desk, ana, make_thing):
    """Give Ana a booking of a thing of that title, in that state, that ends so many hours from now."""

    def lent(title, state, hours):
        thing, end = make_thing(title), MONDAY + timedelta(hours=hours)
        times = {"starts_at": end - timedelta(hours=2), "held_from": end - timedelta(hours=3)}
        with at() as work:
            booking = Booking(
                thing_id=thing.item_id,
                desk_id=desk.id,
                state=state,
                borrower_id=ana.id,
                ends_at=end,
                held_until=end,
                created_at=MONDAY,
                **times,
            )
            work.session.add(booking)

    return lent


def test_the_menu_leads_to_kits_and_to_a_persons_loans(client, sign_in, ana):
    assert 'href="/loans/kits"' in client.get("/search").text
    assert 'href="/loans/mine"' not in client.get("/search").text
    assert client.get("/loans/kits").headers["Location"].endswith("/search?kind=physical")
    browser = sign_in(ana)
    assert 'href="/loans/mine"' in browser.get("/search").text
    assert 'href="/loans/basket"' in browser.get("/loans/mine").text


def test_what_is_ready_or_due_tomorrow_waits_on_my_page_and_is_counted_in_the_menu(sign_in, ana, lend):
    lend("Kit pronto", BookingState.READY, 50)
    lend("Kit para devolver", BookingState.OUT, 30)
    lend("Kit de longe", BookingState.OUT, 200)
    page = sign_in(ana).get("/me").text
    assert "Nada espera por si" not in page
    todo = re.search(r'<ul class="todo.*?</ul>', page, re.DOTALL).group()
    assert "Pronto a levantar: «Kit pronto»" in todo
    assert "Quase a devolver: «Kit para devolver»" in todo
    assert "Kit de longe" not in todo
    assert re.search(r'/loans/mine"[^>]*>Empréstimos <span class="n">2<', page)
    assert page.index("Os meus empréstimos") < page.index("Os meus materiais"), "loans stand below the materials"


def test_nothing_waits_while_nothing_is_to_be_done(sign_in, ana, lend):
    lend("Kit de longe", BookingState.OUT, 200)
    assert "Nada espera por si" in sign_in(ana).get("/me").text
