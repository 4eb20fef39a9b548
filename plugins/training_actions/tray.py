"""What staff do with an intake's results: give, correct, discard, hand in what is ready, and take all of it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, func, select

from plugins.training_actions import answering, participants
from plugins.training_actions.intake import ask_for_job, get_intake
from plugins.training_actions.intake_drafts import course_values, set_authors
from plugins.training_actions.models import (
    Action,
    Author,
    Contribution,
    Edition,
    Intake,
    IntakeEntry,
    IntakeState,
    Participant,
)
from plugins.training_actions.progress import in_care
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    Item,
    NotFound,
    State,
    Vocabularies,
    Work,
    describe,
    discard,
    missing,
    record,
    recover,
    submit,
)

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Parcel:
    """One draft of the tray, with its entries: whose it may be is the same for all of them."""

    item: Item
    entries: tuple[IntakeEntry, ...]


@dataclass
class HandedIn:
    """What became of the drafts: how many went in, how many are their authors' to finish, and why others did not go."""

    done: int = 0
    theirs: int = 0
    left: list[tuple[Item, DomainError]] = field(default_factory=list)


def in_tray(work: Work, edition: Edition) -> list[Parcel]:
    """Return what waits for somebody to say whose it is, in the order it came."""
    nobody = ~exists().where(Author.item_id == Contribution.item_id)
    query = (
        select(IntakeEntry, Item)
        .join(Item, Item.id == IntakeEntry.item_id)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.edition_id == edition.id, Item.state == State.DRAFT, nobody)
        .order_by(Item.id, IntakeEntry.path)
    )
    found: dict[int, list[IntakeEntry]] = {}
    items: dict[int, Item] = {}
    for entry, item in work.session.execute(query):
        found.setdefault(item.id, []).append(entry)
        items[item.id] = item
    return [Parcel(items[item_id], tuple(entries)) for item_id, entries in found.items()]


def waiting(work: Work) -> list[tuple[int, int]]:
    """Return how many materials wait in the trays of the person's care: pairs of edition and count, most first."""
    nobody = ~exists().where(Author.item_id == Contribution.item_id)
    brought = exists().where(IntakeEntry.item_id == Contribution.item_id)
    count = func.count(Item.id)
    query = (
        select(Contribution.edition_id, count)
        .join(Item, Item.id == Contribution.item_id)
        .join(Edition, Edition.id == Contribution.edition_id)
        .join(Action, Action.id == Edition.action_id)
        .where(Item.state == State.DRAFT, nobody, brought)
        .where(Edition.removed_at.is_(None), Action.removed_at.is_(None), in_care(work))
        .group_by(Contribution.edition_id)
        .order_by(count.desc(), Contribution.edition_id)
    )
    return [(edition_id, number) for edition_id, number in work.session.execute(query)]


def give(work: Work, vocabularies: Vocabularies, edition: Edition, wanted: Mapping[int, Sequence[int]]) -> int:
    """Give drafts to people of the edition: {item id: participant ids}; return how many. Raises Invalid and NotFound."""
    people = {who.id: who for who in participants.present_people(edition)}
    for item_id, ids in wanted.items():
        item = get_contribution(work, edition, item_id)
        theirs = [people[each] for each in dict.fromkeys(ids) if each in people]
        if not theirs or len(theirs) != len(set(ids)):
            raise Invalid(N_("Escolha alguém da turma."), field=f"for-{item_id}")
        if item.state != State.DRAFT:
            raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
        _give(work, vocabularies, edition, item, theirs)
    return len(wanted)


def _give(work: Work, vocabularies: Vocabularies, edition: Edition, item: Item, people: Sequence[Participant]) -> None:
    before = [author.participant_id for author in work.session.scalars(select(Author).filter_by(item_id=item.id))]
    values = course_values(vocabularies, edition, people)
    unsaid = {
        name: value
        for name, value in values.items()
        if name in item.proposed or not (getattr(item, name) if hasattr(item, name) else item.codes(name))
    }
    describe(work, item, unsaid, by_person=False)
    set_authors(work, edition, item, people)
    paths = work.session.scalars(select(IntakeEntry.path).filter_by(item_id=item.id))
    answering.answer(work, vocabularies, edition, item, people, paths.all())
    _mark(work, item, "given")
    record(work, "training.given", item, {"participants": before}, {"participants": [who.id for who in people]})


def _mark(work: Work, item: Item, state: str) -> None:
    for entry in work.session.scalars(select(IntakeEntry).filter_by(item_id=item.id)):
        if entry.state in ("matched", "unmatched", "given", "discarded"):
            entry.state = state


def put_into_tray(work: Work, edition: Edition, item_id: int) -> None:
    """Take a draft from those it was given to: it was not theirs. Raises NotFound and Conflict."""
    item = get_contribution(work, edition, item_id)
    if item.state != State.DRAFT:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    set_authors(work, edition, item, [])
    work.session.get_one(
        Contribution, item.id
    ).deliverable_id = None  # what was open for one person need not be for another
    _mark(work, item, "unmatched")
    record(work, "training.put_into_tray", item)


