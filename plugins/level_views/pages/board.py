"""The board of challenges: the list, one challenge with its answers, and what people say there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from plugins.level_views import challenges, mine
from plugins.level_views.pages.portal import pages
from repository.api import (
    Doubtful,
    Invalid,
    Item,
    ItemAction,
    Panel,
    Work,
    begin,
    doubts_of,
    look,
    offer_undo,
    status_of,
    views_of,
    words_of,
)

MOST_OFFERED = 30


@pages.get("/challenges")
def board() -> str:
    """All challenges, or those of one level: what nobody has answered first."""
    work = look()
    levels = mine.choosable(work)
    level = request.args.get("level", "")
    level = level if level in levels else ""
    found = challenges.board(work, level)
    return render_template("level_views/board.html", found=found, level=level, levels=levels)


@pages.get("/challenges/new")
@login_required
def new_challenge() -> str:
    """The form in which a difficulty is told."""
    chosen = request.args.getlist("level") or list(mine.of(look()).levels[:1])
    return _form({"levels": chosen, "title": request.args.get("title", "")[: challenges.LONGEST_TITLE]})


def nothing_found_actions(work: Work, question: str, filters: Mapping[str, Sequence[str]]) -> Iterator[ItemAction]:
    """What was looked for in vain can be put on the board, where colleagues see it."""
    levels = list(filters.get("level", ())) or None
    if work.actor.user_id is None:
        yield ItemAction(gettext("Ver os desafios dos colegas"), url_for("level_views.board", level=levels))
    elif question.strip():
        url = url_for("level_views.new_challenge", title=question.strip(), level=levels)
        yield ItemAction(gettext("Perguntar aos colegas"), url)


@pages.post("/challenges/new")
@login_required
def pose() -> Any:
    """Put a difficulty on the board."""
    form = request.form
    values = {"title": form.get("title", ""), "text": form.get("text", ""), "levels": form.getlist("levels")}
    try:
        with begin() as work:
            confirmed = form.get("confirmed", "")
            row = challenges.pose(work, form.get("title", ""), form.get("text", ""), form.getlist("levels"), confirmed)
            work.session.flush()
            number = row.id
    except Doubtful as error:
        return _form(values, doubtful=error), status_of(error)
    except Invalid as error:
        return _form(values, {error.field or "": words_of(error)}), status_of(error)
    return redirect(url_for("level_views.challenge", number=number), 303)


def _form(values: dict[str, Any], errors: dict[str, str] | None = None, doubtful: Doubtful | None = None) -> str:
    return render_template(
        "level_views/challenge_new.html", values=values, levels=mine.choosable(look()), errors=errors or {},
        doubts=doubts_of(doubtful), robots="noindex",
    )  # fmt: skip


@pages.get("/challenges/<int:number>")
def challenge(number: int) -> str:
    """One challenge, and what answers it."""
    return _page(look(), number)


def _proposed(work: Work, looked: str, levels: Iterable[str], values: Mapping[str, str]) -> list[Item]:
    """Return what the words find, and what was chosen already, so that the note beside it is not lost."""
    found = challenges.proposed(work, looked, levels)
    chosen = values.get("item", "")
    if chosen and all(str(item.id) != chosen for item in found):
        address = f"/items/{chosen}" if chosen.isdecimal() else chosen
        found = [*challenges.proposed(work, address), *found]
    return found


def _page(
    work: Work,
    number: int,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    doubtful: Doubtful | None = None,
) -> str:
    row = challenges.find(work, number)
    may_answer, looked = work.actor.may_anywhere("items.deposit"), request.values.get("look", "")
    given = challenges.answers_of(work, row)
    rows = views_of(work, [one.item for one in given], {})
    pairs = list(zip(rows, given, strict=True))
    for shown, one in pairs:
        shown.note, shown.state = one.answer.note, ""  # that it is published goes without saying
    return render_template(
        "level_views/challenge.html",
        challenge=row,
        answers=[(shown, one.answer, challenges.may_manage(work, one.answer.user_id)) for shown, one in pairs],
        same=challenges.count_same(work, row),
        is_same=challenges.is_same(work, row),
        may_hide=challenges.may_manage(work, row.author_id),
        may_answer=may_answer,
        looked=looked,
        proposed=views_of(work, _proposed(work, looked, row.levels, values or {}), {}) if may_answer else [],
        values=values or {},
        errors=errors or {},
        doubts=doubts_of(doubtful),
    )


@pages.post("/challenges/<int:number>/answer")
@login_required
def answer(number: int) -> Any:
    """Say that a material or a kit answers a challenge."""
    values = {"item": request.form.get("item", ""), "note": request.form.get("note", "")}
    try:
        with begin() as work:
            given = challenges.answer(work, number, values["item"], values["note"], request.form.get("confirmed", ""))
            work.session.flush()
            answer_id = given.id
    except Doubtful as error:
        return _page(look(), number, values, doubtful=error), status_of(error)
    except Invalid as error:
        return _page(look(), number, values, {error.field or "": words_of(error)}), status_of(error)
    offer_undo(
        gettext("Está entre as respostas."), url_for("level_views.take_back", number=number, answer_id=answer_id)
    )
    return _back(number)


@pages.post("/challenges/<int:number>/answers/<int:answer_id>/take-back")
@login_required
def take_back(number: int, answer_id: int) -> Any:
    """Take an answer away."""
    return _done(number, lambda work: challenges.take_back(work, answer_id))


@pages.post("/challenges/<int:number>/same")
@login_required
def same(number: int) -> Any:
    """Say, or take back, that one has this problem, too."""
    return _done(number, lambda work: challenges.set_same(work, number, request.form.get("same") == "1"))


@pages.post("/challenges/<int:number>/hide")
@login_required
def hide(number: int) -> Any:
    """Take a challenge off the board."""
    with begin() as work:
        challenges.hide(work, number)
    offer_undo(gettext("Saiu do quadro."), url_for("level_views.show_again", number=number))
    return redirect(url_for("level_views.board"), 303)


@pages.post("/challenges/<int:number>/show")
@login_required
def show_again(number: int) -> Any:
    """Put a challenge back on the board."""
    return _done(number, lambda work: challenges.hide(work, number, hidden=False))


def _done(number: int, act: Callable[[Work], Any]) -> Any:
    with begin() as work:
        act(work)
    return _back(number)


def _back(number: int) -> Any:
    return redirect(url_for("level_views.challenge", number=number), 303)


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield the challenges that an item answers."""
    found = challenges.answered_by(work, item)
    if found:
        context = {"title": gettext("Responde a"), "challenges": found}
        yield Panel("level-views-challenges", "level_views/panel_challenges.html", context, 56, "aside", paper=False)
