"""Which of the things an edition asks for a material answers: told by its names, by its type, or as only one is open.

A doubt leaves the question open: such a material counts for any one thing that its author still has to bring.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import exists, select

from plugins.training_actions import actions
from plugins.training_actions.models import Author, Contribution, Deliverable, Edition, Participant
from plugins.training_actions.names import SAY_NOTHING, name_words, plain
from repository.api import N_, Conflict, Invalid, Item, NotFound, State, Vocabularies, Work, record

NOT_KEPT = (State.DISCARDED, State.WITHDRAWN, State.DECLINED)
_letters = re.compile(r"[^\W\d_]+")
_camel = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


def telling_words(*texts: str) -> frozenset[str]:
    """Return the words that say something, without accents, and in the singular."""
    found = {_singular(plain(word)) for text in texts for word in _letters.findall(_camel.sub(" ", text))}
    return frozenset(word for word in found if len(word) > 1) - SAY_NOTHING


def _singular(word: str) -> str:
    for ending, one in (("oes", "ao"), ("ais", "al"), ("eis", "el"), ("res", "r"), ("zes", "z"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + one
    return word


def signs_of(
    edition: Edition,
    rows: Sequence[Deliverable],
    texts: Sequence[str],
    type_code: str,
    vocabularies: Vocabularies,
    people: Sequence[Participant] = (),
) -> list[Deliverable]:
    """Return those of the rows for which the names of a material, or its type, speak.

    Words count that one row has alone, and that neither the action nor a person is called by.
    """
    of_people = [word.key for who in people for word in name_words(who.name)]
    said = telling_words(*texts) - telling_words(*of_people)
    of_row = {row.id: telling_words(row.title) for row in rows}
    shared = Counter(word for words in of_row.values() for word in words)
    common = telling_words(edition.action.title) | {word for word, rows_with in shared.items() if rows_with > 1}
    types = Counter(row.type for row in rows if row.type)
    return [
        row
        for row in rows
        if (of_row[row.id] - common) & said
        or (types[row.type] == 1 and (row.type == type_code or _names_type(said, row.type, vocabularies)))
    ]


def _names_type(said: frozenset[str], code: str, vocabularies: Vocabularies) -> bool:
    term = vocabularies["types"].get(code)
    if term is None:
        return False
    spoken = [part for label in term.labels.values() for part in label.split("/")]
    return any(words and words <= said for words in map(telling_words, (*spoken, *term.synonyms)))


def choose(
    work: Work,
    vocabularies: Vocabularies,
    edition: Edition,
    item: Item,
    people: Sequence[Participant],
    paths: Iterable[str],
) -> Deliverable | None:
    """Return what a material by these people answers, or None when that is in doubt.

    What several made together answers only what is asked of groups: anything else would count for one of them.
    """
    rows = [row for row in edition.deliverables if row.by_group or len(people) == 1]
    if not rows or not people:
        return None
    signs = signs_of(edition, rows, [item.title, *paths], item.type or "", vocabularies, people)
    if signs:
        return signs[0] if len(signs) == 1 else None
    brought = _brought_by(work, edition, people, item)
    if any(None in each for each in brought.values()):
        return None  # what answers nothing yet may be what answers this
    still = [row for row in rows if any(each[row.id] < row.count for each in brought.values())]
    return (
        still[0] if len(still) == 1 and all(each[still[0].id] < still[0].count for each in brought.values()) else None
    )


def _brought_by(
    work: Work, edition: Edition, people: Sequence[Participant], besides: Item
) -> Mapping[int, Counter[int | None]]:
    """Return how many pieces each has for each deliverable (and for None), drafts too, `besides` one."""
    found: dict[int, Counter[int | None]] = {who.id: Counter() for who in people}
    query = (
        select(Author.participant_id, Contribution.deliverable_id)
        .join(Contribution, Contribution.item_id == Author.item_id)
        .join(Item, Item.id == Author.item_id)
        .where(Author.participant_id.in_(found), Contribution.edition_id == edition.id)
        .where(Item.id != besides.id, Item.state.not_in(NOT_KEPT))
    )
    for participant_id, deliverable_id in work.session.execute(query):
        found[participant_id][deliverable_id] += 1
    return found


def answer(
    work: Work,
    vocabularies: Vocabularies,
    edition: Edition,
    item: Item,
    people: Sequence[Participant],
    paths: Iterable[str],
) -> None:
    """Let a material answer what `choose` finds, unless it answers something already; its type follows."""
    contribution = work.session.get_one(Contribution, item.id)
    if contribution.deliverable_id is None:
        _set(item, contribution, choose(work, vocabularies, edition, item, people, paths))


def _set(item: Item, contribution: Contribution, wanted: Deliverable | None) -> None:
    contribution.deliverable_id = wanted.id if wanted else None
    if wanted and wanted.type and not item.type and item.state == State.DRAFT:
        item.type = wanted.type


def answer_the_rest(work: Work, vocabularies: Vocabularies, edition: Edition, intake_id: int) -> None:
    """Look once more, now that all of an intake is there, at its drafts that answer nothing: one thing may be left."""
    if not edition.deliverables:
        return
    query = (
        select(Item)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.intake_id == intake_id, Contribution.deliverable_id.is_(None), Item.state == State.DRAFT)
        .where(exists().where(Author.item_id == Item.id))
        .order_by(Item.id)
    )
    for item in work.session.scalars(query).all():
        answer(work, vocabularies, edition, item, authors_of(work, item), [file.name for file in item.files])


def authors_of(work: Work, item: Item) -> list[Participant]:
    """Return the people of the edition who made it, in the order of their names on it."""
    query = select(Participant).join(Author, Author.participant_id == Participant.id)
    return list(work.session.scalars(query.where(Author.item_id == item.id).order_by(Author.position)))


def say(work: Work, edition: Edition, wanted: Mapping[int, int | None]) -> int:
    """Say by hand what materials of the edition answer: {item id: deliverable's id or None}; return how many changed.

    Raises NotAllowed, NotFound, Invalid for what the edition does not ask for, and Conflict for what is gone.
    """
    actions.get_edition(work, edition.id)
    rows = {row.id: row for row in edition.deliverables}
    changed = 0
    for item_id, deliverable_id in wanted.items():
        contribution, item = work.session.get(Contribution, item_id), work.session.get(Item, item_id)
        if contribution is None or item is None or contribution.edition_id != edition.id:
            raise NotFound(N_("Não há nada neste endereço."))
        if deliverable_id is not None and deliverable_id not in rows:
            raise Invalid(N_("Escolha o que esta turma pede."), field=f"answers-{item_id}")
        if item.state == State.DISCARDED:
            raise Conflict(N_("O material já foi apagado. Veja como está agora."))
        before = contribution.deliverable_id
        if before == deliverable_id:
            continue
        contribution.deliverable_id = deliverable_id
        record(work, "training.answer_said", item, {"deliverable": before}, {"deliverable": deliverable_id})
        changed += 1
    return changed
