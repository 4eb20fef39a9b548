"""The people of an edition: who may be in it, what is known of them, and that nobody is lost when they leave."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from plugins.training_actions import in_charge
from plugins.training_actions.actions import MANAGE, get_edition
from plugins.training_actions.changes import check_texts, known_of, set_values
from plugins.training_actions.models import Author, Edition, Participant
from repository.api import N_, Invalid, NotFound, Organisation, User, Work, record, require_permission, spelling_key

PARTICIPANT_FIELDS = ("role", "name", "email", "school", "group_code", "named")
ROLES = ("participant", "trainer")


def get_participant(work: Work, participant_id: int, *, removed: bool = False) -> Participant:
    """Return a participant of an edition in the person's care. Raises NotFound and NotAllowed."""
    participant = work.session.get(Participant, participant_id)
    if participant is None or (participant.removed_at and not removed):
        raise NotFound(N_("Não há nada neste endereço."))
    get_edition(work, participant.edition_id, removed=removed)
    return participant


def present_people(edition: Edition, role: str = "") -> list[Participant]:
    """Return who is in the edition now, of one role or of both."""
    return [who for who in edition.participants if not who.removed_at and role in ("", who.role)]


def add_participant(work: Work, edition: Edition, values: Mapping[str, Any]) -> Participant:
    """Add somebody to an edition; another person of the same name or address is another person. Raises Invalid."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    said = {"name": "", "role": "participant"} | dict(values)
    _check_participant(said)
    participant = Participant(
        created_at=work.now,
        organisation_id=school_id(work, said.get("school") or ""),
        **known_of(said, PARTICIPANT_FIELDS),
    )
    edition.participants.append(participant)
    record(work, "training.participant_added", participant, after={"edition": edition.id, "role": participant.role})
    return participant


def _check_participant(values: Mapping[str, Any]) -> None:
    check_texts(values)
    if "name" in values and not (values["name"] or "").strip():
        raise Invalid(N_("Diga o nome."), field="name")
    if values.get("role", "participant") not in ROLES:
        raise Invalid(N_("Escolha o que é a pessoa: formando ou formador."), field="role")


def change_participant(work: Work, participant: Participant, values: Mapping[str, Any]) -> bool:
    """Change what is known of somebody; return whether anything differed. Raises Invalid and NotAllowed.

    Another address ends what joined them to an account; `link_accounts` finds the new one's.
    """
    require_permission(work, MANAGE, participant.edition.action.organisation_id)
    _check_participant(values)
    if "email" in values and (values["email"] or "").casefold() != participant.email.casefold():
        in_charge.leave(work, participant)
    if "school" in values and values["school"] != participant.school:
        participant.organisation_id = school_id(work, values["school"])
    return set_values(work, participant, values, PARTICIPANT_FIELDS, "participant")


def remove_participant(work: Work, participant: Participant) -> None:
    """Let somebody leave an edition; what they brought stays theirs. Asked twice, they have left."""
    require_permission(work, MANAGE, participant.edition.action.organisation_id)
    if not participant.removed_at:
        participant.removed_at = work.now
        record(work, "training.participant_removed", participant)


def bring_back_participant(work: Work, participant: Participant) -> None:
    """Undo `remove_participant`."""
    require_permission(work, MANAGE, participant.edition.action.organisation_id)
    if participant.removed_at:
        participant.removed_at = None
        record(work, "training.participant_restored", participant)


def school_id(work: Work, name: str) -> int | None:
    """Return the organisation that a school's name, short name or code means, when only one does."""
    known: dict[str, set[int]] | None = work.session.info.get("training_schools")
    if known is None:
        known = work.session.info["training_schools"] = {}  # a table of people asks for the same few again and again
        rows = work.session.execute(
            select(Organisation.id, Organisation.name, Organisation.short_name, Organisation.code).where(
                Organisation.kind.in_(("centre", "cluster", "school"))
            )
        )
        for row in rows:
            for text in row[1:]:
                known.setdefault(spelling_key(text or ""), set()).add(row[0])
    found = known.get(spelling_key(name), set()) if spelling_key(name) else set()
    return next(iter(found)) if len(found) == 1 else None


def link_accounts(work: Work, edition: Edition) -> int:
    """Join people to the accounts with their address; an address that two of them share joins neither. Return how many."""
    by_address: dict[str, list[Participant]] = {}
    for who in present_people(edition):
        if who.email:
            by_address.setdefault(who.email.casefold(), []).append(who)
    alone = {address: people[0] for address, people in by_address.items() if len(people) == 1}
    free = {address: who for address, who in alone.items() if who.user_id is None}
    if not free:
        return 0
    wanted = func.lower(User.email).in_(free)
    accounts = list(work.session.scalars(select(User).where(wanted, User.deleted_at.is_(None))))
    if accounts:
        in_charge.link(work, {free[(user.email or "").casefold()]: user for user in accounts})
    return len(accounts)


def brought_by(work: Work, participant: Participant) -> int:
    """Return how many items the person is an author of, in whatever state."""
    query = select(func.count()).select_from(Author).where(Author.participant_id == participant.id)
    return work.session.scalar(query) or 0
