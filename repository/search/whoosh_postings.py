"""Whoosh's lists of where a word stands, lifted into arrays.

Whoosh walks such a list one document at a time through several layers of Python. A longer list of ours is there as
arrays too, and of the others a block is taken at once, which is many times faster. Lists in another form than ours are
read through Whoosh's public matchers, to the same result.
"""

import pickle
import threading
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from whoosh.reading import SegmentReader

from .matching import Numbers, narrow, narrowest, ones
from .whoosh_lists import Lists
from .whoosh_terms import Arrays, Block, terms_of

_HEAD, _TAIL = 6, -1  # of a list of places: its length in 4 bytes, the pickle protocol in 2; a full stop
_MARK, _TUPLE_STOP = b"\x80\x02(", b"t."
_walking = threading.Lock()  # Whoosh's files have one place to read; what is in our form is read without it


class Postings(NamedTuple):
    """The documents of a segment that hold a word, deleted ones too, and how often each holds it."""

    docs: Numbers
    counts: Numbers


NO_POSTINGS = Postings(np.empty(0, np.uint8), np.empty(0, np.uint8))


def read_postings(reader: SegmentReader, field: str, word: bytes) -> Postings:
    """The postings of `word` in `field`; none when nobody holds it."""
    found = written_list(reader, field, word)
    if isinstance(found, Arrays):
        return Postings(*terms_of(reader).postings_in(found))
    if found is None:
        docs: list[int] = []
        often: list[int] = []
        for doc, times, _ in _one_by_one(reader, field, word):
            docs.append(doc)
            often.append(int(times))
        return Postings(narrow(np.array(docs, np.int64)), narrow(np.array(often, np.int64)))
    if not found:
        return NO_POSTINGS
    parts = [_postings(block) for block in found]
    return parts[0] if len(parts) == 1 else Postings(*map(np.concatenate, zip(*parts, strict=True)))


def _postings(block: Block) -> Postings:
    steps, often, _ = block
    docs = list(accumulate(steps))
    numbers = np.array(docs, narrowest(docs[-1]))
    if isinstance(often, tuple):
        return Postings(numbers, np.array(often, narrowest(max(often))))
    each = int(often or 1)
    return Postings(numbers, ones(len(docs)) if each == 1 else np.full(len(docs), each, narrowest(each)))


def read_places(reader: SegmentReader, field: str, word: bytes) -> Numbers:
    """At which words of the field `word` stands: for each document of its postings as many places as it is counted."""
    found = written_list(reader, field, word)
    if isinstance(found, Arrays):
        return terms_of(reader).places_in(found)
    if found is None:
        places: Iterable[int] = chain.from_iterable(entry[2] for entry in _one_by_one(reader, field, word))
    else:
        places = _in_all(chain.from_iterable(where or () for *_, where in found))
    return narrow(np.fromiter(places, np.int64))


def written_list(reader: SegmentReader, field: str, word: bytes) -> Arrays | list[Block] | None:
    """A word's list as it is written, as `Terms.list_of` has it; None when Whoosh must be asked."""
    try:
        return terms_of(reader).list_of(field, word)
    except TypeError:
        return None


def read_lists(reader: SegmentReader) -> Iterator[Lists]:
    """All lists of a segment, field by field, as they are written."""
    for name in reader.indexed_field_names():
        placed = reader.schema[name].format.fixed_value_size() is None
        words: list[str] = []
        sizes: list[int] = []
        docs: list[int] = []
        often: list[int] = []
        where: list[bytes] = []
        for word, blocks in terms_of(reader).lists(name):
            if blocks is None:
                raise ValueError(f"a list of {name} is not in our form")
            words.append(word.decode("utf-8"))
            before = len(docs)
            for steps, weights, values in blocks:
                docs.extend(accumulate(steps))
                often.extend(weights if isinstance(weights, tuple) else [weights or 1] * len(steps))
                where.extend(values or ())
            sizes.append(len(docs) - before)
        counts = np.array(often if placed else [], np.int32)
        yield Lists(
            name,
            words,
            np.array(sizes, np.intp),
            np.array(docs, np.int32),
            counts,
            np.fromiter(_in_all(where), np.int32),
        )


def _one_by_one(reader: SegmentReader, field: str, word: bytes) -> Iterator[tuple[int, float, list[int]]]:
    """Document, how often, and where, by Whoosh's matcher; a filter over deleted documents, which has moved it, is off."""
    with _walking:
        if (field, word) not in reader:
            return
        matcher = reader.postings(field, word)
        while hasattr(matcher, "child"):
            matcher = matcher.child
        matcher.reset()
        placed = matcher.supports("positions")
        while matcher.is_active():
            yield matcher.id(), matcher.weight(), matcher.value_as("positions") if placed else []
            matcher.next()


def _in_all(values: Iterable[bytes]) -> Iterable[int]:
    """The places in all `values`, which hold the steps between them."""
    return chain.from_iterable(map(accumulate, _steps(values)))


def _steps(values: Iterable[bytes]) -> tuple[list[int], ...]:
    """The lists pickled one by one in `values`, read as one pickle of a tuple of lists, which is five times faster."""
    pickled = _MARK + b"".join(value[_HEAD:_TAIL] for value in values) + _TUPLE_STOP
    lists: tuple[list[int], ...] = pickle.loads(pickled)  # noqa: S301 - ours, or whoosh_files had not opened it
    return lists
