"""The rules of what a person brings: begun with what is known, corrected until the edition closes, alone or in a group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from plugins.training_actions.authorship import set_authors, sign
from plugins.training_actions.deadlines import contribution_of, is_open
from plugins.training_actions.models import Author, Contribution, Deliverable, Edition, Participant
from repository.api import (
    EDITABLE,
    N_,
    AuditEntry,
    Conflict,
    DomainError,
    Invalid,
    Item,
    NotFound,
    State,
    Vocabularies,
    Work,
    begin_version,
    create_draft,
    describe,
    discard,
    grant,
    missing,
    recall,
    record,
    recover,
    restore,
    submit,
    withdraw,
)

DELIVERED = (State.SUBMITTED, State.IN_REVIEW, State.PUBLISHED, State.ARCHIVED)
GONE = (State.DISCARDED, State.WITHDRAWN)
SAME_FORM = timedelta(minutes=10)  # a form sent twice over a slow line; later, the same files are meant
MOST_OPEN = 40  # drafts of one person in one edition: a link in wrong hands fills no disk with rows


@dataclass
class Said:
    """What a form said, by field; None for what was not sent. `authors` are ids of people of the edition."""

    item: dict[str, Any] = field(default_factory=dict)
    deliverable: int | None = None
    authors: list[int] | None = None
    shown: set[str] | None = None


@dataclass(frozen=True)
class Line:
    """One contribution as its authors see it; `draft` is the new version that was begun, if any."""

    item: Item
    contribution: Contribution
    draft: Item | None = None


def begin(work: Work, participant: Participant, deliverable_id: int | None = None) -> Item:
    """Return a new draft of the person's, filled with what is known. Raises Conflict when the edition has closed."""
    edition = participant.edition
    if not is_open(edition, work.now):
        raise Conflict(N_("O prazo desta turma já passou. Fale com o centro se ainda tem alguma coisa para entregar."))
    if _open_drafts(work, participant) >= MOST_OPEN:
        raise Conflict(N_("Há muitos materiais por acabar. Entregue ou apague alguns antes de começar outro."))
    home = participant.organisation_id or edition.action.organisation_id
    draft = create_draft(work, organisation_id=home, owner_id=participant.user_id)
    wanted = next((row for row in edition.deliverables if row.id == deliverable_id), None)
    work.session.add(
        Contribution(
            item_id=draft.id,
            edition_id=edition.id,
            deliverable_id=wanted.id if wanted else None,
            created_at=work.now,
        )
    )
    work.session.flush()
    sign(work, draft, [participant])
    _fill(work, draft, participant, wanted)
    work.session.flush()
    return draft


def begin_once(work: Work, participant: Participant, form: str, deliverable_id: int | None = None) -> Item:
    """Return the draft that the same form has just begun, or begin one. `form` is a digest of what it brought, or "".

    A draft that was given a title, handed in or discarded since then is not begun again: another is. Raises Conflict.
    """
    if form and (same := _begun_with(work, participant, form)):
        return same
    draft = begin(work, participant, deliverable_id)
    if form:
        record(work, "training.contribution_begun", participant, after={"form": form, "item": draft.id})
    return draft


def _begun_with(work: Work, participant: Participant, form: str) -> Item | None:
    begun = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "participant", AuditEntry.subject_id == participant.id)
        .where(AuditEntry.action == "training.contribution_begun", AuditEntry.at > work.now - SAME_FORM)
        .order_by(AuditEntry.id.desc())
    )
    entry = next((each for each in work.session.scalars(begun) if each.after["form"] == form), None)
    draft = work.session.get(Item, entry.after["item"]) if entry else None
    untouched = draft is not None and draft.state == State.DRAFT and (not draft.title or "title" in draft.proposed)
    return draft if untouched else None


def _open_drafts(work: Work, participant: Participant) -> int:
    mine = (
        select(func.count())
        .select_from(Item)
        .join(Author, Author.item_id == Item.id)
        .where(Author.participant_id == participant.id, Item.state.in_(EDITABLE))
    )
    return work.session.scalar(mine) or 0


