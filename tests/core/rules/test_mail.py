"""The outbox: mail waits for a server without failing, leaves once there is one, and grows old."""

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import select

from repository import housekeeping, mail
from repository.jobs import waiting
from repository.models import JobState, Mail, User


@pytest.fixture
def posted(services, work_as, ana, run_jobs):
    with work_as(ana) as work:
        mail.post(work, work.session.get_one(User, ana.id), "Bom dia", "Uma ligação")
    run_jobs()
    with services.sessions.reading() as session:
        return session.scalars(select(Mail)).one().id


def test_without_a_server_mail_waits_and_no_job_fails(services, posted):
    with services.sessions.reading() as session:
        assert session.get_one(Mail, posted).sent_at is None
        assert not any(waiting(session).values())


def test_mail_that_waited_leaves_once_there_is_a_server(services, posted, run_jobs, monkeypatch):
    sent = []
    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://correio.teste.invalid")
    monkeypatch.setattr(mail, "deliver", lambda services, message: sent.append(message.subject))
    housekeeping.keep(services, [])
    housekeeping.keep(services, [])
    run_jobs()
    assert sent == ["Bom dia"]


def test_mail_nobody_could_send_is_forgotten_after_a_week(services, posted):
    with services.sessions.writing() as session:
        session.get_one(Mail, posted).created_at -= timedelta(days=8)
    housekeeping.keep(services, [])
    with services.sessions.reading() as session:
        assert session.scalar(select(Mail)) is None


def test_a_server_that_does_not_answer_is_tried_again(services, posted, run_jobs, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://correio.teste.invalid")
    monkeypatch.setattr(smtplib, "SMTP", refuse)
    housekeeping.keep(services, [])
    run_jobs()
    with services.sessions.reading() as session:
        assert waiting(session)[JobState.QUEUED] == 1
        assert session.get_one(Mail, posted).sent_at is None


def test_nobody_writes_to_the_invented_people_of_a_demonstration(services, work_as, ana):
    services.settings.change("demonstration", True)
    with work_as() as work:
        mail.post(work, work.session.get_one(User, ana.id), "Bom dia", "Uma ligação")
        real = mail.Contact("Teresa", "teresa@escola.example")
        mail.post(work, real, "Bom dia", "Uma ligação")
    with services.sessions.reading() as session:
        assert [sent.address for sent in session.scalars(select(Mail))] == ["teresa@escola.example"]
