"""The page of a loan, and its file for a calendar: what is lent where to, said to the borrower and to the desk."""

import html
import re
from datetime import date

import pytest
from desk_acts import PICK_UP, Acts
from loans_samples import MONDAY, lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, managing, series
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk
from repository.models import Organisation, User


@pytest.fixture
def clock(monkeypatch):
    """Let pages see a moment, at first the Monday that the samples are made for."""

    def set_to(moment):
        for place in ("repository.http.now", "repository.work.now"):
            monkeypatch.setattr(place, lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def acts(at, staff, desk, clock):
    return Acts(at, staff, desk)


@pytest.fixture
def school(at, centre):
    with at() as work:
        found = Organisation(kind="school", name="Escola Básica do Rio", parent_id=centre.id)
        work.session.add(found)
    return found


@pytest.fixture
def made_series(at, ana, thing, desk):
    """A series of three Tuesdays; the ids."""
    with at(ana) as work:
        wishes = [Wish(thing.item_id, desk.id, lessons=(lesson(day),)) for day in (9, 16, 23)]
        return [one.id for one in bookings.book(work, wishes, ana, "k", series="s1")]


def states(at):
    with at() as work:
        return list(work.session.scalars(select(Booking.state).order_by(Booking.id)))


def test_it_says_how_many_and_for_which_school(acts, ana, make_thing, sign_in, school):
    box = make_thing("Réguas", stock=8, unit_name="caixas")
    made = acts.book(ana, box, quantity=3, organisation_id=school.id)
    page = sign_in(ana).get(f"/loans/{made}").text
    assert "<dt>Quantidade</dt><dd>3 caixas</dd>" in page
    assert "<dt>Para a escola</dt><dd>Escola Básica do Rio</dd>" in page


def test_to_the_desk_it_is_nobody_elses_lesson(acts, clock, ana, staff, thing, sign_in):
    made = acts.out(ana, thing)
    clock(PICK_UP)
    theirs, own = sign_in(staff).get(f"/loans/{made}").text, sign_in(ana).get(f"/loans/{made}").text
    assert "A sua aula" in own
    assert "Consigo" in own
    assert "A sua aula" not in theirs
    assert "Consigo" not in theirs
    assert "Emprestado" in theirs


def test_what_is_cancelled_or_lost_is_not_offered_for_the_calendar(acts, clock, ana, make_thing, sign_in):
    browser = sign_in(ana)
    made = acts.book(ana, make_thing("A"))
    assert "Pôr na agenda" in browser.get(f"/loans/{made}").text
    browser.post(f"/loans/{made}/cancel")
    lost = acts.out(ana, make_thing("B"))
    acts.do("lose", lost, "Ficou no autocarro.")
    clock(PICK_UP)
    for each in (made, lost):
        assert "Pôr na agenda" not in browser.get(f"/loans/{each}").text


def test_a_series_is_given_up_at_once_and_that_is_taken_back_at_once(at, ana, clock, made_series, sign_in):
    browser = sign_in(ana)
    first, second, _ = made_series
    browser.post(f"/loans/{first}/cancel")
    assert "Anular toda a série (2)" in browser.get(f"/loans/{second}").text
    clock(PICK_UP.replace(day=2))
    for _ in range(2):
        assert browser.post(f"/loans/{second}/cancel-series").status_code == 303
    assert states(at) == ["cancelled"] * 3
    page = browser.get(f"/loans/{second}").text
    assert "2 reservas da série estão anuladas." in page
    address = re.search(r'action="([^"]*/reactivate-series)"', page)[1]
    for _ in range(2):
        assert browser.post(address).status_code == 303
    assert states(at) == ["cancelled", "approved", "approved"]


def test_what_was_given_up_before_stays_so_when_the_series_is_made_anew(at, ana, clock, made_series):
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made_series[0]))
    with at(ana, PICK_UP.replace(day=2)) as work:
        assert len(series.cancel(work, bookings.get(work, made_series[1]))) == 2
    with at(ana, PICK_UP.replace(day=3)) as work:
        series.reactivate(work, bookings.get(work, made_series[1]))
    assert states(at) == ["cancelled", "approved", "approved"]


def test_nobody_else_gives_a_series_up_and_a_single_booking_has_none(
    at, acts, rui, ana, client, made_series, sign_in, make_thing
):
    for act in ("cancel-series", "reactivate-series"):
        assert sign_in(rui).post(f"/loans/{made_series[0]}/{act}").status_code == 404
        assert client.post(f"/loans/{made_series[0]}/{act}").status_code in (302, 404)
    assert states(at) == ["approved"] * 3
    single = acts.book(ana, make_thing("Só um"))
    assert "toda a série" not in sign_in(ana).get(f"/loans/{single}").text
    sign_in(ana).post(f"/loans/{single}/cancel-series")
    assert states(at)[-1] == BookingState.APPROVED


def places(text):
    """Return the place of each event, by what it is called."""
    events = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    found = {}
    for event in events:
        place = re.search(r"^LOCATION:(.*?)\r?$", event, re.M)
        found[re.search(r"SUMMARY:(\w+)", event)[1]] = place[1] if place else ""
    return found


