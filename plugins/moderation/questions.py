"""Questions to the authors: the third answer beside accepting and declining, answered by a link without an account."""

import hmac

from sqlalchemy import select

from plugins.moderation import mails, undoing
from plugins.moderation.acts import ACTS, WAITING
from plugins.moderation.decisions import LONGEST, clean_note, open_review, take_up
from plugins.moderation.models import Question, Review
from repository.api import N_, Conflict, Invalid, Item, NotFound, Services, Work, record, require, seal

SEAL = "moderation.answer"


def ask(work: Work, item_id: int, text: str) -> Question:
    """Ask the authors something; the same question sent twice is one. Raises NotFound, NotAllowed, Invalid, Conflict."""
    text = clean_note(ACTS["ask"], text)
    waiting = open_question(work, item_id)
    if waiting is not None and waiting.text == text and waiting.asked_by == work.actor.user_id:
        return waiting
    item, review = open_review(work, item_id, "ask")
    take_up(work, item)
    question = Question(item_id=item.id, text=text, asked_by=work.actor.user_id, asked_at=work.now)
    work.session.add(question)
    work.session.flush()
    review.state = ACTS["ask"].review_after
    record(work, "moderation.ask", question, after={"item": item.id})
    mails.ask(work, "question", question.id)
    return question


def open_question(work: Work, item_id: int) -> Question | None:
    """Return the question about the item that waits for an answer."""
    return work.session.scalar(
        select(Question).filter_by(item_id=item_id, answered_at=None, closed_at=None).order_by(Question.id.desc())
    )


def of_item(work: Work, item_id: int) -> list[Question]:
    """Return the questions about an item, the newest first."""
    return list(work.session.scalars(select(Question).filter_by(item_id=item_id).order_by(Question.id.desc())))


def take_back(work: Work, question_id: int) -> Question:
    """Take a question back that nobody has answered. Raises NotFound, NotAllowed and Conflict."""
    question = work.session.get(Question, question_id)
    if question is None:
        raise NotFound(N_("Não há nada neste endereço."))
    require(work, "review", work.session.get_one(Item, question.item_id))
    undoing.undo_question(work, question)
    return question


def token_of(services: Services, question: Question) -> str:
    """Return the part of the link by which whoever has it answers this question, and nothing else."""
    return f"{question.id}-{seal(services, SEAL, str(question.id))}"


def read_token(services: Services, work: Work, token: str) -> Question:
    """Return the question of a link. Raises NotFound for what was not made here."""
    number, _, sealed = token.partition("-")
    known = number.isascii() and number.isdecimal() and len(number) < 16
    if known and hmac.compare_digest(sealed.encode(), seal(services, SEAL, str(int(number))).encode()):
        question = work.session.get(Question, int(number))
        if question is not None:
            return question
    raise NotFound(N_("Não há nada neste endereço."))


def is_open(question: Question) -> bool:
    """Return whether the question still waits for an answer."""
    return question.answered_at is None and question.closed_at is None


def answer(work: Work, question: Question, text: str) -> None:
    """Keep the authors' answer and put the item back into the queue; the same answer sent twice is one.

    Raises Invalid, and Conflict when the question no longer waits.
    """
    text = text.strip()
    if question.answered_at is not None and question.answer == text:
        return
    if not is_open(question):
        raise Conflict(N_("Esta pergunta já não espera resposta."))
    if not text:
        raise Invalid(N_("Escreva a resposta."), field="answer")
    if len(text) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field="answer", most=LONGEST)
    item = work.session.get_one(Item, question.item_id)
    names = [credit.name for credit in item.credits]
    question.answer, question.answered_at = text, work.now
    question.answered_by = (work.actor.name or (names[0] if names else ""))[:120]
    review = work.session.get(Review, question.item_id)
    if review is not None and review.state == ACTS["ask"].review_after:
        review.state = WAITING
    record(work, "moderation.answered", question, after={"item": item.id})
