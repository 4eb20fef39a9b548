"""Two formats of Qt: packed resources (.rcc) and compiled translations (.qm)."""

import struct
import zlib
from collections.abc import Iterator

HEADER = struct.Struct(">4s4I")  # "qres", version, where the tree, the data and the names begin
NODE = 22  # bytes of a node since version 2
COMPRESSED, FOLDER = 1, 2
QM_START = 16
TRANSLATION, SOURCE, CONTEXT = 3, 6, 7
END, OBSOLETE = 1, 5


def unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each file in a resource. Raises ValueError for what is none."""
    magic, version, tree, contents, names = HEADER.unpack_from(data)
    if magic != b"qres" or version < 2:
        raise ValueError("this is no resource file of version 2 or later")

    def name(at: int) -> str:
        (length,) = struct.unpack_from(">H", data, names + at)
        start = names + at + 6
        return data[start : start + 2 * length].decode("utf-16-be")

    def walk(number: int, path: str) -> Iterator[tuple[str, bytes]]:
        at = tree + number * NODE
        named, flags = struct.unpack_from(">IH", data, at)
        here = f"{path}/{name(named)}" if number else ""
        if flags & FOLDER:
            count, first = struct.unpack_from(">II", data, at + 6)
            for child in range(first, first + count):
                yield from walk(child, here)
            return
        start = contents + struct.unpack_from(">I", data, at + 10)[0]
        (length,) = struct.unpack_from(">I", data, start)
        content = data[start + 4 : start + 4 + length]
        yield here, zlib.decompress(content[4:]) if flags & COMPRESSED else content

    yield from walk(0, "")


def translations(data: bytes) -> dict[tuple[str, str], str]:
    """Return what each (context, source text) of a compiled catalogue becomes."""
    at, found = QM_START, {}
    while at < len(data):
        section, length = struct.unpack_from(">BI", data, at)
        if section == 0x69:
            found = dict(_messages(data[at + 5 : at + 5 + length]))
        at += 5 + length
    return found


def _messages(data: bytes) -> Iterator[tuple[tuple[str, str], str]]:
    at, said = 0, dict[int, bytes]()
    while at < len(data):
        tag, at = data[at], at + 1
        if tag == END:
            source, context = (said.get(part, b"").decode() for part in (SOURCE, CONTEXT))  # the heading has none
            yield (context, source), said[TRANSLATION].decode("utf-16-be")
            said = {}
        elif tag == OBSOLETE:
            at += 4
        else:
            (length,) = struct.unpack_from(">I", data, at)
            length = 0 if length == 0xFFFFFFFF else length  # nothing said
            said.setdefault(tag, data[at + 4 : at + 4 + length])  # the first of several is the singular
            at += 4 + length
