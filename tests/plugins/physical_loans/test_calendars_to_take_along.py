"""Calendars: what every calendar program reads, and only what the person may see."""

from datetime import UTC, datetime, timedelta

import pytest
from desk_acts import Acts
from icalendar import Calendar
from loans_samples import lesson
from sqlalchemy import select

from plugins.physical_loans import bookings, feeds, ics, queues, waiting
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Booking, Feed, Rule
from repository.errors import Conflict, NotAllowed, NotFound
from repository.models import Mail, Membership, User

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def acts(at, staff, desk):
    return Acts(at, staff, desk)


def read(text):
    """Parse, and check what RFC 5545 wants of every line."""
    assert text.endswith("\r\n")
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))
    return Calendar.from_ical(text)


def events(text):
    return {str(event["UID"]).partition("@")[0]: event for event in read(text).walk("VEVENT")}


def of(at, booking_id):
    with at() as work:
        return ics.of_bookings(work, [work.session.get_one(Booking, booking_id)], "pt_PT")


def test_a_booking_is_three_events_in_the_time_of_the_desk(at, acts, ana, thing):
    made = acts.book(ana, thing)
    text = of(at, made)
    found = events(text)
    assert list(found) == [f"loan-{made}-pickup", f"loan-{made}-lesson1", f"loan-{made}-due"]
    due = found[f"loan-{made}-due"]
    assert due.decoded("DTEND") == lesson(10, "10:00", "18:00")[1]
    assert due["DTEND"].params["TZID"] == "Europe/Lisbon"
    assert str(due["STATUS"]) == "CONFIRMED"
    assert due.walk("VALARM")[0].decoded("TRIGGER") == timedelta(days=-1)
    assert [str(zone["TZID"]) for zone in read(text).walk("VTIMEZONE")] == ["Europe/Lisbon"]


def test_a_change_raises_the_sequence_under_the_same_name_and_a_cancelled_one_says_so(at, acts, ana, thing):
    made = acts.book(ana, thing)
    before = events(of(at, made))
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made))
    after = events(of(at, made))
    assert before.keys() == after.keys()
    name = f"loan-{made}-due"
    assert int(after[name]["SEQUENCE"]) > int(before[name]["SEQUENCE"])
    assert str(after[name]["STATUS"]) == "CANCELLED"


def test_a_long_title_with_accents_is_folded_by_octets(at, acts, ana, make_thing):
    title = "Ação, reação; e «ligação» " * 6
    made = acts.book(ana, make_thing(title.strip()))
    found = events(of(at, made))
    assert str(found[f"loan-{made}-due"]["SUMMARY"]) == f"Devolver: {title.strip()}"


def test_the_letter_of_a_booking_brings_the_dates(at, acts, ana, thing, settle):
    made = acts.book(ana, thing)
    settle()
    with at() as work:
        (mail,) = work.session.scalars(select(Mail))
    (enclosed,) = mail.enclosed
    assert (enclosed["name"], enclosed["media_type"]) == (f"reserva-{made}.ics", "calendar")
    assert f"loan-{made}-due" in events(enclosed["text"])


@pytest.fixture
def posting(make_services, post_office):
    """A house whose mail goes to a mail server on loopback."""
    return make_services(smtp_url=post_office.url, public_url="https://partilha.teste.invalid")


class TestThroughAMailServer:
    """What arrives, read by the libraries that mail programs and agendas are made of."""

    @pytest.fixture
    def services(self, posting):
        return posting

    def test_the_letter_of_an_approval_brings_an_invitation_that_an_agenda_opens(
        self, at, acts, ana, thing, desk, post_office, run_jobs, monkeypatch
    ):
        for place in ("repository.work.now", "repository.jobs.now"):
            monkeypatch.setattr(place, lambda: MONDAY + timedelta(hours=1))
        with at() as work:
            work.session.add(Rule(approval=True))
        made = acts.book(ana, thing)
        acts.do("approve", made, moment=MONDAY)
        run_jobs()
        letter = post_office.wait_for("ana@teste.invalid", "Pedido aprovado")
        (enclosed,) = letter.iter_attachments()
        assert (enclosed.get_content_type(), enclosed.get_filename()) == ("text/calendar", f"reserva-{made}.ics")
        found = events(enclosed.get_content())
        assert set(found) == {f"loan-{made}-{part}" for part in ("pickup", "lesson1", "due")}
        due = found[f"loan-{made}-due"]
        assert due["DTEND"].dt.astimezone(UTC) == datetime(2027, 3, 10, 18, tzinfo=UTC)
        assert str(due["STATUS"]) == "CONFIRMED"
        assert f"https://partilha.teste.invalid/loans/{made}" in letter.get_body(("plain",)).get_content()


