"""Files into a draft or a plugin's place: resumable over tus 1.0.0 (https://tus.io), or with a plain form."""

import base64
import binascii
import tempfile
from datetime import timedelta
from typing import IO, Any

from flask import Blueprint, Request, Response, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.http import http_date
from werkzeug.wrappers import Response as AnyResponse

from repository import incoming
from repository.errors import Conflict, DomainError, Invalid, NotAllowed
from repository.files.partial import PartialUpload
from repository.http import actor, number, safe_target, services, status_of, words_of
from repository.models import File
from repository.web import errors
from repository.web.asked import Asked
from repository.words import N_
from repository.work import now

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
LONGEST_METADATA = 8_192
MOST_WAITING = 50  # uploads of one person that are not finished
PART = "application/offset+octet-stream"

pages = Blueprint("uploads", __name__)


class StreamingRequest(Request):
    """A request whose files go to the instance's own disk while they arrive: /tmp may be memory, or small."""

    parameter_storage_class = Asked

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream = tempfile.TemporaryFile("w+b", dir=services().blobs.partial, prefix="receiving-")  # noqa: SIM115 (closed with the request)
        self.__dict__.setdefault("received", []).append(stream)
        return stream

    def close(self) -> None:
        """Let go of every file, those of a form that was refused while it was read included."""
        for stream in self.__dict__.get("received", ()):
            stream.close()


def tus(status: int, body: str = "", **headers: object) -> Response:
    """Return an answer of the protocol; keywords become headers: upload_offset=5 is Upload-Offset: 5."""
    response = Response(body, status, mimetype="text/plain")
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers["-".join(part.capitalize() for part in name.split("_"))] = str(value)
    return response


@pages.before_request
def speak_the_version() -> Response | None:
    """Refuse a client of another version, which could misread every answer."""
    if request.endpoint == "uploads.multipart" or request.method == "OPTIONS":
        return None
    if request.headers.get("Tus-Resumable") != VERSION:
        return tus(412, tus_version=VERSION)
    return None


@pages.errorhandler(DomainError)
def refuse(error: DomainError) -> AnyResponse:
    """Say a refusal in one line of text; a plain form gets the usual page."""
    if request.endpoint == "uploads.multipart":
        return errors.refuse(error)
    stranger = isinstance(error, NotAllowed) and not (actor().signed_in or actor().acting)
    return tus(401 if stranger else status_of(error), words_of(error))


@pages.route("/uploads", methods=["OPTIONS"])
def offer() -> Response:
    """Say what of the protocol is spoken here."""
    limit = incoming.size_limit(services())
    return tus(204, tus_version=VERSION, tus_extension=EXTENSIONS, tus_max_size=limit)


@pages.post("/uploads")
def create() -> Response:
    """Announce an upload into the draft that the metadata names, or to a plugin's place."""
    owner, length = _sender(), _count("Upload-Length")
    metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    name, target = metadata.get("filename", ""), metadata.get("target") or metadata.get("item", "")
    waiting = services().uploads.on_the_way(owner)
    if len(waiting) >= MOST_WAITING:
        raise Conflict(N_("Há muitos ficheiros a meio. Acabe ou cancele alguns antes de começar outro."), field="files")
    # What was announced counts as if it were here, or many uploads left unfinished could fill the disk.
    limit = _check_announced(target, name, length, sum(upload.length for upload in waiting))
    incoming.check_disk(services(), length + sum(upload.length - upload.offset for upload in waiting))
    upload = services().uploads.create(length=length, name=name, owner=owner, target=target, limit=limit)
    known = {"location": url_for("uploads.resume", upload_id=upload.id), "upload_expires": _expires()}
    return tus(201, **known, **_arrived(upload))


