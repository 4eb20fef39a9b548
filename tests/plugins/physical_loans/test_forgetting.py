"""Who borrowed what is known to that person and the desk, for a time; then the loan is whole and nobody's."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from loans_samples import lesson
from sqlalchemy import inspect, select, text

from plugins.physical_loans import bookings, forgetting, photos
from plugins.physical_loans import desk as acts
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, BookingState, Hold, HoldState
from repository import accounts, housekeeping
from repository.forgetting import forget
from repository.models import AuditEntry, File, Job, User
from repository.own_data import own_data
from tests.conftest import PASSWORD

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def booked(at, ana, thing, desk):
    """A booking of Ana's, as it was made."""
    with at(ana) as work:
        wish = Wish(thing.item_id, desk.id, lessons=(lesson(9),), note="Sala da Ana", collector="O Zé da portaria")
        (made,) = bookings.book(work, [wish], ana, key="k1")
    return made


@pytest.fixture
def out(at, booked):
    """The same, handed out."""
    with at(moment=MONDAY + timedelta(days=7, hours=6)) as work:
        acts.hand_out(work, work.session.get(Booking, booked.id))
    return booked


def read(at, booking):
    with at() as work:
        return work.session.get(Booking, booking.id)


def give_back(at, booking, moment=MONDAY + timedelta(days=9)):
    with at(moment=moment) as work:
        acts.take_back(work, work.session.get(Booking, booking.id))


def test_a_finished_loan_names_nobody_after_the_set_time_and_keeps_its_figures(at, out):
    give_back(at, out)
    ended = read(at, out).closed_at
    with at(moment=ended + timedelta(days=30)) as work:
        assert forgetting.anonymise_old(work, 30) == 0
    with at(moment=ended + timedelta(days=30, seconds=1)) as work:
        assert forgetting.anonymise_old(work, 30) == 1
        assert forgetting.anonymise_old(work, 30) == 0
    found = read(at, out)
    assert (found.borrower_id, found.collector, found.note, found.reason, found.key) == (None, "", "", "", None)
    assert found.state == BookingState.RETURNED
    assert found.starts_at == out.starts_at
    assert found.anonymised_at is not None


def test_what_is_still_out_keeps_its_borrower_however_long_ago_it_began(at, ana, out):
    with at(moment=MONDAY + timedelta(days=4000)) as work:
        assert forgetting.anonymise_old(work, 1) == 0
    assert read(at, out).borrower_id == ana.id


def test_the_job_keeps_the_names_when_the_setting_says_so(services, at, booked, ana):
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, booked.id))
    with at() as work:
        work.session.get(Booking, booked.id).closed_at = MONDAY - timedelta(days=2000)
    services.settings.change(forgetting.DAYS, 0)
    forgetting.anonymise_daily(services, [])
    assert read(at, booked).borrower_id == ana.id
    services.settings.change(forgetting.DAYS, 30)
    forgetting.anonymise_daily(services, [])
    assert read(at, booked).borrower_id is None


def test_the_audit_trail_never_says_that_the_borrower_did_it(at, ana, staff, thing, desk, booked):
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, booked.id))
    with at(staff) as work:
        bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(16),))], ana)
    with at() as work:
        rows = work.session.scalars(select(AuditEntry).where(AuditEntry.action.like("loan.%")).order_by(AuditEntry.id))
        said = [(row.action, row.actor_id, row.acting) for row in rows]
    assert said == [
        ("loan.book", None, "borrower"),
        ("loan.cancel", None, "borrower"),
        ("loan.book", staff.id, ""),
    ]


def test_the_audit_page_says_that_whoever_reserved_did_it_and_neither_a_name_nor_the_system(sign_in, admin, booked):
    page = sign_in(admin).get("/admin/audit?action=loan.book").text
    assert '<span title="borrower">quem reservou</span>' in page
    assert "o sistema" not in page


def test_after_anonymising_the_account_is_named_nowhere_in_the_loans(services, at, ana, booked):
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, booked.id))
    with at(moment=MONDAY + timedelta(days=400)) as work:
        forgetting.anonymise_old(work, 30)
    with services.sessions.reading() as session:
        tables = [name for name in inspect(session.get_bind()).get_table_names() if name.startswith("physical_loans")]
        rows = [str(row) for name in tables for row in session.execute(text(f"SELECT * FROM {name}"))]
        jobs = [json.dumps(job.payload) for job in session.scalars(select(Job))]
        points = session.scalar(select(Booking.id).where(Booking.borrower_id.is_not(None)))
    assert points is None
    assert not [row for row in [*rows, *jobs] if "Ana" in row or "portaria" in row or f"{ana.id}:k1" in row]