def make(at, person, asked, key="k"):
    with at(person) as work:
        return feeds.make(work, asked, key)


def fetch(at, token):
    with at() as work:
        return feeds.fetch(work, token)


def test_my_calendar_has_mine_and_nobody_elses(at, acts, ana, rui, make_thing):
    mine, other = acts.book(ana, make_thing("A")), acts.book(rui, make_thing("B"))
    token = make(at, ana, feeds.Asked("mine"))
    names = set(events(fetch(at, token)))
    assert f"loan-{mine}-due" in names
    assert not any(name.startswith(f"loan-{other}-") for name in names)


def test_only_the_digest_of_an_address_is_kept_and_asked_for_twice_it_is_one(at, ana):
    first, again = (make(at, ana, feeds.Asked("mine")) for _ in range(2))
    assert first == again
    with at() as work:
        (feed,) = work.session.scalars(select(Feed))
        assert first not in (feed.digest, feed.kind)
        assert len(feed.digest) == 64


def test_a_revoked_address_leads_nowhere_and_nobody_revokes_anothers(at, ana, rui):
    token = make(at, ana, feeds.Asked("mine"))
    with pytest.raises(NotFound), at(rui) as work:
        feeds.revoke(work, 1)
    for _ in range(2):
        with at(ana) as work:
            feeds.revoke(work, 1)
    with pytest.raises(NotFound):
        fetch(at, token)
    with pytest.raises(Conflict):
        make(at, ana, feeds.Asked("mine"))


def test_the_desks_calendar_is_for_those_who_work_there_for_as_long_as_they_do(at, acts, ana, staff, thing, desk):
    acts.book(ana, thing)
    with pytest.raises(NotAllowed):
        make(at, ana, feeds.Asked("desk", desk.id))
    token = make(at, staff, feeds.Asked("desk", desk.id))
    assert "Ana" in fetch(at, token)
    with at() as work:
        work.session.delete(work.session.scalars(select(Membership).filter_by(user_id=staff.id)).one())
    with pytest.raises(NotFound):
        fetch(at, token)


def test_the_calendar_of_a_closed_account_is_gone(at, ana):
    token = make(at, ana, feeds.Asked("mine"))
    with at() as work:
        work.session.get_one(User, ana.id).disabled_at = work.now
    with pytest.raises(NotFound):
        fetch(at, token)


def test_the_calendar_of_a_thing_says_how_many_are_taken_and_never_by_whom(at, acts, ana, rui, make_thing, desk):
    robots = make_thing(stock=3)
    acts.book(ana, robots, quantity=2)
    acts.book(rui, robots, day=9, quantity=1)
    acts.book(rui, robots, day=16, quantity=1)
    text = fetch(at, make(at, rui, feeds.Asked("thing", desk.id, robots.item_id)))
    assert "Ana" not in text
    assert "Rui" not in text
    assert [str(event["SUMMARY"]) for event in read(text).walk("VEVENT")] == [
        "Ocupado: Robôs de chão",
        "2 de 3 livres: Robôs de chão",
    ]


def test_what_was_cancelled_stays_for_some_weeks_as_cancelled(at, acts, ana, thing):
    made = acts.book(ana, thing)
    token = make(at, ana, feeds.Asked("mine"))
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, made))
    assert str(events(fetch(at, token))[f"loan-{made}-due"]["STATUS"]) == "CANCELLED"
    with at(moment=MONDAY + timedelta(days=29)) as work:
        assert not events(feeds.fetch(work, token))


def test_who_only_waits_has_nothing_in_the_calendar(at, acts, ana, rui, thing, desk):
    acts.book(rui, thing)
    with at(ana) as work:
        place = waiting.enqueue(work, Wish(thing.item_id, desk.id, lessons=(lesson(9),)), ana)
        assert queues.position(work, place) == 1
    assert not events(fetch(at, make(at, ana, feeds.Asked("mine"))))


@pytest.mark.parametrize(
    ("taken", "spans"),
    [
        ([], []),
        ([(0, 2), (2, 4)], [(0, 4, 1)]),
        ([(0, 4), (1, 2)], [(0, 1, 1), (1, 2, 2), (2, 4, 1)]),
        ([(0, 1), (3, 4)], [(0, 1, 1), (3, 4, 1)]),
    ],
)
def test_spans_are_counted_where_they_overlap(taken, spans):
    def at_hour(hour):
        return MONDAY + timedelta(hours=hour)

    found = ics.spans_taken([(at_hour(start), at_hour(end)) for start, end in taken])
    assert found == [((at_hour(start), at_hour(end)), count) for start, end, count in spans]
