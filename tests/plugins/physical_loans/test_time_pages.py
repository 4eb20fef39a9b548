"""The pages of waiting lists, calendars and of what a desk should look after."""

import re
from datetime import timedelta

import pytest
from desk_acts import Acts
from loans_samples import lesson

from plugins.physical_loans import bookings, clockwork, waiting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Desk
from repository.models import User
from repository.work import now

S = BookingState


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


@pytest.fixture
def offered(at, ana, acts, thing, desk, settle):
    """Ana's turn has come, for as long as she has to answer today."""
    with at(ana) as work:
        place = waiting.enqueue(work, Wish(thing.item_id, desk.id, lessons=(lesson(9),)), ana).id
    settle()
    with at() as work:
        work.session.get_one(Booking, place).answer_by = now() + timedelta(days=1)
    return place


def state_of(at, booking_id):
    with at() as work:
        return work.session.get_one(Booking, booking_id).state


@pytest.mark.parametrize(("said", "state"), [("yes", S.APPROVED), ("no", S.CANCELLED)])
def test_the_turn_is_answered_on_the_bookings_page_and_twice_is_once(at, sign_in, ana, offered, said, state):
    browser = sign_in(ana)
    assert "É a sua vez" in browser.get(f"/loans/{offered}").text
    for _ in range(2):
        assert browser.post(f"/loans/{offered}/answer", data={"answer": said}).status_code == 303
    assert state_of(at, offered) == state


def test_an_answer_that_comes_too_late_is_refused_in_words(at, sign_in, ana, offered):
    with at() as work:
        work.session.get_one(Booking, offered).answer_by = now() - timedelta(minutes=1)
    browser = sign_in(ana)
    answer = browser.post(f"/loans/{offered}/answer", data={"answer": "yes"}, follow_redirects=True)
    assert "O prazo para responder passou" in answer.text
    assert state_of(at, offered) == S.OFFERED


def test_nobody_answers_for_another(sign_in, rui, client, offered):
    assert sign_in(rui).post(f"/loans/{offered}/answer", data={"answer": "yes"}).status_code == 404
    assert client.post(f"/loans/{offered}/answer", data={"answer": "yes"}).status_code in (302, 403, 404)


def test_the_page_of_what_is_taken_leads_onto_the_list(at, sign_in, ana, rui, thing, desk, services):
    day = (now() + timedelta(days=28)).date()
    day += timedelta(days=(1 - day.weekday()) % 7)  # a Tuesday
    form = {"day": day.isoformat(), "start": "10:30", "end": "12:00", "desk": str(desk.id), "key": "k1"}
    for _ in range(2):
        answer = sign_in(ana).post(f"/loans/things/{thing.item_id}/wait", data=form)
        assert answer.status_code == 303, answer.text
    page = sign_in(ana).get(answer.headers["Location"])
    assert "Está em 1.º lugar" in page.text
    with at() as work:
        assert [booking.state for booking in work.session.query(Booking)] == [S.WAITING]


def test_who_wishes_for_a_day_that_is_over_is_told_and_nothing_is_lost(sign_in, ana, thing, desk):
    form = {"day": "2020-03-10", "start": "10:30", "end": "12:00", "desk": str(desk.id), "note": "com pilhas"}
    answer = sign_in(ana).post(f"/loans/things/{thing.item_id}/wait", data=form)
    assert answer.status_code == 303
    assert "2020-03-10" in answer.headers["Location"]
    assert "note=com" in answer.headers["Location"]


def test_a_bookings_dates_are_a_file_for_the_borrower_and_the_desk_only(sign_in, client, ana, rui, staff, acts, thing):
    made = acts.book(ana, thing)
    for person in (ana, staff):
        answer = sign_in(person).get(f"/loans/{made}.ics")
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert answer.text.startswith("BEGIN:VCALENDAR")
    assert sign_in(rui).get(f"/loans/{made}.ics").status_code == 404
    assert client.get(f"/loans/{made}.ics").status_code in (302, 403)


def test_a_calendar_is_made_shown_once_fetched_without_sign_in_and_revoked(sign_in, client, ana, acts, thing):
    made = acts.book(ana, thing)
    browser = sign_in(ana)
    assert "Não há nenhum calendário em uso" in browser.get("/loans/calendars").text
    page = browser.post("/loans/calendars", data={"kind": "mine", "key": "abc"}, follow_redirects=True).text
    path = re.search(r"/loans/calendars/[\w-]+\.ics", page)[0]
    assert path not in browser.get("/loans/calendars").text
    answer = client.get(path)
    assert f"loan-{made}-due" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    browser.post("/loans/calendars/1/revoke")
    assert client.get(path).status_code == 404