def get_contribution(work: Work, edition: Edition, item_id: int) -> Item:
    """Return an item that came out of the edition. Raises NotFound."""
    contribution = work.session.get(Contribution, item_id)
    item = work.session.get(Item, item_id)
    if contribution is None or item is None or contribution.edition_id != edition.id:
        raise NotFound(N_("Não há nada neste endereço."))
    return item


def throw_away(work: Work, edition: Edition, item_id: int) -> None:
    """Discard a draft of the tray; `fetch_back` undoes it. Asked twice, it is discarded."""
    item = get_contribution(work, edition, item_id)
    if item.state != State.DISCARDED:
        discard(work, item)
        _mark(work, item, "discarded")


def fetch_back(work: Work, edition: Edition, item_id: int) -> None:
    """Undo `throw_away`; asked twice, it is there."""
    item = get_contribution(work, edition, item_id)
    if item.state == State.DISCARDED:
        recover(work, item)
        work.session.get_one(Contribution, item.id).created_at = item.updated_at
        someones = work.session.scalar(select(Author.participant_id).filter_by(item_id=item.id).limit(1))
        _mark(work, item, "unmatched" if someones is None else "given")


def drafts_of(work: Work, edition: Edition) -> tuple[list[Item], int]:
    """Return the edition's drafts with authors that came in by an intake, and how many more changed since.

    What changed after its authors had it may be half-done: only they know when it is ready.
    """
    query = (
        select(Item, Contribution)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(
            Contribution.edition_id == edition.id,
            Contribution.intake_id.is_not(None),
            Item.state == State.DRAFT,
            exists().where(Author.item_id == Item.id),
        )
        .order_by(Item.id)
    )
    rows = work.session.execute(query).all()
    untouched = [item for item, contribution in rows if not changed_since(item, contribution)]
    return untouched, len(rows) - len(untouched)


def hand_in(work: Work, edition: Edition, licence: str = "") -> HandedIn:
    """Submit every complete draft of the edition's intakes; `licence` fills those that have none.

    What its authors have in the works stays theirs: a draft that they changed since is left to them.
    """
    drafts, theirs = drafts_of(work, edition)
    told = HandedIn(theirs=theirs)
    for item in drafts[:MOST_AT_ONCE]:
        if licence and not item.licence:
            describe(work, item, {"licence": licence}, by_person=False)
            work.session.get_one(Contribution, item.id).created_at = item.updated_at
        if wants := missing(item):
            told.left.append((item, wants[0]))
            continue
        try:
            with work.session.begin_nested():
                submit(work, item)
        except DomainError as error:
            told.left.append((item, error))
        else:
            told.done += 1
    return told


def changed_since(item: Item, contribution: Contribution) -> bool:
    """Return whether somebody worked on the item after it was given to its authors."""
    return item.updated_at > contribution.created_at


@dataclass(frozen=True)
class Undone:
    """What undoing an intake did: how many drafts are gone, and which items stay because somebody worked on them."""

    gone: int
    stay: tuple[Item, ...]


def undo(work: Work, intake_id: int) -> Undone:
    """Discard the drafts of an intake; those that their authors changed, and all that was handed in, stay.

    An intake that is still going on stops. Asked twice, nothing more happens.
    """
    intake, _ = get_intake(work, intake_id)
    gone, stay = 0, []
    for item, contribution in _results(work, intake):
        if item.state == State.DISCARDED:
            continue
        if item.state != State.DRAFT or changed_since(item, contribution):
            stay.append(item)
            continue
        discard(work, item)
        gone += 1
    if intake.state != IntakeState.UNDONE:
        intake.source = intake.source | {"was": str(intake.state)}
        intake.state, intake.undone_at = IntakeState.UNDONE, work.now
        record(work, "training.intake_undone", intake, after={"gone": gone, "stay": [item.id for item in stay]})
    return Undone(gone, tuple(stay))


def _results(work: Work, intake: Intake) -> list[tuple[Item, Contribution]]:
    query = (
        select(Item, Contribution)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.intake_id == intake.id)
        .order_by(Item.id)
    )
    return [(item, contribution) for item, contribution in work.session.execute(query)]


def redo(work: Work, intake_id: int) -> int:
    """Take `undo` back and return how many drafts are there again; asked twice, they are there.

    An intake that was undone before its end goes on.
    """
    intake, _ = get_intake(work, intake_id)
    if intake.state != IntakeState.UNDONE:
        return 0
    thrown = {
        entry.item_id
        for entry in work.session.scalars(select(IntakeEntry).filter_by(intake_id=intake.id, state="discarded"))
    }
    back = 0
    for item, contribution in _results(work, intake):
        if item.state == State.DISCARDED and item.id not in thrown:
            recover(work, item)
            contribution.created_at = item.updated_at
            back += 1
    intake.state, intake.undone_at = IntakeState(intake.source.get("was", IntakeState.DONE)), None
    ask_for_job(work, intake)
    record(work, "training.intake_redone", intake, after={"back": back})
    return back
