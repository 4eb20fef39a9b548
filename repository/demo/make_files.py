"""Makes the files of the demonstration materials; the format is told by the ending of the name."""

from collections.abc import Callable
from pathlib import Path

from repository.demo.makers import html, odf, pdf, plain, png, pptx, word
from repository.demo.material import DemoFile

MAKERS: dict[str, Callable[[DemoFile, Path], None]] = {
    "pdf": pdf.make,
    "docx": word.make,
    "pptx": pptx.make,
    "odt": odf.make_text,
    "odp": odf.make_slides,
    "html": html.make,
    "png": png.make,
    "txt": plain.make_text,
    "md": plain.make_markdown,
}


def make_file(spec: DemoFile, folder: Path) -> Path:
    """Make one file in `folder` and return its path; the same specification gives the same bytes."""
    path = folder / spec.name
    MAKERS[spec.format](spec, path)
    return path
