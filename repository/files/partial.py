"""Resumable uploads on disk: the core of tus 1.0 (https://tus.io/protocols/resumable-upload) without its HTTP."""

import fcntl
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from repository.errors import Conflict, DomainError, Invalid, NotFound, TooLarge
from repository.files.blobs import (
    CHUNK,
    FILE_MODE,
    Blob,
    BlobStore,
    Check,
    fsync_folder,
    full_disk_said,
    too_large,
    write_all,
)
from repository.words import N_

ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class PartialUpload:
    """An upload on its way: `length` bytes are announced, `offset` are on disk; `owner` and `target` are opaque."""

    id: str
    length: int
    offset: int
    name: str
    owner: str
    target: str = ""

    @property
    def complete(self) -> bool:
        """Say whether every announced byte is here."""
        return self.offset == self.length


class PartialUploads:
    """Uploads in progress under the store's `partial/`: `<id>.data` holds the bytes, `<id>.json` the rest.

    The offset is the size of the data file, so it is right after a restart or a kill.
    One that received nothing for `lifetime` seconds counts as gone.
    """

    def __init__(self, store: BlobStore, *, lifetime: float = 24 * 3600) -> None:
        self.store = store
        self.lifetime = lifetime

    def create(
        self, *, length: int, name: str, owner: str, target: str = "", limit: int | None = None
    ) -> PartialUpload:
        """Announce an upload of `length` bytes; raise TooLarge over `limit` bytes, Invalid when negative."""
        if length < 0:
            raise Invalid(N_("O tamanho anunciado do ficheiro não faz sentido."), "files")
        if limit is not None and length > limit:
            raise too_large(limit)
        upload = PartialUpload(secrets.token_hex(16), length, 0, name, owner, target)
        with full_disk_said():
            os.close(os.open(self._data(upload.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
            self._save(upload, None)
        return upload

    def get(self, id: str, owner: str) -> PartialUpload:
        """Return the upload as it is on disk; raise NotFound when there is none, it expired or it is another's."""
        return self._load(id, owner)[0]

    def on_the_way(self, owner: str) -> list[PartialUpload]:
        """Return the owner's uploads that are neither finished nor expired."""
        found = []
        for meta in self.store.partial.glob("*.json"):
            with suppress(NotFound):
                upload, done = self._load(meta.stem, owner)
                found += [] if done else [upload]
        return found

    def append(self, id: str, offset: int, stream: BinaryIO, owner: str) -> PartialUpload:
        """Add the bytes of `stream` at `offset`, and return once they are on disk.

        Raises Conflict when `offset` is not the present one or another append is at work, TooLarge when more
        comes than was announced (none of it is kept), and Unavailable on a full disk. When the stream breaks,
        what came is kept and the error passes through.
        """
        try:
            return self._append(id, offset, stream, owner)
        except NotFound:
            # Another append is having the whole file taken over: its bytes are gone from here, its description is not.
            if self._is_known(id, owner):
                raise _elsewhere() from None
            raise

    def _append(self, id: str, offset: int, stream: BinaryIO, owner: str) -> PartialUpload:
        upload = self.get(id, owner)
        if offset != upload.offset:
            raise _elsewhere()
        if upload.complete:
            return upload
        with self._locked(id) as fd:
            if os.fstat(fd).st_size != offset:
                raise _elsewhere()
            with full_disk_said():
                _add(fd, stream, offset, upload.length)
            return replace(upload, offset=os.fstat(fd).st_size)

    def finish(self, id: str, owner: str, check: Check | None = None) -> Blob:
        """Move a complete upload into the blob store; asking again gives the same answer until it expires.

        Raises Conflict while bytes are missing. When `check` refuses the whole file, the upload is forgotten.
        """
        upload, done = self._load(id, owner)
        if done is not None:
            return done
        if not upload.complete:
            raise Conflict(N_("O ficheiro ainda não chegou todo."), "files")
        with self._locked(id):
            if check is not None:
                self._check(id, check)
            blob = self.store.adopt(self._data(id))
            self._save(upload, blob)
        return blob

    def _check(self, id: str, check: Check) -> None:
        try:
            check(self._data(id))
        except DomainError:
            self._forget(id)
            raise

    def discard(self, id: str, owner: str) -> None:
        """Forget the upload and its bytes; a blob already made of them stays."""
        self.get(id, owner)
        self._forget(id)

    def expire(self, older_than: float) -> int:
        """Forget every upload that received nothing for `older_than` seconds, and return how many."""
        gone = 0
        for meta in self.store.partial.glob("*.json"):
            if ID.fullmatch(meta.stem) and self._idle(meta.stem) >= older_than:
                self._forget(meta.stem)
                gone += 1
        for rest in [*self.store.partial.glob("*.data"), *self.store.partial.glob("*.new")]:
            with suppress(FileNotFoundError):  # what a kill left between the data file and its description
                if not rest.with_suffix(".json").exists() and time.time() - rest.stat().st_mtime >= older_than:
                    rest.unlink()
        return gone

    def _data(self, id: str) -> Path:
        return self.store.partial / f"{id}.data"

    def _meta(self, id: str) -> Path:
        return self.store.partial / f"{id}.json"

    def _save(self, upload: PartialUpload, blob: Blob | None) -> None:
        known = asdict(upload) | {"blob": asdict(blob) if blob else None}
        new = self._meta(upload.id).with_suffix(".new")
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            write_all(fd, json.dumps(known).encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(new, self._meta(upload.id))
        fsync_folder(self.store.partial)

    def _load(self, id: str, owner: str) -> tuple[PartialUpload, Blob | None]:
        if not ID.fullmatch(id):
            raise _unknown()
        try:
            known = json.loads(self._meta(id).read_bytes())
        except FileNotFoundError as error:
            raise _unknown() from error
        if known["owner"] != owner or self._idle(id) >= self.lifetime:
            raise _unknown()
        blob = Blob(**known.pop("blob")) if known["blob"] else None
        upload = PartialUpload(**{key: known[key] for key in ("id", "length", "offset", "name", "owner", "target")})
        if blob is not None:
            return replace(upload, offset=upload.length), blob
        try:
            return replace(upload, offset=self._data(id).stat().st_size), None
        except FileNotFoundError as error:
            raise _unknown() from error

    def _is_known(self, id: str, owner: str) -> bool:
        """Return whether the upload is described here as the owner's, and has not expired."""
        if not ID.fullmatch(id):
            return False
        try:
            known = json.loads(self._meta(id).read_bytes())
        except FileNotFoundError:
            return False
        return bool(known["owner"] == owner) and self._idle(id) < self.lifetime

    def _idle(self, id: str) -> float:
        """Return the seconds since the upload last received bytes or was finished."""
        times = []
        for path in (self._data(id), self._meta(id)):
            with suppress(FileNotFoundError):
                times.append(path.stat().st_mtime)
        return time.time() - max(times, default=0)

    def _forget(self, id: str) -> None:
        for path in (self._data(id), self._meta(id)):
            path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, id: str) -> Iterator[int]:
        """Open the data file for appending, for this caller alone."""
        try:
            fd = os.open(self._data(id), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise _unknown() from error
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                same = os.fstat(fd).st_ino == self._data(id).stat().st_ino
            except (BlockingIOError, FileNotFoundError):
                same = False
            if not same:  # finished or discarded meanwhile: the open file is a blob by now, or nobody's
                raise Conflict(N_("Este ficheiro já está a ser enviado noutra ligação."), "files")
            yield fd
        finally:
            os.close(fd)


def _add(fd: int, stream: BinaryIO, offset: int, length: int) -> None:
    """Write `stream` to `fd`; what does not fit the announcement or the disk is taken back whole."""
    room = length - offset
    try:
        while chunk := stream.read(min(CHUNK, room + 1)):
            if len(chunk) > room:
                os.ftruncate(fd, offset)
                raise TooLarge(N_("Chegaram mais bytes do que os anunciados."), "files")
            try:
                write_all(fd, chunk)
            except OSError:
                os.ftruncate(fd, offset)  # a full disk gets its room back; the sender can repeat this part
                raise
            room -= len(chunk)
    finally:
        os.fsync(fd)


def _unknown() -> NotFound:
    return NotFound(N_("Este envio já não existe. Recomece o envio do ficheiro."))


def _elsewhere() -> Conflict:
    return Conflict(N_("O envio deve continuar noutro ponto do ficheiro."), "files")
