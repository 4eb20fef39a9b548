"""A copy of a file without the hidden data that names somebody; what would not come out whole is not written."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from repository.files import office_properties, pdf_properties, pictures
from repository.files.extract import extract
from repository.files.faults import Broken
from repository.files.kinds import KINDS
from repository.files.sniff import sniff

OFFICE = ("docx", "pptx", "ppsx", "xlsx", "odt", "odp", "ods")
CLEANERS: dict[str, Callable[[Path, Path], None]] = {
    "image/jpeg": pictures.without_hidden,
    "image/png": pictures.without_hidden,
    "application/pdf": pdf_properties.without_names,
    **{KINDS[ending].media_type: office_properties.without_names for ending in OFFICE},
}


def clean(path: Path, name: str, out: Path) -> None:
    """Write the file at `path`, given as `name`, to `out` without hidden data, once it is certain that it still opens.

    Raises Broken, Bomb, Encrypted or Signed; nothing is at `out` then.
    """
    kind = sniff(path, name).media_type
    if kind not in CLEANERS:
        raise Broken("no kind that can be cleaned")
    try:
        CLEANERS[kind](path, out)
        _compare(path, out, kind, name)
    except BaseException:
        with suppress(FileNotFoundError):
            out.unlink()
        raise


def _compare(path: Path, out: Path, kind: str, name: str) -> None:
    """Raise Broken unless the copy opens as what it was, says the same and hides nothing any more."""
    sniffed = sniff(out, name)
    if sniffed.media_type != kind or sniffed.problem:
        raise Broken(f"the copy is {sniffed.media_type}, {sniffed.problem}")
    before, after = extract(path, kind, name), extract(out, kind, name)
    if before is None or after is None or after.hidden:
        raise Broken("the copy still hides something")
    if (before.pages, before.page_count) != (after.pages, after.page_count):
        raise Broken("the copy says something else")
