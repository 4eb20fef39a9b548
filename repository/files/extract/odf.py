"""Reading .odt, .odp and .ods (OpenDocument 1.3)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from repository.files.extract import markup
from repository.files.extract.choose import MAX_TEXT, keywords_in
from repository.files.extraction import Reading
from repository.files.office_properties import hidden_in
from repository.files.zips import open_zip

SKIPPED = ("tracked-changes", "annotation", "scripts", "font-face-decls", "date-time", "page-number")
MAX_REPEAT = 100


@dataclass
class _Body:
    """The text under way; `styles` says of which named style an automatic one is."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    counted: int = 0
    sheets: bool = False
    title: str = ""
    heading: str = ""
    styles: dict[str, str] = field(default_factory=dict)
    depth: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def turn(self, first: str = "") -> None:
        """Begin a page."""
        self.counted += 1
        self.pages.append([])
        self.add(first)

    def add(self, line: str) -> None:
        """Add a line that says something, while there is room."""
        if line.strip() and self.size < MAX_TEXT:
            self.pages[-1].append(line)
            self.size += len(line)


def read_odf(path: Path) -> Reading:
    """Read a document, show or sheet: a page is a slide or a sheet; a text document is one page."""
    with open_zip(path) as archive:
        meta = markup.parse(archive.read("meta.xml") if "meta.xml" in archive else b"<none/>")
        body = _body(archive.read("content.xml"))
        hidden = hidden_in(archive)
    parts = [page for page in body.pages if page]
    authors = [*markup.texts(meta, "initial-creator"), *markup.texts(meta, "creator")]
    return Reading(
        title=markup.text(meta, "title"),
        heading=body.title or body.heading,
        names_itself=not body.sheets,
        language=markup.text(meta, "language"),
        description=markup.text(meta, "description") or markup.text(meta, "subject"),
        keywords=tuple(word for text in markup.texts(meta, "keyword") for word in keywords_in(text)),
        authors=tuple(authors),
        pages=tuple("\n".join(page) for page in parts),
        page_count=body.counted or _counted(meta),
        hidden=hidden,
    )


def _counted(meta: Element) -> int | None:
    for element in meta.iter():
        if markup.local(element.tag) == "document-statistic":
            count = markup.attribute(element, "page-count")
            return int(count) if count.isascii() and count.isdecimal() and len(count) < 6 else None
    return None


def _body(data: bytes) -> _Body:
    body = _Body()
    for event, element in markup.walk(data):
        name = markup.local(element.tag)
        if event == "start":
            _opened(body, name, element)
        else:
            _closed(body, name, element)
    return body


def _opened(body: _Body, name: str, element: Element) -> None:
    if name == "style" and (parent := markup.attribute(element, "parent-style-name")):
        body.styles[markup.attribute(element, "name")] = parent
    elif name == "spreadsheet":
        body.sheets = True
    elif name == "page":
        body.turn()
    elif name == "table" and body.sheets and not body.depth["table-row"]:
        body.turn(markup.attribute(element, "name"))
    elif name in SKIPPED:
        body.depth["skipped"] += 1
    elif name == "table-row" or (name == "frame" and markup.attribute(element, "class") == "title"):
        body.depth[name] += 1


def _closed(body: _Body, name: str, element: Element) -> None:
    if name in SKIPPED:
        body.depth["skipped"] -= 1
    elif name == "frame" and markup.attribute(element, "class") == "title":
        body.depth[name] -= 1
    elif name == "table-row":
        body.depth[name] -= 1
        if not body.depth[name]:
            if not body.depth["skipped"]:
                body.add("\t".join(_cells(element)))
            element.clear()
    elif name in ("p", "h") and not body.depth["table-row"]:
        if not body.depth["skipped"]:
            _paragraph(body, name, element)
        element.clear()


def _paragraph(body: _Body, name: str, element: Element) -> None:
    line = "".join(_said(element)).strip()
    body.add(line)
    style = markup.attribute(element, "style-name")
    titled = body.styles.get(style, style) in ("Title", "Título") or body.depth["frame"]
    if line and titled and not body.title:
        body.title = line
    elif line and name == "h" and not body.heading:
        body.heading = line


def _cells(row: Element) -> Iterator[str]:
    for cell in row:
        lines = ("".join(_said(part)).strip() for part in cell.iter() if markup.local(part.tag) in ("p", "h"))
        if text := " ".join(line for line in lines if line):
            yield text


def _said(element: Element) -> Iterator[str]:
    """Yield the text inside, with the spaces and breaks that ODF writes as elements."""
    name = markup.local(element.tag)
    if name in SKIPPED or name == "note-citation":
        return
    if name == "s":
        count = markup.attribute(element, "c")
        yield " " * (min(int(count), MAX_REPEAT) if count.isascii() and count.isdecimal() else 1)
    elif name == "tab":
        yield "\t"
    elif name == "line-break":
        yield "\n"
    elif name == "note":
        yield " "
    yield element.text or ""
    for child in element:
        yield from _said(child)
        yield child.tail or ""
