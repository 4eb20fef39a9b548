"""How a message of plain text goes out: the text and its twin in HTML, under the house's name, with its footer."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, Template
from markupsafe import Markup, escape

from repository.words import N_, in_language

LONGEST_LINE = 900  # of a header, RFC 5322 allows 998: a long address must not be cut up or encoded
STOP = N_("Deixar de receber estas mensagens")
SENT_BY = N_("Enviado por %(house)s, %(site)s")
_URL = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)\]']")
_BULLET = re.compile(r"[-*•] +(?=\S)")
_NUMBER = re.compile(r"([1-9]\d{0,2})[.)] +(?=\S)")
_SHAPES = {"p": Markup("<p>{}</p>"), "ul": Markup("<ul>{}</ul>"), "ol": Markup("<ol>{}</ol>")}
_BETWEEN = {"p": Markup("<br>\n"), "ul": Markup(""), "ol": Markup("")}


@dataclass(frozen=True)
class Enclosure:
    """A file of text that comes with a message, such as a calendar; `media_type` is what follows text/: "calendar"."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True)
class Letter:
    """What one message says, to whom, from whom and why; `stop_url` is empty when it cannot be stopped."""

    sender: str
    address: str
    subject: str
    body: str
    locale: str
    house: str
    site: str
    why: str
    stop_url: str
    name: str  # of the message among those of this house
    enclosed: tuple[Enclosure, ...] = ()


def make(letter: Letter) -> EmailMessage:
    """Return the message with both its bodies (multipart/alternative, RFC 2046) and the headers of automatic mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = letter.sender, letter.address, letter.subject
    message["Date"] = formatdate()
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    # The same each time: a server that took it, and never said so, is given it again, and mailboxes know it again.
    message["Message-ID"] = f"<{letter.name}@{urlsplit(letter.site).hostname}>"
    if letter.stop_url:
        message["List-Unsubscribe"] = f"<{letter.stop_url}>"  # RFC 2369
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(as_text(letter), cte="quoted-printable")
    message.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    for each in letter.enclosed:
        # As bytes: a calendar's lines end as RFC 5545 says, and must not be taken for lines of a text.
        content = each.text.encode()
        message.add_attachment(
            content, "text", each.media_type, filename=each.name, cte="base64", params={"charset": "utf-8"}
        )
    message.policy = SMTP.clone(max_line_length=LONGEST_LINE)
    return message


def as_text(letter: Letter) -> str:
    """Return the plain text with its footer below the usual signature mark."""
    lines = [_sent_by(letter), letter.why]
    if letter.stop_url:
        lines.append(f"{in_language(STOP, letter.locale)}: {letter.stop_url}")
    return f"{letter.body.rstrip()}\n\n-- \n" + "\n".join(lines) + "\n"


def as_html(letter: Letter) -> str:
    """Return the same as HTML; nothing in it is fetched from anywhere, and whatever people wrote is escaped."""
    return _template().render(
        letter=letter,
        body=html_of(letter.body),
        sent_by=linked(_sent_by(letter)),
        lang=letter.locale.replace("_", "-"),
        stop=in_language(STOP, letter.locale),
    )


def _sent_by(letter: Letter) -> str:
    return in_language(SENT_BY, letter.locale, house=letter.house, site=letter.site)


@cache
def _template() -> Template:
    source = files("repository").joinpath("texts", "letter.html").read_text("utf-8")
    return Environment(autoescape=True, trim_blocks=True).from_string(source)


def html_of(text: str) -> Markup:
    """Return plain text as HTML: paragraphs by empty lines, lists by marks at the line's beginning, links as links."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(part for block in blocks for part in _parts(block.split("\n")))


def _parts(lines: list[str]) -> list[Markup]:
    runs: list[tuple[str, list[Markup]]] = []
    for line in (line.strip() for line in lines):
        tag, said = _line(line)
        if not runs or runs[-1][0] != tag:
            runs.append((tag, []))
        runs[-1][1].append(said)
    return [_SHAPES[tag].format(_BETWEEN[tag].join(said)) for tag, said in runs]


def _line(line: str) -> tuple[str, Markup]:
    if found := _BULLET.match(line):
        return "ul", Markup("<li>{}</li>").format(linked(line[found.end() :]))
    if found := _NUMBER.match(line):
        # The number is kept as written: it may be a day of the month.
        return "ol", Markup('<li value="{}">{}</li>').format(found.group(1), linked(line[found.end() :]))
    return "p", linked(line)


def linked(text: str) -> Markup:
    """Return a line with its web addresses as links, escaped."""
    parts, end = [], 0
    for found in _URL.finditer(text):
        parts += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
