"""What goes wrong at a lending desk, each thing by the page or the API that meets it: refused in words, nothing lost."""

from datetime import date

import pytest
from desk_acts import BACK, PICK_UP, Acts
from loans_samples import MONDAY
from sqlalchemy import select

from plugins.physical_loans import bookings, copies
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, ClosedDays, Copy, CopyState, Desk
from repository import accounts
from repository.models import User

S = BookingState
DESK = "/loans/desk"
LESSON = {"day": "2027-03-09", "start": "10:30", "end": "12:00", "collector": "Transporte da escola"}
DAYS = {"mode": "days", "collector": "Transporte da escola"}


@pytest.fixture
def clock(monkeypatch):
    """Let pages see a moment; it stands at the Monday that the samples are made for."""

    def set_to(moment):
        for place in ("repository.http.now", "repository.work.now", "repository.jobs.now"):
            monkeypatch.setattr(place, lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


@pytest.fixture
def refused(clock, at, ana, sign_in):
    """Ask for the thing by its form; nothing may be booked, and what was typed must stand there again."""

    def asked(thing, **fields):
        answer = sign_in(ana).post(f"/loans/things/{thing.item_id}/book", data=fields)
        assert answer.status_code in (200, 422), "a plan that cannot be is shown again, with why"
        assert "Transporte da escola" in answer.text
        with at() as work:
            assert work.session.scalars(select(Booking)).all() == []
        return answer.text

    return asked


@pytest.fixture
def counter(clock, sign_in, staff):
    """The browser of somebody at the desk, at the hour of the pick-up."""
    clock(PICK_UP)
    return sign_in(staff)


@pytest.mark.parametrize(
    "fields",
    [LESSON | {"day": "2027-02-26"}, DAYS | {"first": "2027-02-26", "last": "2027-03-03"}],
    ids=["lesson", "days"],
)
def test_what_is_over_is_not_booked(refused, thing, fields):
    assert "já passou" in refused(thing, **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (LESSON | {"start": "12:00", "end": "10:30"}, "acaba antes de começar"),
        (DAYS | {"first": "2027-03-10", "last": "2027-03-09"}, "anterior ao do levantamento"),
    ],
    ids=["lesson", "days"],
)
def test_an_end_before_the_start_is_said_so(refused, thing, fields, words):
    assert words in refused(thing, **fields)


def test_a_loan_of_a_year_is_refused_with_the_longest_there_is(refused, thing):
    assert "21 dias" in refused(thing, **DAYS, first="2027-03-09", last="2028-03-08")


def test_a_lesson_in_the_hour_that_the_clock_skips_is_refused(refused, thing):
    spring = LESSON | {"day": "2027-03-28", "start": "01:30", "end": "03:00"}
    assert "essa hora não existe" in refused(thing, **spring)


@pytest.mark.parametrize("shut", ["no hours", "closed for years"])
def test_a_desk_without_any_open_day_says_so(refused, at, desk, thing, shut):
    with at() as work:
        if shut == "no hours":
            work.session.get_one(Desk, desk.id).hours = {}
        else:
            first, last = MONDAY.date().replace(year=2020), MONDAY.date().replace(year=2040)
            work.session.add(ClosedDays(desk_id=desk.id, starts_on=first, ends_on=last))
    assert "nenhum dia aberto" in refused(thing, **LESSON)


def test_a_copy_that_is_out_is_neither_written_off_nor_taken_for_there(acts, counter, at, ana, thing):
    made, copy = acts.out(ana, thing), thing.copies[0]
    answer = counter.post(f"/loans/things/copies/{copy.id}/state", data={"act": "write_off", "why": "Caiu"})
    assert answer.status_code in (409, 422)
    assert "está emprestado" in answer.text.lower()
    assert acts.copy(copy.id).state == CopyState.AVAILABLE
    assert acts.booking(made).state == S.OUT


def test_what_was_taken_off_the_catalogue_while_it_was_out_still_comes_back(acts, counter, clock, at, ana, thing):
    made = acts.out(ana, thing)
    assert counter.post(f"/loans/things/{thing.item_id}/hide").status_code == 303
    clock(BACK)
    assert "Está tudo" in counter.get(f"/loans/c/{thing.copies[0].label}", follow_redirects=True).text
    assert counter.post(f"{DESK}/{made}/return").status_code == 303
    assert acts.booking(made).state == S.RETURNED


def test_what_was_lost_while_it_was_out_can_be_found_and_only_then_comes_back(acts, counter, ana, thing):
    made = acts.out(ana, thing)
    assert counter.post(f"{DESK}/{made}/lose", data={"reason": "Ficou no autocarro"}).status_code == 303
    answer = counter.post(f"{DESK}/{made}/return")
    assert answer.status_code == 409
    assert "diga que foi encontrado" in answer.text
    counter.post(f"{DESK}/{made}/find")
    assert acts.booking(made).state == S.RETURNED


