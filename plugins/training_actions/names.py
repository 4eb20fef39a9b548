"""Names as files carry them: repaired, cut into words, without accents, whatever the spelling of a century ago."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PARTICLES = frozenset(("de", "da", "do", "dos", "das", "d", "del", "di", "y"))
AND = "e"  # joins two people, unless it is part of somebody's name
STOPS = frozenset("&+;")
COMMA = ","
LETTERS = frozenset("áàâãéêíóôõúüçñºª–—’“”«»€")
# How a name goes wrong on its way: written in the second encoding, read in the first.
MIXED_UP = (
    ("cp437", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp850", "utf-8"),
    ("cp437", "cp850"),
    ("cp1252", "cp850"),
    ("latin-1", "cp850"),
    ("cp850", "cp1252"),
    ("cp437", "cp1252"),
)
_LISTS = {
    name: frozenset(text.split())
    for name, text in tomllib.loads((Path(__file__).parent / "words.toml").read_text()).items()
}
GENERIC = _LISTS["generic"]
GIVEN = _LISTS["given"]
SURNAMES = _LISTS["surnames"]
WORDS_TOO = _LISTS["words_too"]
LABELS = _LISTS["labels"]
SAY_NOTHING = _LISTS["say_nothing"]
ONLY_NAMES = GIVEN - WORDS_TOO
_camel = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ])")
_letters = re.compile(r"[^\W\d_]+")
_token = re.compile(r"[^\W\d_]+|\d+|[&+;,]")
_moodle = re.compile(r"_\d{3,}_assignsubmission_[a-z]+_?|_\d{5,}_(?=[^_/]*$)", re.IGNORECASE)
_NOTED = re.compile(r"\([^()]*\)")


SHORTENED = re.compile(r"(?i).*[.ªº]|m[ªa]|[^\W\d_]")
# After these words "final" says what it is, and not which of its copies.
FINAL_OF = (
    "trabalho",
    "projeto",
    "produto",
    "relat[óo]rio",
    "reflex[ãa]o",
    "avalia[çc][ãa]o",
    "prova",
    "teste",
    "exame",
)
COPIES = re.compile(
    r"(?i)\b(?:c[óo]pia|copy)\b(?:\s+(?:de|of)\b)?|\(\s*\d{1,2}\s*\)"
    r"|\b(?:vers[ãa]o\s+)?(?:" + "".join(rf"(?<!\b{word}\s)" for word in FINAL_OF) + r"final"
    r"|definitiv[ao]|corrigid[ao])\b|\bv\s?\d\b"
)


@dataclass(frozen=True)
class Word:
    """One word of a name or a path; `key` has neither accents nor capitals, `old` no old spelling either."""

    key: str
    old: str
    single: bool  # one capital letter, as initials are written


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return `text` in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


@lru_cache(maxsize=20_000)
def old_spelling(key: str) -> str:
    """Return what the old and foreign spellings of a name share: Luiz and Luís, Baptista and Batista, Thereza and Teresa."""
    for old, new in (("th", "t"), ("ph", "f"), ("pt", "t"), ("ct", "t"), ("z", "s"), ("y", "i"), ("w", "v")):
        key = key.replace(old, new)
    return re.sub(r"(.)\1", r"\1", key)


def words(text: str, *, camel: bool = True) -> list[Word]:
    """Return the words and numbers of `text` in order, with the marks that part people: & + ; and the comma."""
    text = unicodedata.normalize("NFC", text)
    found = _token.findall(_camel.sub(" ", text) if camel else text)
    return [Word(key := plain(part), old_spelling(key), len(part) == 1 and part.isupper()) for part in found]


def name_words(name: str) -> tuple[Word, ...]:
    """Return the words of a person's name without its particles, and without what a list notes in brackets after it."""
    return tuple(
        word
        for word in words(_NOTED.sub(" ", name) if _NOTED.sub("", name).strip() else name, camel=False)
        if word.key not in PARTICLES and word.key.isalpha() and word.key != AND
    )


def called(name: str) -> str:
    """Return what a letter calls somebody by: the first name, and the next one too when it is only a Mª or an initial."""
    first, *others = name.split() or [""]
    if not (SHORTENED.fullmatch(first) and others):
        return first
    second = next((place for place, word in enumerate(others) if plain(word) not in PARTICLES), len(others) - 1)
    return " ".join([first, *others[: second + 1]])


def repaired(name: str) -> str:
    """Return a name whose accents were lost between two encodings as it was meant, and any other as it is."""
    if _sounds_right(name):
        return name
    for read, written in MIXED_UP:
        try:
            meant = name.encode(read).decode(written)
        except UnicodeError:
            continue
        if _sounds_right(meant):
            return unicodedata.normalize("NFC", meant)
    return name


def _sounds_right(name: str) -> bool:
    composed = unicodedata.normalize("NFC", name)
    return all(char.isascii() or char.lower() in LETTERS for char in composed)


def segments(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the folders of a path and then the file's name without its ending, each with whether it is a folder.

    What a learning platform puts before the file's name, such as `Ana Sá_123456_assignsubmission_file_`, is a folder.
    """
    *folders, last = path.split("/")
    for folder in folders:
        yield from ((part, True) for part in _moodle.split(folder) if part)
    stem = stem_of(last)
    *before, name = _moodle.split(stem)
    yield from ((part, True) for part in before if part)
    yield name, False


def stem_of(name: str) -> str:
    """Return the last part of a path without its ending."""
    last = name.rpartition("/")[2]
    return re.sub(r"(?<=.)\.[A-Za-z0-9]{1,5}\Z", "", last)


def last_segment(path: str) -> str:
    """Return the file's own name, without what a learning platform puts before it."""
    return _moodle.split(path.rpartition("/")[2])[-1]


def without_people(text: str, theirs: frozenset[str]) -> str:
    """Return `text` without the words of people's names (in old spelling) and without marks of copies and order."""
    flat = _camel.sub(" ", unicodedata.normalize("NFC", text)).replace("_", " ")
    kept = _letters.sub(lambda found: "" if old_spelling(plain(found[0])) in theirs else found[0], flat)
    kept = re.sub(r"^\W*(?:\d{1,3}(?!\d|\.?[ºª])\W*)+", "", COPIES.sub(" ", kept))
    kept = re.sub(r"^(?:\W|(?:d[aeo]s?|e)\b)+|(?:\W|\b(?:d[aeo]s?|e))+$", "", " ".join(kept.split()))
    return re.sub(r"\s*[-–]\s*(?:[-–]\s*)+", " - ", kept)
