"""What teachers see and do: the month, the plan before booking, the booking's own page, the basket."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from loans_samples import MONDAY
from sqlalchemy import select

from plugins.physical_loans.models import Booking, BookingState, Copy, Desk, Rule
from plugins.physical_loans.pages import saying

LESSON = {"day": "2027-03-09", "start": "10:30", "end": "12:00"}


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


def fields_of(page, action):
    """Return the hidden fields and the address of the form or button whose address holds `action`."""
    text = page.get_data(as_text=True)
    button = re.search(rf'formaction="([^"]*{action}[^"]*)"', text)
    assert button, text
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    return button.group(1).replace("&amp;", "&"), {"seen": seen.group(1) if seen else ""}


@pytest.fixture
def press(sign_in):
    """See the plan on the thing's page and press the button that books it."""

    def pressed(user, thing, **fields):
        browser = sign_in(user)
        page = browser.get(f"/items/{thing.item_id}", query_string=LESSON | fields)
        address, hidden = fields_of(page, "/book")
        return browser, browser.post(address, data=LESSON | fields | hidden), address, LESSON | fields | hidden

    return pressed


def all_bookings(work):
    return list(work.session.scalars(select(Booking).order_by(Booking.id)))


def test_a_thing_shows_its_month_with_links_words_and_the_same_as_a_list(client, thing):
    page = client.get(f"/items/{thing.item_id}").get_data(as_text=True)
    assert "Março de 2027" in page
    assert re.search(r'<a class="d ok"[^>]*day=2027-03-09[^>]*>.*?<small>1 livre</small>', page)
    assert re.search(r'<span class="d hol">.*?26 de março: </span><small>fechado</small>', page)  # Good Friday
    assert "Sexta-feira Santa, balcão fechado" in page
    assert "Iniciar sessão para reservar" not in page, "nothing to book is shown before a day is chosen"


def test_the_month_asks_the_database_as_often_for_many_copies_and_bookings_as_for_few(
    client, make_thing, make_person, press, count_queries
):
    asked = []
    for copies in (1, 4):
        kit = make_thing(f"Kit {copies}", copies=copies)
        for number in range(copies):
            press(make_person(f"Pessoa{copies}{number}"), kit)
        client.get(f"/items/{kit.item_id}?month=2027-03")  # what is known for good is known now
        with count_queries() as statements:
            assert "Março de 2027" in client.get(f"/items/{kit.item_id}?month=2027-03").text
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 40, asked


def test_a_day_shows_the_plan_before_anything_is_booked(client, at, thing):
    page = client.get(f"/items/{thing.item_id}", query_string=LESSON).get_data(as_text=True)
    for words in (
        "Segunda-feira, 8 de março, 15:30–18:00",
        "Terça-feira, 9 de março",
        "Quarta-feira, 10 de março, até às 18:00",
    ):
        assert words in page
    assert "Iniciar sessão para reservar" in page
    with at() as work:
        assert all_bookings(work) == []


def test_one_press_books_and_the_same_press_sent_again_is_one_booking(at, ana, thing, press):
    browser, answer, address, fields = press(ana, thing, **{"class": "3", "pupils": "24"})
    assert answer.status_code == 303
    assert browser.post(address, data=fields).headers["Location"] == answer.headers["Location"]
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Está reservado." in page
    assert "3.º ano, 24 alunos" in page
    with at() as work:
        (made,) = all_bookings(work)
        assert (made.state, made.year, made.level, made.pupils) == ("approved", "3", "1ceb", 24)


def test_dates_that_were_not_shown_are_not_booked(at, ana, thing, press, sign_in):
    browser = sign_in(ana)
    page = browser.get(f"/items/{thing.item_id}", query_string=LESSON)
    address, hidden = fields_of(page, "/book")
    answer = browser.post(address, data=LESSON | hidden | {"day": "2027-03-16"})
    assert "veja quando levanta" in answer.get_data(as_text=True)
    with at() as work:
        assert all_bookings(work) == []


