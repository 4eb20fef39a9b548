"""The blob store: each file is kept once, never changed, under the SHA-256 of its bytes."""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from repository.errors import Invalid, NotFound, TooLarge, Unavailable
from repository.words import N_

CHUNK = 1024 * 1024
FILE_MODE = 0o640
FOLDER_MODE = 0o750
DIGEST = re.compile(r"[0-9a-f]{64}")
PREFIX = "receiving-"
FULL = (errno.ENOSPC, errno.EDQUOT)
Check = Callable[[Path], None]


@dataclass(frozen=True)
class Blob:
    """A kept file: the SHA-256 of its bytes in lowercase hex, and its size in bytes."""

    sha256: str
    size: int


@contextmanager
def full_disk_said() -> Iterator[None]:
    """Turn "no space left" into an Unavailable that a person can read."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise full_disk() from error


def full_disk() -> Unavailable:
    """Return the answer when the disk has no room."""
    return Unavailable(
        N_("O disco do repositório está cheio e o ficheiro não foi guardado. Avise o centro e tente mais tarde.")
    )


def too_large(limit: int) -> TooLarge:
    """Return the refusal of a file over `limit` bytes."""
    return TooLarge(N_("O ficheiro é maior do que o permitido (%(limit)s MB)."), "files", limit=limit // CHUNK)


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make `folder` and its missing parents durably, readable by the owner and the group only.

    Raises NotADirectoryError where a file has its name: what that is, is for a person to find out.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    fsync_folder(folder.parent)


class BlobStore:
    """Files by SHA-256 under `root/blobs`, with `root/partial` on the same file system for those on their way in."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.blobs = self.root / "blobs"
        self.partial = self.root / "partial"
        self.reserve = self.root / "reserve"
        for folder in (self.blobs, self.partial):
            make_folder(folder)

    def receive(self, stream: BinaryIO, *, limit: int | None, check: Check | None = None) -> Blob:
        """Keep all bytes of `stream` and return once they are on disk.

        Raises TooLarge over `limit` bytes, Unavailable on a full disk, and whatever `check` raises when it sees the
        whole file; then nothing is kept.
        """
        temp = self.partial / (PREFIX + secrets.token_hex(16))
        try:
            with full_disk_said():
                blob = _write(stream, temp, limit)
                if check is not None:
                    check(temp)
                self._place(temp, blob)
        finally:
            temp.unlink(missing_ok=True)
        return blob

    def adopt(self, path: Path) -> Blob:
        """Take over the finished file at `path`, which must be on the same file system and no longer written to."""
        with full_disk_said():
            with path.open("rb") as file:
                blob = _digest(file)
                os.fchmod(file.fileno(), FILE_MODE)
                os.fsync(file.fileno())
            self._place(path, blob)
        path.unlink(missing_ok=True)
        return blob

    def path(self, sha256: str) -> Path:
        """Return where the blob is, or would be; raise Invalid when `sha256` is no digest."""
        if not DIGEST.fullmatch(sha256):
            raise Invalid(N_("Isto não identifica um ficheiro."))
        return self.blobs / sha256[:2] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open the blob for reading; raise NotFound when it is not kept here."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise _missing() from error

    def exists(self, sha256: str) -> bool:
        """Say whether a blob of this digest is kept."""
        return self.path(sha256).is_file()

    def verify(self, sha256: str) -> bool:
        """Read the blob again and say whether its bytes still have this digest; a missing one has not."""
        try:
            with self.path(sha256).open("rb") as file:
                return _digest(file).sha256 == sha256
        except OSError:
            return False

    def digests(self) -> Iterator[str]:
        """Yield the digest of every kept blob, in order."""
        for folder in sorted(self.blobs.iterdir()):
            if not folder.is_dir():
                continue
            for name in sorted(os.listdir(folder)):
                if DIGEST.fullmatch(name) and name[:2] == folder.name:
                    yield name

    def age(self, sha256: str) -> float:
        """Return the seconds since the blob was last received; raise NotFound when it is not kept here."""
        try:
            return max(0.0, time.time() - self.path(sha256).stat().st_mtime)
        except FileNotFoundError as error:
            raise _missing() from error

    def remove(self, sha256: str, *, unused_for: float = 0) -> bool:
        """Remove the blob and say whether it went.

        One received less than `unused_for` seconds ago stays: somebody may be about to refer to it. So do all while
        somebody holds them.
        """
        path = self.path(sha256)
        with suppress(BlockingIOError), self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB, ".held"), self._lock(fcntl.LOCK_EX):
            try:
                if unused_for and self.age(sha256) < unused_for:
                    return False
                path.unlink()
            except (FileNotFoundError, NotFound):
                return False
            fsync_folder(path.parent)
            return True
        return False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep every blob where it is until the block ends, in all processes; new ones may come."""
        with self._lock(fcntl.LOCK_SH, ".held"):
            yield

    def sweep_partial(self, older_than: float) -> int:
        """Remove what interrupted `receive` calls left more than `older_than` seconds ago; return how many."""
        swept = 0
        for temp in self.partial.glob(PREFIX + "*"):
            with suppress(FileNotFoundError):
                if time.time() - temp.stat().st_mtime >= older_than:
                    temp.unlink()
                    swept += 1
        return swept

    def keep_reserve(self, mb: int) -> None:
        """Hold `mb` megabytes back, to be dropped when the disk is full: deleting needs room too."""
        size = mb * CHUNK
        if self.reserve.is_file() and self.reserve.stat().st_size == size:
            return
        fd = os.open(self.reserve, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            with full_disk_said():
                if size:
                    os.posix_fallocate(fd, 0, size)
                os.fsync(fd)
        except Unavailable:
            self.reserve.unlink()
            raise
        finally:
            os.close(fd)

    def drop_reserve(self) -> bool:
        """Give the reserve back to the disk and say whether there was one."""
        try:
            self.reserve.unlink()
        except FileNotFoundError:
            return False
        return True

    def _place(self, temp: Path, blob: Blob) -> None:
        final = self.path(blob.sha256)
        make_folder(final.parent)
        with self._lock(fcntl.LOCK_SH):
            whole = _size(final) == blob.size
            os.utime(final if whole else temp)  # young, so that a collector at work leaves it alone
            if not whole:
                os.rename(temp, final)  # also heals a blob that something outside has cut short
            fsync_folder(final.parent)

    @contextmanager
    def _lock(self, kind: int, name: str = ".lock") -> Iterator[None]:
        """Keep removing (exclusive) and placing or holding (shared) apart, in all processes."""
        fd = os.open(self.blobs / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(fd, kind)
            yield
        finally:
            os.close(fd)


def _write(stream: BinaryIO, temp: Path, limit: int | None) -> Blob:
    digest = hashlib.sha256()
    size = 0
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(fd, "wb", buffering=0) as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise too_large(limit)
            digest.update(chunk)
            write_all(file.fileno(), chunk)
        os.fchmod(file.fileno(), FILE_MODE)  # whatever the umask
        os.fsync(file.fileno())
    return Blob(digest.hexdigest(), size)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte; the system may take them in parts."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _digest(file: BinaryIO) -> Blob:
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Blob(digest.hexdigest(), size)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _missing() -> NotFound:
    return NotFound(N_("Este ficheiro não está guardado."))