def _check_announced(target: str, name: str, length: int, waiting: int) -> int | None:
    """Refuse what may not be sent to the target; return the largest size, None where the place has said it."""
    if "/" in target:
        place, where = incoming.place_of(services(), target)
        place.announce(services(), actor(), where, name, length)
        return None
    if number(target) is None:
        raise Invalid(N_("Falta dizer a que material pertence o ficheiro."), field="files")
    incoming.check_announced(name, length)
    incoming.check_room(services(), actor(), int(target), length + waiting)
    return incoming.size_limit(services())


@pages.route("/uploads/<upload_id>", methods=["HEAD"])
def resume(upload_id: str) -> Response:
    """Say how much has arrived. A complete upload whose last answer was lost is joined to its draft now."""
    upload = services().uploads.get(upload_id, _sender())
    known: dict[str, Any] = {
        "upload_offset": upload.offset,
        "upload_length": upload.length,
        "upload_expires": _expires(),
    }
    return tus(200, **known, **_arrived(upload))


@pages.patch("/uploads/<upload_id>")
def append(upload_id: str) -> Response:
    """Add the body at the offset; the last part joins the file to its draft, and the answer names it."""
    owner = _sender()
    if request.mimetype != PART:
        return tus(415)
    upload = services().uploads.append(upload_id, _count("Upload-Offset"), request.stream, owner)  # type: ignore[arg-type]
    return tus(204, upload_offset=upload.offset, upload_expires=_expires(), **_arrived(upload))


@pages.delete("/uploads/<upload_id>")
def give_up(upload_id: str) -> Response:
    """Forget an upload that nobody wants any more."""
    services().uploads.discard(upload_id, _sender())
    return tus(204)


@pages.post("/items/<int:item_id>/files")
def multipart(item_id: int) -> AnyResponse:
    """Join the files of a plain form to a draft, and go back to the page the form stands on."""
    names, refused = take_in_all(item_id)
    for sentence in refused:
        flash(sentence, "error")
    if names:
        flash(ngettext("%(num)s ficheiro guardado.", "%(num)s ficheiros guardados.", len(names)), "success")
    elif not refused:
        flash(gettext("Escolha primeiro os ficheiros."), "error")
    return redirect(safe_target(request.form.get("next"), f"/items/{item_id}"), 303)


def take_in_all(item_id: int) -> tuple[list[File], list[str]]:
    """Return the files of this request that were joined to the draft, and a sentence for each that was refused."""
    joined, refused = [], []
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            joined.append(incoming.take_in(services(), actor(), item_id, sent.stream, sent.filename))  # type: ignore[arg-type]
        except Invalid as error:
            refused.append(f"«{sent.filename[:80]}»: {words_of(error)}")
    return joined, refused


def read_metadata(header: str) -> dict[str, str]:
    """Return the pairs of an Upload-Metadata header: "name base64,name base64". Raises Invalid."""
    if len(header) > LONGEST_METADATA:
        raise Invalid(N_("O nome do ficheiro é demasiado comprido."), field="files")
    found = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Invalid(N_("O pedido não se percebe."), field="files") from error
    return found


def _sender() -> str:
    """Return who sends, as the uploads know people."""
    if actor().signed_in:
        return f"user:{actor().user_id}"
    if actor().acting:
        return actor().acting
    raise NotAllowed(N_("Inicie sessão para enviar ficheiros."))


def _count(header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isdecimal() or len(text) > 15:
        raise Invalid(N_("O pedido não se percebe."), field="files")
    return int(text)


def _expires() -> str:
    return http_date(now() + timedelta(seconds=services().uploads.lifetime))


def _arrived(upload: PartialUpload) -> dict[str, Any]:
    """Join a complete upload to where it goes, checked again at this moment; the header tells what became of it."""
    if not upload.complete:
        return {}
    if "/" in upload.target:
        place, where = incoming.place_of(services(), upload.target)
        blob = services().uploads.finish(upload.id, upload.owner)
        return {"upload_file": place.take(services(), actor(), where, blob, upload.name)}
    blob = services().uploads.finish(upload.id, upload.owner, incoming.check_of(upload.name))
    file = incoming.join(services(), actor(), int(upload.target), blob, upload.name)
    return {"upload_file": file.id}
