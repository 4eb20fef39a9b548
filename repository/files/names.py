"""File names: kept as data and shown, never used as a path."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 200
LONGEST_EXTENSION = 12
FALLBACK = "ficheiro"
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
JOINERS = "\u200c\u200d"  # they belong to some scripts and emoji, and do no harm


def clean_name(text: str) -> str:
    """Return `text` as a name to show and offer: one line, no path, no hidden marks, 1 to 200 characters."""
    text = unicodedata.normalize("NFC", text.replace("\x00", ""))
    parts = [part.strip(" .") for part in re.split(r"[/\\]", text)]
    name = next((part for part in reversed(parts) if part), "")
    name = "".join(" " if char.isspace() else char for char in name if _visible(char) or char.isspace())
    name = re.sub(r" +", " ", name).strip(" .")
    if DEVICES.fullmatch(name):
        name = "_" + name
    return _shorten(name) or FALLBACK


def extension(name: str) -> str:
    """Return the lowercase extension of `name` without its dot ("tar.gz" counts as one), or ""."""
    found = re.search(r"[^.](?:\.(tar\.gz)|\.([A-Za-z0-9_-]{1,12}))\Z", name, re.IGNORECASE)
    return (found[1] or found[2]).lower() if found else ""


def ascii_name(name: str) -> str:
    """Return `name` in letters that any program takes: accents dropped, everything odd as "_"."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"[^A-Za-z0-9 ._()+,=@-]+", "_", plain).strip(" .")
    stem = plain.rpartition(".")[0] or plain
    if not re.search(r"[A-Za-z0-9]", stem):
        ending = extension(plain)
        return f"{FALLBACK}.{ending}" if ending else FALLBACK
    return plain


def disposition(name: str, inline: bool = False) -> str:
    """Return a Content-Disposition value (RFC 6266, RFC 8187) that no name can split or break out of."""
    name = clean_name(name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _visible(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")


def _shorten(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    ending = extension(name)
    tail = f".{ending}" if ending and len(ending) <= LONGEST_EXTENSION else ""
    return name[: LONGEST - len(tail)].rstrip(" .") + tail
