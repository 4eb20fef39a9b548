"""Challenges: a difficulty that many meet gathers what answers it; anyone may say that it is theirs, too."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from plugins.level_views.models import Challenge, ChallengeAnswer, SameProblem
from plugins.level_views.seen import one_line, seen
from repository.api import (
    N_,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    SearchRequest,
    State,
    User,
    Work,
    ask_before_showing,
    get,
    record,
    require_permission,
    search_page,
    visible_items,
)

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NOTE = 160, 2_000, 300
MOST_LISTED = 200
MOST_PROPOSED = 8


@dataclass(frozen=True)
class Posed:
    """A challenge with how many public items answer it and how many people have the problem."""

    challenge: Challenge
    answers: int
    same: int


@dataclass(frozen=True)
class Given:
    """An answer with its item, as far as the person may see it."""

    answer: ChallengeAnswer
    item: Item


def pose(work: Work, title: str, text: str, levels: Iterable[str], confirmed: str = "") -> Challenge:
    """Put a difficulty on the board; the same sent twice by one person is one.

    Raises Invalid and NotAllowed, and Doubtful for what names somebody and is not `confirmed`.
    """
    _require_teacher(work)
    title, text, asked = one_line(title), seen(text), set(levels)
    if not title:
        raise Invalid(N_("Diga a dificuldade numa frase."), field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(N_("Use no máximo %(most)s letras."), field="title", most=LONGEST_TITLE)
    if len(text) > LONGEST_TEXT:
        raise Invalid(N_("Use no máximo %(most)s letras."), field="text", most=LONGEST_TEXT)
    known = [term.code for term in work.services.vocabularies.levels]
    if not asked or asked - set(known):
        raise Invalid(N_("Escolha pelo menos um nível."), field="levels")
    mine = select(Challenge).filter_by(author_id=work.actor.user_id, title=title, text=text, hidden_at=None)
    found = work.session.scalar(mine.limit(1))
    if found is not None:
        return found
    ask_before_showing(work, {"title": title, "text": text}, confirmed, place="level_views.challenge")
    row = Challenge(title=title, text=text, levels=[code for code in known if code in asked], created_at=work.now)
    row.author_id = work.actor.user_id
    work.session.add(row)
    record(work, "level_views.posed", row)
    return row


def find(work: Work, challenge_id: int) -> Challenge:
    """Return a challenge that is on the board. Raises NotFound."""
    row = work.session.get(Challenge, challenge_id)
    if row is None or row.hidden_at is not None:
        raise NotFound(N_("Este desafio já não está no quadro."))
    return row


def answer(work: Work, challenge_id: int, said: str, note: str, confirmed: str = "") -> ChallengeAnswer:
    """Say that an item answers a challenge; `said` is its number or address. Twice is once.

    Raises Invalid and NotAllowed, and Doubtful for a note that names somebody and is not `confirmed`.
    """
    _require_teacher(work)
    row, item = find(work, challenge_id), _item(work, said)
    note = one_line(note)
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("Use no máximo %(most)s letras."), field="note", most=LONGEST_NOTE)
    known = work.session.scalar(select(ChallengeAnswer).filter_by(challenge_id=row.id, item_id=item.id))
    if known is not None and known.user_id == work.actor.user_id and note in ("", known.note):
        return known
    if known is not None:
        raise Invalid(N_("Este material já está entre as respostas."), field="item")
    ask_before_showing(work, {"note": note}, confirmed, place=f"level_views.answer:{row.id}:{item.id}")
    given = ChallengeAnswer(challenge_id=row.id, item_id=item.id, note=note, created_at=work.now)
    given.user_id = work.actor.user_id
    work.session.add(given)
    record(work, "level_views.answered", given, after={"challenge": row.id, "item": item.id})
    return given


def _item(work: Work, said: str) -> Item:
    found = re.search(r"(?:^|/items/)(\d{1,9})(?:[/?#]|$)", said.strip())
    try:
        item = get(work, int(found[1])) if found else None
    except NotFound:
        item = None
    if item is None or item.state != State.PUBLISHED:
        raise Invalid(N_("Procure e escolha um material ou um kit publicado."), field="item")
    return item


def proposed(work: Work, words: str, levels: Iterable[str] = ()) -> list[Item]:
    """Return what may be the answer that somebody looks for by words, that of the levels gently first, or by its address."""
    if re.search(r"/items/\d", words):
        try:
            return [_item(work, words)]
        except Invalid:
            return []
    if not words.strip():
        return []
    first = {"level": tuple(levels)} if levels else {}
    page = search_page(work, SearchRequest(q=words.strip()[:256], per_page=MOST_PROPOSED, first=first))
    return visible_items(work, list(page.ids))


def take_back(work: Work, answer_id: int) -> ChallengeAnswer | None:
    """Take an answer away: whoever gave it, or the centre's staff; gone already is as good. Raises NotAllowed."""
    given = work.session.get(ChallengeAnswer, answer_id)
    if given is not None:
        if given.user_id != work.actor.user_id or not work.actor.signed_in:
            _require_staff(work)
        record(work, "level_views.unanswered", given, before={"challenge": given.challenge_id, "item": given.item_id})
        work.session.delete(given)
    return given


