"""Tried it under /api/v1: what teachers tell of an item, and telling it."""

from typing import Any

from flask import Response
from marshmallow import RAISE, Schema, fields

from plugins.level_views import tried
from plugins.level_views.models import TriedNote
from repository.api import (
    KEY,
    TOKEN_ONLY,
    Answer,
    ApiBlueprint,
    Item,
    Line,
    Paragraphs,
    Told,
    Work,
    api_done,
    get,
    look,
    moment,
    show,
)


class SaidTried(Schema):
    """How it went; `question`, `strength` and `suggestion` are for the authors alone."""

    class Meta:
        unknown = RAISE

    level = Line(required=True, metadata={"description": "Code of /vocabularies/levels"})
    class_type = Line(metadata={"maxLength": 120})
    worked = Paragraphs(metadata={"maxLength": 600})
    changed = Paragraphs(metadata={"maxLength": 600})
    question = Paragraphs(metadata={"maxLength": 300})
    strength = Paragraphs(metadata={"maxLength": 300})
    suggestion = Paragraphs(metadata={"maxLength": 300})
    confirmed = Line(metadata={"description": "`confirm` of the problem that asked whether the text names somebody"})


class ToldTried(Told):
    """A note; what is for the authors alone is null for everybody else."""

    id = fields.Integer(required=True)
    level = fields.String(required=True)
    class_type = fields.String(required=True)
    worked = fields.String(required=True)
    changed = fields.String(required=True)
    question = fields.String(required=True, allow_none=True)
    strength = fields.String(required=True, allow_none=True)
    suggestion = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    hidden_why = fields.String(required=True, allow_none=True)
    told_at = fields.String(required=True)


class TriedList(Told):
    """The notes of an item, the newest first, and how many tried it and thank for it."""

    tried = fields.Integer(required=True)
    thanks = fields.Integer(required=True)
    notes = fields.List(fields.Nested(ToldTried), required=True)


def add_to(blueprint: ApiBlueprint) -> None:
    """Add the addresses to the blueprint of levels."""

    @blueprint.route("/items/<int:item_id>/tried")
    @blueprint.response(200, TriedList)
    @blueprint.alt_response(404, "NOT_FOUND")
    def list_tried(item_id: int) -> Response:
        """List what teachers who tried an item tell of it."""
        work = look()
        item = get(work, item_id)
        notes = [_told(work, item, row) for row in tried.notes_of(work, item)]
        return show({"tried": tried.count(work, item), "thanks": tried.thanks_of(work, item), "notes": notes})

    @blueprint.route("/items/<int:item_id>/tried", methods=["POST"])
    @blueprint.doc(**TOKEN_ONLY, parameters=[KEY])
    @blueprint.arguments(SaidTried)
    @blueprint.response(200, ToldTried)
    @blueprint.alt_response(401, "UNAUTHORIZED")
    @blueprint.alt_response(403, "FORBIDDEN")
    @blueprint.alt_response(404, "NOT_FOUND")
    def tell_tried(said: dict[str, Any], item_id: int) -> Response:
        """Tell how it went; a person has one note of an item, and telling again changes it."""

        confirmed = said.pop("confirmed", "")

        def act(work: Work) -> Answer:
            row = tried.tell(work, item_id, tried.Said(**said), confirmed)
            work.session.flush()
            return Answer(200, _told(work, get(work, item_id), row))

        return api_done(act)


def _told(work: Work, item: Item, row: TriedNote) -> dict[str, Any]:
    hears = tried.hears(work, item, row)
    open_to_all = {name: getattr(row, name) for name in ("id", "level", "class_type", "worked", "changed")}
    of_authors = {name: getattr(row, name) if hears else None for name in ("question", "strength", "suggestion")}
    return open_to_all | of_authors | {
        "mine": work.actor.signed_in and row.user_id == work.actor.user_id,
        "hidden_why": row.hidden_why if row.hidden_at else None,
        "told_at": moment(row.told_at),
    }  # fmt: skip
