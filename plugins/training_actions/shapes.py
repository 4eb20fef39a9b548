"""The shapes of the API's addresses for actions, editions and participants: what is sent, and what is answered."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from plugins.training_actions.actions import AUDIENCES
from plugins.training_actions.models import Action, Edition, Participant
from plugins.training_actions.participants import ROLES
from plugins.training_actions.progress import Progress
from repository.api import Line, Paragraphs, RowId, Told, Whole, address, moment


def _codes(vocabulary: str) -> fields.List:
    return fields.List(Line(), metadata={"description": f"Codes of /vocabularies/{vocabulary}"})


def _most(length: int) -> Any:
    return validate.Length(max=length)


class SaidAction(Schema):
    """What is said of an action. Every field but `title` of a new one may be left out."""

    class Meta:
        unknown = RAISE

    title = Line(metadata={"maxLength": 300})
    accreditation = Line(metadata={"maxLength": 60, "example": "CCPFC/ACC-128450/26"})
    modality = Line(metadata={"description": "Code of /vocabularies/modalities"})
    contact_hours = fields.Float(allow_none=True, metadata={"description": "in quarters of an hour: 12.5"})
    own_work_hours = fields.Float(allow_none=True)
    regime = fields.String(validate=validate.OneOf(("", "presencial", "b-learning", "e-learning")))
    area = fields.String(validate=validate.OneOf(("", *"abcdefg")))
    groups = _codes("groups")
    levels = _codes("levels")
    disciplines = _codes("disciplines")
    aims = Paragraphs(metadata={"maxLength": 10_000})
    contents = Paragraphs(metadata={"maxLength": 10_000})


class SaidDeliverable(Schema):
    """Something that each, or each group, should bring; with the `id` of one that is there, it stays that one."""

    class Meta:
        unknown = RAISE

    id = RowId(allow_none=True)
    title = Line(required=True, validate=_most(200))
    type = Line(metadata={"description": "Code of /vocabularies/types"})
    count = Whole(validate=validate.Range(1, 50))
    by_group = fields.Boolean()


class SaidEdition(Schema):
    """What is said of an edition; `action_id` only of a new one."""

    class Meta:
        unknown = RAISE

    action_id = RowId()
    reference = Line(metadata={"maxLength": 60})
    name = Line(metadata={"maxLength": 120})
    school_year = Whole(allow_none=True, validate=validate.Range(1990, 2100))
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    place = Line(metadata={"maxLength": 200})
    closes_at = fields.AwareDateTime(allow_none=True)
    licence = Line(metadata={"description": "Code of /vocabularies/licences, or empty: each chooses"})
    audience = fields.String(validate=validate.OneOf(AUDIENCES))
    reminders = fields.List(Whole(), metadata={"description": "Days before the closing date, at most five"})
    deliverables = fields.List(fields.Nested(SaidDeliverable), validate=_most(20))


class SaidParticipant(Schema):
    """What is said of somebody in an edition; `edition_id` only of a new one."""

    class Meta:
        unknown = RAISE

    edition_id = RowId()
    name = Line(metadata={"maxLength": 120})
    email = Line(metadata={"maxLength": 254})
    school = Line(metadata={"maxLength": 200})
    group_code = Line(metadata={"description": "Code of /vocabularies/groups"})
    role = fields.String(validate=validate.OneOf(ROLES))
    named = fields.Boolean(metadata={"description": "Whether the person agreed to be named on the action's page"})


class ToldDeliverable(Told):
    """Something that each, or each group, should bring."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    type = fields.String(required=True)
    count = fields.Integer(required=True)
    by_group = fields.Boolean(required=True)


class ToldAction(Told):
    """An action; `url` is its public page."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    accreditation = fields.String(required=True)
    modality = fields.String(required=True)
    contact_hours = fields.Float(required=True, allow_none=True)
    own_work_hours = fields.Float(required=True, allow_none=True)
    regime = fields.String(required=True)
    area = fields.String(required=True)
    groups = fields.List(fields.String(), required=True)
    levels = fields.List(fields.String(), required=True)
    disciplines = fields.List(fields.String(), required=True)
    aims = fields.String(required=True)
    contents = fields.String(required=True)
    organisation_id = fields.Integer(required=True, allow_none=True)
    edition_ids = fields.List(fields.Integer(), required=True)
    url = fields.Url(required=True)


class ToldProgress(Told):
    """How many participants brought all, a part, or nothing yet."""

    all = fields.Integer(required=True)
    part = fields.Integer(required=True)
    none = fields.Integer(required=True)


class ToldEdition(Told):
    """An edition; `state` is open, soon (closes within a week), closed or coming."""

    id = fields.Integer(required=True)
    action_id = fields.Integer(required=True)
    title = fields.String(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    school_year = fields.Integer(required=True, allow_none=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    place = fields.String(required=True)
    closes_at = fields.DateTime(required=True, allow_none=True)
    licence = fields.String(required=True)
    audience = fields.String(required=True)
    reminders = fields.List(fields.Integer(), required=True)
    state = fields.String(required=True)
    progress = fields.Nested(ToldProgress, required=True)
    deliverables = fields.List(fields.Nested(ToldDeliverable), required=True)


class ToldParticipant(Told):
    """Somebody in an edition; `user_id` is their account's, where there is one."""

    id = fields.Integer(required=True)
    edition_id = fields.Integer(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    school = fields.String(required=True)
    group_code = fields.String(required=True)
    role = fields.String(required=True)
    named = fields.Boolean(required=True)
    user_id = fields.Integer(required=True, allow_none=True)


def page_of(told: type[Told], name: str) -> type[Schema]:
    """Return the shape of one page of a list."""
    many = fields.List(fields.Nested(told), required=True)
    whole = fields.Integer(required=True)
    return Told.from_dict({"total": whole, "page": whole, "per_page": whole, name: many}, name=f"{told.__name__}Page")


def action_of(action: Action) -> dict[str, Any]:
    """Return an action as the API tells it."""
    same = (
        "id", "title", "accreditation", "modality", "regime", "area", "groups", "levels", "disciplines", "aims",
        "contents", "organisation_id",
    )  # fmt: skip
    return {name: getattr(action, name) for name in same} | {
        "contact_hours": _hours(action.contact_quarters),
        "own_work_hours": _hours(action.own_work_quarters),
        "edition_ids": [edition.id for edition in action.editions if not edition.removed_at],
        "url": address("training_actions.action", action_id=action.id),
    }


def _hours(quarters: int | None) -> float | None:
    return None if quarters is None else quarters / 4


def edition_of(edition: Edition, state: str, progress: Progress) -> dict[str, Any]:
    """Return an edition as the API tells it."""
    same = ("id", "action_id", "reference", "name", "school_year", "place", "licence", "audience", "reminders")
    return {name: getattr(edition, name) for name in same} | {
        "title": edition.action.title,
        "starts_on": edition.starts_on.isoformat() if edition.starts_on else None,
        "ends_on": edition.ends_on.isoformat() if edition.ends_on else None,
        "closes_at": moment(edition.closes_at),
        "state": state,
        "progress": {"all": progress.all, "part": progress.part, "none": progress.none},
        "deliverables": [
            {name: getattr(row, name) for name in ("id", "title", "type", "count", "by_group")}
            for row in edition.deliverables
        ],
    }


def participant_of(participant: Participant) -> dict[str, Any]:
    """Return somebody in an edition as the API tells them."""
    same = ("id", "edition_id", "name", "email", "school", "group_code", "role", "named", "user_id")
    return {name: getattr(participant, name) for name in same}
