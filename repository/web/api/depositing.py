"""What can be written: drafts, their files, and the moves of an item."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from repository import attachments, incoming, items
from repository.errors import Invalid, NotFound, TooLarge
from repository.files.blobs import Blob
from repository.http import actor, look, services, words_of
from repository.idempotency import Answer, is_known
from repository.models import Item, State
from repository.permissions import require
from repository.rest.answers import Problem, check_unchanged, pointer_of, tag_of
from repository.rest.blueprint import IF_MATCH, KEY, TOKEN_ONLY, done, idempotency_key, takes_files
from repository.web.api import schemas, shapes
from repository.web.api.blueprint import blueprint, path_of
from repository.web.api.saying import authors_of, values_of
from repository.words import N_
from repository.work import Work

FILES_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                    }
                },
                "required": ["files"],
            }
        }
    },
}
MOVE: dict[str, Any] = {"parameters": [KEY, IF_MATCH], **TOKEN_ONLY}


def said_of(work: Work, item: Item, status: int = 200) -> Answer:
    """Return the answer that shows the item as it is now."""
    work.session.flush()
    body = shapes.item_of(work, item)
    headers = {"ETag": f'"{tag_of(body, item.revision)}"'}
    if status == 201:
        headers["Location"] = shapes.address("api.get_item", item_id=item.id)
    return Answer(status, body, headers)


@blueprint.route("/items", methods=["POST"])
@blueprint.doc(parameters=[KEY], **TOKEN_ONLY)
@blueprint.arguments(schemas.Described)
@blueprint.response(201, schemas.Item, headers={"Location": {"schema": {"type": "string"}}})
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
def create_item(said: dict[str, Any]) -> Response:
    """Begin a draft of your own; without `authors`, you are its author."""
    values = values_of(said)

    def act(work: Work) -> Answer:
        item = items.create_draft(work)
        items.describe(work, item, values)
        items.set_credits(work, item, authors_of(work, item, said.get("authors") or [work.actor.name]))
        return said_of(work, item, 201)

    return done(act)


@blueprint.route(path_of(), methods=["PATCH"])
@blueprint.doc(parameters=[IF_MATCH], **TOKEN_ONLY)
@blueprint.arguments(schemas.Described)
@blueprint.response(200, schemas.Item)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(412, "PRECONDITION_FAILED")
def change_item(said: dict[str, Any], item_id: int) -> Response:
    """Change what a draft says; fields that are left out stay as they are."""
    values = values_of(said)

    def act(work: Work) -> Answer:
        item = _item(work, item_id, "edit")
        items.describe(work, item, values)
        if "authors" in said:
            items.set_credits(work, item, authors_of(work, item, said["authors"]))
        return said_of(work, item)

    return done(act)


@blueprint.route(path_of(), methods=["DELETE"])
@blueprint.doc(parameters=[IF_MATCH], **TOKEN_ONLY)
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def discard_item(item_id: int) -> Response:
    """Put a draft into the bin, from where `restore` brings it back for thirty days."""

    def act(work: Work) -> Answer:
        items.discard(work, _item(work, item_id, "edit"))
        return Answer(204)

    return done(act)


@blueprint.route(path_of("files"), methods=["POST"])
@blueprint.doc(parameters=[KEY], requestBody=FILES_BODY, **TOKEN_ONLY)
@blueprint.response(201, schemas.FileList)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@takes_files
def add_files(item_id: int) -> Response:
    """Join files to a draft: all of them or none; bytes that are there already are not joined twice.

    Empty files and kinds that the repository does not take are refused, each with a pointer of its own.
    """
    if not is_known(look().session, actor().user_id, idempotency_key()):
        incoming.check_room(services(), actor(), item_id, 0)  # before anything is taken in
    kept = _keep(_sent())

    def act(work: Work) -> Answer:
        item = _item(work, item_id, "edit")
        quota = services().settings["quota_mb"]
        files = [attachments.attach(work, item, blob, name, quota_mb=quota) for blob, name in kept]
        return Answer(201, {"files": [shapes.metadata_of(file) for file in dict.fromkeys(files)]})

    return done(act, "\n".join(f"{blob.sha256} {name}" for blob, name in kept).encode(errors="replace"))


def _sent() -> list[FileStorage]:
    if request.mimetype != "multipart/form-data":
        raise Problem(415, gettext("Envie os ficheiros como «multipart/form-data»."))
    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        words = gettext("Envie pelo menos um ficheiro, no campo «files».")
        raise Problem(422, words, [("/files", words)])
    return sent


def _keep(sent: list[FileStorage]) -> list[tuple[Blob, str]]:
    """Keep the bytes before any row names them; without a row they are collected after a day."""
    limit = incoming.size_limit(services())
    kept, refused = [], []
    for place, file in enumerate(sent):
        name = file.filename or ""
        try:
            blob = services().blobs.receive(file.stream, limit=limit, check=incoming.check_of(name))  # type: ignore[arg-type]
            kept.append((blob, name))
        except TooLarge:
            raise
        except Invalid as error:
            refused.append((f"/files/{place}", f"«{name[:80]}»: {words_of(error)}"))
    if refused:
        raise Problem(422, gettext("Nada foi guardado: há ficheiros que não podem entrar."), refused)
    return kept


@blueprint.route(path_of("files", "<int:file_id>"), methods=["DELETE"])
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def remove_file(item_id: int, file_id: int) -> Response:
    """Take a file off a draft."""

    def act(work: Work) -> Answer:
        item = _item(work, item_id, "edit")
        file = next((file for file in item.files if file.id == file_id), None)
        if file is None:
            raise NotFound(N_("Não há nada neste endereço."))
        attachments.remove(work, file)
        return Answer(204)

    return done(act)


@blueprint.route(path_of("submit"), methods=["POST"])
@blueprint.doc(**MOVE)
@blueprint.response(200, schemas.Item)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def submit_item(item_id: int) -> Response:
    """Hand a draft in; it is published at once unless somebody has to look at it first.

    What is still missing is said field by field. A new version is answered with the item it has become part of.
    """

    def act(work: Work) -> Answer:
        item = _item(work, item_id, "submit")
        wants = items.missing(item) if item.state in items.EDITABLE else []
        if wants:
            errors = [(pointer_of(want), gettext(want.message)) for want in wants]
            raise Problem(422, gettext("Ainda falta dizer algumas coisas."), errors)
        items.submit(work, item)
        revised = item.revises_id is not None and item.state == State.DISCARDED
        return said_of(work, items.get(work, item.revises_id or item.id) if revised else item)

    return done(act)


@blueprint.route(path_of("versions"), methods=["POST"])
@blueprint.doc(**MOVE)
@blueprint.response(201, schemas.Item, headers={"Location": {"schema": {"type": "string"}}})
@blueprint.alt_response(200, schema=schemas.Item)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def begin_version(item_id: int) -> Response:
    """Begin the draft of a new version of a published item; it takes the item's place when it is submitted.

    The draft says what the item says, and has its files. One that was begun already is answered with 200.
    """

    def act(work: Work) -> Answer:
        draft = items.begin_version(work, _item(work, item_id, "edit"))
        return said_of(work, draft, 201 if draft.created_at == work.now else 200)

    return done(act)


@blueprint.route(path_of("withdraw"), methods=["POST"])
@blueprint.doc(**MOVE)
@blueprint.response(200, schemas.Item)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def withdraw_item(item_id: int) -> Response:
    """Take a published item out of sight."""
    return _moved(item_id, items.withdraw)


@blueprint.route(path_of("restore"), methods=["POST"])
@blueprint.doc(**MOVE)
@blueprint.response(200, schemas.Item)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def restore_item(item_id: int) -> Response:
    """Bring a withdrawn item back, or a draft out of the bin."""
    return _moved(item_id, _restore)


def _restore(work: Work, item: Item) -> None:
    if item.state == State.DISCARDED:
        items.recover(work, item)
    else:
        items.restore(work, item)


def _moved(item_id: int, move: Callable[[Work, Item], None]) -> Response:
    def act(work: Work) -> Answer:
        item = _item(work, item_id)
        move(work, item)
        return said_of(work, item)

    return done(act)


def _item(work: Work, item_id: int, action: str = "") -> Item:
    """Return the item if the person may do `action` to it and it is as the client knows it."""
    item = items.get(work, item_id)
    if action:
        require(work, action, item)
    check_unchanged(item)
    return item
