"""Lists of words written into a segment, in Whoosh's form and, the longer ones, as arrays besides.

A list is written at once, in large blocks that Whoosh's readers take for theirs: its own hold 128 documents, pickled in
a form in which bytes take a detour. After the last block, where Whoosh stops reading, a list of many documents has them
again as plain arrays: documents, how often, and where; then a tail, which says how wide and how many they are. Ours
reads those, without making an object of every place.
"""

import pickle
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import md5
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo

from .matching import Numbers, narrow
from .whoosh_lists import Lists

BLOCK = 4_096  # documents
FEWEST_AS_ARRAYS = 24  # documents; shorter lists are read sooner than found
COMPRESSED_FROM = 200  # bytes
COMPRESSION = 1  # higher is little smaller and much slower
PROTOCOL = 4  # of pickle: the first in which bytes need no detour
TAIL = struct.Struct("<4sBBBxII")  # mark, bytes of a document's number, of a count (0: all are 1), of a place; how many
MARK = b"\x93arr"

_KEY, _LENGTH, _COUNT = struct.Struct("!H"), struct.Struct("!i"), struct.Struct("!I")
_ENTRY, _EXTENT = struct.Struct("!ii"), struct.Struct("!qi")
_INFO = W3TermInfo._struct
_NO_PLACES: Numbers = np.empty(0, np.intp)


def write_lists(lists: Iterable[Lists], writer: Any) -> None:
    """Write `lists`, ordered by field and word, into a segment through Whoosh's `writer` of its terms."""
    table, file = writer._tindex, writer._postfile
    place = file.tell()
    for part in lists:
        field = _KEY.pack(writer._fieldmap.setdefault(part.field, len(writer._fieldmap)))
        entries, written = [], []
        for word, info, one in _written(part):
            entries.append((field + word.encode("utf-8"), info + _EXTENT.pack(place, len(one))))
            written.append(one)
            place += len(one)
        file.write(b"".join(written))
        _add_to_table(table, entries)


def _add_to_table(table: Any, entries: list[tuple[bytes, bytes]]) -> None:
    """What Whoosh's `OrderedHashWriter.add` does, which asks the file for its place and writes thrice, for each of them."""
    place, written = table.dbfile.tell(), []
    for key, value in entries:
        if key <= table.lastkey:
            raise ValueError("words must ascend")
        table.lastkey = key
        table.index.append(place)
        hashed = _hash(key)
        table.buckets[hashed & 255].append((hashed, place))
        entry = _ENTRY.pack(len(key), len(value)) + key + value
        written.append(entry)
        place += len(entry)
    table.dbfile.write(b"".join(written))


def _hash(key: bytes) -> int:
    """What Whoosh's `md5_hash` says, without writing the number out in between."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")


def _written(lists: Lists) -> Iterator[tuple[str, bytes, bytes]]:
    """Each word, what Whoosh's table says of it, and its list."""
    form = _form(lists)
    if len(form.docs) == len(lists.words):  # one document each, as when one is added
        counts, values = form.counts or repeat(1), form.values or repeat(None)
        yield from ((word, *_only(*one)) for word, *one in zip(lists.words, form.docs, counts, values, strict=False))
        return
    last = 0
    for word, size in zip(lists.words, lists.sizes.tolist(), strict=True):
        first, last = last, last + size
        counts = form.counts[first:last]
        total, most = (sum(counts), max(counts)) if counts else (size, 1)
        info = _INFO.pack(False, total, size, 0, 0, most, form.docs[first], form.docs[last - 1])
        blocks = [WHOOSH3_HEADER_MAGIC]
        for start in range(first, last, BLOCK):
            blocks += _block(form, start, min(start + BLOCK, last), last)
        if size >= FEWEST_AS_ARRAYS:
            blocks += _as_arrays(lists, form, first, last)
        yield word, info, b"".join(blocks)


