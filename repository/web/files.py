"""Files as people get them: to keep, to see in the page, as pictures; safe whatever a file turns out to be."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from werkzeug.http import parse_range_header

from repository.attachments import get_file
from repository.errors import NotFound
from repository.examining import derived_folder
from repository.files.names import clean_name, disposition
from repository.http import look, services
from repository.items import get
from repository.models import File
from repository.permissions import may_fetch
from repository.web.security import FILE_POLICY
from repository.web.visits import note_download
from repository.words import N_

files = Blueprint("files", __name__)
# What a browser may show inside the page; everything else is only ever saved.
SHOWN = frozenset(
    [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/x-wav",
        "audio/mp4",
        "audio/flac",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "application/pdf",
    ]
)
ZIP_CHUNK = 256 * 1024


@files.before_app_request
def ignore_odd_range() -> None:
    """Answer a Range that is malformed, of another unit or of several parts with the whole (RFC 9110, 14.2).

    One that is well formed and lies beyond the end stays, and is answered 416.
    """
    asked = parse_range_header(request.headers.get("Range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        request.environ.pop("HTTP_RANGE", None)


@files.get("/files/<int:file_id>")
def download(file_id: int) -> Response:
    """The file to keep, under its own name."""
    file = get_file(look(), file_id)
    response = _bytes_of(file, inline=False)
    note_download(file.item, response)
    return response


@files.get("/files/<int:file_id>/view")
def view(file_id: int) -> Response:
    """The file to be seen in the page: pictures, sound, film and PDF only."""
    file = get_file(look(), file_id)
    return _bytes_of(file, inline=file.media_type in SHOWN and not file.problem)


@files.get("/files/<int:file_id>/thumbnail")
def thumbnail(file_id: int) -> Response:
    """A small picture of the file's beginning, WebP."""
    return _picture(file_id, "thumb.webp")


@files.get("/files/<int:file_id>/pages/<int:page>")
def page_image(file_id: int, page: int) -> Response:
    """A picture of one page (from 1), WebP."""
    return _picture(file_id, f"page-{page}.webp")


@files.get("/items/<int:item_id>/files.zip")
def download_all(item_id: int) -> Response:
    """All files of the item that the person may have, as one archive that is made while it is sent."""
    work = look()
    item = get(work, item_id)
    mine = [file for file in item.files if may_fetch(work, file)]
    if not mine:
        raise NotFound(N_("Este material não tem ficheiros para descarregar."))
    named = [(services().blobs.path(file.sha256), name) for file, name in zip(mine, _names(mine), strict=True)]
    response = Response(_zip(named), mimetype="application/zip")
    response.headers["Content-Disposition"] = disposition(clean_name(f"{item.title or item.id}.zip"))
    response.headers["Content-Security-Policy"] = FILE_POLICY
    note_download(item, response)
    return response


def _bytes_of(file: File, *, inline: bool) -> Response:
    path = services().blobs.path(file.sha256)
    if not path.exists():
        raise NotFound(N_("O conteúdo deste ficheiro não está disponível. O centro já o pode ver nos avisos."))
    kind = file.media_type if inline else "application/octet-stream"
    response = send_file(path, mimetype=kind, conditional=True, etag=file.sha256, max_age=None)
    response.headers["Content-Disposition"] = disposition(file.name, inline=inline)
    # Chromium's own PDF viewer does not run in a sandboxed frame; the viewer is not the document, and nosniff holds.
    pdf = inline and kind == "application/pdf"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; frame-ancestors 'self'" if pdf else FILE_POLICY
    )
    if pdf:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _picture(file_id: int, name: str) -> Response:
    file = get_file(look(), file_id)
    path = derived_folder(services(), file.sha256) / name
    if not path.is_file():
        raise NotFound(N_("Ainda não há imagem deste ficheiro."))
    response = send_file(path, mimetype="image/webp", conditional=True, etag=f"{file.sha256}-{name}", max_age=None)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _names(found: list[File]) -> list[str]:
    """Return a name for each file, no two of them alike whatever the case."""
    used: set[str] = set()
    names = []
    for file in found:
        stem, dot, extension = file.name.rpartition(".")
        name, n = file.name, 2
        while name.casefold() in used:
            name, n = (f"{stem} ({n}).{extension}" if dot else f"{file.name} ({n})"), n + 1
        used.add(name.casefold())
        names.append(name)
    return names


class _Pipe:
    """What zipfile writes into when nothing is kept: the bytes wait here until they are sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the bytes are taken after each piece."""

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def _zip(named: list[tuple[Path, str]]) -> Iterator[bytes]:
    pipe = _Pipe()
    # Stored, not deflated: documents are compressed already, and the server has little to do.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for path, name in named:
            entry = zipfile.ZipInfo(name)
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(ZIP_CHUNK):
                    target.write(chunk)
                    yield pipe.take()
            yield pipe.take()
    yield pipe.take()
