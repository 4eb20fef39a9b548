"""Where a Whoosh index lives: `index/<generation>/`, and a pointer `index/current` that names the generation in use.

A Whoosh index contains pickles, and reading a pickle can run code. Therefore the folder is private (0700), nothing in a
generation is opened before its `meta.json` shows that this program made it with these fields and this analysis, and
an index is never restored from a backup: it is rebuilt.
"""

import json
import logging
import os
import re
import secrets
import shutil
import time
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.compound import SubFile
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile
from whoosh.util.filelock import FileLock, try_for

from .engine import IndexBroken, IndexBusy, IndexMissing

log = logging.getLogger(__name__)
INDEX_NAME = "MAIN"
ATTEMPTS = 4
SETTLED = 100_000_000  # nanoseconds; no file system keeps time more coarsely than a tenth of that
_TOC = re.compile(rf"^_{INDEX_NAME}_([0-9]+)\.toc$")
_GENERATION = re.compile(r"^[0-9a-f]{16}$")
_POINTER = "current"
_LOCK = "lock"
_META = "meta.json"
_LISTS = W3Codec.POSTS_EXT

Meta = dict[str, Any]
Parts = dict[str, tuple[bytes, dict[str, Any]]]  # by name, with what was worked out from each


class IndexFolder:
    """The folder of all generations. `meta` is what a generation must say about itself to be trusted."""

    def __init__(self, path: Path, meta: Meta) -> None:
        """The folder need not exist before something is written."""
        self.path = path
        self._meta = meta
        self._root, self._pointer = str(path), str(path / _POINTER)
        self._looked: tuple[tuple[int, ...], tuple[str, int]] | None = None

    def current(self) -> Path:
        """The generation in use. Raises IndexMissing when there is none and IndexBroken when it is not ours."""
        folder = self.path / self._pointed()
        try:
            meta = json.loads((folder / _META).read_text("utf-8"))
        except FileNotFoundError as error:
            raise IndexMissing(f"{folder.name} has no {_META}") from error
        except (OSError, ValueError) as error:
            raise IndexBroken(f"{_META} of {folder.name} cannot be read") from error
        if meta != self._meta:
            raise IndexBroken(f"{folder.name} was made by another version of the program")
        return folder

    def state(self) -> tuple[str, int]:
        """The generation in use and the number of its last commit, which together change with every write.

        Files that have not changed since they were last looked into are not looked into again.
        """
        looked = self._looked
        if looked and self._marks(looked[1][0]) == looked[0]:
            return looked[1]
        before = time.time_ns()
        state = self._state()
        marks = self._marks(state[0])
        # A write in the same tick of the clock as the look would leave the same marks behind.
        if marks and max(marks) < before - SETTLED:
            self._looked = marks, state
        return state

    def _marks(self, name: str) -> tuple[int, ...]:
        """When the pointer and the folder of a generation last changed; nothing when one of them is gone."""
        try:
            return os.stat(self._pointer).st_mtime_ns, os.stat(f"{self._root}/{name}").st_mtime_ns
        except OSError:
            return ()

    def _state(self) -> tuple[str, int]:
        for _ in range(ATTEMPTS):  # a folder may go, or a commit end, between two looks
            name = self._pointed()
            with suppress(OSError):
                commits = [int(match[1]) for match in map(_TOC.match, os.listdir(self.path / name)) if match]
                if commits:
                    return name, max(commits)
        raise IndexMissing(f"{name} is gone or has no table of contents")

    def create(self) -> Path:
        """A new empty generation, not yet in use."""
        self._make()
        self.path.chmod(0o700)
        folder = self.path / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        (folder / _META).write_text(json.dumps(self._meta), "utf-8")
        return folder

    def switch(self, folder: Path) -> None:
        """Put `folder` in use: everything in it reaches the disk before the pointer names it."""
        for path in (*folder.iterdir(), folder):
            _flush(path)
        beside = self.path / f"{_POINTER}.new"
        beside.write_text(folder.name, "ascii")
        _flush(beside)
        if (self.path / _POINTER).is_dir():
            _set_aside(self.path / _POINTER)
        beside.rename(self.path / _POINTER)
        _flush(self.path)

    def sweep(self) -> None:
        """Remove generations that are not in use; call it while holding the lock."""
        try:
            used = self._pointed()
        except (IndexMissing, IndexBroken):
            used = ""
        for path in self.path.iterdir() if self.path.is_dir() else ():
            if path.name != used and _GENERATION.match(path.name):
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Be the only writer, in all processes. Raises IndexBusy when another one stays longer than `seconds`."""
        self._make()
        if (self.path / _LOCK).is_dir():
            _set_aside(self.path / _LOCK)
        lock = FileLock(str(self.path / _LOCK))
        if not try_for(lock.acquire, timeout=seconds, delay=0.05):
            raise IndexBusy("another process is writing the index")
        try:
            yield
        finally:
            lock.release()

    def _make(self) -> None:
        """Make the folder; a file that has its name is set aside, since an index can always be made again."""
        if os.path.lexists(self.path) and not self.path.is_dir():
            _set_aside(self.path)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _pointed(self) -> str:
        try:
            name = (self.path / _POINTER).read_text("ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing("there is no index yet") from error
        except (OSError, ValueError) as error:
            raise IndexBroken(f"{_POINTER} cannot be read") from error
        if not _GENERATION.match(name):
            raise IndexBroken(f"{_POINTER} names no generation")
        return name


class SegmentStorage(FileStorage):
    """Whoosh's file storage, with segments read into memory once instead of mapped.

    Whoosh maps a segment and then copies each part at every opening; and reading a mapped file that somebody has
    truncated ends the process. Segments never change, so the parts are kept from one opening to the next.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is one generation."""
        super().__init__(str(folder), supports_mmap=False)
        self._parts: dict[str, Parts] = {}

    def open_file(self, name: str, **options: Any) -> StructFile:
        """The named file; segments come as a `SegmentFile`."""
        if not name.endswith(".seg"):
            return super().open_file(name, **options)
        opened = open(self._fpath(name), "rb")  # noqa: SIM115  CompoundStorage closes it
        file = SegmentFile(opened, name, self._parts.setdefault(name, {}))
        # ... but for the segments that Whoosh had open when the next one of the same commit was gone: it forgets those.
        weakref.finalize(file, opened.close).atexit = False
        return file

    def keep(self, segments: Collection[str]) -> None:
        """Forget the parts of all segments but these."""
        for name in [name for name in self._parts if name.removesuffix(".seg") not in segments]:
            self._parts.pop(name, None)


class SegmentFile(StructFile):
    """A segment, out of which Whoosh asks for parts by place and length."""

    def __init__(self, opened: Any, name: str, parts: Parts) -> None:
        """`parts` holds what was read before."""
        super().__init__(opened, name=name)
        self._parts = parts

    def subset(self, position: int, length: int, name: str) -> StructFile:
        """The part `name` of the segment, `length` bytes from `position`; EOFError when the file is shorter."""
        if name.endswith(_LISTS):
            return ListsFile(os.fdopen(os.dup(self.fileno()), "rb"), position, length, name)
        if name not in self._parts:
            part = os.pread(self.fileno(), length, position)
            if len(part) != length:
                raise EOFError(f"{self._name} is cut short")
            self._parts[name] = part, {}
        return PartFile(*self._parts[name], name)


class PartFile(BufferFile):
    """A part of a segment, in memory."""

    def __init__(self, part: bytes, known: dict[str, Any], name: str) -> None:
        """What is worked out from the part may be put in `known`, to be there as long as the part is."""
        super().__init__(part, name=name)
        self.known = known


class ListsFile(StructFile):
    """The lists of a segment: its largest part by far, of which each is read when it is wanted, from the system's memory."""

    def __init__(self, opened: IO[bytes], position: int, length: int, name: str) -> None:
        """`opened` is the segment; it is closed with this."""
        super().__init__(SubFile(opened, position, length), name=name)
        self._position, self._length = position, length
        self._opened = opened
        weakref.finalize(self, opened.close).atexit = False

    def bytes_at(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`; EOFError when there are fewer."""
        part = (
            os.pread(self._opened.fileno(), length, self._position + start) if start + length <= self._length else b""
        )
        if len(part) != length:
            raise EOFError(f"{self._name} is cut short")
        return part

    def close(self) -> None:
        """Close the segment."""
        super().close()
        self._opened.close()


def _set_aside(path: Path) -> None:
    """Give what stands in the place of a part of the index another name: nobody can say whose it is."""
    aside = path.with_name(f"{path.name}.aside-{secrets.token_hex(4)}")
    path.rename(aside)
    log.warning("%s stood in the place of a part of the index, and is now %s", path, aside.name)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
