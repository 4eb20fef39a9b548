"""Files of an item: joined to a draft, ordered, renamed, restricted, removed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select

from repository import audit
from repository.errors import Conflict, Invalid, NotFound, TooLarge
from repository.files.blobs import Blob
from repository.files.kinds import KINDS
from repository.files.names import clean_name
from repository.items import EDITABLE, UNDECIDED, require_changeable
from repository.jobs import enqueue
from repository.models import AuditEntry, File, FileState, FileText, Item, ItemGrant, State
from repository.permissions import may_fetch, require
from repository.words import N_
from repository.work import Work

MOST_FILES = 100
CLEANED_KINDS = ("jpg", "png", "pdf", "docx", "pptx", "ppsx", "xlsx", "odt", "odp", "ods")
CLEANABLE = tuple(KINDS[ending].media_type for ending in CLEANED_KINDS)
STAYS = ("signed", "locked", "stays")  # why what a file hides cannot be taken out
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


def erase(work: Work, file: File) -> None:
    """Let go of a draft's file for good: neither its name nor its text stays, and housekeeping drops its bytes.

    Raises Conflict for a file of something that was published, which keeps what it said.
    """
    _require_draft(work, file)
    if file.item.version:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    audit.record(work, "file.removed", file, after={"item": file.item_id})
    work.session.execute(delete(FileText).where(FileText.file_id == file.id))
    file.item.all_files.remove(file)
    work.session.delete(file)
    work.session.flush()


def put_back(work: Work, file: File) -> None:
    """Undo `remove`. The file is looked into again: while it was off, its words were not proposed."""
    _require_draft(work, file)
    file.removed_at = None
    _read_again(work, file)
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


def cleanable(file: File) -> bool:
    """Return whether the file hides something that can be taken out of it."""
    return bool(file.hidden) and file.media_type in CLEANABLE and not {*STAYS} & {*file.hidden}


def clean(work: Work, file: File) -> bool:
    """Ask for a file's hidden data to be taken out, and return whether there is any; another file stays as it is."""
    _require_draft(work, file)
    if not cleanable(file):
        return False
    file.state = FileState.PENDING
    reviewing = file.item.state in UNDECIDED
    enqueue(work, "files.clean", key=str(file.id), priority=15, file_id=file.id, reviewing=reviewing)
    return True


def originals(work: Work, files: Sequence[File]) -> dict[int, Blob]:
    """Return what the files that were cleaned were before, by the file's id; a file changed since then is not named."""
    cleaned = select(AuditEntry).where(
        AuditEntry.subject_kind == "file",
        AuditEntry.subject_id.in_([file.id for file in files]),
        AuditEntry.action == "file.cleaned",
    )
    present = {file.id: file.sha256 for file in files}
    return {
        entry.subject_id: Blob(entry.before["sha256"], entry.before.get("size", 0))
        for entry in work.session.scalars(cleaned.order_by(AuditEntry.id))
        if entry.subject_id is not None and entry.after["sha256"] == present[entry.subject_id]
    }


def put_hidden_back(work: Work, file: File) -> None:
    """Undo `clean`; done twice, it is done. Raises Conflict when the original has been swept away meanwhile."""
    _require_draft(work, file)
    before = originals(work, [file]).get(file.id)
    if before is None:
        return
    blobs = work.services.blobs
    if not blobs.exists(before.sha256):
        raise Conflict(N_("O ficheiro original já não está guardado. Junte-o outra vez."), field="files")
    audit.record(work, "file.uncleaned", file, {"sha256": file.sha256}, {"sha256": before.sha256})
    file.sha256, file.size = before.sha256, blobs.path(before.sha256).stat().st_size
    file.state = FileState.PENDING
    enqueue(work, "files.examine", key=str(file.id), priority=15, file_id=file.id)


def order(work: Work, item: Item, file_ids: Sequence[int]) -> None:
    """Put the item's files into the given order; files not named come last. A draft's new first file is looked into
    again: its words are proposed before the others'. Raises NotAllowed, and Conflict for what is published."""
    require_changeable(work, item)
    place = {file_id: n for n, file_id in enumerate(file_ids)}
    first = item.files[0] if item.files else None
    files = sorted(item.files, key=lambda file: (place.get(file.id, len(place)), file.position))
    for n, file in enumerate(files):
        file.position = n
    item.updated_at = work.now
    if first not in (None, files[0]):
        _read_again(work, files[0])


def _read_again(work: Work, file: File) -> None:
    """Ask for another look into a file that was read, for what it proposes to a draft."""
    if file.state == FileState.READY and file.item.state == State.DRAFT:
        file.state = FileState.PENDING
        enqueue(work, "files.examine", key=str(file.id), priority=15, file_id=file.id)


def get_file(work: Work, file_id: int) -> File:
    """Return the file if the person may read it. Raises NotFound otherwise, whatever the reason."""
    file = work.session.get(File, file_id)
    if file is None or not may_fetch(work, file):
        raise NotFound(N_("Não há nada neste endereço."))
    return file


def _require_draft(work: Work, file: File) -> None:
    require_changeable(work, file.item)
    file.item.updated_at = work.now
