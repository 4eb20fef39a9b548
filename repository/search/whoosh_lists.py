"""Who holds each word and where, gathered document by document and written in Whoosh's own form.

Whoosh hands each posting through a dozen calls, checks it, and has it sorted among all others; that took four fifths of
the time of an index. Here a word's list is gathered in a dictionary and written at once, in blocks that Whoosh's
readers take for theirs.
"""

import heapq
import pickle
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter, sub
from typing import IO, Any

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo

MOST_IN_MEMORY = 1_000_000  # postings, some 60 MB
BLOCK = 4_096  # documents; whoosh's own are of 128, and each costs its reader a call
COMPRESSED_FROM = 200  # bytes
COMPRESSION = 1  # higher is little smaller and much slower
PROTOCOL = 4  # of pickle: the first in which bytes need no detour
AT_ONCE = 2_000  # words of a run on disk

_KEY, _LENGTH, _COUNT = struct.Struct("!H"), struct.Struct("!i"), struct.Struct("!I")
_word = itemgetter(0, 1)

# Of a word of a text, one after the other for each document: its number, how often, and where. Otherwise its number alone.
Flat = list[Any]
WordList = tuple[str, str, Flat]


class WordLists:
    """The lists of all words by field. What is more than memory should hold waits on disk, in sorted runs."""

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        """`most` is in postings."""
        self._most = most
        self._held = 0
        self._lists: dict[str, dict[str, Flat]] = {}
        self._runs: list[IO[bytes]] = []

    def add_text(self, field: str, document: int, words: Iterable[str]) -> None:
        """Note where each of `words` stands, but for empty ones. Documents come in ascending order."""
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            known = places.get(word)
            if known is None:
                places[word] = [place]
            else:
                known.append(place)
        places.pop("", None)
        lists = self._lists.setdefault(field, {})
        for word, at in places.items():
            lists.setdefault(word, []).extend((document, len(at), _once(at[0]) if len(at) == 1 else _often(at)))
        self._held += len(places)

    def add_values(self, field: str, document: int, values: Iterable[str]) -> None:
        """Note that the document holds `values`."""
        lists = self._lists.setdefault(field, {})
        for value in dict.fromkeys(values):
            lists.setdefault(value, []).append(document)
            self._held += 1

    def add_list(self, field: str, word: str, flat: Flat) -> None:
        """Note a whole list of documents that come after those noted."""
        if flat:
            self._lists.setdefault(field, {}).setdefault(word, []).extend(flat)
            self._held += len(flat)

    def make_room(self) -> None:
        """Put what is held on disk, if it has become too much."""
        if self._held > self._most:
            run = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
            self._runs.append(run)
            for batch in _in_batches(self._sorted()):
                pickle.dump(batch, run, PROTOCOL)
            self._lists, self._held = {}, 0

    def __iter__(self) -> Iterator[WordList]:
        """All lists, ordered by field and word."""
        if not self._runs:
            yield from self._sorted()
            return
        merged = heapq.merge(*map(_read, self._runs), self._sorted(), key=_word)
        for (field, word), parts in groupby(merged, _word):
            flat: Flat = []
            for _, _, part in parts:
                flat += part
            yield field, word, flat

    def close(self) -> None:
        """Forget everything."""
        for run in self._runs:
            run.close()
        self._lists, self._runs = {}, []

    def _sorted(self) -> Iterator[WordList]:
        for field in sorted(self._lists):
            lists = self._lists[field]
            for word in sorted(lists):
                yield field, word, lists[word]


def write_lists(lists: Iterable[WordList], writer: Any, placed: set[str]) -> None:
    """Write `lists` into a segment through Whoosh's `writer` of its terms; words of the fields `placed` have places."""
    terms, file = writer._tindex, writer._postfile
    for field, words in groupby(lists, itemgetter(0)):
        number = writer._fieldmap.setdefault(field, len(writer._fieldmap))
        for _, word, flat in words:
            start = file.tell()
            docs, counts, values = (flat[0::3], flat[1::3], flat[2::3]) if field in placed else (flat, None, None)
            file.write(WHOOSH3_HEADER_MAGIC + b"".join(_blocks(docs, counts, values)))
            terms.add(_KEY.pack(number) + word.encode("utf-8"), _info(docs, counts, start, file.tell() - start))


def _blocks(docs: list[int], counts: list[int] | None, values: list[bytes] | None) -> Iterator[bytes]:
    """The blocks of a list, as W3LeafMatcher reads them: what is in it, then steps, how often and where."""
    for start in range(0, len(docs), BLOCK):
        part = docs[start : start + BLOCK]
        often = counts[start : start + BLOCK] if counts else (1,)
        most = max(often)
        steps = (part[0], *map(sub, part[1:], part))
        content = (steps, None if most == 1 else tuple(often), tuple(values[start : start + BLOCK]) if values else None)
        data = pickle.dumps(content, PROTOCOL)
        packed = len(data) >= COMPRESSED_FROM
        if packed:
            data = zlib.compress(data, COMPRESSION)
        about = pickle.dumps((len(part), part[-1], float(most), int(packed), 0, 0), PROTOCOL)
        last = start + BLOCK >= len(docs)
        yield _LENGTH.pack((-1 if last else 1) * (len(about) + len(data))) + about + data


def _info(docs: list[int], counts: list[int] | None, start: int, length: int) -> bytes:
    info = W3TermInfo()
    info._weight = float(sum(counts) if counts else len(docs))
    info._maxweight = float(max(counts) if counts else 1)
    info._df, info._minid, info._maxid = len(docs), docs[0], docs[-1]
    info.set_extent(start, length)
    return bytes(info.to_bytes())


@lru_cache(maxsize=50_000)
def _once(place: int) -> bytes:
    return _often((place,))


def _often(places: Sequence[int]) -> bytes:
    """Places as Whoosh's format of positions has them: their number, and the steps from one to the next, pickled."""
    return _COUNT.pack(len(places)) + pickle.dumps([places[0], *map(sub, places[1:], places)], 2)


def _in_batches(lists: Iterable[WordList]) -> Iterator[list[WordList]]:
    upcoming = iter(lists)
    while batch := list(islice(upcoming, AT_ONCE)):
        yield batch


def _read(run: IO[bytes]) -> Iterator[WordList]:
    run.seek(0)
    while True:
        try:
            yield from pickle.load(run)  # noqa: S301 - ours, from a file without a name
        except EOFError:
            return
