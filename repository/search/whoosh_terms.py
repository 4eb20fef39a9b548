"""Words looked up in a segment's own bytes: this and `whoosh_table` alone know how Whoosh lays out its files.

Whoosh's readers take a dozen calls to say that a word is not there, and most words are not in most fields. The table
that they read is in memory, in order; here it is searched there, and a list is one read. What is in another form than
ours is left to Whoosh.
"""

import pickle
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo, _lenfield
from whoosh.reading import SegmentReader
from whoosh.util.numeric import byte_to_length

from .matching import Numbers, ones
from .whoosh_blocks import FEWEST_AS_ARRAYS, MARK, TAIL
from .whoosh_files import ListsFile
from .whoosh_table import table_of

# What a block holds: steps from document to document, how often each holds the word, and where.
Block = tuple[tuple[int, ...], Any, tuple[bytes, ...] | None]

_BLOCK, _EXTENT = struct.Struct("!i"), struct.Struct("!qi")
_FRAME = struct.Struct("<Q")
_FRAMED = b"\x80\x04\x95"  # a pickle that says how long it is
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.int32}
_INFO = W3TermInfo._struct
_LENGTH_OF = np.array([byte_to_length(code) for code in range(256)], np.float32)
_OURS = "our_terms"


class Arrays(NamedTuple):
    """Where in the file of lists the arrays of one list stand: documents, how often each holds the word, and where."""

    start: int
    doc_bytes: int
    count_bytes: int  # 0 where each count is 1
    place_bytes: int
    docs: int
    places: int


class Terms:
    """The words of one segment, by field and in the order of their bytes, and the list of each."""

    def __init__(self, reader: SegmentReader) -> None:
        """Raises TypeError when the segment is not in memory."""
        terms = reader._terms
        if not isinstance(terms._postfile, ListsFile):
            raise TypeError("the segment is not in memory")
        self._words = table_of(terms._tindex, terms._fieldmap)
        self._table, self._lists = self._words.table, terms._postfile

    def beginning(self, field: str, start: bytes = b"") -> Iterator[tuple[bytes, int]]:
        """The words of a field that begin with `start`, each with the number of its documents."""
        for at in self._words.beginning(field, start):
            yield self._words.word(at), _INFO.unpack_from(self._table, self._words.value(at))[2]

    def words(self, field: str, start: bytes = b"") -> list[bytes]:
        """The words of a field that begin with `start`."""
        return [self._words.word(at) for at in self._words.beginning(field, start)]

    def lists(self, field: str) -> Iterator[tuple[bytes, list[Block] | None]]:
        """All words of a field with the blocks of their lists, None where a list is in another form than ours."""
        for at in self._words.beginning(field, b""):
            yield self._words.word(at), self._blocks_at(at)

    def list_of(self, field: str, word: bytes) -> Arrays | list[Block] | None:
        """Where the arrays of a word's list are, or the blocks of one that has none, which short lists have not.

        No blocks when nobody holds the word; None when its list is in another form than ours.
        """
        at = self._words.find(field, word)
        if at is None:
            return []
        return self._arrays_at(at) or self._blocks_at(at)

    def postings_in(self, arrays: Arrays) -> tuple[Numbers, Numbers]:
        """The documents in these arrays, and how often each holds the word."""
        size = arrays.docs * arrays.doc_bytes
        read = self._lists.bytes_at(arrays.start, size + arrays.docs * arrays.count_bytes)
        docs = np.frombuffer(read, _UNSIGNED[arrays.doc_bytes], arrays.docs)
        if not arrays.count_bytes:
            return docs, ones(arrays.docs)
        return docs, np.frombuffer(read, _UNSIGNED[arrays.count_bytes], arrays.docs, size)

    def places_in(self, arrays: Arrays) -> Numbers:
        """The places in these arrays, those of the first document first."""
        start = arrays.start + arrays.docs * (arrays.doc_bytes + arrays.count_bytes)
        read = self._lists.bytes_at(start, arrays.places * arrays.place_bytes)
        return np.frombuffer(read, _UNSIGNED[arrays.place_bytes])

    def _arrays_at(self, at: int) -> Arrays | None:
        value = self._words.value(at)
        inlined, _, documents, *_ = _INFO.unpack_from(self._table, value)
        if inlined or documents < FEWEST_AS_ARRAYS:
            return None
        start, length = _EXTENT.unpack_from(self._table, value + _INFO.size)
        tail = start + length - TAIL.size
        mark, doc_bytes, count_bytes, place_bytes, docs, places = TAIL.unpack(self._lists.bytes_at(tail, TAIL.size))
        if mark != MARK or docs != documents:
            return None
        size = docs * (doc_bytes + count_bytes) + places * place_bytes
        return Arrays(tail - size, doc_bytes, count_bytes, place_bytes, docs, places)

    def _blocks_at(self, at: int) -> list[Block] | None:
        value = self._words.value(at)
        if _INFO.unpack_from(self._table, value)[0]:
            return None  # kept with the word
        start, length = _EXTENT.unpack_from(self._table, value + _INFO.size)
        return _blocks(self._lists.bytes_at(start, length))


def _blocks(written: bytes) -> list[Block] | None:
    blocks: list[Block] = []
    at, length = len(WHOOSH3_HEADER_MAGIC), 0
    while length >= 0:  # the last block's is negative
        info = at + _BLOCK.size
        if written[info : info + len(_FRAMED)] != _FRAMED:
            return None
        data = info + len(_FRAMED) + _FRAME.size + _FRAME.unpack_from(written, info + len(_FRAMED))[0]
        (length,) = _BLOCK.unpack_from(written, at)
        at = info + abs(length)
        content = written[data:at]
        packed = not content.startswith(_FRAMED)
        blocks.append(pickle.loads(zlib.decompress(content) if packed else content))  # noqa: S301 - ours
    return blocks


def terms_of(reader: Any) -> Terms:
    """The terms of the segment behind a reader, made once for each; raises TypeError when it is not a file of ours."""
    known: Terms | None = getattr(reader, _OURS, None)
    if known is None:
        known = Terms(reader)
        setattr(reader, _OURS, known)
    return known


def lengths_of(reader: SegmentReader, field: str, size: int) -> npt.NDArray[np.float32]:
    """How many words each document has in a field, as nearly as Whoosh keeps it: one byte each, in one column."""
    lengths = np.zeros(size, np.float32)
    column = _lenfield(field)
    if reader._perdoc.has_column(column):
        file, start, length = reader._perdoc._get_column_file(column)
        kept = np.frombuffer(file.get(start, length), np.uint8)[:size]  # the last ones may be left out when empty
        lengths[: len(kept)] = _LENGTH_OF[kept]
        file.close()
    return lengths