def test_a_visitor_and_a_person_without_the_right_book_nothing(at, client, make_person, thing, sign_in):
    assert client.post(f"/loans/things/{thing.item_id}/book", data=LESSON).status_code == 302
    guest = make_person("Zita", role=None)
    answer = sign_in(guest).post(f"/loans/things/{thing.item_id}/book", data=LESSON | {"seen": "x"})
    assert answer.status_code == 403
    with at() as work:
        assert all_bookings(work) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "2027-02-01"}, "Essa data já passou"),
        ({"day": "ontem"}, "Escolha um dia no calendário"),
        ({"start": "12:00", "end": "10:00"}, "acaba antes de começar"),
        ({"start": "25:99"}, "Escreva a hora assim"),
        ({"quantity": "99"}, "Há 1 no total"),
        ({"pupils": "muitos"}, "Escreva um número"),
        ({"mode": "days", "first": "2027-03-09", "last": "2027-03-08"}, "anterior ao do levantamento"),
        ({"mode": "days", "first": "2027-03-13", "last": "2027-03-15"}, "fechado nesse dia"),
        ({"mode": "days", "first": "2027-03-09", "last": "2027-05-31"}, "21 dias"),
        ({"mode": "block", "first": "2027-03-09", "weeks": "99"}, "semanas"),
        ({"mode": "series", "until": "2027-03-01"}, "anterior à primeira"),
        ({"mode": "series", "until": "2028-03-01"}, "no máximo"),
        ({"day": "2035-03-05"}, "demasiado longe"),
        ({"copy": "999999"}, "Nenhum exemplar se pode emprestar"),
    ],
)
def test_what_makes_no_sense_comes_back_with_words_and_what_was_typed(at, ana, thing, sign_in, fields, words):
    browser = sign_in(ana)
    asked = LESSON | {"collector": "Transporte da escola"} | fields
    answer = browser.post(f"/loans/things/{thing.item_id}/book", data=asked)
    text = answer.get_data(as_text=True)
    assert answer.status_code in (200, 422), answer.status_code
    assert (
        words in browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked).get_data(as_text=True)
        or words in text
    )
    assert "Transporte da escola" in text
    with at() as work:
        assert all_bookings(work) == []


def test_taken_says_what_can_be_had_instead_and_one_press_books_it(
    at, ana, rui, desk, thing, make_thing, press, sign_in, centre
):
    like_it = make_thing("Robôs parecidos", equivalent="robôs")
    with at() as work:
        work.session.get_one(type(thing), thing.item_id).equivalent = "robôs"
        other = Desk(organisation_id=centre.id, name="Outro balcão", hours=desk.hours)
        work.session.add(other)
        work.session.flush()
        work.session.add(
            Copy(thing_id=thing.item_id, desk_id=other.id, inventory="X1", label="X1", created_at=work.now)
        )
    press(ana, thing, desk=str(desk.id))
    browser = sign_in(rui)
    asked = LESSON | {"desk": str(desk.id), "class": "4"}
    page = browser.get(f"/items/{thing.item_id}", query_string=asked).get_data(as_text=True)
    assert "Ocupado nestas datas" in page
    for words in ("a próxima data livre", "No mesmo dia, em Outro balcão", "No mesmo dia: Robôs parecidos"):
        assert words in page
    form = re.search(
        rf'<form method="post" action="(/loans/things/{like_it.item_id}/book)">(.*?)</form>', page
    ).groups()
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[1]))
    assert browser.post(form[0], data=fields).status_code == 303
    with at() as work:
        assert [(b.thing_id, b.year) for b in all_bookings(work)] == [(thing.item_id, ""), (like_it.item_id, "4")]


