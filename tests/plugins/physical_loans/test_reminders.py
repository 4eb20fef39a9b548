"""Reminders: each once, never at night or in the holidays, shifted rather than lost."""

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, changing, clockwork, digest, remind_command, reminders
from plugins.physical_loans import desk as desk_acts
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, ClosedDays, Desk, Notice
from repository import console
from repository.models import Mail, User

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
DUE = date(2027, 3, 15)  # a Monday


def noon(day, month=3, hour=12, minute=0):
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def loan(at, ana, staff, thing, desk):
    """Ana has the kit from 1 to 15 March."""
    return lend(at, ana, staff, thing, desk)


def lend(at, ana, staff, thing, place, last=DUE):
    with at(ana) as work:
        wish = Wish(thing.item_id, place.id, first=MONDAY.date(), last=last)
        (made,) = bookings.book(work, [wish], ana)
    with at(staff) as work:
        desk_acts.hand_out(work, bookings.get(work, made.id))
    return made.id


def remind(at, moment):
    return [reminder.offset for reminder in clockwork.remind(lambda: at(moment=moment))]


def test_each_reminder_goes_once_on_its_day(at, loan, mails):
    for day in range(2, 31):
        for hour in (9, 12, 17):
            remind(at, noon(day, hour=hour))
    words = [subject.partition(":")[0] for _, subject in mails()]
    # 15 March minus 3 is a Friday, the 15th a Monday, 22 March a Monday.
    assert words == ["A devolver em breve", "A devolver hoje", "Em atraso", "Em atraso"]
    with at() as work:
        kinds = work.session.scalars(select(Notice.kind).order_by(Notice.sent_at)).all()
    assert kinds == ["due-3", "due+0", "due+1", "due+7"]


@pytest.mark.parametrize(
    ("closed", "day"),
    [(None, 12), ((date(2027, 3, 12), date(2027, 3, 12)), 11), ((date(2027, 3, 8), date(2027, 3, 12)), 5)],
)
def test_what_should_come_before_the_return_is_shifted_backwards(at, loan, closed, day):
    if closed:
        with at() as work:
            work.session.add(ClosedDays(starts_on=closed[0], ends_on=closed[1], kind="break"))
    sent = [d for d in range(2, 14) if remind(at, noon(d))]
    assert sent == [day]


def test_late_reminders_wait_for_the_end_of_the_holidays_and_go_as_one(at, loan, mails):
    with at() as work:
        work.session.add(ClosedDays(starts_on=date(2027, 3, 16), ends_on=date(2027, 3, 29), kind="both"))
    sent = {d: remind(at, noon(d)) for d in range(10, 32)}
    assert {d: found for d, found in sent.items() if found} == {12: [-3], 15: [0], 30: [7]}
    assert len(mails()) == 3


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        (noon(12, hour=7, minute=59), False),
        (noon(12, hour=8), True),
        (noon(12, hour=19, minute=59), True),
        (noon(12, hour=20), False),
    ],
)
def test_nobody_is_reminded_at_night(at, loan, moment, goes):
    assert bool(remind(at, moment)) == goes


def test_an_extended_loan_is_reminded_of_its_new_day(at, ana, loan):
    remind(at, noon(12))
    with at(ana, noon(12)) as work:
        changing.extend(work, bookings.get(work, loan), date(2027, 3, 19))
    sent = {d: remind(at, noon(d)) for d in range(12, 23)}
    assert {d: found for d, found in sent.items() if found} == {16: [-3], 19: [0], 22: [1]}


def test_a_short_loan_is_not_reminded_before_it_begins(at, ana, staff, thing, desk):
    with at(ana) as work:
        (made,) = bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(9),))], ana)
    with at(staff, noon(8, hour=16)) as work:
        desk_acts.hand_out(work, bookings.get(work, made.id))
    assert {d: remind(at, noon(d)) for d in (8, 9, 10)} == {8: [], 9: [], 10: [0]}


def test_a_desk_may_send_none(at, loan, desk):
    with at() as work:
        work.session.get_one(Desk, desk.id).reminds = False
    assert not any(remind(at, noon(d)) for d in range(2, 31))


def test_who_has_no_address_is_shown_to_the_desk(at, loan, ana, desk, mails):
    with at() as work:
        work.session.get_one(User, ana.id).email = None
    assert remind(at, noon(12)) == [-3]
    assert not mails()
    with at(moment=noon(12)) as work:
        ((notice, booking),) = digest.of_desk(work, work.session.get_one(Desk, desk.id)).unreached
        assert (booking.id, notice.params["letter"]) == (loan, "before")
        digest.told(work, notice)
    with at(moment=noon(12)) as work:
        assert not digest.of_desk(work, work.session.get_one(Desk, desk.id)).unreached


def test_two_workers_send_one(at, loan, mails):
    """The second had read that nothing went yet, before the first wrote."""
    with at(moment=noon(12)) as work:
        reminder = reminders.due(work, work.session.get_one(Booking, loan))
    for _ in range(2):
        with at(moment=noon(12)) as work:
            reminders.send(work, work.session.get_one(Booking, loan), reminder)
    assert len(mails()) == 1


def test_the_command_says_what_would_go_and_sends_nothing(at, services, ana, staff, thing, desk, monkeypatch):
    loan = lend(at, ana, staff, thing, desk)
    with at(moment=noon(12)) as work:
        due = list(reminders.all_due(work))
    assert [(one.booking_id, one.offset) for one in due] == [(loan, -3)]
    monkeypatch.setattr(reminders, "all_due", lambda work: due)
    monkeypatch.setattr(console, "_services", lambda: services)
    answer = CliRunner().invoke(remind_command.remind, ["--dry-run", "--json"])
    said = json.loads(answer.output)
    assert said["dry_run"] is True
    assert said["reminders"][0]["due_on"] == "2027-03-15"
    with at() as work:
        assert work.session.scalar(select(Mail)) is None
        assert work.session.scalar(select(Notice)) is None


def test_a_setting_that_cannot_be_read_keeps_no_reminder_back(at, loan, services, monkeypatch):
    monkeypatch.setitem(services.settings._values, "physical_loans_quiet_hours", "à noite")
    monkeypatch.setitem(services.settings._values, "physical_loans_reminder_days", ["-3", "x"])
    assert remind(at, noon(12)) == [-3]
