"""The API's address for who has not delivered."""

from flask import Response
from marshmallow import fields

from plugins.training_actions import actions, missing
from plugins.training_actions.api import blueprint
from plugins.training_actions.models import Edition
from repository.api import N_, TOKEN_ONLY, Line, NotAllowed, Told, look, moment, show


class ToldGap(Told):
    """What one person has still to bring for one deliverable."""

    deliverable = fields.Integer()
    title = Line()
    missing = fields.Integer()


class ToldStanding(Told):
    """How one person stands."""

    participant = fields.Integer()
    name = Line()
    standing = fields.String(metadata={"enum": ["all", "part", "none"]})
    brought = fields.Integer(metadata={"description": "pieces handed in"})
    begun = fields.Integer(metadata={"description": "drafts that were not handed in"})
    returned = fields.Integer(metadata={"description": "sent back to be corrected"})
    loose = fields.Integer(
        metadata={"description": "pieces handed in that name no deliverable; each counts for any one that is missing"}
    )
    lacking = fields.Integer(metadata={"description": "pieces lacking; fewer than `missing` adds up to when unsure"})
    missing = fields.List(fields.Nested(ToldGap))
    link_sent_at = fields.String(allow_none=True)
    link_opened_at = fields.String(allow_none=True)
    last_at = fields.String(allow_none=True)
    reminded_at = fields.String(allow_none=True)


class ToldMissing(Told):
    """Who of an edition has delivered all, a part, or nothing yet."""

    edition = fields.Integer()
    closes_at = fields.String(allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    people = fields.List(fields.Nested(ToldStanding))


@blueprint.route("/editions/<int:edition_id>/missing")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, ToldMissing)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def who_is_missing(edition_id: int) -> Response:
    """Read who of an edition has delivered all, a part, or nothing yet."""
    work = look()
    if not work.actor.may_anywhere(actions.MANAGE):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    edition = actions.get_edition(work, edition_id)
    lines = missing.lines_of(work, edition)
    return show(
        {
            "edition": edition.id,
            "closes_at": moment(edition.closes_at),
            "counts": {standing.value: count for standing, count in missing.counts_of(lines).items()},
            "people": [_told(edition, line) for line in lines],
        }
    )


def _told(edition: Edition, line: missing.Line) -> dict[str, object]:
    who = line.participant
    gaps = missing.still_wanted(edition, line)
    return {
        "participant": who.id,
        "name": who.name,
        "standing": line.standing.value,
        "brought": line.total,
        "begun": line.begun,
        "returned": line.returned,
        "loose": line.loose if edition.deliverables else 0,
        "lacking": line.lacking,
        "missing": [{"deliverable": row.id, "title": row.title, "missing": gap} for row, gap in gaps],
        "link_sent_at": moment(who.link_sent_at),
        "link_opened_at": moment(who.link_opened_at),
        "last_at": moment(line.last_at),
        "reminded_at": moment(line.reminded_at),
    }
