"""The API's addresses of an intake: send a course's ZIP and list, and ask what came of them."""

from typing import Any

from flask import Response, request
from marshmallow import fields
from sqlalchemy import select

from plugins.training_actions import actions, intake
from plugins.training_actions.api import WRITE, blueprint
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.intake_told import told
from plugins.training_actions.models import Intake
from repository.api import (
    N_,
    TOKEN_ONLY,
    Answer,
    NotFound,
    Told,
    Work,
    actor,
    api_done,
    look,
    services,
    show,
    takes_files,
)

BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {"type": "array", "minItems": 1, "items": BYTES, "description": "one ZIP, or many files"},
                    "participants": BYTES | {"description": "the people's list, CSV or XLSX; new people are added"},
                },
                "required": ["files"],
            }
        }
    },
}


class ToldGuess(Told):
    """Who a file may be by, and why."""

    people = fields.List(fields.String(), required=True)
    why = fields.List(fields.String(), required=True)


class ToldEntry(Told):
    """What became of one file: matched, unmatched, given, discarded, known, skipped, refused or waiting."""

    file = fields.String(required=True)
    state = fields.String(required=True)
    authors = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    guesses = fields.List(fields.Nested(ToldGuess), required=True)
    item_id = fields.Integer(required=True, allow_none=True)


class ToldIntake(Told):
    """An intake, how far it is, and what became of each file. Its state is waiting, running, done, refused or undone."""

    id = fields.Integer(required=True)
    edition_id = fields.Integer(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    problem = fields.String(required=True)
    new_people = fields.List(fields.String(), required=True)
    list_problems = fields.List(fields.List(fields.Raw()), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    files = fields.List(fields.Nested(ToldEntry), required=True)


@blueprint.route("/editions/<int:edition_id>/intake", methods=["POST"])
@blueprint.doc(requestBody=BODY, **WRITE)
@blueprint.response(202, ToldIntake)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
@takes_files
def begin_intake(edition_id: int) -> Response:
    """Hand a whole course over: its files become drafts of their authors. The same files sent again add nothing."""
    files = [Sent(sent.filename or "", sent.stream) for sent in request.files.getlist("files")]  # type: ignore[arg-type]
    table = request.files.get("participants")
    data = table.stream.read(intake.LARGEST_LIST + 1) if table is not None else b""
    upload = intake.receive(services(), actor(), edition_id, files, data)
    content = "\n".join([upload.archive, *sorted(blob.sha256 for blob in upload.blobs.values())]).encode() + data
    with intake.listing_of(services(), upload) as listing:

        def act(work: Work) -> Answer:
            found = intake.begin_in(services(), work, edition_id, upload, listing, sure=True)
            work.session.flush()
            return Answer(202, told(work, found))

        return api_done(act, content)


@blueprint.route("/editions/<int:edition_id>/intake")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, ToldIntake)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def get_intake(edition_id: int) -> Response:
    """Read how far the latest intake of an edition is, and what came of it."""
    work = look()
    edition = actions.get_edition(work, edition_id)
    query = select(Intake).where(Intake.edition_id == edition.id).order_by(Intake.id.desc()).limit(1)
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(N_("Não há nada neste endereço."))
    return show(told(work, found))
