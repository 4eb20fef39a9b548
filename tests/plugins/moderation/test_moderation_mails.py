"""What people are written: in their language, once, not before it is sure, and only to whom it concerns."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from plugins.moderation import daily, questions, undoing
from plugins.moderation.models import Decision, Question
from repository import items, jobs
from repository.models import Item, Job, Mail, User


@pytest.fixture
def mails(work_as: Any, run_jobs: Any) -> Any:
    """Return the letters in the outbox of a kind, after all jobs that can run."""

    def found(kind: str) -> list[tuple[str, str, str]]:
        run_jobs()
        with work_as() as work:
            rows = work.session.scalars(select(Mail).where(Mail.kind == f"moderation.{kind}").order_by(Mail.id))
            return [(row.address, row.subject, row.body) for row in rows]

    return found


@pytest.fixture
def later(work_as: Any) -> Any:
    """Let the minutes pass in which a decision may be taken back."""

    def pass_by() -> None:
        with work_as() as work:
            for decision in work.session.scalars(select(Decision)):
                decision.created_at -= timedelta(minutes=11)
            for question in work.session.scalars(select(Question)):
                question.asked_at -= timedelta(minutes=11)
            for job in work.session.scalars(select(Job).filter_by(name="moderation.tell")):
                job.run_after = work.now

    return pass_by


def test_handing_in_is_answered_at_once(ana: Any, handed_in: Any, mails: Any) -> None:
    handed_in(ana)
    assert [mail[:2] for mail in mails("received")] == [(ana.email, "Recebemos «Frações com barras»")]


def test_what_is_taken_out_and_put_back_is_answered_once_and_what_was_corrected_again(
    ana: Any, handed_in: Any, mails: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    assert len(mails("received")) == 1
    for title, count in ((item.title, 1), ("Frações com barras e pizas", 2)):
        with work_as(ana) as work:
            mine = work.session.get_one(Item, item.id)
            items.recall(work, mine)
            items.discard(work, mine)
            items.recover(work, mine)
            items.describe(work, mine, {"title": title})
            items.submit(work, mine)
        assert len(mails("received")) == count


@pytest.mark.parametrize(
    ("name", "subject"),
    [("approve", "Está publicado"), ("return", "Falta um pormenor em"), ("decline", "Não foi publicado")],
)
def test_a_decision_is_written_when_it_can_no_longer_be_taken_back_and_once(
    name: str, subject: str, ana: Any, staff: Any, handed_in: Any, decide: Any, mails: Any, later: Any
) -> None:
    item = handed_in(ana)
    decide(staff, item.id, name, "Porque está claro.")
    assert mails("decided") == []
    later()
    written = mails("decided")
    assert len(written) == len(mails("decided")) == 1
    assert written[0][1].startswith(subject)
    assert "Porque está claro." in written[0][2]
    assert (f"/receipts/{item.id}" in written[0][2]) == (name == "approve")


def test_what_was_taken_back_is_never_written(
    ana: Any, staff: Any, handed_in: Any, decide: Any, mails: Any, later: Any, work_as: Any
) -> None:
    item = handed_in(ana)
    number = decide(staff, item.id, "decline")
    with work_as(staff) as work:
        undoing.undo(work, number)
    later()
    assert mails("decided") == []


def test_without_waiting_minutes_a_decision_is_written_at_once(
    services: Any, ana: Any, staff: Any, handed_in: Any, decide: Any, mails: Any
) -> None:
    services.settings.change("moderation_mail_minutes", 0)
    decide(staff, handed_in(ana).id, "approve")
    assert len(mails("decided")) == 1


def test_who_reads_english_is_written_in_english(
    ana: Any, staff: Any, handed_in: Any, decide: Any, mails: Any, later: Any, work_as: Any
) -> None:
    with work_as() as work:
        work.session.get_one(User, ana.id).locale = "en"
    decide(staff, handed_in(ana).id, "return", "Please add the sources.")
    later()
    ((_, subject, body),) = mails("decided")
    assert subject == "One thing is missing in “Frações com barras”"
    assert "Please add the sources." in body


def test_a_question_that_waits_is_remembered_once(
    services: Any, ana: Any, staff: Any, handed_in: Any, mails: Any, work_as: Any, later: Any
) -> None:
    item = handed_in(ana)
    with work_as(staff) as work:
        questions.ask(work, item.id, "De onde vem?")
    later()
    assert len(mails("question")) == 1
    for days, letters in ((4, 1), (2, 2), (9, 2)):
        with work_as() as work:
            work.session.scalars(select(Question)).one().asked_at -= timedelta(days=days)
        daily.run(services, [{}])
        assert len(mails("question")) == letters
    assert mails("question")[1][1].startswith("Falta responder")


def test_a_question_is_written_when_it_can_no_longer_be_taken_back_and_one_taken_back_never_is(
    ana: Any, staff: Any, handed_in: Any, mails: Any, work_as: Any, later: Any
) -> None:
    kept, undone = handed_in(ana, "Uma"), handed_in(ana, "Outra")
    with work_as(staff) as work:
        questions.ask(work, kept.id, "De onde vem?")
        question = questions.ask(work, undone.id, "Quem fez?")
    assert mails("question") == [], "the minutes are not over"
    with work_as(staff) as work:
        questions.take_back(work, question.id)
    later()
    assert [mail[1] for mail in mails("question")] == ["Uma pergunta sobre «Uma»"]


def test_the_digest_comes_to_those_who_decide_and_only_when_something_waits(
    services: Any, ana: Any, rui: Any, staff: Any, vera: Any, admin: Any, handed_in: Any, mails: Any
) -> None:
    daily.run(services, [{}])
    assert mails("digest") == []
    handed_in(ana)
    handed_in(ana, group=["500"])
    handed_in(staff)
    daily.run(services, [{}])
    assert {(address, subject.split()[0]) for address, subject, _ in mails("digest")} == {
        (staff.email, "2"), (admin.email, "3"), (vera.email, "2"),
    }  # fmt: skip


def test_the_daily_job_is_known_to_the_worker(services: Any) -> None:
    kinds = jobs.job_kinds(services.hook)
    assert {"moderation.check", "moderation.tell", "moderation.daily"} <= set(kinds)
