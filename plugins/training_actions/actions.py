"""The rules of training actions: what may be said of them, who may, and that nothing is lost when one is removed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from plugins.training_actions import in_charge
from plugins.training_actions.models import Action, Author, Contribution, Deliverable, Edition, Participant
from plugins.training_actions.reading import meant, reference_key, school_year_of
from repository.api import (
    N_,
    Invalid,
    Item,
    NotFound,
    Organisation,
    State,
    User,
    Work,
    record,
    reindex,
    require_permission,
    spelling_key,
)

MANAGE = "training.manage"
ACTION_FIELDS = (
    "title", "accreditation", "modality", "contact_quarters", "own_work_quarters", "regime", "area", "groups",
    "levels", "disciplines", "aims", "contents",
)  # fmt: skip
EDITION_FIELDS = (
    "reference", "name", "school_year", "starts_on", "ends_on", "place", "closes_at", "licence", "audience",
    "reminders",
)  # fmt: skip
PARTICIPANT_FIELDS = ("role", "name", "email", "school", "group_code", "named")
DELIVERABLE_FIELDS = ("title", "type", "count", "by_group")
LIMITS = {
    "title": 300, "accreditation": 60, "aims": 10_000, "contents": 10_000, "reference": 60, "name": 120, "place": 200,
    "email": 254, "school": 200,
}  # fmt: skip
ROLES = ("participant", "trainer")
AUDIENCES = ("public", "members", "organisation")
MOST_REMINDERS = 5
AUDIT = {
    "training.account_left": N_("separou a pessoa de uma conta que não é a sua"),
    "training.action_created": N_("criou a ação"),
    "training.action_changed": N_("mudou a ação"),
    "training.action_removed": N_("retirou a ação"),
    "training.action_restored": N_("repôs a ação"),
    "training.edition_created": N_("criou a turma"),
    "training.edition_changed": N_("mudou a turma"),
    "training.edition_removed": N_("retirou a turma"),
    "training.edition_restored": N_("repôs a turma"),
    "training.deliverables_changed": N_("mudou o que há para entregar"),
    "training.participant_added": N_("juntou uma pessoa"),
    "training.participant_changed": N_("mudou os dados de uma pessoa"),
    "training.participant_removed": N_("retirou uma pessoa"),
    "training.participant_restored": N_("repôs uma pessoa"),
    "training.given": N_("deu um ficheiro do tabuleiro a alguém"),
    "training.intake_begun": N_("juntou de uma vez os ficheiros de uma turma"),
    "training.intake_redone": N_("repôs o que juntou de uma vez"),
    "training.intake_undone": N_("anulou o que juntou de uma vez"),
    "training.names_put_back": N_("repôs os dados escondidos dos ficheiros de uma turma"),
    "training.names_taken_out": N_("retirou os dados escondidos dos ficheiros de uma turma"),
    "training.put_into_tray": N_("pôs um ficheiro no tabuleiro"),
}
PRIVATE = ("name", "email", "school")  # of a participant; not for the audit trail


def get_action(work: Work, action_id: int, *, removed: bool = False) -> Action:
    """Return an action in the person's care. Raises NotFound, and NotAllowed for somebody else's."""
    action = work.session.get(Action, action_id)
    if action is None or (action.removed_at and not removed):
        raise NotFound(N_("Não há nada neste endereço."))
    require_permission(work, MANAGE, action.organisation_id)
    return action


def get_edition(work: Work, edition_id: int, *, removed: bool = False) -> Edition:
    """Return an edition in the person's care. Raises NotFound, and NotAllowed for somebody else's."""
    edition = work.session.get(Edition, edition_id)
    if edition is None or (edition.removed_at and not removed):
        raise NotFound(N_("Não há nada neste endereço."))
    get_action(work, edition.action_id, removed=removed)
    return edition


def get_participant(work: Work, participant_id: int, *, removed: bool = False) -> Participant:
    """Return a participant of an edition in the person's care. Raises NotFound and NotAllowed."""
    participant = work.session.get(Participant, participant_id)
    if participant is None or (participant.removed_at and not removed):
        raise NotFound(N_("Não há nada neste endereço."))
    get_edition(work, participant.edition_id, removed=removed)
    return participant