def test_who_was_slower_is_told_that_nothing_is_booked(ana, rui, thing, press, sign_in):
    slow = sign_in(rui)
    address, hidden = fields_of(slow.get(f"/items/{thing.item_id}", query_string=LESSON), "/book")
    press(ana, thing)
    answer = slow.post(address, data=LESSON | hidden)
    assert answer.status_code == 409
    assert "Nada ficou reservado" in answer.get_data(as_text=True)
    assert "a próxima data livre" in answer.get_data(as_text=True)


def test_a_series_shows_each_date_and_books_those_that_are_free(at, ana, rui, thing, press, sign_in):
    press(rui, thing, day="2027-03-16")
    browser = sign_in(ana)
    asked = LESSON | {"mode": "series", "until": "2027-03-30"}
    page = browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked)
    text = page.get_data(as_text=True)
    assert text.count("state good") >= 3
    assert "Reservar só as 3 livres" in text
    address, hidden = fields_of(page, "/book")
    for _ in range(2):
        assert browser.post(address, data=asked | hidden).status_code == 303
    with at() as work:
        mine = [one for one in all_bookings(work) if one.borrower_id == ana.id]
        assert len(mine) == 3
        assert len({one.series for one in mine}) == 1


def test_a_box_goes_to_a_school_for_weeks(at, ana, centre, thing, sign_in):
    browser = sign_in(ana)
    asked = {"mode": "block", "first": "2027-03-08", "weeks": "2", "organisation": str(centre.id)}
    page = browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked)
    address, hidden = fields_of(page, "/book")
    assert browser.post(address, data=asked | hidden).status_code == 303
    with at() as work:
        (made,) = all_bookings(work)
        assert (str(made.starts_at.date()), str(made.ends_at.date())) == ("2027-03-08", "2027-03-22")
        assert made.organisation_id == centre.id


def test_what_stays_in_the_centre_is_booked_for_the_lesson_itself(at, ana, thing, sign_in):
    browser = sign_in(ana)
    asked = LESSON | {"mode": "site"}
    page = browser.get(f"/loans/things/{thing.item_id}/book", query_string=asked)
    assert "Devolver em" not in page.get_data(as_text=True)
    address, hidden = fields_of(page, "/book")
    assert browser.post(address, data=asked | hidden).status_code == 303
    with at() as work:
        (made,) = all_bookings(work)
        assert (made.use, made.held_from, made.held_until) == ("on_site", made.starts_at, made.ends_at)


def test_a_booking_is_seen_by_its_borrower_and_the_desk_only(ana, rui, staff, thing, press, sign_in, client):
    browser, answer, _, _ = press(ana, thing)
    address = answer.headers["Location"]
    assert browser.get(address).status_code == 200
    assert "Ana" in sign_in(staff).get(address).get_data(as_text=True)
    assert sign_in(rui).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_a_booking_is_changed_cancelled_and_made_anew_from_its_page(at, ana, thing, press):
    browser, answer, _, _ = press(ana, thing)
    address = answer.headers["Location"]
    version = re.search(r'name="version" value="(\d+)"', browser.get(address).get_data(as_text=True)).group(1)
    changed = LESSON | {"day": "2027-03-16", "version": version, "collector": "O colega"}
    assert browser.post(f"{address}/change", data=changed).status_code == 303
    page = browser.get(address).get_data(as_text=True)
    assert "Terça-feira, 16 de março" in page
    assert "O colega" in page
    assert "<span>Mudou uma reserva</span>" in page
    late = browser.post(f"{address}/change", data=changed | {"day": "2027-03-23"})
    assert late.status_code == 409
    assert 'class="sum" role="alert"' in late.get_data(as_text=True)
    assert "mudou entretanto" in late.get_data(as_text=True)
    assert "2027-03-23" in late.get_data(as_text=True), "what was typed is still there"
    browser.post(f"{address}/cancel")
    assert f'action="{urlsplit(address).path}/reactivate"' in browser.get(address).get_data(as_text=True)
    browser.post(f"{address}/reactivate")
    with at() as work:
        assert all_bookings(work)[0].state == BookingState.APPROVED


