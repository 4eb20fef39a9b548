"""Names in the properties of office documents: found, and taken out while every other part stays as it is."""

import posixpath
import re
import shutil
import zipfile
from pathlib import Path

from lxml import etree

from repository.files.faults import Bomb, Broken, Encrypted, Signed
from repository.files.zips import UNREADABLE, SafeZip, open_zip

SMALL = 1024 * 1024
PROPERTY_PARTS = {
    "core-properties": "docProps/core.xml",
    "extended-properties": "docProps/app.xml",
    "custom-properties": "docProps/custom.xml",
}
NAMING = frozenset(
    ("creator", "lastModifiedBy", "Company", "Manager", "initial-creator", "printed-by")  # Dublin Core, OOXML and ODF
)
NAMED = re.compile(
    r"(?i)autor|author|editor|owner|propriet|manager|gestor|company|empresa|revis|review|last.?saved.?by"
)
OFFICE_SIGNATURES = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")


def is_signed(archive: SafeZip) -> bool:
    """Return whether somebody signed the document: any change would break the signature."""
    return any(name.startswith(OFFICE_SIGNATURES) for name in archive.names)


def hidden_in(archive: SafeZip) -> tuple[str, ...]:
    """Return "author" when the properties of a document name anybody, and "signed" when they have to stay."""
    try:
        named = any(_without_names(archive.read(name, SMALL)) is not None for name in _property_parts(archive))
    except (Broken, Bomb):
        return ()
    return ("author", *(("signed",) if is_signed(archive) else ())) if named else ()


def without_names(path: Path, out: Path) -> None:
    """Write the document at `path` to `out` with nobody's name in its properties; all other parts are the same bytes.

    Raises Broken, Bomb, Encrypted, and Signed for a document that a change would rob of its signature.
    """
    with open_zip(path) as archive:
        if is_signed(archive):
            raise Signed(path.name)
        if any(info.flag_bits & 1 for info in archive.members.values()):
            raise Encrypted(path.name)
        if len(archive.members) != len(archive.archive.infolist()):
            raise Broken("two members of one name")
        _copy(archive, out, set(_property_parts(archive)))


def _copy(archive: SafeZip, out: Path, changed: set[str]) -> None:
    try:
        with zipfile.ZipFile(out, "w") as written:
            for info in archive.archive.infolist():
                member = zipfile.ZipInfo(info.filename, info.date_time)
                member.compress_type, member.external_attr = info.compress_type, info.external_attr
                member.create_system, member.file_size = info.create_system, info.file_size
                if info.filename in changed and (data := _without_names(archive.read(info.filename, SMALL))):
                    written.writestr(member, data)
                    continue
                with archive.archive.open(info) as source, written.open(member, "w") as target:
                    shutil.copyfileobj(source, target, SMALL)
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the document
        raise Broken(str(error)) from error


def _property_parts(archive: SafeZip) -> list[str]:
    """Return the members that hold properties, by their usual names and by what the package says of itself."""
    found = {*PROPERTY_PARTS.values(), "meta.xml"}
    if "_rels/.rels" in archive:
        for relation in _parsed(archive.read("_rels/.rels", SMALL)).iter("{*}Relationship"):
            if relation.get("Type", "").rpartition("/")[2] in PROPERTY_PARTS:
                found.add(posixpath.normpath("/" + relation.get("Target", "")).lstrip("/"))
    return [name for name in archive.names if name in found]


def _without_names(data: bytes) -> bytes | None:
    """Return a part with properties without those that name somebody, or None when there are none."""
    root = _parsed(data)
    naming = [element for element in root.iter(etree.Element) if _names_somebody(element)]
    for element in naming:
        parent = element.getparent()
        if parent is None:
            raise Broken("no properties")
        _drop(parent, element)
    if not naming:
        return None
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))


def _names_somebody(element: etree._Element) -> bool:
    name = etree.QName(element).localname
    said = "".join(element.itertext()).strip()
    if name in ("property", "user-defined"):
        told = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "name"), "")
        return bool(said) and NAMED.search(str(told)) is not None
    return name in NAMING and bool(said)


def _drop(parent: etree._Element, element: etree._Element) -> None:
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Broken(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise Broken("a document type in the properties")
    return root
