"""Reading interactive activities: H5P and GeoGebra."""

import json
from collections.abc import Iterator
from pathlib import Path

from repository.files.extract import markup
from repository.files.extract.html import read_markup
from repository.files.extraction import Reading
from repository.files.faults import Broken
from repository.files.zips import SafeZip, open_zip

WORDY = ("text", "title", "question", "label", "description", "introduction", "answer", "taskdescription", "questions")


def read_h5p(path: Path) -> Reading:
    """Read the title, the language and the texts of an H5P activity."""
    with open_zip(path) as archive:
        known = _json(archive, "h5p.json")
        content = _json(archive, "content/content.json") if "content/content.json" in archive else {}
    if not isinstance(known, dict):
        raise Broken("h5p.json")
    lines = [read_markup(text).pages[0] for text in _texts(content)]
    language = str(known.get("defaultLanguage") or known.get("language") or "")
    return Reading(
        title=str(known.get("title", "")), language=language, pages=("\n".join(line for line in lines if line),)
    )


def _json(archive: SafeZip, name: str) -> object:
    try:
        return json.loads(archive.read(name, markup.WHOLE))
    except (ValueError, RecursionError) as error:
        raise Broken(str(error)) from error


def _texts(content: object, key: str = "") -> Iterator[str]:
    """Yield the strings under keys that hold words for people, in their order."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _texts(value, str(name).lower())
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value, key)
    elif isinstance(content, str) and key in WORDY:
        yield content


def read_geogebra(path: Path) -> Reading:
    """Read the title, the author and the texts of a GeoGebra construction."""
    with open_zip(path) as archive:
        root = markup.parse(archive.read("geogebra.xml"))
    construction = next((part for part in root.iter() if markup.local(part.tag) == "construction"), root)
    author = construction.get("author", "")
    words = [part.get("exp", "").strip('"') for part in root.iter() if part.get("type") == "text"]
    return Reading(
        title=construction.get("title", ""),
        authors=(author,) if author else (),
        pages=("\n".join(words),) if words else (),
        hidden=("author",) if author else (),
    )