def test_a_calendar_that_one_may_not_have_is_refused_in_words(sign_in, client, ana, desk):
    answer = sign_in(ana).post("/loans/calendars", data={"kind": "desk", "desk": desk.id, "key": "x"})
    assert answer.status_code == 403
    assert "para quem lá trabalha" in answer.text
    assert sign_in(ana).post("/loans/calendars", data={"kind": "all", "key": "y"}).status_code == 422
    assert client.post("/loans/calendars", data={"kind": "mine"}).status_code in (302, 403)
    assert client.get("/loans/calendars/none.ics").status_code == 404
    assert sign_in(ana).post("/loans/calendars/99/revoke").status_code == 404


def test_the_calendar_of_a_thing_is_offered_where_one_comes_from_it(sign_in, ana, thing, desk):
    page = sign_in(ana).get(f"/loans/calendars?thing={thing.item_id}")
    assert "Ocupação: Robôs de chão" in page.text
    assert sign_in(ana).get("/loans/calendars?thing=999").status_code == 200


def test_the_list_of_the_day_is_for_the_desk_and_says_when_all_is_well(sign_in, ana, staff, desk):
    assert "Está tudo em ordem" in sign_in(staff).get(f"/loans/desks/{desk.id}/attention").text
    assert sign_in(ana).get(f"/loans/desks/{desk.id}/attention").status_code == 403
    assert sign_in(staff).get("/loans/desks/99/attention").status_code == 404


@pytest.fixture
def busy(at, acts, ana, rui, make_thing, desk, settle):
    """Loans that are late, with somebody waiting for each; Ana has no address."""

    def make(count):
        for number in range(count):
            box = make_thing(f"Caixa {number}")
            acts.out(ana, box)
            with at() as work:
                loan = work.session.query(Booking).order_by(Booking.id.desc()).first()
                move_back(loan)
            with at(rui) as work:
                (after,) = bookings.book(work, [Wish(box.item_id, desk.id, lessons=(lesson(16),))], rui)
            with at() as work:
                bring_near(work.session.get_one(Booking, after.id))
            settle()

    return make


def move_back(loan):
    """Let a loan have been due yesterday, by the clock of the pages."""
    shift = loan.ends_at - (now() - timedelta(days=1))
    loan.starts_at, loan.ends_at = loan.starts_at - shift, loan.ends_at - shift
    loan.held_from, loan.held_until = loan.held_from - shift, loan.held_until - shift
    for kept in loan.holds:
        kept.starts, kept.ends = kept.starts - shift, kept.ends - shift


def bring_near(booking):
    """Let a reservation begin tomorrow, by the clock of the pages."""
    shift = booking.starts_at - (now() + timedelta(days=1))
    booking.starts_at, booking.ends_at = booking.starts_at - shift, booking.ends_at - shift
    booking.held_from, booking.held_until = booking.held_from - shift, booking.held_until - shift
    for kept in booking.holds:
        kept.starts, kept.ends = kept.starts - shift, kept.ends - shift


def test_the_list_of_the_day_says_who_is_late_and_who_may_go_without(sign_in, staff, desk, busy):
    busy(1)
    page = sign_in(staff).get(f"/loans/desks/{desk.id}/attention").text
    assert "1 dia de atraso" in page
    assert "ainda não voltou" in page


def test_the_list_of_the_day_asks_the_database_as_often_for_many_as_for_few(sign_in, staff, desk, busy, count_queries):
    browser = sign_in(staff)
    asked = []
    for more in (1, 2):
        busy(more)
        with count_queries() as statements:
            browser.get(f"/loans/desks/{desk.id}/attention")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_whom_no_mail_reaches_is_on_the_list_until_somebody_told_them(
    at, sign_in, ana, staff, acts, thing, desk, settle
):
    with at() as work:
        work.session.get_one(User, ana.id).email = None
    made = acts.book(ana, thing)
    settle(now())
    browser = sign_in(staff)
    address = f"/loans/desks/{desk.id}"
    page = browser.get(f"{address}/attention").text
    assert "A avisar de viva voz" in page
    on = re.search(r'name="on" value="([\d-]+)"', page)[1]
    for _ in range(2):
        assert browser.post(f"{address}/told", data={"booking": made, "on": on}).status_code == 303
    assert "A avisar de viva voz" not in browser.get(f"{address}/attention").text
    assert browser.post(f"{address}/told", data={"booking": made, "on": "x"}).status_code == 404
    assert browser.post(f"{address}/told", data={"booking": 99, "on": on}).status_code == 404


def test_a_desk_switches_its_reminders_off_and_on(at, sign_in, ana, staff, desk):
    browser, address = sign_in(staff), f"/loans/desks/{desk.id}/reminders"
    for said, reminds in (("no", False), ("no", False), ("yes", True)):
        browser.post(address, data={"reminds": said})
        with at() as work:
            assert work.session.get_one(Desk, desk.id).reminds is reminds
    assert sign_in(ana).post(address, data={"reminds": "no"}).status_code == 403


def test_the_clock_turns_with_nothing_to_do(services):
    clockwork.run(services, [])
