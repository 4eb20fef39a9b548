"""Readers of every kind of document that the repository takes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from repository.files.extract.activities import read_geogebra, read_h5p
from repository.files.extract.choose import finish
from repository.files.extract.epub import read_epub
from repository.files.extract.html import read_html
from repository.files.extract.media import read_image, read_mp3, read_mp4, read_nothing, read_svg
from repository.files.extract.odf import read_odf
from repository.files.extract.old_office import read_old_office
from repository.files.extract.pdf import read_pdf
from repository.files.extract.plain import read_code, read_csv, read_markdown, read_notebook, read_rtf, read_text
from repository.files.extract.sheet import read_xlsx
from repository.files.extract.slides import read_pptx
from repository.files.extract.word import read_docx
from repository.files.extraction import Extraction, Reading
from repository.files.kinds import KINDS

Reader = Callable[[Path], Reading]

_NEW: dict[str, Reader] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "pptx": read_pptx,
    "ppsx": read_pptx,
    "xlsx": read_xlsx,
    "odt": read_odf,
    "odp": read_odf,
    "ods": read_odf,
    "epub": read_epub,
    "html": read_html,
    "txt": read_text,
    "md": read_markdown,
    "csv": read_csv,
    "rtf": read_rtf,
    "ipynb": read_notebook,
    "py": read_code,
    "ino": read_code,
    "png": read_image,
    "jpg": read_image,
    "gif": read_image,
    "webp": read_image,
    "svg": read_svg,
    "mp3": read_mp3,
    "m4a": read_mp4,
    "mp4": read_mp4,
    "h5p": read_h5p,
    "ggb": read_geogebra,
}
_OLD: dict[str, Reader] = {
    ending: partial(read_old_office, media_type=KINDS[ending].media_type) for ending in ("doc", "xls", "ppt")
}

READERS: dict[str, Reader] = {
    kind.media_type: (_NEW | _OLD).get(kind.extension, read_nothing) for kind in KINDS.values()
}
"""Media type → its reader, for every kind that is taken."""


def extract(path: Path, media_type: str, name: str) -> Extraction | None:
    """Return what the file at `path`, given as `name`, says; None when its kind is not taken.

    Raises Broken, Bomb, Encrypted or TooBig. Belongs in a child process: see `examine`.
    """
    reader = READERS.get(media_type)
    return finish(reader(path), name) if reader else None