def test_returned_twice_is_returned_once_and_the_second_press_says_when(acts, counter, clock, ana, thing):
    made = acts.out(ana, thing)
    clock(BACK)
    for _ in range(2):
        assert counter.post(f"{DESK}/{made}/return").status_code == 303
    assert "Já foi devolvido, em 10/03/2027 às 11:00." in counter.get(DESK).text


def test_two_desks_that_hand_out_the_same_loan_make_one(acts, counter, make_person, sign_in, ana, thing):
    made = acts.book(ana, thing)
    other = sign_in(make_person("Carla", role="staff"))
    assert [browser.post(f"{DESK}/{made}/hand-out").status_code for browser in (counter, other)] == [303, 303]
    assert "Já foi entregue" in other.get(DESK).text
    assert len([hold for hold in acts.booking(made).holds if hold.state == "out"]) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ZZZ-99", "Nenhum exemplar"),
        ("5601234567890", "Nenhum exemplar"),
        ("https://exemplo.invalid/x", "outro sítio"),
        ("💥" * 200, "Nenhum exemplar"),
    ],
    ids=["unknown", "a shop's", "another house's", "rubbish"],
)
def test_a_code_that_is_not_ours_is_said_so_and_stays_in_the_field(counter, desk, code, words):
    answer = counter.get(f"{DESK}/scan", query_string={"code": code})
    assert answer.status_code == 404
    assert words in answer.text
    assert f'value="{code[:200]}"' in answer.text


def test_an_account_closed_with_something_out_is_told_at_the_desk_with_what_to_do(
    acts, counter, clock, at, admin, ana, thing
):
    made = acts.out(ana, thing)
    with at(admin) as work:
        accounts.disable(work, work.session.get_one(User, ana.id), True)
    clock(BACK)
    for address in (DESK, f"{DESK}/{made}/return"):
        page = counter.get(address).text
        assert "Ana (conta fechada)" in page
        assert "dê-o por perdido" in page
    assert counter.post(f"{DESK}/{made}/return").status_code == 303
    assert acts.booking(made).state == S.RETURNED


def test_who_has_no_address_borrows_and_the_desk_is_told_whom_to_tell(
    acts, counter, at, staff, settle, mails, desk, thing
):
    label = thing.copies[0].label
    lend = {"borrower": "Zulmira Pato", "until": "2027-03-12", "new": "1"}
    assert counter.post(f"/loans/c/{label}/lend", data=lend).status_code == 303
    with at() as work:
        person = work.session.scalars(select(User).filter_by(name="Zulmira Pato")).one()
        assert person.email is None
    with at(staff, PICK_UP) as work:
        days = {"first": date(2027, 3, 15), "last": date(2027, 3, 17)}
        wish = Wish(thing.item_id, desk.id, **days)
        made = bookings.book(work, [wish], work.session.get_one(User, person.id))[0].id
    acts.do("prepare", made)
    settle(PICK_UP)
    assert mails() == []
    page = counter.get(f"/loans/desks/{desk.id}/attention").text
    assert "Zulmira Pato" in page
    assert "A avisar de viva voz" in page


def test_a_copy_in_repair_is_refused_at_the_desk_in_words_and_by_its_label(acts, counter, at, staff, ana, thing):
    made, copy = acts.book(ana, thing), thing.copies[0]
    with at(staff) as work:
        copies.set_state(work, work.session.get_one(Copy, copy.id), "repair", "Motor")
    answer = counter.post(f"{DESK}/{made}/hand-out")
    assert answer.status_code == 409
    assert "está em reparação" in answer.text
    assert "está em reparação" in counter.get(f"/loans/c/{copy.label}").text


ENDS = ("0001-01-01", "1999-12-31", "2199-12-31", "9999-12-31")


@pytest.mark.parametrize("day", ENDS)
def test_a_day_at_the_ends_of_the_calendar_is_no_failure_on_any_page(counter, acts, centre, thing, day):
    book = f"/loans/things/{thing.item_id}/book?start=10:00&end=11:00&organisation={centre.id}"
    block = f"&first={day}&last={day}&day={day}&until={day}&weeks=16"
    addresses = [
        f"{DESK}?day={day}",
        f"{DESK}/list?day={day}",
        f"{book}&month={day[:7]}",
        f"/items/{thing.item_id}?month={day[:7]}",
        *(f"{book}&mode={mode}{block}" for mode in ("lesson", "days", "block", "series", "site")),
        f"/search?kind=physical&free={day}",
        f"/search?kind=physical&free={day}..{day}",
        f"/api/v1/things/{thing.item_id}/availability?desk_id={acts.place.id}&from={day}&to={day}",
    ]
    answers = {address: counter.get(address).status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status not in (200, 422)} == {}


@pytest.mark.parametrize("day", ["1999-12-31", "9999-12-31"])
def test_closed_days_of_no_such_year_are_refused(counter, at, desk, day):
    year, month, number = day.split("-")
    for said in ({"first": day}, {"list": f"{number}/{month}/{year} Obras"}):
        answer = counter.post("/admin/loans/days", data={"kind": "closed", "desk": str(desk.id), **said})
        assert answer.status_code == 422, said
    with at() as work:
        assert work.session.scalars(select(ClosedDays)).all() == []
