"""Which files the repository takes: extension, media type and family of each."""

from dataclasses import dataclass

UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class Kind:
    """A kind of file; `family` is one of document slides sheet book page text image audio video archive
    interactive code."""

    extension: str
    media_type: str
    family: str


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    kind.extension: kind
    for kind in (
        Kind("pdf", "application/pdf", "document"),
        Kind("docx", _OOXML + "wordprocessingml.document", "document"),
        Kind("odt", _ODF + "text", "document"),
        Kind("doc", "application/msword", "document"),
        Kind("rtf", "application/rtf", "document"),
        Kind("pptx", _OOXML + "presentationml.presentation", "slides"),
        Kind("ppsx", _OOXML + "presentationml.slideshow", "slides"),
        Kind("odp", _ODF + "presentation", "slides"),
        Kind("ppt", "application/vnd.ms-powerpoint", "slides"),
        Kind("xlsx", _OOXML + "spreadsheetml.sheet", "sheet"),
        Kind("ods", _ODF + "spreadsheet", "sheet"),
        Kind("xls", "application/vnd.ms-excel", "sheet"),
        Kind("csv", "text/csv", "sheet"),
        Kind("epub", "application/epub+zip", "book"),
        Kind("html", "text/html", "page"),
        Kind("txt", "text/plain", "text"),
        Kind("md", "text/markdown", "text"),
        Kind("png", "image/png", "image"),
        Kind("jpg", "image/jpeg", "image"),
        Kind("gif", "image/gif", "image"),
        Kind("webp", "image/webp", "image"),
        Kind("svg", "image/svg+xml", "image"),
        Kind("mp3", "audio/mpeg", "audio"),
        Kind("ogg", "audio/ogg", "audio"),
        Kind("wav", "audio/wav", "audio"),
        Kind("m4a", "audio/mp4", "audio"),
        Kind("flac", "audio/flac", "audio"),
        Kind("mp4", "video/mp4", "video"),
        Kind("webm", "video/webm", "video"),
        Kind("ogv", "video/ogg", "video"),
        Kind("zip", "application/zip", "archive"),
        Kind("7z", "application/x-7z-compressed", "archive"),
        Kind("tar.gz", "application/gzip", "archive"),
        Kind("h5p", "application/x-h5p+zip", "interactive"),
        Kind("ggb", "application/vnd.geogebra.file", "interactive"),
        Kind("sb3", "application/x-scratch3", "interactive"),
        Kind("ipynb", "application/x-ipynb+json", "code"),
        Kind("py", "text/x-python", "code"),
        Kind("ino", "text/x-arduino", "code"),
        Kind("hex", "text/x-hex", "code"),
    )
}

SAME = {
    "jpeg": "jpg", "htm": "html", "xhtml": "html", "oga": "ogg", "opus": "ogg", "m4v": "mp4", "tgz": "tar.gz",
    "markdown": "md", "text": "txt", "pps": "ppt", "jfif": "jpg", "jpe": "jpg",
}  # fmt: skip

FAMILIES = tuple(dict.fromkeys(kind.family for kind in KINDS.values()))
MEDIA_TYPES = {kind.media_type: kind for kind in KINDS.values()}
ACCEPTED = tuple(sorted([*KINDS, *SAME]))
"""Every extension that a deposit form may offer, without dots."""


def known_extension(ending: str) -> str | None:
    """Return the extension under which KINDS knows `ending`, or None when such files are not taken."""
    ending = SAME.get(ending, ending)
    return ending if ending in KINDS else None