@lru_cache(maxsize=20_000)
def _only(doc: int, count: int, value: bytes | None) -> tuple[bytes, bytes]:
    """What the table says of a word that one document holds, and its list: most such words have them alike."""
    form = _Form([doc], [doc], [count], [] if value is None else [value], _NO_PLACES)
    info = _INFO.pack(False, count, 1, 0, 0, count, doc, doc)
    return info, b"".join((WHOOSH3_HEADER_MAGIC, *_block(form, 0, 1, 1)))


class _Form(NamedTuple):
    """Lists as plain objects: documents' numbers, the steps between them, how often each holds the word, and where."""

    docs: list[int]
    steps: list[int]
    counts: list[int]
    values: list[bytes]
    firsts: Numbers  # where the places of each document begin


def _form(lists: Lists) -> _Form:
    docs, counts, sizes = lists.docs.astype(np.int64), lists.counts, lists.sizes
    steps = np.diff(docs, prepend=0)
    within = np.arange(len(docs)) - np.repeat(sizes.cumsum() - sizes, sizes)
    absolute = within % BLOCK == 0
    steps[absolute] = docs[absolute]
    firsts = np.concatenate([[0], counts.cumsum()]).astype(np.intp)
    values = _values(lists, firsts) if len(counts) else []
    return _Form(docs.tolist(), steps.tolist(), counts.tolist(), values, firsts)


def _values(lists: Lists, firsts: Numbers) -> list[bytes]:
    """The places in each document as Whoosh's format of positions has them."""
    begins = lists.places[firsts[:-1]]
    values = list(map(_once, begins.tolist()))
    steps = np.diff(lists.places.astype(np.int64), prepend=0)
    steps[firsts[:-1]] = begins
    several = np.flatnonzero(lists.counts > 1)
    places = steps.tolist()
    for at, first, last in zip(several.tolist(), firsts[several].tolist(), firsts[several + 1].tolist(), strict=True):
        values[at] = _often(places[first:last])
    return values


def _block(form: _Form, first: int, last: int, end: int) -> Iterable[bytes]:
    """A block as W3LeafMatcher reads it: what is in it, then steps, how often and where."""
    often = form.counts[first:last] or [1]
    most = max(often)
    values = tuple(form.values[first:last]) if form.values else None
    content = (tuple(form.steps[first:last]), None if most == 1 else tuple(often), values)
    data = _pickled_before(content) if last - first == 1 else pickle.dumps(content, PROTOCOL)
    packed = len(data) >= COMPRESSED_FROM
    if packed:
        data = zlib.compress(data, COMPRESSION)
    about = _pickled_before((last - first, form.docs[last - 1], float(most), int(packed), 0, 0))
    return _LENGTH.pack((-1 if last == end else 1) * (len(about) + len(data))), about, data


@lru_cache(maxsize=20_000)
def _pickled_before(content: tuple[Any, ...]) -> bytes:
    """Where only one document or a few are written, most of their words have the same to say."""
    return pickle.dumps(content, PROTOCOL)


def _as_arrays(lists: Lists, form: _Form, first: int, last: int) -> Iterable[bytes]:
    docs = narrow(lists.docs[first:last])
    if not form.counts:
        return docs.tobytes(), TAIL.pack(MARK, docs.itemsize, 0, 0, last - first, 0)
    counts = narrow(lists.counts[first:last])
    places = narrow(lists.places[form.firsts[first] : form.firsts[last]])
    alike = len(places) == len(docs)
    tail = TAIL.pack(MARK, docs.itemsize, 0 if alike else counts.itemsize, places.itemsize, len(docs), len(places))
    return docs.tobytes(), b"" if alike else counts.tobytes(), places.tobytes(), tail


@lru_cache(maxsize=50_000)
def _once(place: int) -> bytes:
    return _often([place])


def _often(steps: list[int]) -> bytes:
    return _COUNT.pack(len(steps)) + pickle.dumps(steps, 2)