def test_a_change_to_what_is_taken_offers_other_dates_and_one_press_changes_to_them(
    at, ana, rui, thing, press, sign_in
):
    with at() as work:
        work.session.add(Rule(most_open=1))  # the booking that is to change does not stand in its own way
    press(rui, thing)
    browser, answer, _, _ = press(ana, thing, day="2027-03-23")
    address = answer.headers["Location"]
    taken = browser.post(f"{address}/change", data=LESSON | {"class": "4"})
    assert taken.status_code == 409
    form = re.search(rf'<form method="post" action="{urlsplit(address).path}/change">(.*?)</form>', taken.text)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.group(1)))
    assert browser.post(f"{address}/change", data=fields).status_code == 303
    with at() as work:
        changed = all_bookings(work)[1]
        assert (f"{changed.starts_at:%d}" < "23", changed.year) == (True, "4")


def test_a_borrower_is_told_in_their_own_words_what_happened_and_why_there_is_no_more_time(
    at, ana, desk, thing, press, sign_in
):
    address = press(ana, thing)[1].headers["Location"]
    with at() as work:
        booking = all_bookings(work)[0]
        booking.state, booking.renewals = BookingState.OUT, 9
    page = sign_in(ana).get(address).text
    assert "O/a senhor/a" not in page
    assert "<span>Fez uma reserva</span>" in page
    assert "já foi prolongado as vezes que se podem" in page
    assert "outra pessoa conta com ele ou" not in page


def test_one_of_what_is_lent_by_number_is_one_unit(client, make_thing):
    assert saying.units(3, "robôs") == "3 robôs"
    page = client.get(f"/items/{make_thing(stock=1, unit_name='robôs').item_id}").text
    assert "1 robôs" not in page
    assert "1 unidade" in page


def test_one_unit_is_one_on_the_page_of_its_booking_too(ana, make_thing, press):
    browser, answer, _, _ = press(ana, make_thing(stock=2, unit_name="robôs"))
    page = browser.get(answer.headers["Location"]).text
    assert "1 robôs" not in page
    assert "<dd>1 unidade</dd>" in page


@pytest.mark.parametrize("act", ["change", "extend", "cancel", "reactivate"])
def test_nobody_else_changes_a_booking(at, ana, rui, client, thing, press, sign_in, act):
    address = press(ana, thing)[1].headers["Location"]
    assert sign_in(rui).post(f"{address}/{act}", data=LESSON | {"day": "2027-03-16"}).status_code == 404
    assert client.post(f"{address}/{act}", data=LESSON).status_code in (302, 404)
    with at() as work:
        assert [one.state for one in all_bookings(work)] == ["approved"]


def test_my_loans_stand_on_my_page_and_in_a_list_in_few_queries(
    at, ana, thing, make_thing, press, sign_in, count_queries
):
    press(ana, thing)
    browser = sign_in(ana)
    with count_queries() as few:
        page = browser.get("/loans/mine").get_data(as_text=True)
    assert "Robôs de chão" in page
    for number in range(3):
        press(ana, make_thing(f"Kit {number}"))
    with count_queries() as many:
        browser.get("/loans/mine")
    assert len(many) == len(few)
    assert "Os meus empréstimos" in browser.get("/me").get_data(as_text=True)


def test_the_basket_says_per_line_what_is_in_the_way_and_books_all_or_nothing(
    at, ana, rui, thing, make_thing, press, sign_in
):
    other = make_thing("Sondas")
    press(rui, other, day="2027-03-09")
    browser = sign_in(ana)
    for one in (thing, other, other):
        assert browser.post("/loans/basket", data={"thing": one.item_id}).status_code == 303
    page = browser.get("/loans/basket", query_string=LESSON).get_data(as_text=True)
    assert "«Sondas» não está livre nessas datas" in page
    assert "Livre nestas datas" in page
    assert "Reservar tudo" not in page
    fine = LESSON | {"day": "2027-03-16"}
    address, hidden = fields_of(browser.get("/loans/basket", query_string=fine), "/basket/book")
    for _ in range(2):
        assert browser.post(address, data=fine | hidden).status_code == 303
    with at() as work:
        mine = [one for one in all_bookings(work) if one.borrower_id == ana.id]
        assert {one.thing_id for one in mine} == {thing.item_id, other.item_id}
        assert len({one.basket for one in mine}) == 1
    assert "O cesto está vazio" in browser.get("/loans/basket").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/items/{}", "/loans/things/{}/book"])