def test_deleting_an_account_cancels_what_is_ahead_and_leaves_what_is_out_whole(at, ana, make_thing, desk, out, centre):
    other = make_thing("Sondas")
    with at(ana) as work:
        (ahead,) = bookings.book(work, [Wish(other.item_id, desk.id, lessons=(lesson(16),))], ana)
    with at(ana) as work:
        forget(work, accounts.get_user(work, ana.id), keep_name_on_materials=True)
    with at() as work:
        ahead, kept = work.session.get(Booking, ahead.id), work.session.get(Booking, out.id)
        assert (ahead.state, ahead.borrower_id) == (BookingState.CANCELLED, None)
        assert {hold.state for hold in ahead.holds} == {HoldState.FREED}
        assert (kept.state, kept.borrower_id, kept.organisation_id) == (BookingState.OUT, ana.id, centre.id)
        assert forgetting.who(work, kept) == "Conta apagada"
        assert centre.name in forgetting.what_to_do(work, kept)
    give_back(at, out)
    assert read(at, out).state == BookingState.RETURNED


def test_the_desk_is_told_of_a_closed_account_and_the_loan_goes_on(at, admin, ana, out):
    with at(admin) as work:
        accounts.disable(work, accounts.get_user(work, ana.id), True)
    with at() as work:
        kept = work.session.get(Booking, out.id)
        assert forgetting.who(work, kept) == "Ana (conta fechada)"
        assert forgetting.what_to_do(work, kept).startswith("A conta de quem o levou")
    give_back(at, out)


def test_nothing_is_to_be_done_about_anybody_who_is_there(at, out):
    with at() as work:
        kept = work.session.get(Booking, out.id)
        assert (forgetting.who(work, kept), forgetting.what_to_do(work, kept)) == ("Ana", "")


def test_a_person_takes_their_loans_along_and_nobody_elses(at, ana, rui, out):
    with at(ana) as work:
        mine = own_data(work, work.session.get(User, ana.id))["plugins"]["physical_loans"]
    with at(rui) as work:
        theirs = own_data(work, work.session.get(User, rui.id))["plugins"]["physical_loans"]
    assert [(loan["title"], loan["state"], loan["note"]) for loan in mine["loans"]] == [
        ("Robôs de chão", "out", "Sala da Ana")
    ]
    assert theirs["loans"] == []


def test_who_deletes_an_account_is_told_what_is_out(app, ana, out):
    browser = app.test_client()
    browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    assert "Falta devolver 1 empréstimo." in browser.get("/me/delete").text


def test_a_hold_never_outlives_the_names(at, out):
    give_back(at, out)
    with at(moment=MONDAY + timedelta(days=400)) as work:
        forgetting.anonymise_old(work, 30)
        assert {hold.state for hold in work.session.scalars(select(Hold))} == {HoldState.BACK}


@pytest.fixture
def photographed(services, actor_for, staff, out):
    """The same, with a photo that the desk took."""
    photos.keep(
        services, actor_for(staff), out.id, [("turma da Ana Silva.jpg", BytesIO(b"\xff\xd8\xff a photo of the kit"))]
    )
    return out


def kept_files(at):
    with at() as work:
        return [file.name for file in work.session.scalars(select(File))]


def test_photos_of_a_loan_go_with_the_names_and_so_do_their_bytes(services, at, photographed, monkeypatch):
    assert kept_files(at) == [f"emprestimo-{photographed.id}-turma da Ana Silva.jpg"]
    give_back(at, photographed)
    with at(moment=MONDAY + timedelta(days=100)) as work:
        assert forgetting.anonymise_old(work, 30) == 1
    assert kept_files(at) == []
    monkeypatch.setattr(housekeeping, "ORPHAN_SECONDS", 0)
    assert housekeeping.collect_blobs(services) == 1


def test_photos_of_what_is_over_go_with_a_deleted_account_whoever_deletes_it(at, ana, photographed):
    give_back(at, photographed)
    with at(ana) as work:
        forgetting.forget(work, work.session.get_one(User, ana.id))
    assert kept_files(at) == []
