"""Reading .epub (EPUB 3.3 and 2): the chapters in reading order."""

import posixpath
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from repository.files.extract import markup
from repository.files.extract.choose import MAX_TEXT
from repository.files.extract.html import read_markup
from repository.files.extract.plain import decoded
from repository.files.extraction import Reading
from repository.files.faults import Broken
from repository.files.zips import SafeZip, open_zip


def read_epub(path: Path) -> Reading:
    """Read a book: a page is a chapter file; those on a screen cannot be counted."""
    with open_zip(path) as archive:
        package, folder = package_of(archive)
        pages: list[str] = []
        left, heading = MAX_TEXT, ""
        for member in _chapters(package, folder):
            if member not in archive or left <= 0:
                continue
            chapter = read_markup(decoded(archive.read(member)))
            heading = heading or chapter.heading
            pages += chapter.pages
            left -= len(chapter.pages[0])
    return Reading(
        title=markup.text(package, "title"),
        heading=heading,
        language=markup.text(package, "language"),
        description=read_markup(markup.text(package, "description")).pages[0],
        keywords=tuple(markup.texts(package, "subject")),
        authors=tuple(markup.texts(package, "creator")),
        pages=tuple(page for page in pages if page),
    )


def package_of(archive: SafeZip) -> tuple[Element, str]:
    """Return the package document of a book and the folder it lies in."""
    container = markup.parse(archive.read("META-INF/container.xml"))
    name = next((part.get("full-path", "") for part in container.iter() if part.get("full-path")), "")
    if name not in archive:
        raise Broken("no package document")
    return markup.parse(archive.read(name)), posixpath.dirname(name)


def member_of(folder: str, href: str) -> str:
    """Return the member that a link in the package document means."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _chapters(package: Element, folder: str) -> list[str]:
    named = {part.get("id", ""): part.get("href", "") for part in package.iter() if markup.local(part.tag) == "item"}
    order = [part.get("idref", "") for part in package.iter() if markup.local(part.tag) == "itemref"]
    return list(dict.fromkeys(member_of(folder, named[chapter]) for chapter in order if named.get(chapter)))
