"""Drafts made of a course's files: by the right authors, with everything that the course and the person tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from plugins.training_actions import answering, names
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from repository.api import (
    Blob,
    Examination,
    File,
    Item,
    State,
    Vocabularies,
    Work,
    attach,
    create_draft,
    describe,
    grant,
    revoke,
    set_credits,
    title_of_name,
    write_findings,
)

OUTSIDE = 0  # in the labels of staff, what belongs to no organisation


@dataclass(frozen=True)
class Piece:
    """A file of a course that is kept, and what it says of itself."""

    path: str
    blob: Blob
    found: Examination


def make_draft(
    work: Work,
    vocabularies: Vocabularies,
    edition: Edition,
    people: Sequence[Participant],
    pieces: Sequence[Piece],
    intake_id: int,
) -> Item:
    """Return a new draft of these files, by these people or (for the tray) by nobody yet."""
    owner = next((who.user_id for who in people if who.user_id), None)
    item = create_draft(work, organisation_id=edition.action.organisation_id, owner_id=owner)
    describe(work, item, course_values(vocabularies, edition, people), by_person=False)
    item.proposed = [name for name in ("level", "discipline") if item.codes(name)]
    for piece in pieces:
        file = attach(work, item, piece.blob, piece.path.rpartition("/")[2], examined=True)
        write_findings(work, file, piece.found)
    _propose_title(item, pieces[0], people)
    work.session.add(Contribution(item_id=item.id, edition_id=edition.id, intake_id=intake_id, created_at=work.now))
    work.session.flush()
    grant(work, item, staff_label(edition))
    if people:
        set_authors(work, edition, item, people)
        answering.answer(work, vocabularies, edition, item, people, [piece.path for piece in pieces])
    return item


def staff_label(edition: Edition) -> str:
    """Return the label of the staff who see the edition's drafts."""
    return f"staff:{edition.action.organisation_id or OUTSIDE}"


def set_authors(work: Work, edition: Edition, item: Item, people: Sequence[Participant]) -> None:
    """Make exactly these people the authors: named, able to see and to correct it; with nobody it is in the tray."""
    for author in work.session.scalars(select(Author).filter_by(item_id=item.id)):
        revoke(work, item, f"participant:{author.participant_id}")
        work.session.delete(author)
    work.session.flush()
    for position, who in enumerate(people):
        work.session.add(Author(item_id=item.id, participant_id=who.id, position=position))
        grant(work, item, f"participant:{who.id}")
    trainers = f"trainers:{edition.id}"
    (grant if people else revoke)(work, item, trainers)
    set_credits(work, item, [(who.name, who.user_id) for who in people])
    item.owner_id = next((who.user_id for who in people if who.user_id), None)
    contribution = work.session.get_one(Contribution, item.id)
    contribution.created_at = item.updated_at = work.now  # what changes later, its authors changed
    work.session.flush()


def course_values(vocabularies: Vocabularies, edition: Edition, people: Sequence[Participant]) -> dict[str, Any]:
    """Return what the course and the people tell of a material, those fields of which they tell something.

    The group's levels and disciplines count where the action has them too, or names none itself.
    """
    action = edition.action
    groups = list(dict.fromkeys(who.group_code for who in people if who.group_code in vocabularies["groups"]))
    known = [vocabularies.suggest_from_group(group) for group in groups]
    levels = _both([code for each in known for code in each.levels], action.levels)
    disciplines = _both([code for each in known for code in each.disciplines], action.disciplines)
    licences = {edition.licence or who.licence for who in people} or {edition.licence}
    values = {
        "level": levels,
        "discipline": disciplines if len(disciplines) <= 3 else [],
        "group": groups or (action.groups if len(action.groups) == 1 else []),
        "licence": licences.pop() if len(licences) == 1 else "",
        "audience": edition.audience,
    }
    return {name: value for name, value in values.items() if value}


def _both(own: Sequence[str], expected: Sequence[str]) -> list[str]:
    if not own or not expected:
        return list(dict.fromkeys(own or expected))
    return [code for code in dict.fromkeys(own) if code in expected] or list(expected)


def _propose_title(item: Item, piece: Piece, people: Sequence[Participant]) -> None:
    """Take the title from the file's name when the file tells none, or only the author's name."""
    told = {word.key for word in names.words(item.title)}
    of_name = told <= {word.key for word in names.words(names.repaired(piece.path))}
    if of_name or not _telling(names.without_people(item.title, _words_of(people))):
        item.title = title_from(piece.path, people)
        item.proposed = [*dict.fromkeys([*item.proposed, "title"])]


def _telling(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 2


def _words_of(people: Sequence[Participant]) -> frozenset[str]:
    return frozenset(word.old for who in people for word in names.name_words(who.name))


def title_from(path: str, people: Sequence[Participant]) -> str:
    """Return a title made of a file's name, its people's names and the marks of copies left out; or of all of it."""
    text = names.without_people(names.stem_of(names.last_segment(names.repaired(path))), _words_of(people))
    return (text[:1].upper() + text[1:])[:300] if _telling(text) else title_of_name(path)


def known_digests(work: Work, edition_id: int, digests: Sequence[str], people: Sequence[int]) -> set[str]:
    """Return which of these contents the people (or, of nobody, anybody) have handed in in this edition already."""
    query = (
        select(File.sha256)
        .join(Item, Item.id == File.item_id)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(
            File.sha256.in_(digests),
            File.removed_at.is_(None),
            Contribution.edition_id == edition_id,
            Item.state != State.DISCARDED,
        )
    )
    if people:
        query = query.join(Author, Author.item_id == Item.id).where(Author.participant_id.in_(people))
    return set(work.session.scalars(query))
