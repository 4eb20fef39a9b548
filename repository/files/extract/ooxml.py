"""What all Office Open XML documents (ECMA-376) share: properties and relations."""

import posixpath

from repository.files.extract import markup
from repository.files.extract.choose import keywords_in
from repository.files.extraction import Reading
from repository.files.office_properties import hidden_in
from repository.files.zips import SafeZip


def properties(archive: SafeZip) -> Reading:
    """Return what docProps say: title, description, keywords, authors, language, number of pages."""
    core = "docProps/core.xml"
    root = markup.parse(archive.read(core) if core in archive else b"<none/>")
    return Reading(
        title=markup.text(root, "title"),
        description=markup.text(root, "description") or markup.text(root, "subject"),
        keywords=keywords_in(markup.text(root, "keywords")),
        authors=tuple(markup.texts(root, "creator")),
        language=markup.text(root, "language"),
        hidden=hidden_in(archive),
    )


def page_count(archive: SafeZip) -> int | None:
    """Return the number of pages that the writing program counted, or None."""
    if "docProps/app.xml" not in archive:
        return None
    count = markup.text(markup.parse(archive.read("docProps/app.xml")), "Pages")
    return int(count) if count.isascii() and count.isdecimal() and 0 < int(count[:9]) < 100_000 else None


def relations(archive: SafeZip, part: str) -> dict[str, tuple[str, str]]:
    """Return the relations of a part: id → (kind, name of the member); those pointing outside are left out."""
    folder, name = posixpath.split(part)
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in archive:
        return {}
    found = {}
    for element in markup.parse(archive.read(rels)).iter():
        target = element.get("Target", "")
        if target and element.get("TargetMode") != "External":
            member = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], member)
    return found


def listed(archive: SafeZip, part: str, tag: str) -> list[tuple[str, str]]:
    """Return (name attribute, member) of the parts that `part` lists in elements called `tag`, in that order."""
    links = relations(archive, part)
    found = []
    for element in markup.parse(archive.read(part)).iter():
        if markup.local(element.tag) == tag:
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            member = links.get(ids[0] if ids else "", ("", ""))[1]
            if member in archive:
                found.append((element.get("name", ""), member))
    return found
