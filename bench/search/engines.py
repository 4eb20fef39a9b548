"""The engines that are compared, each in its quickest documented way.

All get the same stems, made by our analysis, and the folded words for beginnings: what is compared is the engine and
not its Portuguese. The others get them ready; what ours takes to index a document holds the analysis too. Each answer
is the number of all results, the ids of the page, and the counts of four facets.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tantivy
from whoosh import fields as whoosh_fields
from whoosh import query as whoosh_query
from whoosh import scoring, sorting
from whoosh.index import create_in, open_dir

from bench.search.corpus import LABELS
from bench.search.questions import Question
from repository.search import SearchDocument, SearchField
from repository.search.analysis import plain, words
from repository.search.fields import TEXT_FIELDS
from repository.search.synonyms import Synonyms
from repository.search.whoosh_engine import WhooshEngine

FACETS = ("discipline", "level", "type", "licence")
TEXTS = {field.name: field.boost for field in TEXT_FIELDS}
WRITTEN = "written"
PER_PAGE = 20

Answer = tuple[int, list[int], dict[str, dict[str, int]]]
Row = tuple[int, int, dict[str, tuple[str, ...]], dict[str, str]]


@dataclass(frozen=True)
class Document:
    """A document as ours takes it, and as the others do, with its words made ready."""

    own: SearchDocument
    row: Row


class Engine(Protocol):
    """One of those compared."""

    name: str
    folder: str  # of its index

    def build(self, documents: Sequence[Document]) -> None:
        """Index all documents from nothing."""
        ...

    def open(self) -> None:
        """Take the index that an earlier run has built."""
        ...

    def add(self, document: Document) -> None:
        """Put one document in the place of an earlier one, and be ready to find it."""
        ...

    def ask(self, question: Question) -> Answer:
        """Answer one question."""
        ...


def ready(document: SearchDocument) -> Document:
    """A document with its words cut and reduced: id, seconds, values by facet, and words by field."""
    read = {name: words(plain(document.words_of(name))) for name in TEXTS}
    texts = {name: " ".join([word.stem for word in found]) for name, found in read.items()}
    texts[WRITTEN] = " ".join({word.folded for found in read.values() for word in found})
    assert document.date is not None
    values = {name: document.values_of(name) for name in FACETS}
    return Document(document, (document.id, int(document.date.timestamp()), values, texts))


class Ours:
    """The engine of this program, asked in the language of its search box."""

    name, folder = "Partilha", "ours"

    def __init__(self, folder: Path) -> None:
        """A facet is counted without its own filter, which is more than the others do."""
        fields = (*TEXT_FIELDS, *(SearchField(name, facet=True) for name in FACETS))
        self.engine = WhooshEngine(folder / self.folder, fields, Synonyms([], {}))

    def build(self, documents: Sequence[Document]) -> None:
        """Analyse and index."""
        self.engine.rebuild(document.own for document in documents)

    def open(self) -> None:
        """Nothing to do: it opens what it finds."""

    def add(self, document: Document) -> None:
        """One commit, and the opening of its state."""
        self.engine.update([document.own])
        self.engine.count()

    def ask(self, question: Question) -> Answer:
        """From the text typed to the page."""
        page = self.engine.search(question.request, LABELS)
        counts = {name: {count.value: count.count for count in page.facets[name]} for name in FACETS}
        return page.total, list(page.ids), counts


class PlainWhoosh:
    """Whoosh as its documentation says: `filter=`, `groupedby=` over sortable columns, `sortedby=`."""

    name, folder = "plain Whoosh", "whoosh"

    def __init__(self, folder: Path) -> None:
        """A facet of several values is counted by its words, as Whoosh does with overlapping groups."""
        self._folder = folder / self.folder
        self._schema = whoosh_fields.Schema(id=whoosh_fields.ID(unique=True, stored=True))
        for name in (*TEXTS, WRITTEN):
            self._schema.add(name, whoosh_fields.TEXT(analyzer=None, phrase=name != WRITTEN))
        for name in FACETS:
            self._schema.add(name, whoosh_fields.KEYWORD())
        self._schema.add("date", whoosh_fields.NUMERIC(int, sortable=True))
        self._facets = {name: sorting.FieldFacet(name, allow_overlap=True, maptype=sorting.Count) for name in FACETS}

    def build(self, documents: Sequence[Document]) -> None:
        """One writer, one commit."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._index = create_in(str(self._folder), self._schema)
        writer = self._index.writer(limitmb=256)
        for document in documents:
            self._put(writer, document)
        writer.commit()
        self.open()

    def open(self) -> None:
        """A searcher that stays open."""
        self._index = open_dir(str(self._folder))
        self._searcher = self._index.searcher(weighting=scoring.BM25F())

    def add(self, document: Document) -> None:
        """A commit with Whoosh's own merging, and a new searcher."""
        writer = self._index.writer()
        writer.delete_by_term("id", str(document.own.id))
        self._put(writer, document)
        writer.commit()
        self._searcher = self._searcher.refresh()

    def ask(self, question: Question) -> Answer:
        """One search."""
        wanted = whoosh_query.And([whoosh_query.Term(name, value) for name, value in question.filters])
        found = self._searcher.search(
            _whoosh_query(question),
            limit=question.page * PER_PAGE,
            filter=wanted if question.filters else None,
            groupedby=sorting.Facets(self._facets),
            **({"sortedby": "date", "reverse": True} if question.sort == "date" else {}),
        )
        page = found[(question.page - 1) * PER_PAGE : question.page * PER_PAGE]
        groups = {name: {str(value): count for value, count in found.groups(name).items()} for name in FACETS}
        return len(found), [int(hit["id"]) for hit in page], groups

    def _put(self, writer: Any, document: Document) -> None:
        identifier, date, values, texts = document.row
        words = {name: text.split() for name, text in texts.items()}
        writer.add_document(id=str(identifier), date=date, **words, **{name: list(values[name]) for name in FACETS})


