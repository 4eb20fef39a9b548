"""Files on their way from a browser into a draft: bytes first, outside any transaction, then one row."""

import shutil
from pathlib import Path
from typing import BinaryIO

from repository import attachments, items
from repository.errors import Conflict, Invalid, NoRoom
from repository.files.blobs import Blob, Check
from repository.files.names import clean_name
from repository.files.sniff import refusal_announced, refusal_of
from repository.hookspecs import UploadPlace
from repository.models import File, Item
from repository.permissions import require
from repository.registry import by_name, collect
from repository.words import N_
from repository.work import Actor, Services, Work, open_look, open_work

MB = 1024 * 1024
KEPT_FREE = 200 * MB  # of the disk, for the database and what is being worked on


def size_limit(services: Services) -> int:
    """Return the largest file that is taken, in bytes."""
    return int(services.settings["max_file_mb"]) * MB


def open_draft(work: Work, item_id: int) -> Item:
    """Return the draft if the person may add to it. Raises NotFound, NotAllowed, and Conflict when it is no draft."""
    item = items.get(work, item_id)
    require(work, "edit", item)
    if item.state not in items.EDITABLE:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    return item


def check_room(services: Services, actor: Actor, item_id: int, size: int) -> None:
    """Refuse `size` bytes before they are sent. Raises NotFound, NotAllowed, Conflict, and TooLarge over the quota."""
    with open_look(services, actor) as work:
        item = open_draft(work, item_id)
        attachments.require_space(work, item, size, services.settings["quota_mb"])


def check_disk(services: Services, size: int) -> None:
    """Refuse `size` bytes that the disk has no room for, before they are sent. Raises NoRoom."""
    if size > shutil.disk_usage(services.blobs.partial).free - KEPT_FREE:
        raise NoRoom(N_("O ficheiro não cabe agora no disco do repositório. Avise o centro."))


def place_of(services: Services, target: str) -> tuple[UploadPlace, str]:
    """Return where a plugin takes an upload, and the place as the plugin calls it. Raises Invalid for an unknown one."""
    name, _, place = target.partition("/")
    known = by_name(collect(services.hook.register_upload_places, strict=True), "place for uploads")
    if name not in known:
        raise Invalid(N_("Falta dizer a que material pertence o ficheiro."), field="files")
    return known[name], place


def check_announced(name: str, size: int) -> None:
    """Refuse a file of `size` bytes before it is sent. Raises Invalid for a name of no kind on the list, and for 0."""
    if why := refusal_announced(clean_name(name), size):
        raise why


def check_of(name: str) -> Check:
    """Return a check of arrived bytes that raises Invalid for an empty file and for a kind that is not on the list."""

    def check(path: Path) -> None:
        if why := refusal_of(path, clean_name(name)):
            raise why

    return check


def take_in(services: Services, actor: Actor, item_id: int, stream: BinaryIO, name: str) -> File:
    """Keep a file that comes in one piece and join it to the draft; the same bytes twice are one file.

    Raises NotFound, NotAllowed, Conflict, TooLarge, Unavailable, and Invalid for what `check_of` refuses.
    """
    check_room(services, actor, item_id, 0)
    blob = services.blobs.receive(stream, limit=size_limit(services), check=check_of(name))
    return join(services, actor, item_id, blob, name)


def join(services: Services, actor: Actor, item_id: int, blob: Blob, name: str) -> File:
    """Join kept bytes to the draft as it is now: it may have been handed in or discarded while they came."""
    with open_work(services, actor) as work:
        item = open_draft(work, item_id)
        return attachments.attach(work, item, blob, name, quota_mb=services.settings["quota_mb"])
