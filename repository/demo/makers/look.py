"""What all made files share: the colours of the levels, one fixed date, and the words printed at head and foot."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

MADE_ON = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
ZIP_DATE = (2026, 9, 1, 9, 0, 0)
INK = "17203a"


@dataclass(frozen=True)
class Colours:
    """Three hex colours of a level: for words, for surfaces, and a light tint."""

    dark: str
    solid: str
    tint: str


LEVEL_COLOURS = {
    "pre": Colours("724800", "b47600", "fff0cc"),
    "1ceb": Colours("96320f", "ce541c", "fde8dd"),
    "2ceb": Colours("3a6119", "57892a", "e8f2db"),
    "3ceb": Colours("0a5c65", "0e8391", "dcf1f1"),
    "sec": Colours("5b3196", "7a4cc2", "eee7fa"),
    "adu": Colours("3b495b", "5c6d83", "e6eaf0"),
    "inc": Colours("922060", "bf397f", "fbe3ee"),
}
HOUSE_COLOURS = Colours("1a3373", "24479e", "e7ecf8")
PUPIL_LINE = {
    "pt": ("Nome", "Turma", "Data"),
    "en": ("Name", "Class", "Date"),
    "fr": ("Nom", "Classe", "Date"),
    "es": ("Nombre", "Clase", "Fecha"),
}
PAGE_WORD = {"pt": "Página", "en": "Page", "fr": "Page", "es": "Página"}


def colours_of(level: str) -> Colours:
    """Return the colours of a level; what is no pupils' level wears the colours of the house."""
    return LEVEL_COLOURS.get(level, HOUSE_COLOURS)


def rgb(colour: str) -> tuple[int, int, int]:
    """Turn "24479e" into (36, 71, 158)."""
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


def pupil_line(language: str) -> tuple[str, ...]:
    """Return the words for name, class and date in that language."""
    return PUPIL_LINE.get(language[:2], PUPIL_LINE["pt"])


def repack(path: Path) -> None:
    """Rewrite an office document with fixed dates, so that its bytes depend on its content only."""
    with ZipFile(path) as source:
        members = [(info.filename, source.read(info)) for info in source.infolist()]
    write_zip(path, members)


def write_zip(path: Path, members: list[tuple[str, bytes]], stored: tuple[str, ...] = ()) -> None:
    """Write a ZIP with fixed dates and attributes; `stored` names are not compressed."""
    with ZipFile(path, "w") as target:
        for name, content in members:
            info = ZipInfo(name, ZIP_DATE)
            info.compress_type = ZIP_STORED if name in stored else ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            target.writestr(info, content)
