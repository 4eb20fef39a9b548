"""The light markup the demonstration texts are written in, read into blocks that every maker of files can draw.

`# ` and `## ` head a section; `- `, `1. ` and `a) ` begin list items; `| a | b |` is a table row, the first the header;
`> ` is a note in a box, `– ` a line of dialogue, `___ 3` leaves three lines to write on, `===` begins a page, and what
stands between two lines of ``` is kept as it is. `**bold**` is bold and `*italic*` is italic.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Item:
    """One entry of a list: its mark as written ("1.", "a)") or "•", and its depth, 0 or 1."""

    mark: str
    text: str
    depth: int = 0


@dataclass(frozen=True)
class Table:
    """Rows of cells, all of one length; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Note:
    text: str


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on."""

    count: int


@dataclass(frozen=True)
class Break:
    """A new page."""


@dataclass(frozen=True)
class Code:
    """Lines shown as they are, in letters of one width."""

    lines: tuple[str, ...]


class Run(NamedTuple):
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


Block = Heading | Paragraph | Item | Table | Note | Lines | Break | Code
_item = re.compile(r"^(\s*)(-|\d+\.|[a-z]\)) +(.*)$")
_starts = re.compile(r"^(#|\s*(-|\d+\.|[a-z]\)) |\||> |___ \d|===$|– |```)")
_styled = re.compile(r"(\*\*.+?\*\*|(?<![*\w])\*[^*\s][^*]*\*(?!\w))")


def parse(text: str) -> tuple[Block, ...]:
    """Read marked-up text into blocks."""
    lines = text.strip("\n").splitlines()
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip():
            continue
        if line.startswith("```"):
            end = lines.index("```", at)
            blocks.append(Code(tuple(lines[at:end])))
            at = end + 1
            continue
        if line.startswith("|"):
            rows = [line]
            while at < len(lines) and lines[at].startswith("|"):
                rows.append(lines[at])
                at += 1
            blocks.append(Table(tuple(_cells(row) for row in rows)))
            continue
        while at < len(lines) and lines[at].strip() and not _starts.match(lines[at]) and not _alone(line):
            line += " " + lines[at].strip()
            at += 1
        blocks.append(_block(line))
    return tuple(blocks)


def _alone(line: str) -> bool:
    return line.startswith(("#", "___", "==="))


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))


def _block(line: str) -> Block:
    if line.startswith("#"):
        marks, _, text = line.partition(" ")
        return Heading(len(marks), text.strip())
    if line.startswith("> "):
        return Note(line[2:].strip())
    if line.startswith("___ "):
        return Lines(int(line[4:]))
    if line.strip() == "===":
        return Break()
    found = _item.match(line)
    if found:
        indent, mark, text = found.groups()
        deep = len(indent) >= 2 or mark.endswith(")")
        return Item("•" if mark == "-" else mark, text.strip(), int(deep))
    return Paragraph(line.strip())


def runs(text: str) -> list[Run]:
    """Split a text into its pieces of plain, bold and italic letters."""
    return [_run(part) for part in _styled.split(text) if part]


def _run(part: str) -> Run:
    if part.startswith("**") and len(part) > 4:
        return Run(part.strip("*"), bold=True)
    if part.startswith("*") and len(part) > 2:
        return Run(part.strip("*"), italic=True)
    return Run(part)


def plain(text: str) -> str:
    """Return the text without its marks of style."""
    return "".join(run.text for run in runs(text))


def words(blocks: tuple[Block, ...]) -> int:
    """Count the words a reader meets."""
    return sum(len(plain(text).split()) for block in blocks for text in texts_of(block))


def texts_of(block: Block) -> tuple[str, ...]:
    """Return every text of a block."""
    if isinstance(block, Table):
        return tuple(cell for row in block.rows for cell in row)
    if isinstance(block, Code):
        return block.lines
    return (block.text,) if isinstance(block, Heading | Paragraph | Item | Note) else ()
