"""What the bytes of a file are, whatever its name says."""

import mmap
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from repository.files import pictures
from repository.files.compound import STREAMS, compound_structure
from repository.files.zipped import ZIPPED, zip_structure
from repository.files.zips import END

HEAD = 64 * 1024
TEXT_HEAD = 1024 * 1024
EXECUTABLES = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
SPACE = b" \t\r\n\x0c"
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
CP1252_HOLES = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
PROLOGUE = re.compile(r"\s*(<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE\s+svg[^>\[]*(\[.*?\])?\s*>)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Structure:
    """What was found: an extension of KINDS, "text" (then `may_be` lists the kinds, likeliest first), or None."""

    extension: str | None
    problem: str | None = None
    may_be: tuple[str, ...] = ()


def structure_of(path: Path, told: str | None) -> Structure:
    """Return what the non-empty file at `path` is; `told`, from its name, only breaks ties between equals."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = _by_signature(path, data, told)
        if found is None:
            found = _text(data)
        if found.extension is not None and found.problem is None and _zip_at_the_end(data, found.extension):
            return Structure(found.extension, "polyglot", found.may_be)
        return found


def _by_signature(path: Path, data: mmap.mmap, told: str | None) -> Structure | None:
    head = data[:HEAD]
    if head.startswith(EXECUTABLES) and not (head.startswith(b"MZ") and _is_text(head)):
        return Structure(None, "program")
    if head.startswith((b"PK\x03\x04", END)):
        return Structure(*zip_structure(path, told))
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Structure(*compound_structure(data, told))
    pdf = PDF_HEADER.search(head[:1024])
    if pdf:
        return _pdf(data, head, pdf.start())
    for starts, decide in SIGNATURES:
        if head.startswith(starts):
            return decide(path, data)
    if head[4:8] == b"ftyp":
        return _mp4(path, data)
    if _mpeg_frames(data, 0):
        return Structure("mp3")
    return None


def _pdf(data: mmap.mmap, head: bytes, at: int) -> Structure:
    if head[:at].lstrip(b"\xef\xbb\xbf").strip(SPACE + b"\0") or re.search(
        rb"<(html|script|body)\b", head[:1024], re.I
    ):
        return Structure("text" if at and _is_text(head[:at]) else "pdf", "polyglot", ("html", "txt"))
    tail = data[max(0, len(data) - HEAD) :]
    if b"%%EOF" not in tail and not re.search(rb"startxref\s+\d+\s*$", tail):
        return Structure("pdf", "truncated")
    start = re.findall(rb"startxref\s+(\d{1,12})", tail)
    offset = int(start[-1]) if start else 0
    if b"/Encrypt" in tail or b"/Encrypt" in data[offset : offset + 4096]:
        return Structure("pdf", "encrypted")
    return Structure("pdf")


def _picture(ending: str) -> Callable[[Path, mmap.mmap], Structure]:
    return lambda path, data: Structure(ending, pictures.problem(path, data, ending))


def _riff(path: Path, data: mmap.mmap) -> Structure:
    size = struct.unpack("<I", data[4:8].ljust(4, b"\0"))[0]
    ending = {b"WAVE": "wav", b"WEBP": "webp"}.get(data[8:12])
    if ending is None:
        return Structure(None, "not_allowed")
    if 0 < size < 0xFFFFFF00 and size + 8 > len(data) + 1:
        return Structure(ending, "truncated")
    return Structure(ending, pictures.problem(path, data, ending) if ending == "webp" else None)


def _ebml(path: Path, data: mmap.mmap) -> Structure:
    kind = re.search(rb"\x42\x82[\x80-\x8f]([a-z]+)", data[:256])
    return Structure("webm") if kind and kind[1] == b"webm" else Structure(None, "not_allowed")


def _ogg(path: Path, data: mmap.mmap) -> Structure:
    first = data[:256]
    if len(data) < 58:
        return Structure("ogg", "truncated")
    return Structure("ogv" if b"\x80theora" in first or b"fishead" in first else "ogg")


def _id3(path: Path, data: mmap.mmap) -> Structure:
    size = data[6:10].ljust(4, b"\0")
    at = 10 + ((size[0] & 127) << 21 | (size[1] & 127) << 14 | (size[2] & 127) << 7 | size[3] & 127)
    if at >= len(data):
        return Structure("mp3", "truncated")
    if data[at : at + 4] == b"fLaC":
        return Structure("flac")
    rest = data[at : at + 8192].lstrip(b"\0")
    return Structure("mp3", None if b"\xff" in rest else "broken")


def _mpeg_frames(data: mmap.mmap, at: int) -> bool:
    """Say whether two MPEG audio frames (layer III) follow each other from `at` on."""
    for _ in range(2):
        header = data[at : at + 4]
        if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
            return False
        rate, pace = header[2] >> 4, (header[2] >> 2) & 3
        if rate in (0, 15) or pace == 3:
            return False
        first = header[1] & 0x18 == 0x18
        table = RATES_1 if first else RATES_2
        samples = (44100, 48000, 32000)[pace] >> (0 if first else 2 if header[1] & 0x18 == 0 else 1)
        at += (144 if first else 72) * table[rate] * 1000 // samples + ((header[2] >> 1) & 1)
    return True


RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _mp4(path: Path, data: mmap.mmap) -> Structure:
    brand = data[8:12]
    if brand[:3] in (b"qt ", b"hei", b"hev", b"mif", b"msf", b"avi", b"3gp", b"3g2", b"crx"):
        return Structure(None, "not_allowed")
    ending = "m4a" if brand in (b"M4A ", b"M4B ") else "mp4"
    at, moov = 0, False
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if size == 1:
            size = struct.unpack(">Q", data[at + 8 : at + 16].ljust(8, b"\0"))[0]
        moov = moov or kind == b"moov"
        if size == 0:
            break
        if size < 8:
            return Structure(ending, None if moov else "broken")
        at += size
    return Structure(ending, "truncated" if at > len(data) or not moov else None)


def _gzip(path: Path, data: mmap.mmap) -> Structure:
    try:
        start = zlib.decompressobj(31).decompress(data[:HEAD], 1024)
    except zlib.error:
        return Structure("tar.gz", "broken")
    return Structure("tar.gz") if start[257:262] == b"ustar" else Structure(None, "not_allowed")


SIGNATURES: tuple[tuple[bytes, Callable[[Path, mmap.mmap], Structure]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _picture("png")),
    (b"\xff\xd8\xff", _picture("jpg")),
    (b"GIF87a", _picture("gif")),
    (b"GIF89a", _picture("gif")),
    (b"RIFF", _riff),
    (b"\x1a\x45\xdf\xa3", _ebml),
    (b"OggS", _ogg),
    (b"ID3", _id3),
    (b"fLaC", lambda path, data: Structure("flac")),
    (b"7z\xbc\xaf\x27\x1c", lambda path, data: Structure("7z")),
    (b"\x1f\x8b\x08", _gzip),
)


def _zip_at_the_end(data: mmap.mmap, ending: str | None) -> bool:
    """Say whether a whole zip hangs on the end of something else."""
    if ending in ZIPPED or ending in STREAMS.values():  # old office documents hold new ones inside
        return False
    start = max(0, len(data) - 65_557)
    tail = data[start:]
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        return False
    if ending == "pdf":  # files attached inside a PDF lie before its end mark
        return at > tail.rfind(b"%%EOF")
    return at + 22 + struct.unpack("<H", tail[at + 20 : at + 22])[0] == len(tail)


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return b"\0\0\0" not in data
    if CONTROL.search(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return True
        return not CP1252_HOLES.search(data)
    return True


def _text(data: mmap.mmap) -> Structure:
    head = data[:TEXT_HEAD]
    if not _is_text(head):
        return Structure(None)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = head[:HEAD].decode("utf-16" if wide else "utf-8-sig", errors="replace").lstrip()
    if start.startswith("{\\rtf"):
        return Structure("text", None if data[-1024:].rstrip(SPACE + b"\0").endswith(b"}") else "truncated", ("rtf",))
    bare = start
    while prologue := PROLOGUE.match(bare):
        bare = bare[prologue.end() :]
    bare = bare.lstrip()
    if re.match(r"<(\w+:)?svg\b", bare):
        return Structure("text", None, ("svg",))
    if re.match(r"<!doctype\s+html|<html\b", bare, re.IGNORECASE):
        return Structure("text", None, ("html",))
    if start.startswith("{") and re.search(r'"(cells|nbformat)"\s*:', data[:HEAD].decode("utf-8", "replace")):
        return Structure("text", None, ("ipynb", "txt"))
    kinds = ["txt", "md", "csv", "py", "ino"]
    if re.search(r"<[a-zA-Z][\w:-]*[^<>]*>", start):
        kinds.append("html")
    if re.match(r":[0-9A-Fa-f]{10,}\s", start):
        kinds.append("hex")
    return Structure("text", None, tuple(kinds))
