"""Whoosh's lists of where a word stands, lifted into arrays: the only place that knows how Whoosh writes its blocks.

Whoosh walks such a list one document at a time through several layers of Python. Its blocks are pickled tuples of 128
documents each, and taking a block at once is many times faster. Lists in another form (a word in one document only is
kept with the word itself) are read through Whoosh's public matchers, to the same result.
"""

import pickle
from collections.abc import Iterator
from itertools import accumulate, chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.reading import SegmentReader

_HEAD, _TAIL = 6, -1  # of a list of places: its length in 4 bytes, the pickle protocol in 2; a full stop
_MARK, _TUPLE_STOP = b"\x80\x02(", b"t."


class Postings(NamedTuple):
    """The documents of a segment that hold a word, deleted ones too, and how often each holds it."""

    docs: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float32]


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32))
NO_PLACES = np.empty(0, np.int32)


def read_postings(reader: SegmentReader, field: str, word: bytes) -> Postings:
    """The postings of `word` in `field`; none when nobody holds it."""
    matcher = _matcher(reader, field, word)
    if matcher is None:
        return NO_POSTINGS
    docs: list[int] = []
    counts: list[float] = []
    if isinstance(matcher, W3LeafMatcher):
        for steps, weights, _ in _blocks(matcher):
            docs.extend(accumulate(steps))
            # None: each document holds the word once; one number: all hold it as often.
            counts.extend(weights if isinstance(weights, tuple) else [weights or 1.0] * len(steps))
    else:
        while matcher.is_active():
            docs.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
    return Postings(np.array(docs, np.int32), np.array(counts, np.float32))


def read_places(reader: SegmentReader, field: str, word: bytes) -> npt.NDArray[np.int32]:
    """At which words of the field `word` stands: for each document of its postings as many places as it is counted."""
    matcher = _matcher(reader, field, word)
    if matcher is None:
        return NO_PLACES
    places: list[int] = []
    if isinstance(matcher, W3LeafMatcher):
        for _, _, values in _blocks(matcher):
            places.extend(chain.from_iterable(map(accumulate, _steps(values))))
    else:
        while matcher.is_active():
            places.extend(matcher.value_as("positions"))
            matcher.next()
    return np.array(places, np.int32)


def read_lists(reader: SegmentReader) -> Iterator[tuple[str, str, list[int], list[list[Any]]]]:
    """All lists of a segment as they are written: field, word, documents, and for words of texts how often and where."""
    for name in reader.indexed_field_names():
        placed = reader.schema[name].format.fixed_value_size() is None
        for word in reader.lexicon(name):
            docs: list[int] = []
            often: list[int] = []
            where: list[bytes] = []
            for steps, weights, values in _blocks(_matcher(reader, name, word)):
                docs.extend(accumulate(steps))
                often.extend(map(int, weights) if isinstance(weights, tuple) else [int(weights or 1)] * len(steps))
                where.extend(values or ())
            yield name, word.decode("utf-8"), docs, [often, where] if placed else []


def _matcher(reader: SegmentReader, field: str, word: bytes) -> Any:
    """Whoosh's matcher of all documents with the word; a filter over deleted documents, which has moved it, is off."""
    if (field, word) not in reader:
        return None
    matcher = reader.postings(field, word)
    while hasattr(matcher, "child"):
        matcher = matcher.child
    matcher.reset()
    return matcher


def _blocks(matcher: Any) -> Iterator[tuple[tuple[int, ...], Any, tuple[bytes, ...]]]:
    """Each block as Whoosh wrote it: steps from document to document, how often each holds the word, and where."""
    while matcher.is_active():
        matcher._read_data()
        yield matcher._data
        matcher._next_block()


def _steps(values: tuple[bytes, ...]) -> tuple[list[int], ...]:
    """The lists pickled one by one in `values`, read as one pickle of a tuple of lists, which is five times faster."""
    pickled = _MARK + b"".join(value[_HEAD:_TAIL] for value in values) + _TUPLE_STOP
    lists: tuple[list[int], ...] = pickle.loads(pickled)  # noqa: S301 - ours, or whoosh_files had not opened it
    return lists
