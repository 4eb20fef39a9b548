"""Reading XML from strangers: no entities, no outside references, little memory."""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from repository.files.faults import Bomb, Broken, TooBig

WHOLE = 8 * 1024 * 1024
STREAMED = 150 * 1024 * 1024


def parse(data: bytes) -> Element:
    """Return the root of a small XML document; raise Bomb when it declares entities, TooBig over 8 MB, or Broken."""
    if len(data) > WHOLE:
        raise TooBig("XML")
    try:
        return fromstring(data)
    except DefusedXmlException as error:
        raise Bomb(str(error)) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Broken(str(error)) from error


def walk(data: bytes) -> Iterator[tuple[str, Element]]:
    """Yield "start" and "end" events of a large XML document; who is done with an element clears it."""
    if len(data) > STREAMED:
        raise TooBig("XML")
    try:
        yield from iterparse(io.BytesIO(data), events=("start", "end"))
    except DefusedXmlException as error:
        raise Bomb(str(error)) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Broken(str(error)) from error


def local(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without namespace, or ""."""
    for key, value in element.attrib.items():
        if local(key) == name:
            return value
    return ""


def texts(root: Element, name: str) -> list[str]:
    """Return the non-empty texts of all elements called `name`, whatever their namespace."""
    found = ("".join(element.itertext()).strip() for element in root.iter() if local(element.tag) == name)
    return [text for text in found if text]


def text(root: Element, name: str) -> str:
    """Return the first text of `texts`, or ""."""
    return next(iter(texts(root, name)), "")
