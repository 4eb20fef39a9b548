"""A document as it was read, and the files it is written to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from docx import Document as Word
from fpdf import FPDF

Block = tuple[str, str]  # "h" a heading, "p" a paragraph, "li" an entry of a list; and its text
# What the fonts that every PDF reader has cannot show.
FOR_LATIN = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "•": "-", "€": "EUR"}
)


@dataclass(frozen=True)
class Found:
    """A document: `name` is its place in the folder without the ending, `facts` what the table of the import says."""

    name: str
    title: str
    blocks: Sequence[Block]
    facts: dict[str, str] = field(default_factory=dict)


def write(document: Found, folder: Path, ending: str) -> Path:
    """Write the document in the format of the ending, and return the path."""
    path = folder / f"{document.name}.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[ending](document, path)
    return path


def _markdown(document: Found, path: Path) -> None:
    signs = {"h": "## ", "li": "- "}
    lines = [f"# {document.title}", *(signs.get(kind, "") + text for kind, text in document.blocks)]
    path.write_text("\n\n".join(lines) + "\n", "utf-8")


def _text(document: Found, path: Path) -> None:
    path.write_text("\n\n".join([document.title, *(text for _, text in document.blocks)]) + "\n", "utf-8")


def _html(document: Found, path: Path) -> None:
    tags = {"h": "h2", "li": "li", "p": "p"}
    lines = [f"<{tags[kind]}>{escape(text)}</{tags[kind]}>" for kind, text in document.blocks]
    body = re.sub(r"(?s)((?:<li>.*?</li>\n?)+)", r"<ul>\n\1</ul>\n", "\n".join(lines))
    head = f'<meta charset="utf-8"><title>{escape(document.title)}</title>'
    page = f"<h1>{escape(document.title)}</h1>\n{body}"
    path.write_text(f'<!DOCTYPE html>\n<html lang="pt"><head>{head}</head>\n<body>\n{page}\n</body></html>\n', "utf-8")


def _word(document: Found, path: Path) -> None:
    word = Word()
    word.core_properties.title = document.title
    word.add_heading(document.title, 0)
    for kind, text in document.blocks:
        if kind == "h":
            word.add_heading(text, 1)
        else:
            word.add_paragraph(text, style="List Bullet" if kind == "li" else None)
    word.save(str(path))


def _pdf(document: Found, path: Path) -> None:
    pdf = FPDF()
    pdf.set_title(document.title)
    pdf.add_page()
    for kind, text in [("t", document.title), *document.blocks]:
        pdf.set_font("helvetica", "B" if kind in "th" else "", {"t": 18, "h": 14}.get(kind, 11))
        shown = ("- " if kind == "li" else "") + text.translate(FOR_LATIN)
        pdf.multi_cell(0, 6, shown.encode("latin-1", "ignore").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)
    pdf.output(str(path))


WRITERS: dict[str, Callable[[Found, Path], None]] = {
    "docx": _word, "html": _html, "pdf": _pdf, "md": _markdown, "txt": _text,
}  # fmt: skip
