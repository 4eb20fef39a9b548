"""Zip files from strangers: every size is checked before unpacking and the real bytes are counted while unpacking."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from repository.files.faults import Bomb, Broken, Encrypted, TooMany

MAX_MEMBERS = 10_000
MAX_DIRECTORY = 4 * 1024 * 1024
MAX_TOTAL = 300 * 1024 * 1024
MAX_RATIO = 200
RATIO_FREE = 1024 * 1024  # a member that unpacks to less may be packed as tightly as it likes
END = b"PK\x05\x06"
LOCAL_HEADER = 30
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)


class SafeZip:
    """A zip whose directory has been checked; `read` unpacks one member within the limits.

    `growth` is how many bytes more than the file's own size may come out in all, MAX_TOTAL unless told.
    """

    def __init__(self, archive: zipfile.ZipFile, growth: int = MAX_TOTAL) -> None:
        self.archive = archive
        self.left = growth
        self.members = {info.filename: info for info in archive.infolist()}

    @property
    def names(self) -> list[str]:
        """The members' names, in the order of the directory."""
        return list(self.members)

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def read(self, name: str, limit: int = MAX_TOTAL) -> bytes:
        """Unpack one member; raise Broken, Encrypted, or Bomb when it is over `limit` bytes or lies about its size."""
        info = self.members.get(name)
        if info is None:
            raise Broken(f"no member {name!r}")
        if info.flag_bits & 1:
            raise Encrypted(name)
        limit = min(limit, info.file_size, self.left)
        try:
            with self.archive.open(info) as member:
                data = member.read(limit + 1)
        except UNREADABLE as error:
            raise Broken(str(error)) from error
        if len(data) > limit:
            raise Bomb(name)
        self.left -= len(data)
        return data


@contextmanager
def open_zip(path: Path) -> Iterator[SafeZip]:
    """Open a zip after checking its directory; raise Broken or Bomb."""
    with path.open("rb") as file:
        check_directory_size(file)
        try:
            archive = zipfile.ZipFile(file)
        except UNREADABLE as error:
            raise Broken(str(error)) from error
        with archive:
            _check(archive, file.seek(0, 2))
            yield SafeZip(archive)


def check_directory_size(file: BinaryIO) -> None:
    """Raise Broken without an end record and Bomb when the directory is too long to be read at all."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        raise Broken("no end of the directory")
    members, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if members != 0xFFFF and members > MAX_MEMBERS:
        raise TooMany(f"{members} members")
    if directory != 0xFFFFFFFF and directory > MAX_DIRECTORY:
        raise Bomb("a very long directory")
    locator = tail.rfind(b"PK\x06\x07", 0, at)
    if locator >= 0 and (record := tail.rfind(b"PK\x06\x06", 0, locator)) >= 0:
        long_directory = struct.unpack("<Q", tail[record + 40 : record + 48].ljust(8, b"\0"))[0]
        if long_directory > MAX_DIRECTORY:
            raise Bomb("a very long directory")
    file.seek(0)


def _check(archive: zipfile.ZipFile, size: int) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise TooMany(f"{len(infos)} members")
    for info in infos:
        if info.file_size > RATIO_FREE and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise Bomb(f"{info.filename} grows {info.file_size // max(1, info.compress_size)} times")
    spans = sorted((info.header_offset, info.header_offset + LOCAL_HEADER + info.compress_size) for info in infos)
    end = 0
    for start, stop in spans:
        if start < end:
            raise Bomb("members that share their bytes")
        end = stop
    if end > size:
        raise Broken("members beyond the end")


def total_growth(archive: SafeZip) -> int:
    """Return how many bytes more than its packed size the directory declares."""
    return sum(max(0, info.file_size - info.compress_size) for info in archive.members.values())
