"""Files of an item: joined to a draft, ordered, renamed, restricted, removed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from repository import audit
from repository.errors import Conflict, Invalid, NotFound, TooLarge
from repository.files.blobs import Blob
from repository.files.names import clean_name
from repository.items import EDITABLE, UNDECIDED, require_changeable
from repository.jobs import enqueue
from repository.models import File, FileState, Item, ItemGrant
from repository.permissions import may_fetch, require
from repository.words import N_
from repository.work import Work

MOST_FILES = 100
CLEANABLE = ("image/jpeg", "image/png")
MB = 1024 * 1024


def attach(
    work: Work,
    item: Item,
    blob: Blob,
    name: str,
    *,
    quota_mb: int = 0,
    examined: bool = False,
    priority: int = 20,
) -> File:
    """Join a stored blob to a draft and ask for a look into it, unless it is `examined`; the same bytes are one file.

    Whoever brings many at once asks with a larger `priority`, so that a person's own file is looked into first.
    Raises NotAllowed, Conflict when the item is no draft, TooLarge over the person's quota (0: none), Invalid over 100
    files.
    """
    require(work, "edit", item)
    if item.state not in EDITABLE:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    for file in item.files:
        if file.sha256 == blob.sha256:
            return file
    if len(item.files) >= MOST_FILES:
        raise Invalid(
            N_("Um material tem no máximo %(most)s ficheiros. Junte-os num arquivo ZIP."),
            field="files",
            most=MOST_FILES,
        )
    require_space(work, item, blob.size, quota_mb)
    file = File(
        position=len(item.all_files), name=clean_name(name), size=blob.size, sha256=blob.sha256, created_at=work.now
    )
    item.all_files.append(file)
    item.updated_at = work.now
    work.session.flush()
    audit.record(work, "file.attached", file, after={"item": item.id, "sha256": blob.sha256, "size": blob.size})
    if not examined:
        enqueue(work, "files.examine", key=str(file.id), priority=priority, file_id=file.id)
    return file


def require_space(work: Work, item: Item, size: int, quota_mb: int) -> None:
    """Raise TooLarge when `size` more bytes are over the owner's quota (0: none).

    Who has no account and acts by a link has a quota, too: of all that the link may change and that nobody owns.
    """
    if item.owner_id:
        if quota_mb and used_bytes(work, item.owner_id) + size > quota_mb * MB:
            raise TooLarge(N_("O espaço desta conta está cheio (%(quota)s MB)."), field="files", quota=quota_mb)
        return
    quota = work.services.settings["link_quota_mb"] if work.actor.acting else 0
    if quota and _used_by_link(work, work.actor.acting) + size > quota * MB:
        words = N_(
            "O espaço para o que entrega por esta ligação está cheio (%(quota)s MB). Retire ficheiros ou fale com o centro."
        )
        raise TooLarge(words, field="files", quota=quota)


def used_bytes(work: Work, owner_id: int) -> int:
    """Return the bytes that the present files of a person's items take, equal files counted once."""
    return _size_of(work, Item.owner_id == owner_id)


def _used_by_link(work: Work, label: str) -> int:
    return _size_of(work, Item.owner_id.is_(None) & Item.grants.any(ItemGrant.label == label))


def _size_of(work: Work, whose: ColumnElement[bool]) -> int:
    present = select(File.sha256, File.size).join(Item).where(whose, File.removed_at.is_(None)).distinct()
    return work.session.scalar(select(func.coalesce(func.sum(present.subquery().c.size), 0))) or 0


def remove(work: Work, file: File) -> None:
    """Take a file off a draft; `put_back` undoes it."""
    _require_draft(work, file)
    file.removed_at = work.now
    audit.record(work, "file.removed", file, after={"item": file.item_id})


def put_back(work: Work, file: File) -> None:
    """Undo `remove`."""
    _require_draft(work, file)
    file.removed_at = None
    audit.record(work, "file.put_back", file, after={"item": file.item_id})


def rename(work: Work, file: File, name: str) -> None:
    """Give the file another display name; the extension stays. Raises Invalid when nothing is left of the name."""
    _require_draft(work, file)
    extension = file.name.rpartition(".")[2] if "." in file.name else ""
    stem = clean_name(name)
    if not stem.strip(". "):
        raise Invalid(N_("Dê um nome ao ficheiro."), field="name")
    file.name = stem if not extension or stem.lower().endswith(f".{extension.lower()}") else f"{stem}.{extension}"


def restrict(work: Work, file: File, audience: str) -> None:
    """Keep the file for those who hold the label `audience`; an empty one opens it to all who see the item."""
    _require_draft(work, file)
    file.audience = audience


def clean(work: Work, file: File) -> None:
    """Ask for a photograph's hidden data to be taken out; a file that has none, or is no photograph, stays as it is."""
    _require_draft(work, file)
    if file.media_type not in CLEANABLE or not file.hidden:
        return
    file.state = FileState.PENDING
    reviewing = file.item.state in UNDECIDED
    enqueue(work, "files.clean", key=str(file.id), priority=15, file_id=file.id, reviewing=reviewing)


def order(work: Work, item: Item, file_ids: Sequence[int]) -> None:
    """Put the item's files into the given order; files not named come last."""
    require(work, "edit", item)
    place = {file_id: n for n, file_id in enumerate(file_ids)}
    for n, file in enumerate(sorted(item.files, key=lambda file: (place.get(file.id, len(place)), file.position))):
        file.position = n
    item.updated_at = work.now


def get_file(work: Work, file_id: int) -> File:
    """Return the file if the person may read it. Raises NotFound otherwise, whatever the reason."""
    file = work.session.get(File, file_id)
    if file is None or not may_fetch(work, file):
        raise NotFound(N_("Não há nada neste endereço."))
    return file


def _require_draft(work: Work, file: File) -> None:
    require_changeable(work, file.item)
    file.item.updated_at = work.now
