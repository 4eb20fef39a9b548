"""Names in the properties of a PDF, in its Info and in its XMP: found, and taken out; the pages stay as they are."""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import TYPE_CHECKING

from repository.files.faults import Broken, Encrypted, Signed

if TYPE_CHECKING:
    import pikepdf

NAMING = re.compile(
    r"(?i)^(author|autor|creator|company|manager|owner|editor|last.?modified.?by|authorsposition|.*saved.?by)$"
)
SIGNATURE = b"/ByteRange"


def holds(path: Path, mark: bytes) -> bool:
    """Return whether some bytes are anywhere in the file as they are."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(mark) >= 0


def names_in(path: Path) -> bool:
    """Return whether the XMP of a PDF names anybody. What cannot be read says nothing."""
    import pikepdf  # takes long to load, and most children never need it

    try:
        with pikepdf.open(path) as document:
            return bool(_naming_keys(document))
    except (pikepdf.PdfError, Broken):
        return False


def without_names(path: Path, out: Path) -> None:
    """Write the PDF at `path` to `out` with nobody's name in its properties; the data of its pages is copied as it is.

    Raises Broken, Encrypted for a PDF with a password or limits on use, and Signed for one that somebody signed.
    """
    import pikepdf  # takes long to load, and most children never need it

    if holds(path, SIGNATURE):
        raise Signed(path.name)
    try:
        with pikepdf.open(path) as document:
            if document.is_encrypted:
                raise Encrypted(path.name)
            if "/Info" in document.trailer:
                _clean_info(document)
            _clean_xmp(document)
            document.save(
                out,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.preserve,
                linearize=document.is_linearized,
            )
    except pikepdf.PasswordError as error:
        raise Encrypted(path.name) from error
    except pikepdf.PdfError as error:
        raise Broken(str(error)) from error


def _clean_info(document: pikepdf.Pdf) -> None:
    for key in list(document.docinfo.keys()):
        if key != "/Creator" and NAMING.match(key.lstrip("/")):  # there, Creator is the program
            del document.docinfo[key]


def _clean_xmp(document: pikepdf.Pdf) -> None:
    if "/Metadata" not in document.Root:
        return
    keys = _naming_keys(document)
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as known:
        for key in keys:
            del known[key]


def _naming_keys(document: pikepdf.Pdf) -> list[str]:
    if "/Metadata" not in document.Root:
        return []
    try:
        known = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True)
        keys = [str(key) for key in known]
    except Exception as error:  # the parsers below have no common word for what is no XMP
        raise Broken("XMP") from error
    own = ("http://ns.adobe.com/xap/1.0/}CreatorTool",)
    return [key for key in keys if NAMING.match(key.rpartition("}")[2]) and not key.endswith(own)]
