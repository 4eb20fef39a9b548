"""The shapes of the API: what is sent and what is answered, as the OpenAPI document shows them."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from repository.http import services
from repository.items import AUDIENCES
from repository.reports import REASONS
from repository.rest.shapes import FieldProblem, Home, Line, Paragraphs, Problem, RowId, Told, codes
from repository.web.api.saying import wrong_codes

__all__ = ["Home", "Line", "Paragraphs", "Problem"]


class Described(Schema):
    """What a person says about an item. Every field may be left out; other fields are refused."""

    class Meta:
        unknown = RAISE

    title = Line(metadata={"maxLength": 300, "example": "Frações com barras"})
    summary = Paragraphs(metadata={"maxLength": 4000})
    levels = codes("Codes of /vocabularies/levels")
    years = codes("Codes of /vocabularies/years")
    groups = codes("Codes of /vocabularies/groups")
    disciplines = codes("Codes of /vocabularies/disciplines")
    type = Line(allow_none=True, metadata={"description": "Code of /vocabularies/types"})
    licence = Line(allow_none=True, metadata={"description": "Code of /vocabularies/licences"})
    language = Line(allow_none=True, metadata={"description": "Code of /vocabularies/languages"})
    audience = fields.String(validate=validate.OneOf(AUDIENCES))
    keywords = fields.List(Line(), metadata={"description": "At most 30"})
    link = Line(metadata={"maxLength": 1000, "description": "https://…"})
    changes = Paragraphs(metadata={"maxLength": 500, "description": "What a new version changed"})
    authors = fields.List(Line(), metadata={"description": "Names as printed, in order; at most 60"})

    @validates_schema(skip_on_field_errors=False)
    def know_codes(self, data: dict[str, Any], **_known: Any) -> None:
        """Point at unknown codes together with whatever else is wrong, so that one answer tells all."""
        if wrong := wrong_codes(services().vocabularies, data):
            raise ValidationError(wrong)


class FacetCount(Told):
    """One value of a facet, its words, and how many results it would give."""

    value = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)


class ItemSummary(Told):
    """An item as the list of results shows it; `snippet` is plain text."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"enum": ["digital", "physical"]})
    title = fields.String(required=True)
    summary = fields.String(required=True)
    snippet = fields.String(required=True)
    levels = fields.List(fields.String(), required=True)
    groups = fields.List(fields.String(), required=True)
    disciplines = fields.List(fields.String(), required=True)
    type = fields.String(required=True, allow_none=True)
    licence = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)
    url = fields.Url(required=True)


class ItemPage(Told):
    """One page of results."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    items = fields.List(fields.Nested(ItemSummary), required=True)
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetCount)), required=True)
    suggestion = fields.String(required=True, allow_none=True)
    relaxed = fields.Boolean(
        required=True, metadata={"description": "nothing has all the words, and these have part of them"}
    )
    took_ms = fields.Float(required=True)


class ItemFile(Told):
    """A file that the person may fetch at `url`."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = fields.String(required=True)
    url = fields.Url(required=True)


class FileMetadata(ItemFile):
    """A file with how far the look into it has come: pending, ready or failed."""

    item_id = fields.Integer(required=True)
    state = fields.String(required=True)
    page_count = fields.Integer(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)


class FileList(Told):
    """Files that were joined to a draft."""

    files = fields.List(fields.Nested(FileMetadata), required=True)


class Version(Told):
    """When a version was published, and what it changed."""

    number = fields.Integer(required=True)
    published_at = fields.DateTime(required=True)
    changes = fields.String(required=True)


class Item(ItemSummary):
    """An item with everything the person may know of it.

    `missing` is what a draft still needs to be submitted, `revises` the item that a draft is a new version of.
    """

    state = fields.String(required=True)
    version = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    years = fields.List(fields.String(), required=True)
    language = fields.String(required=True, allow_none=True)
    audience = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True)
    link = fields.String(required=True)
    authors = fields.List(fields.String(), required=True)
    licence_uri = fields.String(required=True, allow_none=True)
    organisation = fields.Nested(Home, required=True, allow_none=True)
    files = fields.List(fields.Nested(ItemFile), required=True)
    changes = fields.String(required=True)
    revises = fields.Integer(required=True, allow_none=True)
    versions = fields.List(fields.Nested(Version), required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    submitted_at = fields.DateTime(required=True, allow_none=True)
    missing = fields.List(fields.Nested(FieldProblem), required=True)


class VocabularySummary(Told):
    """A vocabulary and how many terms it has."""

    name = fields.String(required=True)
    count = fields.Integer(required=True)
    url = fields.Url(required=True)


class VocabularyList(Told):
    """Every vocabulary."""

    vocabularies = fields.List(fields.Nested(VocabularySummary), required=True)


class Term(Told):
    """A term in all its languages; a day in the past as `valid_to` means that it is no longer given out."""

    code = fields.String(required=True)
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    parent = fields.String(required=True, allow_none=True)
    uri = fields.String(required=True, allow_none=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)


class Vocabulary(Told):
    """The terms of a vocabulary, in order."""

    name = fields.String(required=True)
    terms = fields.List(fields.Nested(Term), required=True)


class Me(Told):
    """Who the token belongs to, and what it may do."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True)
    organisations = fields.List(fields.Nested(Home), required=True)
    scopes = fields.List(fields.String(), required=True)


class ReportSaid(Schema):
    """A problem as somebody tells it."""

    class Meta:
        unknown = RAISE

    item_id = RowId(allow_none=True)
    reason = fields.String(required=True, validate=validate.OneOf(list(REASONS)))
    text = Paragraphs(required=True, metadata={"minLength": 3, "maxLength": 4000})
    email = Line(metadata={"description": "for the answer; left out, your account's"})


class ReportReceipt(Told):
    """The receipt of a report; its page says what became of it."""

    id = fields.Integer(required=True)
    hidden = fields.Boolean(required=True)
    receipt = fields.Url(required=True)


class DecisionSaid(Schema):
    """What becomes of a report, and why."""

    class Meta:
        unknown = RAISE

    decision = fields.String(required=True, validate=validate.OneOf(["keep", "take_down", "answer"]))
    text = Paragraphs(required=True, metadata={"minLength": 3, "maxLength": 4000})


class Report(Told):
    """A report as staff see it: open while `handled_at` is null; `hidden` when the item is out of sight because of it."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    text = fields.String(required=True)
    hidden = fields.Boolean(required=True)
    decision = fields.String(required=True, allow_none=True)
    decision_text = fields.String(required=True)
    appealed_by = fields.String(required=True, allow_none=True)
    appeal_text = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    handled_at = fields.DateTime(required=True, allow_none=True)
    appealed_at = fields.DateTime(required=True, allow_none=True)


class ReportPage(Told):
    """One page of reports."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    reports = fields.List(fields.Nested(Report), required=True)
