"""Our fields as a Whoosh schema, and our documents as its rows.

Whoosh writes the schema into the index as a pickle, so nothing of ours may hang on it: every field receives a list of
words that `analysis` has already made, and no analyser of Whoosh's ever runs.
"""

from collections.abc import Iterable
from typing import Any

from whoosh import fields as whoosh_fields

from . import analysis
from .document import SearchDocument
from .fields import FieldKind, SearchField
from .order import timestamp
from .whoosh_files import Meta

SCHEMA_VERSION = 3

ID = "id"
LABELS = "labels"
WRITTEN = "written"  # all words, folded but not stemmed, as `analysis.Word` has them: for beginnings and spelling
TITLE_WORDS = "title_words"
READ_AS = "read_as"  # the language whose stems the texts have besides the Portuguese ones
FOREIGN = "foreign_"  # of a row: the words of a text field in that language, in the places of the others
ROW = "row"  # (id, date, title)


def make_schema(fields: Iterable[SearchField]) -> whoosh_fields.Schema:
    """The schema for these fields; text fields keep places of words, the others compare whole values."""
    schema = whoosh_fields.Schema(
        **{name: whoosh_fields.ID() for name in (LABELS, WRITTEN, TITLE_WORDS, READ_AS)},
        **{ID: whoosh_fields.ID(unique=True), ROW: whoosh_fields.STORED()},
    )
    for field in fields:
        text = field.kind == FieldKind.TEXT
        schema.add(_name(field), whoosh_fields.TEXT(phrase=True) if text else whoosh_fields.ID())
    return schema


def make_meta(fields: Iterable[SearchField]) -> Meta:
    """What an index with these fields says about itself."""
    named = sorted([field.name, field.kind.value] for field in fields)
    return {"schema": SCHEMA_VERSION, "analysis": analysis.version(), "fields": named}


def text_field(name: str) -> str:
    """The schema's name of a text field."""
    return f"t_{name}"


def value_field(name: str) -> str:
    """The schema's name of a field of exact values."""
    return f"v_{name}"


def make_row(document: SearchDocument, fields: Iterable[SearchField]) -> dict[str, Any]:
    """The document as Whoosh's writer takes it."""
    row: dict[str, Any] = {ID: [str(document.id)], LABELS: sorted(map(analysis.plain, document.labels))}
    written: set[str] = set()
    language = analysis.language_of(document.language)
    row[READ_AS] = [language] if language else []
    for field in fields:
        if field.kind != FieldKind.TEXT:
            row[value_field(field.name)] = list(document.values_of(field.name))
            continue
        words = analysis.words(analysis.plain(document.words_of(field.name)))
        row[text_field(field.name)] = [word.stem for word in words]
        if language:
            row[FOREIGN + text_field(field.name)] = [analysis.foreign_stem(word.folded, language) for word in words]
        written.update([word.written for word in words])
    row[WRITTEN] = list(written)
    row[TITLE_WORDS] = [word.folded for word in analysis.words(analysis.plain(document.title))]
    row[ROW] = (document.id, timestamp(document.date), analysis.plain(document.title))
    return row


def _name(field: SearchField) -> str:
    return text_field(field.name) if field.kind == FieldKind.TEXT else value_field(field.name)