def _fill(work: Work, draft: Item, participant: Participant, wanted: Deliverable | None) -> None:
    edition = participant.edition
    sure = {"licence": edition.licence or participant.licence or work.services.settings["default_licence"]}
    sure |= {"audience": "members" if sure["licence"] == "INT" and edition.audience == "public" else edition.audience}
    sure |= {"type": wanted.type} if wanted and wanted.type else {}
    guessed = {name: codes for name, codes in guesses(participant, work.services.vocabularies).items() if codes}
    describe(work, draft, sure | guessed, by_person=False)
    draft.proposed = list(guessed)


def guesses(participant: Participant, known: Vocabularies) -> dict[str, list[str]]:
    """Return the levels, disciplines and group that the person and the action suggest together."""
    action, group = participant.edition.action, participant.group_code
    suggestion = known.suggest_from_group(group)
    groups = [group] if group in known["groups"] else list(action.groups if len(action.groups) == 1 else ())
    return {
        "level": _both(suggestion.levels, action.levels),
        "discipline": _both(suggestion.disciplines, action.disciplines),
        "group": groups,
    }


def _both(suggested: Sequence[str], of_action: Sequence[str]) -> list[str]:
    """Return what person and action have in common, else what the action says, else a suggestion that is certain."""
    common = [code for code in suggested if code in of_action]
    return common or list(of_action) or (list(suggested) if len(suggested) == 1 else [])


def own(work: Work, participant: Participant, item_id: int) -> Item:
    """Return one of the person's own contributions, or its new version. Raises NotFound for anything else."""
    item = work.session.get(Item, item_id)
    original = (item.revises_id or item.id) if item else 0
    if item is None or work.session.get(Author, (original, participant.id)) is None:
        raise NotFound(N_("Não há nada neste endereço."))
    return item


def lines_of(work: Work, participant: Participant) -> list[Line]:
    """Return what the person brought to the edition, the latest first; what was thrown away is left out."""
    mine = (
        select(Item, Contribution)
        .join(Contribution, Contribution.item_id == Item.id)
        .join(Author, Author.item_id == Item.id)
        .where(Author.participant_id == participant.id, Item.state != State.DISCARDED)
        .order_by(Item.created_at.desc(), Item.id.desc())
    )
    rows = [(item, contribution) for item, contribution in work.session.execute(mine)]
    ids = [item.id for item, _ in rows]
    open_states = (*EDITABLE, State.SUBMITTED, State.IN_REVIEW)
    drafts = work.session.scalars(select(Item).where(Item.revises_id.in_(ids), Item.state.in_(open_states)))
    newer = {draft.revises_id: draft for draft in drafts}
    return [Line(item, contribution, newer.get(item.id)) for item, contribution in rows]


def lines_of_edition(work: Work, edition: Edition) -> list[Line]:
    """Return what was handed in to an edition, as its trainers see it, the latest first."""
    brought = (
        select(Item, Contribution)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.edition_id == edition.id, Item.state.not_in((State.DRAFT, State.DISCARDED)))
        .order_by(Item.submitted_at.desc(), Item.id.desc())
    )
    return [Line(item, contribution) for item, contribution in work.session.execute(brought)]


