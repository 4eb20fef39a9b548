"""The engines whose answers are compared: ours, and others set up as well as their documentation allows.

All know the same words of each material in the same fields, with the same weights. The others look for all words, and
for any of them where no material has all.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import tantivy

from bench.relevance.corpus import LABELS, Material
from bench.relevance.judging import DEPTH
from repository.indexing import WORDS
from repository.naming import with_meaning
from repository.search import CORE_FIELDS, SearchRequest
from repository.search.analysis import STOP_STEMS, stems
from repository.search.correcting import corrected
from repository.search.fields import TEXT_FIELDS
from repository.search.whoosh_engine import WhooshEngine
from repository.vocabularies import Vocabularies

TEXTS = {field.name: field.boost for field in (*TEXT_FIELDS, WORDS)}

_WORDS = re.compile(r"[^\W_]+")


class Engine(Protocol):
    """One of those compared."""

    name: str

    def ask(self, question: str) -> list[int]:
        """The ids of the first ten."""
        ...


class Ours:
    """The search of this program."""

    name = "Partilha"

    def __init__(self, held: Sequence[Material], folder: Path) -> None:
        """Build the index in the folder."""
        self._known = Vocabularies.load()
        self._engine = WhooshEngine(folder / "ours", (*CORE_FIELDS, WORDS))
        self._engine.rebuild(material.document for material in held)

    def ask(self, question: str) -> list[int]:
        """What the page shows."""
        read = partial(with_meaning, self._known)
        request = read(SearchRequest(question, per_page=DEPTH))
        page, _ = corrected(self._engine, request, self._engine.search(request, LABELS), LABELS, read)
        return list(page.ids)


class Fts5:
    """SQLite's full text search, which folds accents and knows no language."""

    def __init__(self, held: Sequence[Material], name: str, words: Callable[[str], list[str]]) -> None:
        """`words` are those of a text as the engine gets them."""
        self.name, self._words = name, words
        self._db = sqlite3.connect(":memory:")
        self._db.execute(f"CREATE VIRTUAL TABLE item USING fts5({', '.join(TEXTS)}, tokenize='unicode61')")
        for material in held:
            row = [" ".join(words(material.document.words_of(field))) for field in TEXTS]
            marks = ", ".join("?" * len(TEXTS))
            self._db.execute(
                f"INSERT INTO item (rowid, {', '.join(TEXTS)}) VALUES (?, {marks})", (material.document.id, *row)
            )

    def ask(self, question: str) -> list[int]:
        """In the order of its own bm25."""
        words = [f'"{word}"' for word in self._words(question)]
        return self._found(" AND ".join(words)) or self._found(" OR ".join(words))

    def _found(self, match: str) -> list[int]:
        weights = ", ".join(map(str, TEXTS.values()))
        asked = f"SELECT rowid FROM item WHERE item MATCH ? ORDER BY bm25(item, {weights}), rowid LIMIT {DEPTH}"
        return [row[0] for row in self._db.execute(asked, (match,))] if match else []


class Tantivy:
    """tantivy with its own Portuguese stemmer and stop words, accents folded."""

    name = "tantivy"

    def __init__(self, held: Sequence[Material]) -> None:
        """Build an index in memory."""
        kind, filters = tantivy.TextAnalyzerBuilder, tantivy.Filter
        analyzer = (
            kind(tantivy.Tokenizer.simple())
            .filter(filters.lowercase())
            .filter(filters.stopword("portuguese"))
            .filter(filters.stemmer("portuguese"))
            .filter(filters.ascii_fold())
            .build()
        )
        schema = tantivy.SchemaBuilder().add_unsigned_field("id", stored=True)
        for name in TEXTS:
            schema.add_text_field(name, tokenizer_name="pt")
        self._index = tantivy.Index(schema.build())
        self._index.register_tokenizer("pt", analyzer)
        writer: Any = self._index.writer(50 << 20, 1)
        for material in held:
            document = tantivy.Document()
            document.add_unsigned("id", material.document.id)
            for name in TEXTS:
                document.add_text(name, material.document.words_of(name))
            writer.add_document(document)
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: str) -> list[int]:
        """In the order of its own BM25."""
        words = " ".join(_WORDS.findall(question))
        return self._found(words, every=True) or self._found(words, every=False)

    def _found(self, words: str, every: bool) -> list[int]:
        query = self._index.parse_query(words, list(TEXTS), field_boosts=TEXTS, conjunction_by_default=every)
        hits: Any = self._searcher.search(query, limit=DEPTH).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]


def compared(held: Sequence[Material], folder: Path) -> list[Engine]:
    """All engines, ours first, with these materials in them."""
    return [Ours(held, folder), *others(held)]


def others(held: Sequence[Material]) -> list[Engine]:
    """Those that ours is compared with."""

    def own_words(text: str) -> list[str]:
        found = stems(text)
        return [stem for stem in found if stem not in STOP_STEMS] or found

    return [
        Fts5(held, "FTS5 unicode61", _WORDS.findall),
        Fts5(held, "FTS5, our analysis", own_words),
        Tantivy(held),
    ]
