"""Handbooks in DocBook: a document for each chapter, or for each section of a long one."""

import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from xml.etree import ElementTree as XML

from bench.elsewhere.document import Block, Found

LONG = 8_000  # characters
NOT_TAUGHT = {"credits", "installation", "dcop", "dbus", "developer", "developers", "translators", "contribute"}
NAMES = {
    "eg": "por exemplo", "ie": "isto é", "nbsp": " ", "Ctrl": "Ctrl", "LMB": "botão esquerdo do rato",
    "RMB": "botão direito do rato", "MMB": "botão do meio do rato", "kappname": "",
}  # fmt: skip
XML_OWN = {"lt", "gt", "amp", "quot", "apos"}
PARAGRAPHS = {"para", "simpara", "term", "screen", "programlisting", "informalequation", "entry", "glossterm", "action"}
LEFT_OUT = {"screenshot", "mediaobject", "inlinemediaobject", "anchor", "indexterm", "sect1info", "sect2info"}
ENTRIES = {"listitem", "step", "answer"}


def read(root: Path, program: str, called: str) -> Iterator[Found]:
    """Yield the documents of a program's handbook; `called` is how it writes its name."""
    folder = root / "usr/share/doc/HTML/pt" / program
    taken = set()
    for path in sorted(folder.glob("*.docbook"), key=lambda path: (path.name != "index.docbook", path.name)):
        for chapter in _parsed(path.read_text("utf-8"), program, called).iter("chapter"):
            key = chapter.get("id", "x").lower()
            if key not in taken and key not in NOT_TAUGHT:
                taken.add(key)
                yield from _documents(f"{program}/{program}-{key}", called, chapter)


def _parsed(text: str, program: str, called: str) -> XML.Element:
    """Without its document type, since what is named there lies elsewhere."""
    text = re.sub(r"(?s)<!DOCTYPE.*?\]\s*>|<\?xml.*?\?>|<!--.*?-->", "", text)

    def meant(match: re.Match[str]) -> str:
        name = match[1]
        if name in XML_OWN:
            return match[0]
        if name.lower() == program:
            return called
        return NAMES.get(name) or html5.get(f"{name};") or name.replace(".", " ").replace("-", " ")

    known = re.sub(r"&([A-Za-z][\w.-]*);", meant, text)
    return XML.fromstring(f"<whole>{known}</whole>")


def _documents(name: str, called: str, chapter: XML.Element) -> Iterator[Found]:
    title, blocks = _title(chapter), list(_blocks(chapter))
    sections = chapter.findall("sect1")
    if sum(len(text) for _, text in blocks) <= LONG or len(sections) < 2:
        if blocks:
            yield Found(name, _full(title, called), blocks)
        return
    for number, section in enumerate(sections, 1):
        inside = list(_blocks(section))
        if inside:
            yield Found(f"{name}-{number}", _full(_title(section), called), inside)


def _full(title: str, called: str) -> str:
    return title if called.lower() in title.lower() else f"{called}: {title}"


def _title(element: XML.Element) -> str:
    found = element.find("title")
    return _plain(found) if found is not None else ""


def _plain(element: XML.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _blocks(element: XML.Element, inside: str = "p") -> Iterator[Block]:
    """Yield headings and paragraphs in their order; the title of the element itself is the document's."""
    for child in element:
        if child.tag in LEFT_OUT or child.tag == "title":
            continue
        if child.tag in PARAGRAPHS:
            for inner in [one for one in child if one.tag in ("itemizedlist", "orderedlist", "variablelist")]:
                child.remove(inner)
                yield from _paragraph(child, inside)
                yield from _blocks(inner, inside)
                child = XML.Element("para")
            yield from _paragraph(child, inside)
            continue
        title = _title(child)
        if title:
            yield "h", title
        yield from _blocks(child, "li" if child.tag in ENTRIES else inside)


def _paragraph(element: XML.Element, kind: str) -> Iterator[Block]:
    text = _plain(element)
    if text:
        yield kind, text
