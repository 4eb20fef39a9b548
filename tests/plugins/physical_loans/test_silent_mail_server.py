"""A mail server that takes the call and then says nothing: no reminder is lost or goes twice, and nothing waits for it."""

import socket
import threading

import pytest
from loans_samples import MONDAY
from sqlalchemy import select, update

from plugins.physical_loans import bookings, clockwork, moves
from plugins.physical_loans import desk as acts
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Notice
from repository import jobs, mail
from repository.models import Job, Mail
from repository.search.engine import SearchError
from repository.work import now
from repository.worker import Worker

PATIENCE_S = 120  # nothing here takes long; only what hangs meets this
DUE = MONDAY.date().replace(day=15)
REMINDED = MONDAY.replace(day=12)


@pytest.fixture
def silent(services, monkeypatch):
    """A server that greets nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        monkeypatch.setitem(services.settings._values, "smtp_url", f"smtp://127.0.0.1:{server.getsockname()[1]}")
        yield server


@pytest.fixture
def reminded(at, ana, rui, staff, make_thing, desk):
    """Ana and Rui each have a kit, and their reminders are written; what else would be written to them is not."""
    for person in (ana, rui):
        thing = make_thing(f"Robôs {person.name}")
        with at(person) as work:
            wish = Wish(thing.item_id, desk.id, first=MONDAY.date(), last=DUE)
            (made,) = bookings.book(work, [wish], person)
        with at(staff) as work:
            acts.hand_out(work, bookings.get(work, made.id))
    with at() as work:
        for job in work.session.scalars(select(Job).where(Job.name == moves.AFTER)):
            work.session.delete(job)
    assert len(clockwork.remind(lambda: at(moment=REMINDED))) == 2


@pytest.fixture
def due_now(services):
    """Let what waits in the queue be due by the real clock."""

    def move():
        with services.sessions.writing() as session:
            session.execute(update(Job).values(run_after=now()))

    return move


@pytest.fixture
def worker(services, monkeypatch):
    """A worker that does what is asked for, and nothing because it is time for it."""
    monkeypatch.setattr(jobs, "enqueue_due", lambda *_known: None)
    made = Worker(services)
    yield made
    made.stop()


def unsent(services):
    with services.sessions.reading() as session:
        return session.scalars(select(Mail.address).where(Mail.sent_at.is_(None)).order_by(Mail.address)).all()


def indexed(services):
    try:
        return services.search.engine.ids()
    except SearchError:
        return set()


def waited_for(condition):
    pause, left = threading.Event(), PATIENCE_S / 0.05
    while not condition() and left > 0:
        pause.wait(0.05)
        left -= 1
    return condition()


def test_while_it_is_silent_the_index_and_the_desk_go_on_and_later_each_reminder_arrives_once(
    services, at, ana, rui, make_item, run_jobs, due_now, worker, silent, reminded, post_office, monkeypatch
):
    due_now()
    worker.start()
    with silent.accept()[0]:  # the first letter hangs here
        item = make_item(ana, "Frações com barras")
        with at() as work:
            work.session.add(Job(name=clockwork.JOB, key="now", run_after=now(), created_at=now()))
        assert waited_for(lambda: item.id in indexed(services) and not waits(services, clockwork.JOB))
        assert unsent(services) == sorted([ana.email, rui.email])
        silent.close()
    worker.stop()
    monkeypatch.setitem(services.settings._values, "smtp_url", post_office.url)
    for _ in range(2):
        assert clockwork.remind(lambda: at(moment=REMINDED)) == []
        due_now()
        run_jobs()
    assert sorted(letter["To"] for letter in post_office.letters) == sorted([ana.email, rui.email])
    with services.sessions.reading() as session:
        assert len(session.scalars(select(Notice.kind)).all()) == 2


def waits(services, name):
    with services.sessions.reading() as session:
        return session.scalar(select(Job.id).where(Job.name == name).limit(1)) is not None


def test_what_it_took_without_saying_so_comes_again_as_the_same_letter(
    services, run_jobs, due_now, reminded, post_office, monkeypatch
):
    """Nobody can know whether it was taken; by its Message-ID a mailbox knows it again."""
    monkeypatch.setitem(services.settings._values, "smtp_url", post_office.url)
    with monkeypatch.context() as broken:
        broken.setattr(mail.smtplib.SMTP, "getreply", silent_after_the_letter(post_office, mail.smtplib.SMTP.getreply))
        due_now()
        run_jobs()
        assert len(unsent(services)) == 2
    due_now()
    run_jobs()
    assert unsent(services) == []
    assert len(post_office.letters) == 4
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 2


def silent_after_the_letter(post_office, getreply):
    """Return a way to read the server's answers in which the one after a letter never comes."""
    told = []

    def read(self):
        said = getreply(self)
        if len(post_office.letters) > len(told):
            told.append(said)
            raise TimeoutError
        return said

    return read
