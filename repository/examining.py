"""Jobs that look into a stored file: what it is, what it says, and a picture of it; a failure never blocks the item."""

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from repository import audit
from repository.errors import Unavailable
from repository.files.blobs import Blob
from repository.files.examine import THUMBNAIL, Examination, Examiner
from repository.items import EDITABLE, UNDECIDED, reindex
from repository.jobs import enqueue
from repository.models import File, FileState, FileText, State
from repository.proposing import propose
from repository.words import N_
from repository.work import SYSTEM, Services, Work, open_work

WHY_IT_STAYS = {"signed": "signed", "encrypted": "locked"}


def derived_folder(services: Services, sha256: str) -> Path:
    """Return the folder of the pictures made from a blob: thumb.webp, page-1.webp and so on. It can be made again."""
    return services.instance / "derived" / sha256[:2] / sha256


def thumbnail_path(services: Services, file: File) -> Path:
    """Return where the file's thumbnail lies when it has one."""
    return derived_folder(services, file.sha256) / THUMBNAIL


def examine_files(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Look into each file and write down what was found."""
    for payload in payloads:
        _examine(services, payload["file_id"], previews=False)


def make_previews(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Make the page pictures of each file, which may take longer than a first look."""
    for payload in payloads:
        _examine(services, payload["file_id"], previews=True)


def clean_files(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Put a copy without hidden data (place, author, comments of a photograph) in the stead of each file of a draft."""
    for payload in payloads:
        _clean(services, payload["file_id"], UNDECIDED if payload.get("reviewing") else EDITABLE)


def _clean(services: Services, file_id: int, states: tuple[State, ...]) -> None:
    with services.sessions.reading() as session:
        file = session.get(File, file_id)
    if file is None:
        return
    blob, failure = _without_hidden(services, file)
    with open_work(services, SYSTEM) as work:
        row = work.session.get(File, file_id)
        # Handed in or changed meanwhile, it stays as its person last saw it.
        if row is not None and row.sha256 == file.sha256 and failure:
            row.state, row.hidden = FileState.READY, [*row.hidden, WHY_IT_STAYS.get(failure, "stays")]
            return
        if row is not None and blob is not None and row.sha256 == file.sha256 and row.item.state in states:
            before = {"sha256": row.sha256, "size": row.size}
            audit.record(work, "file.cleaned", row, before, {"sha256": blob.sha256})
            row.sha256, row.size, row.hidden = blob.sha256, blob.size, []
        enqueue(work, "files.examine", key=str(file_id), priority=20, file_id=file_id)


def _without_hidden(services: Services, file: File) -> tuple[Blob | None, str | None]:
    """Return a copy of a file without its hidden data, or why there is none."""
    with tempfile.TemporaryDirectory(dir=services.blobs.partial) as folder:
        out = Path(folder) / "clean"
        failure = services.examiner.clean(services.blobs.path(file.sha256), file.name, out)
        if failure:
            return None, failure
        with out.open("rb") as stream:
            return services.blobs.receive(stream, limit=None), None


def look_into(
    services: Services, blob: Blob, name: str, examiner: Examiner | None = None, pictures: Path | None = None
) -> Examination:
    """Return what a kept file says of itself; its pictures go to its derived folder, or to another that is given."""
    folder = pictures or derived_folder(services, blob.sha256)
    return (examiner or services.examiner).examine(services.blobs.path(blob.sha256), name, folder)


def _examine(services: Services, file_id: int, *, previews: bool) -> None:
    with services.sessions.reading() as session:
        file = session.get(File, file_id)
    if file is None:
        return
    path = services.blobs.path(file.sha256)
    if not path.exists():
        raise Unavailable(N_("Falta o conteúdo do ficheiro %(id)s."), id=file_id)
    found = services.examiner.examine(path, file.name, derived_folder(services, file.sha256), previews=previews)
    with open_work(services, SYSTEM) as work:
        row = work.session.get(File, file_id)
        if row is not None:
            if previews:
                _write_pictures(row, found)
            else:
                write_findings(work, row, found)


def _write_pictures(row: File, found: Examination) -> None:
    row.has_thumbnail = row.has_thumbnail or found.thumbnail
    row.preview_count = max(row.preview_count, found.previews)


def write_findings(work: Work, row: File, found: Examination) -> None:
    """Write down what a first look found: kind, state, text and pictures; and propose the item's words from it."""
    _write_pictures(row, found)
    row.media_type, row.family = found.sniffed.media_type, found.sniffed.family
    row.problem = found.failure or found.sniffed.problem or ""
    row.state = FileState.FAILED if found.failure else FileState.READY
    work.session.execute(delete(FileText).where(FileText.file_id == row.id))
    if found.extraction is not None:
        row.page_count, row.hidden = found.extraction.page_count, list(found.extraction.hidden)
        pages = enumerate(found.extraction.pages, 1)
        work.session.add_all(FileText(file_id=row.id, page=page, text=text) for page, text in pages if text.strip())
        # What only some may read, or was taken off meanwhile, must not come out through the summary.
        if not row.audience and row.removed_at is None:
            known = work.services.vocabularies
            propose(row.item, row.name, found.extraction, known, first=row.item.files[:1] == [row])
    if row.media_type == "application/pdf" and not found.failure:
        enqueue(work, "files.preview", key=str(row.id), priority=70, file_id=row.id)
    if row.item.state == State.PUBLISHED and row.removed_at is None:
        reindex(work, row.item)
