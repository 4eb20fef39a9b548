"""Compound files ([MS-CFB]): old office documents, and new ones locked with a password."""

import mmap
import struct
from collections.abc import Iterator

LAST = 0xFFFFFFFA  # sector numbers from here on are marks
MAX_SECTORS = 4096
Bytes = bytes | mmap.mmap
STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}


def compound_structure(data: Bytes, told: str | None) -> tuple[str | None, str | None]:
    """Return the extension and the problem, each or None, of a compound file given under the extension `told`."""
    try:
        names = set(_names(data))
    except (struct.error, IndexError, ValueError):
        return (told if told in ("doc", "xls", "ppt") else None), "truncated"
    if "EncryptedPackage" in names:
        return (told if told in ("docx", "xlsx", "pptx", "ppsx") else "docx"), "encrypted"
    for name, ending in STREAMS.items():
        if name in names:
            return ending, None
    return None, "not_allowed"


def _names(data: Bytes) -> Iterator[str]:
    """Yield the names in the directory; raise struct.error where the file ends too early."""
    (shift,) = struct.unpack("<H", data[30:32])
    if shift not in (9, 12):
        raise ValueError("sector size")
    size = 1 << shift
    (first,) = struct.unpack("<I", data[48:52])
    table = _table(data, size)
    sector, seen = first, 0
    while sector < LAST and seen < MAX_SECTORS:
        start = (sector + 1) * size
        block = data[start : start + size]
        if len(block) < 128:
            raise ValueError("the directory is beyond the end")
        for at in range(0, len(block) - 127, 128):
            (length,) = struct.unpack("<H", block[at + 64 : at + 66])
            if 2 <= length <= 64:
                yield block[at : at + length - 2].decode("utf-16-le", "replace")
        sector, seen = table[sector] if sector < len(table) else LAST, seen + 1


def _table(data: Bytes, size: int) -> list[int]:
    """Return which sector follows each, from the 109 table sectors that the header itself names."""
    table: list[int] = []
    for (sector,) in struct.iter_unpack("<I", data[76:512]):
        if sector >= LAST:
            break
        block = data[(sector + 1) * size : (sector + 2) * size]
        if len(block) < size:
            raise ValueError("the sector table is beyond the end")
        table.extend(number for (number,) in struct.iter_unpack("<I", block))
    return table