def home_of(work: Work) -> int | None:
    """Return the organisation that new actions belong to: the person's own, or the centre. Raises NotAllowed."""
    covered = work.actor.powers.get(MANAGE, frozenset())
    home = next((own for own in work.actor.organisation_ids if own in covered), None)
    if home is None and (work.actor.system or not covered):
        home = work.session.scalar(select(Organisation.id).filter_by(kind="centre").order_by(Organisation.id).limit(1))
    elif home is None:
        home = min(covered) or None
    require_permission(work, MANAGE, home)
    return home


def present_people(edition: Edition, role: str = "") -> list[Participant]:
    """Return who is in the edition now, of one role or of both."""
    return [who for who in edition.participants if not who.removed_at and role in ("", who.role)]


def _said(row: Any, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: v.isoformat() if isinstance(v, date | datetime) else v for name, v in values.items()}


def differing(row: Any, values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return those of `values` that the row does not say already."""
    return {name: values[name] for name in names if name in values and getattr(row, name) != values[name]}


def _check_texts(values: Mapping[str, Any]) -> None:
    for name, most in LIMITS.items():
        if len(str(values.get(name) or "")) > most:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), field=name, most=most)


def _set(work: Work, row: Any, values: Mapping[str, Any], names: Sequence[str], kind: str) -> bool:
    """Set what differs and write it into the audit trail; return whether anything did."""
    changed = differing(row, values, names)
    if not changed:
        return False
    told = [name for name in changed if not (kind == "participant" and name in PRIVATE)]
    before = _said(row, told)
    for name, value in changed.items():
        setattr(row, name, value)
    if hasattr(row, "updated_at"):
        row.updated_at = work.now
    record(work, f"training.{kind}_changed", row, before | {"fields": sorted(changed)}, _said(row, told))
    return True


# Actions


def add_action(work: Work, values: Mapping[str, Any], organisation_id: int | None = None) -> Action:
    """Add an action to an organisation (the person's own unless told). Raises Invalid and NotAllowed."""
    place = home_of(work) if organisation_id is None else organisation_id
    require_permission(work, MANAGE, place)
    _check_action(values)
    action = Action(organisation_id=place, created_at=work.now, updated_at=work.now, **_known(values, ACTION_FIELDS))
    work.session.add(action)
    record(work, "training.action_created", action)
    return action


def _known(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _check_action(values: Mapping[str, Any], *, partly: bool = False) -> None:
    _check_texts(values)
    if (not partly or "title" in values) and not (values.get("title") or "").strip():
        raise Invalid(N_("Diga o título."), field="title")


def change_action(work: Work, action: Action, values: Mapping[str, Any]) -> bool:
    """Change what an action says; return whether anything differed. Raises Invalid and NotAllowed."""
    require_permission(work, MANAGE, action.organisation_id)
    _check_action(values, partly=True)
    return _set(work, action, values, ACTION_FIELDS, "action")


def remove_action(work: Work, action: Action) -> None:
    """Remove an action with its editions from the lists; the materials stay. Asked twice, it is removed."""
    require_permission(work, MANAGE, action.organisation_id)
    if not action.removed_at:
        action.removed_at = work.now
        record(work, "training.action_removed", action)
        _reindex(work, [edition.id for edition in action.editions])


def bring_back_action(work: Work, action: Action) -> None:
    """Undo `remove_action`."""
    require_permission(work, MANAGE, action.organisation_id)
    if action.removed_at:
        action.removed_at = None
        record(work, "training.action_restored", action)
        _reindex(work, [edition.id for edition in action.editions])


def _reindex(work: Work, edition_ids: Sequence[int]) -> None:
    """Let the search know: an item's facet says of which action it is."""
    query = select(Item).join(Contribution, Contribution.item_id == Item.id)
    for item in work.session.scalars(query.where(Contribution.edition_id.in_(edition_ids), published())):
        reindex(work, item)


def published() -> Any:
    """Return the condition for items that are published."""
    return Item.state == State.PUBLISHED


# Editions


def add_edition(work: Work, action: Action, values: Mapping[str, Any]) -> Edition:
    """Add an edition to an action. Raises Invalid and NotAllowed."""
    require_permission(work, MANAGE, action.organisation_id)
    said = _edition_values(values)
    _check_edition(said)
    edition = Edition(created_at=work.now, updated_at=work.now, **_known(said, EDITION_FIELDS))
    action.editions.append(edition)
    record(work, "training.edition_created", edition)
    return edition


def _edition_values(values: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(values)
    if said.get("starts_on") and not said.get("school_year"):
        said["school_year"] = school_year_of(said["starts_on"])
    return said


def check_years(values: Mapping[str, Any]) -> None:
    """Raise Invalid for a day or moment of an edition that is of no year a course may be of."""
    for name in ("starts_on", "ends_on", "closes_at"):
        if values.get(name):
            try:
                meant(values[name])
            except Invalid as error:
                raise Invalid(error.message, name, **error.params) from error


def _check_edition(values: Mapping[str, Any]) -> None:
    _check_texts(values)
    check_years(values)
    start, end, closes = values.get("starts_on"), values.get("ends_on"), values.get("closes_at")
    if start and end and end < start:
        raise Invalid(N_("O fim vem antes do início."), field="ends_on")
    if start and closes and closes.date() < start:
        raise Invalid(N_("A recolha fecha antes do início."), field="closes_at")
    if (values.get("audience") or "public") not in AUDIENCES:
        raise Invalid(N_("Escolha quem pode ver."), field="audience")
    reminders = values.get("reminders") or []
    if len(reminders) > MOST_REMINDERS or any(not 0 < days <= 60 for days in reminders):
        raise Invalid(N_("Indique até cinco lembretes, de 1 a 60 dias antes do fecho."), field="reminders")


def change_edition(work: Work, edition: Edition, values: Mapping[str, Any]) -> bool:
    """Change what an edition says; return whether anything differed. Raises Invalid and NotAllowed."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    said = dict(values) if edition.school_year and "school_year" not in values else _edition_values(values)
    _check_edition({name: getattr(edition, name) for name in EDITION_FIELDS} | said)
    return _set(work, edition, said, EDITION_FIELDS, "edition")


def remove_edition(work: Work, edition: Edition) -> None:
    """Remove an edition from the lists; what came of it stays, with its authors. Asked twice, it is removed."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    if not edition.removed_at:
        edition.removed_at = work.now
        record(work, "training.edition_removed", edition)
        _reindex(work, [edition.id])


def bring_back_edition(work: Work, edition: Edition) -> None:
    """Undo `remove_edition`."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    if edition.removed_at:
        edition.removed_at = None
        record(work, "training.edition_restored", edition)
        _reindex(work, [edition.id])


# People


def add_participant(work: Work, edition: Edition, values: Mapping[str, Any]) -> Participant:
    """Add somebody to an edition; another person of the same name or address is another person. Raises Invalid."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    said = {"name": "", "role": "participant"} | dict(values)
    _check_participant(said)
    participant = Participant(
        created_at=work.now,
        organisation_id=school_id(work, said.get("school") or ""),
        **_known(said, PARTICIPANT_FIELDS),
    )
    edition.participants.append(participant)
    record(work, "training.participant_added", participant, after={"edition": edition.id, "role": participant.role})
    return participant


def _check_participant(values: Mapping[str, Any]) -> None:
    _check_texts(values)
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
    return _set(work, participant, values, PARTICIPANT_FIELDS, "participant")


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


# What they should bring


def set_deliverables(work: Work, edition: Edition, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Say what each should bring, in order; one with an `id` stays the one that it was. Raises Invalid."""
    require_permission(work, MANAGE, edition.action.organisation_id)
    known = {row.id: row for row in edition.deliverables}
    kept: list[Deliverable] = []
    for position, said in enumerate(wanted):
        _check_deliverable(said)
        row = known.get(said.get("id") or 0) or Deliverable(title="")
        for name in DELIVERABLE_FIELDS:
            if name in said:
                setattr(row, name, said[name])
        row.position = position
        kept.append(row)
    before = [row.title for row in edition.deliverables]
    edition.deliverables[:] = kept
    after = [row.title for row in kept]
    record(work, "training.deliverables_changed", edition, {"titles": before}, {"titles": after})


def _check_deliverable(said: Mapping[str, Any]) -> None:
    title = (said.get("title") or "").strip()
    if not title or len(title) > 200:
        raise Invalid(N_("Diga o que é para entregar, em menos de 200 caracteres."), field="deliverables")
    if not 1 <= (said.get("count") or 1) <= 50:
        raise Invalid(N_("A quantidade vai de 1 a 50."), field="deliverables")


def brought_by(work: Work, participant: Participant) -> int:
    """Return how many items the person is an author of, in whatever state."""
    query = select(func.count()).select_from(Author).where(Author.participant_id == participant.id)
    return work.session.scalar(query) or 0


def same_reference(edition: Edition, reference: str) -> bool:
    """Return whether the edition goes by this reference."""
    return bool(reference) and reference_key(edition.reference) == reference_key(reference)
