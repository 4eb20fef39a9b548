"""Makes the files of the demonstration materials; the format is told by the ending of the name."""

from collections.abc import Callable
from pathlib import Path

from repository.demo.makers import html, odp, odt, pdf, plain, png, pptx, word
from repository.demo.material import DemoFile

MAKERS: dict[str, Callable[[DemoFile, Path], None]] = {
    "pdf": pdf.make,
    "docx": word.make,
    "pptx": pptx.make,
    "odt": odt.make,
    "odp": odp.make,
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