def save(work: Work, item: Item, said: Said, me: Participant) -> dict[str, DomainError]:
    """Keep all that is valid, and return what is not, by field: a mistake in one field never costs the others."""
    errors: dict[str, DomainError] = {}

    def attempt(name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Invalid as error:
            errors[error.field or name] = error

    edition = me.edition
    for name, value in said.item.items():
        if name == "licence" and edition.licence:
            continue  # agreed upon with the centre when the course began
        unseen = said.shown is not None and name in item.proposed and name not in said.shown
        present = getattr(item, name) if hasattr(item, name) else item.codes(name)
        if value != present and not (unseen and not value):
            attempt(name, lambda name=name, value=value: describe(work, item, {name: value}))  # type: ignore[misc]
    if item.licence == "INT" and item.audience == "public":
        describe(work, item, {"audience": "members"}, by_person=False)
    elif "licence" in said.item and item.licence != "INT":
        describe(work, item, {"audience": edition.audience}, by_person=False)
    contribution = work.session.get(Contribution, item.id)
    if contribution is not None and said.deliverable is not None:
        _answer(item, contribution, edition, said.deliverable)
    if contribution is not None and said.authors is not None:
        attempt("authors", lambda: set_authors(work, item, said.authors or [], me))
    return errors


def _answer(item: Item, contribution: Contribution, edition: Edition, deliverable_id: int) -> None:
    wanted = next((row for row in edition.deliverables if row.id == deliverable_id), None)
    contribution.deliverable_id = wanted.id if wanted else None
    if wanted and wanted.type and item.state in EDITABLE:
        item.type = wanted.type


def hand_in(work: Work, item: Item, me: Participant, deliverable_id: int | None = None) -> Mapping[str, DomainError]:
    """Hand the draft in, or return what it still needs, by field. The licence is remembered for the next one.

    `deliverable_id` is what was said of which thing it is, 0 for another than those asked for, None for no word.
    """
    wants: dict[str, DomainError] = {error.field or "": error for error in missing(item)}
    if deliverable_id is None and _is_unsaid(work, item, me.edition):
        wants["deliverable"] = Invalid(N_("Diga, por favor, o que está a entregar."), field="deliverable")
    if wants:
        return wants
    try:
        submit(work, item)
    except Invalid as error:
        return {error.field or "": error}
    me.licence = item.licence
    return {}


def _is_unsaid(work: Work, item: Item, edition: Edition) -> bool:
    """Return whether several things are asked for and nobody has said which one this is; asked once, for the first time."""
    contribution = work.session.get(Contribution, item.id)
    several = len(edition.deliverables) > 1 and item.submitted_at is None
    return several and contribution is not None and contribution.deliverable_id is None


def note_handed_in(work: Work, item: Item) -> None:
    """Let the trainers of the edition see what was handed in."""
    contribution = contribution_of(work.session, item)
    if contribution is not None:
        grant(work, item, f"trainers:{contribution.edition_id}")


def correct(work: Work, item: Item) -> Item:
    """Return the draft in which the person corrects what was handed in. Raises Conflict while it is being read."""
    if item.state in EDITABLE:
        return item
    if item.state == State.SUBMITTED:
        _recall(work, item)
        return item
    if item.state == State.PUBLISHED:
        return begin_version(work, item)
    raise Conflict(N_("O centro está a ler este material. Se for preciso mudar alguma coisa, fale com o centro."))


def _recall(work: Work, item: Item) -> None:
    """Take back what nobody has begun to read, but not when it could not be handed in again."""
    contribution = contribution_of(work.session, item)
    edition = work.session.get(Edition, contribution.edition_id) if contribution else None
    if edition is None or not is_open(edition, work.now):
        raise Conflict(N_("O prazo já passou: o que entregou fica como está. Fale com o centro se há um erro."))
    recall(work, item)


def take_away(work: Work, item: Item) -> None:
    """Take one's own out: a draft goes into the bin, what is published is withdrawn. `bring_back` undoes it."""
    if item.state == State.SUBMITTED:
        _recall(work, item)
    if item.state in EDITABLE:
        discard(work, item)
    elif item.state == State.PUBLISHED:
        withdraw(work, item)
    else:
        raise Conflict(N_("O centro está a ler este material. Se for preciso mudar alguma coisa, fale com o centro."))
    record(work, "training.contribution_taken_away", item)


def bring_back(work: Work, item: Item) -> None:
    """Undo `take_away`; done twice, it is there once."""
    if item.state == State.DISCARDED:
        recover(work, item)
    elif item.state == State.WITHDRAWN:
        restore(work, item)
