"""The rules of training actions: what may be said of them, who may, and that nothing is lost when one is removed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from plugins.training_actions.changes import check_texts, known_of, set_values
from plugins.training_actions.models import Action, Contribution, Deliverable, Edition
from plugins.training_actions.reading import meant, reference_key, school_year_of
from repository.api import (
    N_,
    Invalid,
    Item,
    NotFound,
    Organisation,
    State,
    Work,
    record,
    reindex,
    require_permission,
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
DELIVERABLE_FIELDS = ("title", "type", "count", "by_group")
AUDIENCES = ("public", "members", "organisation")
MOST_REMINDERS = 5


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


# Actions


def add_action(work: Work, values: Mapping[str, Any], organisation_id: int | None = None) -> Action:
    """Add an action to an organisation (the person's own unless told). Raises Invalid and NotAllowed."""
    place = home_of(work) if organisation_id is None else organisation_id
    require_permission(work, MANAGE, place)
    _check_action(values)
    action = Action(organisation_id=place, created_at=work.now, updated_at=work.now, **known_of(values, ACTION_FIELDS))
    work.session.add(action)
    record(work, "training.action_created", action)
    return action


def _check_action(values: Mapping[str, Any], *, partly: bool = False) -> None:
    check_texts(values)
    if (not partly or "title" in values) and not (values.get("title") or "").strip():
        raise Invalid(N_("Diga o título."), field="title")


def change_action(work: Work, action: Action, values: Mapping[str, Any]) -> bool:
    """Change what an action says; return whether anything differed. Raises Invalid and NotAllowed."""
    require_permission(work, MANAGE, action.organisation_id)
    _check_action(values, partly=True)
    return set_values(work, action, values, ACTION_FIELDS, "action")


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
    edition = Edition(created_at=work.now, updated_at=work.now, **known_of(said, EDITION_FIELDS))
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
    check_texts(values)
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
    return set_values(work, edition, said, EDITION_FIELDS, "edition")


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


def same_reference(edition: Edition, reference: str) -> bool:
    """Return whether the edition goes by this reference."""
    return bool(reference) and reference_key(edition.reference) == reference_key(reference)
