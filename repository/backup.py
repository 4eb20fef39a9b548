"""Backups that can be restored: a consistent copy of the database first, then the files, then a manifest of both."""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import select

from repository.db import copy_database
from repository.errors import Conflict, Invalid
from repository.files.blobs import DIGEST, fsync_folder, full_disk_said
from repository.models import File
from repository.words import N_
from repository.work import Services, now

FORMAT = 1
MANIFEST = "manifest.json"
REPORT = "backup.json"  # in the instance: the health page tells how old the last backup is
DATABASE = re.compile(r"database-[0-9a-f]{12}\.(sqlite|pgdump)")
KEPT = ("settings.toml", "secret")  # what else of the instance cannot be made again; its text goes into the manifest
UNFINISHED = ("database.new", f"{MANIFEST}.new")
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the database's file and its SHA-256, the digests and sizes of blobs, and texts by name.

    `damaged` are blobs that were missing or not themselves any more when the backup was made.
    """

    made_at: str
    database: str
    sha256: str
    blobs: dict[str, int]
    texts: dict[str, str]
    damaged: list[str] = field(default_factory=list)
    format: int = FORMAT


def back_up(services: Services, destination: Path) -> Manifest:
    """Write a backup to the folder `destination`; what an earlier one left there is kept and made use of.

    Until the new manifest is in place the earlier backup stays whole, so that a kill at any moment costs nothing.
    Raises Unavailable on a full disk, Conflict for a folder with other things in it.
    """
    destination.mkdir(parents=True, exist_ok=True, mode=0o700)
    strangers = {path.name for path in destination.iterdir()} - {"blobs", MANIFEST, *UNFINISHED}
    if not all(map(DATABASE.fullmatch, strangers)):
        raise Conflict(N_("A pasta da cópia tem outras coisas. Escolha uma pasta vazia, ou a da cópia anterior."))
    with full_disk_said():
        with services.blobs.hold():
            before = _named(services)
            database, digest = _copy_rows(services, destination)
            # The copy is of a moment between the two looks: whatever it names was named at one of them.
            sizes, damaged = _copy_blobs(services, destination, before | _named(services))
        kept = [path for name in KEPT if (path := services.instance / name).exists()]
        texts = {path.name: path.read_text("utf-8") for path in kept}
        manifest = Manifest(now().isoformat(timespec="seconds"), database, digest, sizes, texts, damaged)
        _write(destination / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
    _sweep(destination, manifest)
    told = {"at": manifest.made_at, "ok": not damaged, "files": len(sizes), "damaged": len(damaged)}
    _write(services.instance / REPORT, json.dumps(told))
    return manifest


def _copy_rows(services: Services, destination: Path) -> tuple[str, str]:
    engine = services.sessions.engine
    fresh = destination / "database.new"
    fresh.unlink(missing_ok=True)
    copy_database(engine, fresh)
    fresh.chmod(0o600)
    ending = "sqlite" if engine.dialect.name == "sqlite" else "pgdump"
    digest = digest_of(fresh)
    name = f"database-{digest[:12]}.{ending}"
    fresh.rename(destination / name)
    return name, digest


def _named(services: Services) -> set[str]:
    """Return the digests that the rows name now."""
    with services.sessions.reading() as session:
        return set(session.scalars(select(File.sha256).distinct()))


def _copy_blobs(services: Services, destination: Path, digests: set[str]) -> tuple[dict[str, int], list[str]]:
    """Copy the blobs that are not there yet."""
    sizes: dict[str, int] = {}
    damaged = []
    for digest in sorted(digests):
        source, copy = services.blobs.path(digest), blob_path(destination, digest)
        if not source.exists():
            damaged.append(digest)
            continue
        size = source.stat().st_size
        if not copy.exists() or copy.stat().st_size != size:
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not place(source, copy, digest):
                damaged.append(digest)
                continue
        sizes[digest] = size
    return sizes, damaged


def blob_path(folder: Path, digest: str) -> Path:
    """Return where a backup keeps a blob. Raises Invalid when `digest` is none."""
    if not DIGEST.fullmatch(digest):
        raise Invalid(N_("A cópia não está inteira: o índice dela não se percebe."))
    return folder / "blobs" / digest[:2] / digest


def place(source: Path, target: Path, digest: str) -> bool:
    """Copy a file while hashing it, and say whether it is what its name says; only then is it in place."""
    found = hashlib.sha256()
    new = target.with_name(f"{target.name}.new")
    with source.open("rb") as reading, new.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            found.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    if found.hexdigest() != digest:
        new.unlink()
        return False
    new.rename(target)
    return True


def _write(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        new.chmod(0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    fsync_folder(path.parent)


def _sweep(destination: Path, manifest: Manifest) -> None:
    """Remove what only the earlier backup needed."""
    for path in destination.iterdir():
        if DATABASE.fullmatch(path.name) and path.name != manifest.database:
            path.unlink()
    for path in (destination / "blobs").glob("??/*"):
        if path.name not in manifest.blobs:
            path.unlink()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in lowercase hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
