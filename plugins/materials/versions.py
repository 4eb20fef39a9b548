"""Versions of a material: what it said before, with the files it had then."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from repository.api import EDITABLE, N_, UNDECIDED, File, Item, ItemVersion, NotFound, Work, may_fetch


@dataclass(frozen=True)
class OldFile:
    """A file of a version, and whether the person may read it."""

    file: File
    open: bool


@dataclass(frozen=True)
class Version:
    """A material as it was published: `said` is its description, `files` are in their order of then."""

    number: int
    row: ItemVersion
    said: dict[str, Any]
    files: list[OldFile]


def versions_of(work: Work, item: Item) -> list[ItemVersion]:
    """Return the published versions, the newest first."""
    return list(
        work.session.scalars(select(ItemVersion).filter_by(item_id=item.id).order_by(ItemVersion.number.desc()))
    )


def open_version(work: Work, item: Item) -> Item | None:
    """Return the new version of an item that was begun, or handed in and not decided."""
    return work.session.scalar(select(Item).where(Item.revises_id == item.id, Item.state.in_((*EDITABLE, *UNDECIDED))))


def get_version(work: Work, item: Item, number: int) -> Version:
    """Return one version of an item the person may see. Raises NotFound when there is none of this number."""
    row = work.session.scalar(select(ItemVersion).filter_by(item_id=item.id, number=number))
    if row is None:
        raise NotFound(N_("Este material não tem essa versão."))
    found = {file.id: file for file in item.all_files}
    files = [found[file_id] for file_id in row.snapshot.get("files", ()) if file_id in found]
    return Version(number, row, row.snapshot, [OldFile(file, may_fetch(work, file)) for file in files])
