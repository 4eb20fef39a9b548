"""Reading .pptx: one page a slide, in the order of the show, with tables and notes."""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from repository.files.extract import markup, ooxml
from repository.files.extraction import Reading
from repository.files.zips import SafeZip, open_zip

MAIN = "ppt/presentation.xml"
FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")


def read_pptx(path: Path) -> Reading:
    """Read a PowerPoint show; the heading is the title of the first slide that has one."""
    with open_zip(path) as archive:
        found = ooxml.properties(archive)
        read = [_slide(archive, member) for _, member in ooxml.listed(archive, MAIN, "sldId")]
    heading = next((title for title, _ in read[:3] if title), "")
    return replace(found, heading=heading, pages=tuple(text for _, text in read), page_count=len(read))


def _slide(archive: SafeZip, member: str) -> tuple[str, str]:
    title, lines = _shapes(markup.parse(archive.read(member)))
    for kind, notes in ooxml.relations(archive, member).values():
        if kind == "notesSlide" and notes in archive:
            lines += _shapes(markup.parse(archive.read(notes)))[1]
    return title, "\n".join(lines)


def _shapes(root: Element) -> tuple[str, list[str]]:
    """Return the title and all lines of a slide, its title first; numbers, dates and footers are left out."""
    title = ""
    lines: list[str] = []
    for shape in root.iter():
        name = markup.local(shape.tag)
        if name == "sp":
            place = next((part.get("type", "body") for part in shape.iter() if markup.local(part.tag) == "ph"), "")
            if place in FURNITURE:
                continue
            said = _lines(shape)
            if place in ("title", "ctrTitle") and said and not title:
                title = " ".join(said)
                lines.insert(0, title)
            else:
                lines += said
        elif name == "tr":
            cells = [" ".join(_lines(cell)) for cell in shape if markup.local(cell.tag) == "tc"]
            lines.append("\t".join(cells))
    return title, lines


def _lines(shape: Element) -> list[str]:
    lines = []
    for paragraph in shape.iter():
        if markup.local(paragraph.tag) == "p":
            parts = (
                part.text or "" if markup.local(part.tag) == "t" else " "
                for part in paragraph.iter()
                if markup.local(part.tag) in ("t", "br")
            )
            if line := "".join(parts).strip():
                lines.append(line)
    return lines