def test_the_lesson_is_at_the_school_and_not_at_the_desk(acts, ana, thing, sign_in, school):
    made = acts.book(ana, thing, organisation_id=school.id)
    assert places(sign_in(ana).get(f"/loans/{made}.ics").text) == {
        "Levantar": "Balcão de teste",
        "Aula": "Escola Básica do Rio",
        "Devolver": "Balcão de teste",
    }


def test_the_lesson_has_no_place_where_no_school_is_known(acts, ana, thing, sign_in):
    made = acts.book(ana, thing)
    assert places(sign_in(ana).get(f"/loans/{made}.ics").text)["Aula"] == ""


def test_what_is_used_where_it_stands_is_taught_with_at_the_desk(acts, ana, thing, sign_in):
    made = acts.book(ana, thing, use="on_site")
    assert places(sign_in(ana).get(f"/loans/{made}.ics").text) == {"Aula": "Balcão de teste"}


# The page of a copy


def test_a_copy_that_is_out_says_who_has_it_and_until_when(acts, ana, staff, thing, sign_in, clock):
    made = acts.out(ana, thing)
    page = sign_in(staff).get(f"/loans/things/copies/{thing.copies[0].id}").text
    assert re.search(r"Emprestado a Ana até \w+, 10 mar", page)
    assert f'href="/loans/{made}"' in page
    assert "Disponível" not in page


@pytest.mark.parametrize(("act", "words"), [("lose", "está dado por perdido."), ("write_off", "está abatido.")])
@pytest.mark.parametrize("was", ["available", "on_site", "repair"])
def test_a_copy_that_is_given_up_is_as_it_was_with_one_press(at, clock, staff, thing, sign_in, act, words, was):
    browser, copy_id = sign_in(staff), thing.copies[0].id
    with at() as work:
        work.session.get_one(Copy, copy_id).state = was
    assert browser.post(f"/loans/things/copies/{copy_id}/state", data={"act": act}).status_code == 303
    page = browser.get(f"/loans/things/copies/{copy_id}").text
    assert words in page
    address = re.search(r'action="([^"]*/take-back/[^"]*)"', page)[1]
    for _ in range(2):
        assert browser.post(address).status_code == 303
    with at() as work:
        assert work.session.get_one(Copy, copy_id).state == was


def test_only_what_was_given_up_is_taken_back_and_only_by_the_desk(at, clock, ana, staff, thing, sign_in):
    copy_id = thing.copies[0].id
    address = f"/loans/things/copies/{copy_id}/take-back/on_site"
    assert sign_in(ana).post(address).status_code in (403, 404)
    assert sign_in(staff).post(address).status_code == 409
    assert sign_in(staff).post(address.replace("on_site", "gone")).status_code == 409
    with at() as work:
        assert work.session.get_one(Copy, copy_id).state == "available"


def test_a_kit_says_why_fewer_can_be_reserved_than_there_are(at, clock, client, make_thing):
    box = make_thing(copies=3)
    with at() as work:
        work.session.get_one(Copy, box.copies[0].id).state = "repair"
    page = client.get(f"/items/{box.item_id}").text
    assert "3 exemplares (1: em reparação)" in page
    assert "Podem reservar-se 2, no máximo." in page


def test_the_audit_page_says_what_was_kept_of_a_loan_in_words(at, admin, ana, staff, desk, thing, sign_in):
    acts = Acts(at, staff, desk)
    acts.do("hand_out", acts.book(ana, thing))
    page = sign_in(admin).get("/admin/audit?subject=booking").text
    assert "Estado: Reservado</td>" in page
    assert "Estado: Emprestado" in page
    assert "Levantamento: 08/03/2027 15:30" in page
    for code in ("state:", "starts_at", "approved", "quantity"):
        assert code not in page, code


@pytest.mark.parametrize(
    ("locale", "said"), [("pt_PT", "Categoria: Microcontroladores"), ("en", "Category: Microcontrollers")]
)
def test_the_audit_trail_says_kinds_of_things_in_the_readers_language(sign_in, admin, work_as, locale, said):
    with work_as(admin) as work:
        managing.save_rule(work, None, {"most_days": 7, "category": "microcontroller"})
        work.session.get(User, admin.id).locale = locale
    browser = sign_in(admin)
    for address in ("/admin/audit", "/admin/audit.csv"):
        assert said in html.unescape(browser.get(address).text), address


def test_the_audit_page_says_rules_desks_and_days_in_words(sign_in, admin, work_as, desk):
    day = date(2027, 3, 24)
    with work_as(admin) as work:
        managing.save_rule(work, None, {"most_days": 7, "who": "verified", "approval": True})
        own = work.session.get(Desk, desk.id)
        managing.save_desk(
            work, own, {"name": "Balcão novo", "timezone": own.timezone, "hours": own.hours, "place": "Sala 3"}
        )
        managing.add_days(work, own, [(day, day, "Feriado")], "closed")
    page = html.unescape(sign_in(admin).get("/admin/audit").text)
    for said in (
        "Dias, no máximo",
        "docentes confirmados",
        "Onde fica",
        "Do dia",
        "balcão fechado",
        "dias que não são",
    ):
        assert said in page, said
    assert not re.findall("most_days|starts_on|place:|approval", page)
