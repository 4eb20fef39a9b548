"""Visits and downloads are counted in memory, written by the server's own thread, and tell nobody from anybody."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from repository import counting, db, items, remembered
from repository.models import Item, ItemCount
from repository.work import SYSTEM, now, open_look

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def item(ana, make_item):
    return make_item(ana)


@pytest.fixture
def counted(services, item):
    def read(number=None):
        services.counts.write(services)
        with open_look(services, SYSTEM) as look:
            return counting.counts_of(look, [number or item.id])[number or item.id]

    return read


def file_of(services, item):
    with services.sessions.reading() as session:
        return f"/files/{session.get_one(Item, item.id).files[0].id}"


def test_a_visitor_counts_once_a_day(client, app, item, counted):
    for _twice in range(2):
        client.get(f"/items/{item.id}", headers=PERSON)
    assert counted()["seen"] == 1
    app.test_client().get(f"/items/{item.id}", headers={"User-Agent": "Mozilla/5.0 (Android)"})
    assert counted()["seen"] == 2


def test_the_next_day_the_same_visitor_counts_again(services, item, counted):
    for day in (0, 0, 1):
        services.counts.note(item.id, "seen", now() + timedelta(days=day), "somebody")
    assert counted()["seen"] == 2


def test_visiting_asks_the_database_for_no_change(client, item, run_jobs, count_queries):
    run_jobs()
    with count_queries() as asked:
        client.get(f"/items/{item.id}", headers=PERSON)
        client.get(f"/items/{item.id}", headers=PERSON)
    assert not [statement for statement in asked if not statement.lstrip().upper().startswith("SELECT")]


def test_a_visit_sets_no_cookie(client, item):
    assert "Set-Cookie" not in client.get(f"/items/{item.id}", headers=PERSON).headers


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2)",
    ],
)
def test_programs_that_say_so_are_not_counted(client, services, item, counted, agent):
    client.get(f"/items/{item.id}", headers={"User-Agent": agent})
    client.get(file_of(services, item), headers={"User-Agent": agent}, buffered=True)
    assert counted() == {"seen": 0, "downloaded": 0, "adapted": 0}


def test_authors_and_pages_fetched_ahead_are_not_counted(client, sign_in, services, ana, item, counted):
    browser = sign_in(ana)
    browser.get(f"/items/{item.id}", headers=PERSON)
    browser.get(file_of(services, item), headers=PERSON, buffered=True)
    client.get(f"/items/{item.id}", headers=PERSON | {"Sec-Purpose": "prefetch"})
    client.head(f"/items/{item.id}", headers=PERSON)
    assert counted() == {"seen": 0, "downloaded": 0, "adapted": 0}


def test_what_is_not_published_is_not_counted(sign_in, staff, ana, make_item, work_as, counted):
    item = make_item(ana)
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    assert sign_in(staff).get(f"/items/{item.id}", headers=PERSON).status_code == 200
    assert counted(item.id)["seen"] == 0


def test_downloads_are_counted_from_the_beginning_of_a_file_only(client, services, item, counted):
    path = file_of(services, item)
    first = client.get(path, headers=PERSON, buffered=True)
    client.get(path, headers=PERSON | {"Range": "bytes=0-3"}, buffered=True)
    client.get(path, headers=PERSON | {"Range": "bytes=4-"}, buffered=True)
    client.get(path, headers=PERSON | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    client.get(f"/items/{item.id}/files.zip", headers=PERSON, buffered=True)
    client.get(f"{path}/view", headers=PERSON, buffered=True)
    assert counted()["downloaded"] == 3


def test_the_page_says_how_often_in_words_and_nothing_at_first(client, services, item, monkeypatch):
    monkeypatch.setattr(remembered, "LIFE", timedelta())

    def told():
        page = client.get(f"/items/{item.id}", headers=PERSON).text
        return page.partition('<p class="small softer noprint">Visto')[2].partition("<")[0]

    assert told() == ""
    for number in range(11):
        services.counts.note(item.id, "seen", now(), f"visitor {number}")
    services.counts.note(item.id, "downloaded", now())
    services.counts.write(services)
    assert told() == " 12 vezes · descarregado 1 vez"


def test_months_are_kept_apart_and_added_up(services, item, counted):
    for days in (0, 40):
        services.counts.note(item.id, "seen", now() - timedelta(days=days))
    assert counted()["seen"] == 2
    with services.sessions.reading() as session:
        months = session.scalars(select(ItemCount.month)).all()
    assert len(set(months)) == 2
    assert {month.day for month in months} == {1}


def test_what_cannot_be_written_is_written_the_next_time(services, item, counted, monkeypatch, caplog):
    services.counts.note(item.id, "seen", now())
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_raise", None)
        services.counts.write(services)
    assert "counts could not be written" in caplog.text
    assert counted()["seen"] == 1


@pytest.mark.sqlite
def test_while_another_process_writes_visits_wait_for_the_next_time_and_at_the_end_for_their_turn(
    services, item, counted, monkeypatch
):
    monkeypatch.setattr(db, "IMPATIENT_MS", 1)
    services.sessions.engine.dispose()
    services.counts.note(item.id, "seen", now())
    before = services.sessions.state()
    other = sqlite3.connect(services.sessions.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    services.counts.write(services)
    other.execute("ROLLBACK")
    with services.sessions.reading() as session:
        assert session.scalars(select(ItemCount.count)).all() == []
    services.counts.write(services)
    assert services.sessions.state() == before
    assert counted()["seen"] == 1
    services.counts.note(item.id, "seen", now())
    services.counts.write(services, last=True)
    assert services.sessions.state() != before
    assert counted()["seen"] == 2
    other.close()


def test_counts_of_an_item_that_is_gone_hold_nothing_up(services, item, counted):
    services.counts.note(item.id, "seen", now())
    services.counts.note(999_999, "seen", now())
    assert counted()["seen"] == 1


def test_the_servers_thread_writes_at_the_end_what_was_noted(services, item):
    writer = counting.Writer(services)
    writer.start()
    services.counts.note(item.id, "seen", now())
    writer.stop()
    with open_look(services, SYSTEM) as look:
        assert counting.counts_of(look, [item.id])[item.id]["seen"] == 1
