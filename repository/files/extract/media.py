"""What images, sound and film say in words."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from repository.files.extract import markup
from repository.files.extraction import Reading
from repository.files.pictures import hidden_in

ID3_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
MAX_TAG = 1024 * 1024
MAX_FIELD = 4096
MP4_NAMES = {b"\xa9nam": "title", b"\xa9ART": "author", b"desc": "description"}
MP4_FOLDERS = (b"moov", b"udta", b"meta", b"ilst", *MP4_NAMES)


def read_image(path: Path) -> Reading:
    """Read what a picture hides; its title comes from its name."""
    return Reading(hidden=hidden_in(path))


def read_svg(path: Path) -> Reading:
    """Read the title and the words of a drawing."""
    root = markup.parse(path.read_bytes()[: markup.WHOLE + 1])
    words = markup.texts(root, "text")
    return Reading(
        title=next((child.text or "" for child in root if markup.local(child.tag) == "title"), ""),
        description=next((child.text or "" for child in root if markup.local(child.tag) == "desc"), ""),
        pages=("\n".join(words),) if words else (),
    )


def read_mp3(path: Path) -> Reading:
    """Read title and performer from an ID3v2 tag (2.2 to 2.4)."""
    with path.open("rb") as file:
        head = file.read(10)
        if len(head) < 10 or not head.startswith(b"ID3"):
            return Reading()
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        found = dict(_id3_fields(file.read(min(size, MAX_TAG)), head[3]))
    author = found.get("author", "")
    return Reading(title=found.get("title", ""), authors=(author,) if author else ())


def _id3_fields(tag: bytes, version: int) -> Iterator[tuple[str, str]]:
    short = version == 2
    names = {b"TIT2": "title", b"TPE1": "author", b"TT2": "title", b"TP1": "author"}
    at, header = 0, 6 if short else 10
    while at + header < len(tag):
        name = tag[at : at + (3 if short else 4)]
        raw = tag[at + len(name) : at + 2 * len(name)]
        shift = 7 if version == 4 else 8
        size = sum(byte << shift * place for place, byte in enumerate(reversed(raw)))
        value = tag[at + header : at + header + min(size, MAX_FIELD)]
        if not name.strip(b"\0") or not size:
            return
        if name in names and value and value[0] < len(ID3_ENCODINGS):
            yield names[name], value[1:].decode(ID3_ENCODINGS[value[0]], "replace").strip("\0\ufffd ")
        at += header + size


def read_mp4(path: Path) -> Reading:
    """Read title, author and description from the iTunes metadata of an MP4 film or sound."""
    with path.open("rb") as file:
        found = dict(_mp4_fields(file, 0, path.stat().st_size, b"", 0))
    author = found.get("author", "")
    return Reading(
        title=found.get("title", ""),
        description=found.get("description", ""),
        authors=(author,) if author else (),
    )


def _mp4_fields(file: BinaryIO, start: int, end: int, parent: bytes, depth: int) -> Iterator[tuple[str, str]]:
    at = start
    for _ in range(1000):
        file.seek(at)
        header = file.read(16)
        if at + 8 > end or len(header) < 8:
            return
        size, kind = struct.unpack(">I4s", header[:8])
        body = 8
        if size == 1 and len(header) == 16:
            size, body = struct.unpack(">Q", header[8:])[0], 16
        stop = end if size == 0 else at + size
        if stop <= at or stop > end:
            return
        if kind == b"data" and parent in MP4_NAMES:
            file.seek(at + body + 8)
            value = file.read(max(0, min(stop - at - body - 8, MAX_FIELD)))
            yield MP4_NAMES[parent], value.decode("utf-8", "replace")
        elif kind in MP4_FOLDERS and depth < 8:
            inside = at + body + (4 if kind == b"meta" else 0)
            yield from _mp4_fields(file, inside, stop, kind, depth + 1)
        at = stop


def read_nothing(path: Path) -> Reading:
    """Read nothing: the title comes from the name."""
    return Reading()
