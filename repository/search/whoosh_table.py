"""The words of a segment in its own table, found without an object for each: worked out once, and kept with the file."""

import struct
from bisect import bisect_left
from typing import Any

import numpy as np

from .whoosh_files import PartFile

_NUMBER, _LENGTHS = struct.Struct("!H"), struct.Struct("!ii")
_PLACES = {"B": "u1", "H": ">u2", "i": ">i4", "I": ">u4", "q": ">i8"}
_AFTER_ALL_TEXT = b"\xff"  # is in no UTF-8
_POST_EVERY = 8  # words
_KNOWN = "words"


class WordTable:
    """Words by field and in the order of their bytes; a word is known by its place among all of them."""

    def __init__(self, index: Any, numbers: dict[str, int]) -> None:
        """`index` is Whoosh's reader of the table, and `numbers` say what stands for a field before its words."""
        self.table: bytes = index.dbfile._buf
        places = np.frombuffer(self.table, _PLACES[index.extras["indextype"]], index.indexlen, index.indexbase)
        self._places = memoryview(places.astype(np.int64).data)  # gives plain integers, and quickly
        self._all = range(len(places))
        self._posts = [self._key(at) for at in self._all[::_POST_EVERY]]  # these are searched first, and quickly
        self._numbers = {name: _NUMBER.pack(number) for name, number in numbers.items()}

    def find(self, field: str, word: bytes) -> int | None:
        """Which word of all this is; None when it is not there."""
        if field not in self._numbers:
            return None
        key = self._numbers[field] + word
        at = self._from(key)
        return at if at < len(self._all) and self._key(at) == key else None

    def beginning(self, field: str, start: bytes) -> range:
        """The words of a field that begin with `start`."""
        if field not in self._numbers:
            return range(0)
        key = self._numbers[field] + start
        return range(self._from(key), self._from(key + _AFTER_ALL_TEXT))

    def word(self, at: int) -> bytes:
        """The word itself."""
        return self._key(at)[_NUMBER.size :]

    def value(self, at: int) -> int:
        """Where in `table` that begins which is said of the word."""
        place = self._places[at]
        return place + _LENGTHS.size + int(_LENGTHS.unpack_from(self.table, place)[0])

    def _from(self, key: bytes) -> int:
        """The first word that is not before `key`."""
        until = bisect_left(self._posts, key) * _POST_EVERY
        return bisect_left(self._all, key, max(0, until - _POST_EVERY), min(until, len(self._all)), key=self._key)

    def _key(self, at: int) -> bytes:
        place = self._places[at] + _LENGTHS.size
        return self.table[place : place + _LENGTHS.unpack_from(self.table, place - _LENGTHS.size)[0]]


def table_of(index: Any, numbers: dict[str, int]) -> WordTable:
    """The table behind Whoosh's reader `index`. Raises TypeError when it is not in memory."""
    if not isinstance(index.dbfile, PartFile):
        raise TypeError("the segment is not in memory")
    known: WordTable | None = index.dbfile.known.get(_KNOWN)
    if known is None:
        known = index.dbfile.known[_KNOWN] = WordTable(index, numbers)
    return known