def _whoosh_query(question: Question) -> whoosh_query.Query:
    if question.kind == "prefix":
        return whoosh_query.Prefix(WRITTEN, question.text)
    if question.kind == "phrase":
        phrases = [whoosh_query.Phrase(name, question.stems, boost=boost) for name, boost in TEXTS.items()]
        return whoosh_query.Or(phrases)
    return whoosh_query.And([
        whoosh_query.Or([whoosh_query.Term(name, word, boost=boost) for name, boost in TEXTS.items()])
        for word in question.stems
    ])  # fmt: skip


class Tantivy:
    """tantivy through its own Python package: one query, counts by terms aggregations."""

    name, folder = "tantivy", "tantivy"

    def __init__(self, folder: Path) -> None:
        """Words come ready, so they are cut at spaces only."""
        self._folder = folder / self.folder
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
        builder.add_unsigned_field("date", fast=True)
        for name in FACETS:
            builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
        for name in (*TEXTS, WRITTEN):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        self._schema = builder.build()
        self._counted = {name: {"terms": {"field": name, "size": 100}} for name in FACETS}

    def build(self, documents: Sequence[Document]) -> None:
        """One thread, one commit."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self.open()
        for document in documents:
            self._writer.add_document(self._document(document))
        self._writer.commit()
        self._reload()

    def open(self) -> None:
        """A writer and a searcher."""
        self._index = tantivy.Index(self._schema, path=str(self._folder))
        self._writer = self._index.writer(256 << 20, 1)
        self._reload()

    def add(self, document: Document) -> None:
        """Commit and reload."""
        self._writer.delete_documents_by_term("id", document.own.id)
        self._writer.add_document(self._document(document))
        self._writer.commit()
        self._reload()

    def ask(self, question: Question) -> Answer:
        """One search and one aggregation, which is how its Python package counts."""
        query = self._query(question)
        order: dict[str, Any] = {"order_by_field": "date"} if question.sort == "date" else {}
        offset = (question.page - 1) * PER_PAGE
        found: Any = self._searcher.search(query, limit=PER_PAGE, offset=offset, count=True, **order)
        counted = self._searcher.aggregate(query, self._counted)
        ids = [self._searcher.doc(address)["id"][0] for _, address in found.hits]
        counts = {name: {b["key"]: b["doc_count"] for b in counted[name]["buckets"]} for name in FACETS}
        return int(found.count), ids, counts

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def _document(self, document: Document) -> tantivy.Document:
        identifier, date, values, texts = document.row
        made = tantivy.Document()
        made.add_unsigned("id", identifier)
        made.add_unsigned("date", date)
        for name, text in texts.items():
            made.add_text(name, text)
        for name in FACETS:
            for value in values[name]:
                made.add_text(name, value)
        return made

    def _query(self, question: Question) -> tantivy.Query:
        query, occur = tantivy.Query, tantivy.Occur
        if question.kind == "prefix":
            found = query.regex_query(self._schema, WRITTEN, f"{question.text}.*")
        elif question.kind == "phrase":
            found = self._any(query.phrase_query(self._schema, name, list(question.stems)) for name in TEXTS)
        else:
            found = query.boolean_query([
                (occur.Must, self._any(query.term_query(self._schema, name, word) for name in TEXTS))
                for word in question.stems
            ])  # fmt: skip
        filters = [query.const_score_query(query.term_query(self._schema, *pair), 0.0) for pair in question.filters]
        return query.boolean_query([(occur.Must, part) for part in (found, *filters)])

    def _any(self, queries: Iterable[tantivy.Query]) -> tantivy.Query:
        boosted = zip(queries, TEXTS.values(), strict=True)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)) for query, boost in boosted]
        )


class Fts5:
    """SQLite's full text search: one SQL statement for page, total and counts."""

    name, folder = "FTS5", "fts5"

    def __init__(self, folder: Path) -> None:
        """A facet of several values has a table of its own."""
        self._path = folder / self.folder / "fts5.sqlite"

    def build(self, documents: Sequence[Document]) -> None:
        """One transaction, then the optimiser's figures."""
        self._path.parent.mkdir(exist_ok=True)
        self._path.unlink(missing_ok=True)
        self.open()
        self._db.executescript(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, date INTEGER);"
            "CREATE TABLE value (facet TEXT, value TEXT, item INTEGER, PRIMARY KEY (facet, value, item)) WITHOUT ROWID;"
            "CREATE INDEX value_of ON value (item, facet, value);"
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join((*TEXTS, WRITTEN))}, prefix='4 5 6',"
            " tokenize='unicode61 remove_diacritics 0');"
        )
        for document in documents:
            self._put(document)
        self._db.commit()
        self._db.executescript("INSERT INTO words(words) VALUES('optimize'); ANALYZE;")

    def open(self) -> None:
        """A connection with room for what it reads."""
        self._db = sqlite3.connect(self._path)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-200000; PRAGMA mmap_size=2000000000;"
        )

    def add(self, document: Document) -> None:
        """One transaction."""
        for table, column in (("item", "id"), ("value", "item"), ("words", "rowid")):
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (document.own.id,))
        self._put(document)
        self._db.commit()

    def ask(self, question: Question) -> Answer:
        """One statement: the matches once, then the page, the total and the counts from them."""
        weights = ", ".join(str(weight) for weight in (*TEXTS.values(), 1.0))
        score = "-item.date" if question.sort == "date" else f"bm25(words, {weights})"
        narrowed = " AND item.id IN (SELECT item FROM value WHERE facet = ? AND value = ?)" * len(question.filters)
        sql = (
            f"WITH found AS MATERIALIZED (SELECT item.id, {score} AS score FROM words"
            f" JOIN item ON item.id = words.rowid WHERE words MATCH ?{narrowed})"
            " SELECT 'page', id, 0 FROM (SELECT id FROM found ORDER BY score, id LIMIT ? OFFSET ?)"
            " UNION ALL SELECT 'total', '', count(*) FROM found"
            " UNION ALL SELECT facet, value, count(*) FROM found JOIN value ON value.item = found.id GROUP BY 1, 2"
        )
        narrowing = [part for pair in question.filters for part in pair]
        parameters = (_match(question), *narrowing, PER_PAGE, (question.page - 1) * PER_PAGE)
        ids: list[int] = []
        total, counts = 0, {name: dict[str, int]() for name in FACETS}
        for what, value, count in self._db.execute(sql, parameters):
            if what == "page":
                ids.append(value)
            elif what == "total":
                total = count
            else:
                counts[what][value] = count
        return total, ids, counts

    def _put(self, document: Document) -> None:
        identifier, date, values, texts = document.row
        self._db.execute("INSERT INTO item VALUES (?, ?)", (identifier, date))
        pairs = [(name, value, identifier) for name in FACETS for value in values[name]]
        self._db.executemany("INSERT INTO value VALUES (?, ?, ?)", pairs)
        marks = ", ".join("?" * (len(TEXTS) + 2))
        columns = f"rowid, {', '.join((*TEXTS, WRITTEN))}"
        self._db.execute(f"INSERT INTO words({columns}) VALUES ({marks})", (identifier, *texts.values()))


def _match(question: Question) -> str:
    if question.kind == "prefix":
        return f"{WRITTEN}: {question.text} *"
    columns = " ".join(TEXTS)
    if question.kind == "phrase":
        return f'{{{columns}}}: "{" ".join(question.stems)}"'
    return " AND ".join(f'{{{columns}}}: "{word}"' for word in question.stems)


def timed(engine: Engine, asked: Iterable[Question]) -> Iterator[tuple[float, Answer]]:
    """Each answer with the processor time it took, in milliseconds: other programs on the machine do not count."""
    for question in asked:
        _ = question.stems, question.request
        started = time.process_time()
        answer = engine.ask(question)
        yield (time.process_time() - started) * 1000, answer
