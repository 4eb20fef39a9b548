"""What the shapes of all addresses share: text that is sent, and what every answer may say."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from marshmallow import EXCLUDE, Schema, fields, validate

from repository.http import services

LARGEST = 2**31 - 1  # what an INTEGER of PostgreSQL holds
_BREAKS = re.compile(r"[\r\n\u2028\u2029]+")


class Line(fields.String):
    """Text of one line, in NFC; characters that cannot be stored or seen become spaces."""

    def _deserialize(self, value: Any, *args: Any, **known: Any) -> str:
        return " ".join(_clean(_BREAKS.sub(" ", super()._deserialize(value, *args, **known)), keep="").split())


class Paragraphs(fields.String):
    """Text of several lines, in NFC."""

    def _deserialize(self, value: Any, *args: Any, **known: Any) -> str:
        text = super()._deserialize(value, *args, **known).replace("\r\n", "\n").replace("\r", "\n")
        return _clean(text, keep="\n\t").strip()


class Whole(fields.Integer):
    """A whole number as JSON has it, neither 1.9 nor "1", that every database can hold."""

    def __init__(self, **known: Any) -> None:
        super().__init__(strict=True, **known)

    def _validated(self, value: Any) -> int:
        number = super()._validated(value)
        if abs(number) > LARGEST:
            raise self.make_error("too_large", input=value)
        return number


class RowId(Whole):
    """The number of a row that is there or not: one that no row could have is refused before anybody looks."""

    def __init__(self, **known: Any) -> None:
        super().__init__(validate=validate.Range(1, LARGEST), **known)


def _clean(text: str, keep: str) -> str:
    unseen = ("Cc", "Cs", "Cn")
    return unicodedata.normalize(
        "NFC", "".join(" " if unicodedata.category(c) in unseen and c not in keep else c for c in text)
    )


def codes(description: str) -> fields.List:
    """Return the field of a list of codes."""
    return fields.List(Line(), metadata={"description": description})


class Told(Schema):
    """Something that is answered; more may be told one day, so clients let pass what they do not know."""

    class Meta:
        unknown = EXCLUDE


class Home(Told):
    """An organisation."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class Sentence(str):
    """What is wrong, in words that are ready for whoever sent it."""


class FieldProblem(Told):
    """What is wrong with one field; `pointer` is a JSON Pointer (RFC 6901) into what was sent."""

    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class Problem(Told):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblem))
    confirm = fields.String(metadata={"description": "Sent as `confirmed`, it says that the text stays as it is"})


def address(endpoint: str, **values: Any) -> str:
    """Return the public address of a page, whatever host the client asked for."""
    return services().settings.public_url + url_for(endpoint, **values)


def moment(value: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
