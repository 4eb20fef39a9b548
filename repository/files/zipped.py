"""Which of the many kinds that are zip files this one is."""

import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from repository.files.faults import Bomb, Broken, Encrypted
from repository.files.kinds import KINDS
from repository.files.zips import MAX_TOTAL, SafeZip, open_zip, total_growth

CONTENT_TYPES = "[Content_Types].xml"
SMALL = 1024 * 1024
OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": "ppsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
MIMETYPES = {KINDS[ending].media_type: ending for ending in ("odt", "odp", "ods", "epub")}
ZIPPED = (*OFFICE.values(), *MIMETYPES.values(), "h5p", "ggb", "sb3", "zip")


def zip_structure(path: Path, told: str | None) -> tuple[str | None, str | None]:
    """Return the extension and the problem, each or None, of the zip at `path`, given under the extension `told`."""
    guess = told if told in ZIPPED else "zip"
    try:
        with open_zip(path) as archive:
            ending = _kind(archive, told)
            return ending, _problem(archive, ending)
    except Bomb:
        return guess, "bomb"
    except Encrypted:
        return guess, "encrypted"
    except Broken as error:
        return guess, "truncated" if "no end" in str(error) else "broken"


def _kind(archive: SafeZip, told: str | None) -> str | None:
    if "mimetype" in archive:
        ending = MIMETYPES.get(archive.read("mimetype", SMALL).decode("ascii", "replace").strip())
        if ending:
            return ending
    if CONTENT_TYPES in archive:
        return _office(archive, told)
    if "h5p.json" in archive:
        return "h5p"
    if "geogebra.xml" in archive:
        return "ggb"
    if "project.json" in archive and told == "sb3":
        return "sb3"
    return "zip"


def _office(archive: SafeZip, told: str | None) -> str | None:
    try:
        root = fromstring(archive.read(CONTENT_TYPES, SMALL))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Broken(str(error)) from error
    for part in root.iter():
        content = part.get("ContentType", "")
        if re.search(r"(?i)macroEnabled|template\.main|addin", content):
            return None  # programs and templates are not on the list
        if content in OFFICE:
            if part.get("PartName", "").lstrip("/") not in archive:
                raise Broken("the main part is missing")
            return OFFICE[content]
    if told in OFFICE.values():
        raise Broken("no main part")
    return "zip"


def _problem(archive: SafeZip, ending: str | None) -> str | None:
    if ending is None:
        return "not_allowed"
    if any(info.flag_bits & 1 for info in archive.members.values()):
        return "encrypted"
    if ending != "zip" and total_growth(archive) > MAX_TOTAL:
        return "bomb"
    if ending in ("odt", "odp", "ods"):
        if "content.xml" not in archive or "META-INF/manifest.xml" not in archive:
            return "broken"
        return "encrypted" if b"encryption-data" in archive.read("META-INF/manifest.xml", SMALL) else None
    if ending == "epub":
        if "META-INF/container.xml" not in archive:
            return "broken"
        locks = archive.read("META-INF/encryption.xml", SMALL) if "META-INF/encryption.xml" in archive else b""
        return "encrypted" if b"xmlenc#aes" in locks else None  # other methods there only hide fonts
    return None
