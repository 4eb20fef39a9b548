"""Reading .doc, .xls and .ppt, where the optional kreuzberg is installed (the extra `extract`)."""

from pathlib import Path

from repository.files.extraction import Reading
from repository.files.faults import Broken

try:
    import kreuzberg
except ImportError:
    kreuzberg = None


def read_old_office(path: Path, media_type: str) -> Reading:
    """Read the words of an old office document, or nothing without kreuzberg; raise Broken."""
    if kreuzberg is None:
        return Reading()
    try:
        return Reading(pages=(str(kreuzberg.extract_file_sync(str(path), media_type).content),))
    except (RuntimeError, ValueError, OSError, kreuzberg.KreuzbergError) as error:
        raise Broken(str(error)) from error