def test_whoever_asks_is_led_to_the_answer_before_the_button_that_books_or_to_the_field_that_is_refused(
    ana, thing, sign_in, address
):
    browser = sign_in(ana)
    address = address.format(thing.item_id)
    answered = browser.get(address, query_string=LESSON).get_data(as_text=True)
    asks, anchor = answered.index("Ver as datas outra vez"), answered.index('id="datas"')
    assert f'action="{address}#datas"' in answered
    assert asks < anchor < answered.index("formaction=")
    refused = browser.get(address, query_string=LESSON | {"day": "2020-01-01"}).get_data(as_text=True)
    assert refused.index('id="datas"') < refused.index("Essa data já passou")
    for page in (answered, refused):
        assert page.count('id="datas"') == 1


def test_what_needs_approval_is_asked_for(at, ana, thing, press):
    with at() as work:
        work.session.add(Rule(approval=True, note="Traga o cartão."))
    browser, answer, _, _ = press(ana, thing)
    assert "o centro responde por correio" in browser.get(answer.headers["Location"]).get_data(as_text=True)
    with at() as work:
        assert all_bookings(work)[0].state == BookingState.REQUESTED


def test_the_desk_books_in_the_name_of_a_teacher(at, ana, staff, thing, press):
    press(staff, thing, borrower="ana@teste.invalid")
    with at() as work:
        assert all_bookings(work)[0].borrower_id == ana.id


def test_a_thing_without_copies_says_so(client, make_thing):
    page = client.get(f"/items/{make_thing(copies=0).item_id}").get_data(as_text=True)
    assert "Nenhum exemplar se pode emprestar agora" in page


def test_a_certain_copy_can_be_asked_for_where_there_are_several(at, ana, make_thing, sign_in):
    box = make_thing(copies=2)
    browser = sign_in(ana)
    asked = LESSON | {"copy": str(box.copies[1].id)}
    page = browser.get(f"/loans/things/{box.item_id}/book", query_string=asked)
    assert 'aria-invalid="true"' not in page.get_data(as_text=True)
    address, hidden = fields_of(page, "/book")
    for _ in range(2):
        assert browser.post(address, data=asked | hidden).status_code == 303
    with at() as work:
        (made,) = all_bookings(work)
        assert [hold.copy_id for hold in made.holds] == [box.copies[1].id]


def test_the_months_beside_keep_what_was_asked(client, thing):
    page = client.get(f"/items/{thing.item_id}", query_string=LESSON | {"pupils": "20"}).get_data(as_text=True)
    address = re.search(r'href="([^"]*month=2027-04[^"]*)"', page).group(1).replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query)["pupils"] == ["20"]
    assert "Abril de 2027" in client.get(address).get_data(as_text=True)


def test_who_finds_it_taken_gets_on_the_waiting_list_from_the_same_page(at, ana, rui, thing, press, sign_in):
    press(ana, thing)
    browser = sign_in(rui)
    page = browser.get(f"/items/{thing.item_id}", query_string=LESSON | {"class": "4"}).get_data(as_text=True)
    form = re.search(r'<form method="post" action="(/loans/things/\d+/wait)">(.*?)</form>', page)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))
    for _ in range(2):
        assert browser.post(form[1], data=fields).status_code == 303
    with at() as work:
        (waiting,) = [one for one in all_bookings(work) if one.borrower_id == rui.id]
        assert (waiting.state, waiting.year) == ("waiting", "4")
