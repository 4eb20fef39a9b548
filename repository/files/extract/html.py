"""Reading HTML: what a person would see, its title, language and description."""

import re
from html.parser import HTMLParser
from pathlib import Path

from repository.files.extract.choose import keywords_in
from repository.files.extract.plain import MAX_BYTES, decoded
from repository.files.extraction import Reading

SILENT = {"script", "style", "template", "noscript", "svg", "math", "object", "iframe", "head"}
VOID = {"br", "hr", "img", "input", "meta", "link", "source", "col", "wbr", "area", "base", "embed", "track", "param"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr",
}  # fmt: skip


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []
        self.meta: dict[str, str] = {}
        self.language = ""
        self.captured: dict[str, list[str]] = {"title": [], "h1": []}
        self.capturing: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "html":
            self.language = known.get("lang") or known.get("xml:lang") or ""
        elif tag == "meta":
            name = (known.get("name") or known.get("property") or "").lower()
            self.meta.setdefault(name, known.get("content") or "")
        elif tag == "body":
            self.silent.clear()
        if tag in self.captured and not self.captured[tag] and "svg" not in self.silent:
            self.capturing = tag
        if tag in SILENT:
            self.silent.append(tag)
        elif tag not in INLINE:
            self.parts.append("\t" if tag in ("td", "th") else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.capturing:
            self.capturing = None
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif tag not in INLINE and tag not in VOID and tag not in ("td", "th"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self.capturing:
            self.captured[self.capturing].append(data)
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def read_markup(text: str) -> Reading:
    """Read the text of an HTML or XHTML document."""
    page = _Page()
    page.feed(text)
    page.close()
    lines = ("\t".join(part.strip() for part in line.split("\t")).strip() for line in "".join(page.parts).split("\n"))
    author = page.meta.get("author", "")
    return Reading(
        title="".join(page.captured["title"]),
        heading="".join(page.captured["h1"]),
        language=page.language,
        description=page.meta.get("description") or page.meta.get("og:description") or "",
        keywords=keywords_in(page.meta.get("keywords", "")),
        authors=(author,) if author else (),
        pages=("\n".join(line for line in lines if line),),
    )


def read_html(path: Path) -> Reading:
    """Read a web page; its <h1> is the heading when <title> says nothing."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES)
    declared = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]{2,20})", data[:4096], re.IGNORECASE)
    return read_markup(decoded(data, declared[1].decode() if declared else ""))
