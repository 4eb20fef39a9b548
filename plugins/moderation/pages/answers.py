"""Answering a question through its sealed link, without an account."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask import redirect as go_to

from plugins.moderation import questions
from plugins.moderation.models import Question
from repository.api import Conflict, Invalid, Item, Work, begin, look, services, status_of, words_of

pages = Blueprint("moderation_answers", __name__, template_folder="../templates")
GONE = 410


@pages.get("/moderation/answers/<token>")
def question(token: str) -> Any:
    """The question with the title of its material, and a place for the answer."""
    work = look()
    asked = questions.read_token(services(), work, token)
    return _page(work, token, asked)


def _page(work: Work, token: str, asked: Question, **known: Any) -> Any:
    title = work.session.get_one(Item, asked.item_id).title
    sent = asked.answered_at is not None
    page = render_template(
        "moderation/answer.html", token=token, question=asked, title_of_item=title, is_open=questions.is_open(asked),
        sent=sent, robots="noindex", **({"errors": {}, "typed": ""} | known),
    )  # fmt: skip
    return page if questions.is_open(asked) or sent else (page, GONE)


@pages.post("/moderation/answers/<token>")
def answer(token: str) -> Any:
    """Keep the answer; sent twice, it is one."""
    typed = request.form.get("answer", "")
    try:
        with begin() as work:
            questions.answer(work, questions.read_token(services(), work, token), typed)
    except (Invalid, Conflict) as error:
        work = look()
        asked = questions.read_token(services(), work, token)
        said = _page(work, token, asked, errors={error.field or "": words_of(error)}, typed=typed)
        return (said[0] if isinstance(said, tuple) else said), status_of(error)
    return go_to(url_for("moderation_answers.question", token=token), 303)
