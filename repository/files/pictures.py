"""Images from strangers: which are whole and small enough to be opened, and what they say that nobody sees."""

import io
import mmap
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import ExifTags, Image, UnidentifiedImageError

from repository.files.faults import Bomb, Broken

MAX_PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}
BAD_IMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, UnidentifiedImageError, ZeroDivisionError)
Bytes = bytes | mmap.mmap

PNG_HIDDEN = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
JPEG_KEPT = (0xE0, 0xE2, 0xEE)  # JFIF, colour profile, Adobe's colour transform
SOS, EOI = 0xDA, b"\xff\xd9"


def open_image(source: Path | io.BytesIO, endings: tuple[str, ...] = tuple(FORMATS)) -> Image.Image:
    """Open an image without decoding it; raise Bomb over MAX_PIXELS and Broken when it is none of the formats."""
    try:
        image = Image.open(source, formats=[FORMATS[ending] for ending in endings])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Bomb(str(error)) from error
    except BAD_IMAGE as error:
        raise Broken(str(error)) from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise Bomb(f"{image.width} x {image.height} pixels")
    return image


def problem(path: Path, data: Bytes, ending: str) -> str | None:
    """Return "truncated", "bomb" or "broken" when the image has that problem, or None."""
    if _cut_short(data, ending):
        return "truncated"
    try:
        with open_image(path, (ending,)) as image:
            image.verify()
    except Bomb:
        return "bomb"
    except (Broken, *BAD_IMAGE):
        return "broken"
    return None


def _cut_short(data: Bytes, ending: str) -> bool:
    if ending == "png":
        return b"IEND" not in data[max(0, len(data) - 65_536) :]
    if ending == "gif":
        return not data[max(0, len(data) - 1024) :].rstrip(b"\0").endswith(b";")
    if ending == "jpg":
        scans = [at for at, marker, _ in jpeg_segments(data) if marker == SOS]
        return not scans or data.find(EOI, scans[0]) < 0
    return False


def jpeg_segments(data: Bytes) -> Iterator[tuple[int, int, int]]:
    """Yield offset, marker and end of each segment up to the first scan, which ends with the file."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == SOS:
            yield at, marker, len(data)
            return
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield at, marker, end
        at = end


def hidden_in(path: Path) -> tuple[str, ...]:
    """Return which of "gps" and "author" the image carries unseen."""
    with open_image(path) as image:
        try:
            exif = image.getexif()
            place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        except BAD_IMAGE:
            return ()
        author = exif.get(ExifTags.Base.Artist) or image.info.get("Author")
    return tuple(word for word, there in (("gps", place), ("author", author)) if there)


def without_hidden(path: Path, out: Path) -> None:
    """Write the JPEG or PNG at `path` to `out` without place, author, comments and dates, its pixels untouched.

    How the picture is turned stays. Raises Broken for anything else.
    """
    data = path.read_bytes()
    turn = _orientation(path)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        out.write_bytes(_clean_png(data))
    elif data.startswith(b"\xff\xd8\xff"):
        out.write_bytes(_clean_jpeg(data, turn))
    else:
        raise Broken("neither JPEG nor PNG")


def _orientation(path: Path) -> int:
    with open_image(path) as image:
        try:
            turn = image.getexif().get(ExifTags.Base.Orientation, 1)
        except BAD_IMAGE:
            return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _clean_png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind not in PNG_HIDDEN:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            return b"".join(kept)
    raise Broken("no end of the picture")


def _clean_jpeg(data: bytes, turn: int) -> bytes:
    kept = [data[:2]]
    if turn != 1:
        exif = b"Exif\0\0" + b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turn, 0, 0)
        kept.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    for at, marker, end in jpeg_segments(data):
        if marker == SOS:
            close = data.find(EOI, at)
            if close < 0:
                raise Broken("no end of the picture")
            kept.append(data[at : close + 2])  # phones hang films and maps on behind
            return b"".join(kept)
        extra = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in JPEG_KEPT)
        if not extra and data[at + 4 : at + 8] != b"MPF\0":
            kept.append(data[at:end])
    raise Broken("no picture")