def hide(work: Work, challenge_id: int, hidden: bool = True) -> Challenge:
    """Take a challenge off the board or put it back: whoever posed it, or the centre's staff. Raises NotAllowed.

    What the staff took off only they put back, also when the author had taken it off before.
    """
    row = work.session.get(Challenge, challenge_id)
    if row is None:
        raise NotFound(N_("Este desafio já não está no quadro."))
    by_staff = row.author_id != work.actor.user_id or not work.actor.signed_in
    if by_staff:
        _require_staff(work)
    elif row.hidden_by_staff and not hidden and not work.actor.may_anywhere("items.publish"):
        raise NotAllowed(N_("O centro tirou este desafio do quadro."))
    row.hidden_by_staff = hidden and (row.hidden_by_staff or by_staff)
    if bool(row.hidden_at) != hidden:
        row.hidden_at = work.now if hidden else None
        record(work, "level_views.hidden" if hidden else "level_views.back", row)
    return row


def set_same(work: Work, challenge_id: int, same: bool) -> None:
    """Say, or take back, that the person has this problem, too; twice is once. Raises NotAllowed and NotFound."""
    row = find(work, challenge_id)
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para dizer que tem este problema."))
    known = work.session.get(SameProblem, (row.id, work.actor.user_id))
    if same and known is None:
        work.session.add(SameProblem(challenge_id=row.id, user_id=work.actor.user_id, created_at=work.now))
    elif not same and known is not None:
        work.session.delete(known)


def is_same(work: Work, challenge: Challenge) -> bool:
    """Return whether the person said that they have this problem."""
    actor = work.actor
    return actor.signed_in and work.session.get(SameProblem, (challenge.id, actor.user_id)) is not None


def count_same(work: Work, challenge: Challenge) -> int:
    """Return how many people have this problem."""
    query = select(func.count()).select_from(SameProblem).filter_by(challenge_id=challenge.id)
    return work.session.scalar(query) or 0


def board(work: Work, level: str = "") -> list[Posed]:
    """Return the challenges, of one level or all: those nobody has answered first, then those most people have."""
    answers = (
        select(ChallengeAnswer.challenge_id, func.count().label("n"))
        .join(Item, Item.id == ChallengeAnswer.item_id)
        .where(Item.state == State.PUBLISHED, Item.audience == "public", Item.licence != "INT")
        .group_by(ChallengeAnswer.challenge_id)
        .subquery()
    )
    same = select(SameProblem.challenge_id, func.count().label("n")).group_by(SameProblem.challenge_id).subquery()
    query = (
        select(Challenge, func.coalesce(answers.c.n, 0), func.coalesce(same.c.n, 0))
        .outerjoin(answers, answers.c.challenge_id == Challenge.id)
        .outerjoin(same, same.c.challenge_id == Challenge.id)
        .where(Challenge.hidden_at.is_(None))
        .order_by(Challenge.id.desc())
    )
    found = [Posed(row, answered, many) for row, answered, many in work.session.execute(query)]
    of_level = [posed for posed in found if not level or level in posed.challenge.levels]
    return sorted(of_level, key=lambda posed: (posed.answers > 0, -posed.same, -posed.challenge.id))[:MOST_LISTED]


def answers_of(work: Work, challenge: Challenge) -> list[Given]:
    """Return what answers a challenge, the first answer first, as far as the person may see."""
    query = select(ChallengeAnswer).filter_by(challenge_id=challenge.id).order_by(ChallengeAnswer.id)
    rows = {row.item_id: row for row in work.session.scalars(query)}
    return [Given(rows[item.id], item) for item in visible_items(work, list(rows))]


def answered_by(work: Work, item: Item) -> list[Challenge]:
    """Return the challenges that an item answers."""
    query = select(Challenge).join(ChallengeAnswer, ChallengeAnswer.challenge_id == Challenge.id)
    query = query.where(ChallengeAnswer.item_id == item.id, Challenge.hidden_at.is_(None))
    return list(work.session.scalars(query.order_by(Challenge.id)))


def may_manage(work: Work, owner_id: int | None) -> bool:
    """Return whether the person may take away what `owner_id` wrote."""
    return (work.actor.signed_in and owner_id == work.actor.user_id) or work.actor.may_anywhere("items.publish")


def _require_teacher(work: Work) -> None:
    if not work.actor.may_anywhere("items.deposit"):
        require_permission(work, "items.deposit")


def _require_staff(work: Work) -> None:
    if not work.actor.may_anywhere("items.publish"):
        require_permission(work, "items.publish")


def data(work: Work, user: User) -> dict[str, Any]:
    """Return what a person wrote and said on the board, for the person."""
    posed = select(Challenge.title).filter_by(author_id=user.id)
    answered = select(ChallengeAnswer.item_id).filter_by(user_id=user.id)
    same = select(SameProblem.challenge_id).filter_by(user_id=user.id)
    told = {"challenges": posed, "answers": answered, "same_problem": same}
    return {name: found for name, query in told.items() if (found := list(work.session.scalars(query)))}


def forget(work: Work, user: User) -> None:
    """Let go of who wrote what; the board stays, and the person is counted no more."""
    for row in work.session.scalars(select(Challenge).filter_by(author_id=user.id)):
        row.author_id = None
    for given in work.session.scalars(select(ChallengeAnswer).filter_by(user_id=user.id)):
        given.user_id = None
    for same in work.session.scalars(select(SameProblem).filter_by(user_id=user.id)):
        work.session.delete(same)
