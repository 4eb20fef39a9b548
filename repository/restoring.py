"""Restores a backup into an empty place, and only one that is whole: every file is compared with the manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect

from repository.backup import DATABASE, FORMAT, KEPT, MANIFEST, Manifest, blob_path, place
from repository.db import SQLITE_FILE, fill_database
from repository.errors import Conflict, Invalid
from repository.files.blobs import full_disk_said
from repository.words import N_

HARMLESS = {"README.md", ".gitignore", "serve.lock", "worker.lock"}


def read_manifest(source: Path) -> Manifest:
    """Return the manifest of a backup. Raises Invalid when there is none that can be used."""
    path = source / MANIFEST
    if not path.is_file():
        raise Invalid(N_("«%(path)s» não é uma cópia de segurança: falta %(name)s."), path=str(source), name=MANIFEST)
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        manifest = Manifest(**told)
        known = manifest.format == FORMAT and DATABASE.fullmatch(manifest.database)
    except (ValueError, TypeError) as error:
        raise Invalid(N_("A cópia não está inteira: o índice dela não se percebe.")) from error
    if not known or set(manifest.texts) - set(KEPT):
        raise Invalid(N_("A cópia não está inteira: o índice dela não se percebe."))
    return manifest


def restore_files(source: Path, instance: Path) -> Path:
    """Copy a backup into an empty instance folder; return its database there, for SQLite already in its place.

    Nothing but what the manifest names is copied: whatever else lies in the folder, an index for example, stays there.
    Raises Conflict unless the place is empty, Invalid when the backup is not whole; then the place is empty again.
    """
    manifest = read_manifest(source)
    instance.mkdir(parents=True, exist_ok=True, mode=0o750)
    if {path.name for path in instance.iterdir()} - HARMLESS:
        raise Conflict(N_("A pasta da instância não está vazia. Uma cópia só se repõe numa pasta vazia."))
    try:
        with full_disk_said():
            dump = instance / f"{SQLITE_FILE}.restoring"
            _take(source / manifest.database, dump, manifest.sha256)
            dump.chmod(0o640)
            for name, text in manifest.texts.items():
                (instance / name).touch(mode=0o600)
                (instance / name).write_text(text, "utf-8")
            for digest in manifest.blobs:
                target = blob_path(instance, digest)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
                _take(blob_path(source, digest), target, digest)
                target.chmod(0o640)
    except BaseException:
        _empty(instance)
        raise
    return dump.rename(instance / SQLITE_FILE) if manifest.database.endswith(".sqlite") else dump


def fill_rows(engine: Engine, dump: Path, instance: Path) -> None:
    """Put the rows of a restored backup where the instance keeps its own: `dump` is what `restore_files` returned.

    Raises Conflict when the instance uses another kind of database than the backup, or one with tables in it already,
    Unavailable when PostgreSQL's programs fail; then the place is empty again.
    """
    try:
        if dump.suffix == ".sqlite":
            if engine.dialect.name != "sqlite" or engine.url.database != str(dump):
                raise Conflict(N_("A cópia é de SQLite. Reponha-a sem REPOSITORY_DATABASE_URL."))
            return
        if engine.dialect.name == "sqlite":
            raise Conflict(N_("A cópia é de PostgreSQL. Diga em REPOSITORY_DATABASE_URL que base de dados a recebe."))
        if inspect(engine).get_table_names():
            raise Conflict(N_("A base de dados não está vazia. Uma cópia só se repõe numa base de dados vazia."))
        fill_database(engine, dump)
        dump.unlink()
    except BaseException:
        _empty(instance)
        raise


def _take(source: Path, target: Path, digest: str) -> None:
    if source.is_symlink() or not source.is_file() or not place(source, target, digest):
        raise Invalid(N_("A cópia não está inteira: falta ou está estragado «%(name)s»."), name=source.name)


def _empty(instance: Path) -> None:
    for path in instance.iterdir():
        if path.name in HARMLESS:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
