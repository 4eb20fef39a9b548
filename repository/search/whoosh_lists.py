"""Who holds each word and where, gathered document by document, as numbers in arrays.

Whoosh hands each posting through a dozen calls, checks it, and has it sorted among all others; that took four fifths of
the time of an index. Here a word becomes a number when it is first seen, and whole arrays of numbers are sorted.
"""

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .matching import Numbers

MOST_IN_MEMORY = 2_000_000  # words in texts, and values
AT_ONCE = 200_000  # postings written together
_NONE: Numbers = np.empty(0, np.int32)


class Lists(NamedTuple):
    """Some words of a field with the documents that hold each, how often and where; one after the other in each array.

    Where the field keeps no places, `counts` and `places` are empty.
    """

    field: str
    words: list[str]
    sizes: Numbers  # how many documents hold each word
    docs: Numbers
    counts: Numbers
    places: Numbers

    def renumbered(self, numbers: Numbers) -> "Lists":
        """The same lists with each document's new number, and without the documents that have -1."""
        docs = numbers[self.docs]
        kept = docs >= 0
        word_of = np.repeat(np.arange(len(self.words)), self.sizes)[kept]
        sizes = np.bincount(word_of, minlength=len(self.words))
        if not len(self.counts):
            return self._replace(sizes=sizes, docs=docs[kept])
        places = self.places[np.repeat(kept, self.counts)]
        return self._replace(sizes=sizes, docs=docs[kept], counts=self.counts[kept], places=places)


class _Run(NamedTuple):
    """Postings that lie together by word; `starts` and `sizes` are by the number of a word, `firsts` by posting."""

    starts: Numbers
    sizes: Numbers
    docs: Numbers
    counts: Numbers
    firsts: Numbers
    places: Numbers

    def of(self, numbers: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """For the words with these numbers: how many postings each has, and what is in them."""
        known = np.minimum(numbers, len(self.sizes) - 1)
        sizes = np.where(numbers < len(self.sizes), self.sizes[known], 0)
        at = _ranges(self.starts[known], sizes)
        if not len(self.counts):
            return sizes, self.docs[at], _NONE, _NONE
        counts = self.counts[at]
        return sizes, self.docs[at], counts, self.places[_ranges(self.firsts[at], counts)]

    def on_disk(self) -> "_Run":
        """The same, with the arrays that are by posting in files without names, which go when nobody reads them."""
        return self._replace(**{name: _on_disk(getattr(self, name)) for name in ("docs", "counts", "firsts", "places")})


class _Numbers(dict[str, int]):
    """Each word gets the next number when it is first asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class _Field:
    """The words of one field: their numbers, those that came since the last run, and the runs."""

    def __init__(self, placed: bool) -> None:
        self.numbers = _Numbers()
        self.runs: list[_Run] = []
        self._placed = placed
        self._words = array("i")
        self._docs, self._sizes = array("i"), array("i")

    def add(self, document: int, words: Sequence[str]) -> None:
        self._words.extend(map(self.numbers.__getitem__, words))
        self._docs.append(document)
        self._sizes.append(len(words))

    def add_lists(self, lists: Lists) -> None:
        """A whole run; its documents come after those before."""
        self.close_run()
        numbers = np.array([self.numbers[word] for word in lists.words], np.intp)
        starts, sizes = np.zeros((2, len(self.numbers)), np.intp)
        starts[numbers], sizes[numbers] = lists.sizes.cumsum() - lists.sizes, lists.sizes
        firsts = lists.counts.cumsum() - lists.counts
        self.runs.append(_Run(starts, sizes, lists.docs, lists.counts, firsts, lists.places))

    def close_run(self) -> None:
        """Order what came by word; within a word, it is in the order of documents and places already."""
        if not self._words:
            return
        words, sizes = (np.array(numbers, np.intp) for numbers in (self._words, self._sizes))
        docs = np.repeat(np.array(self._docs, np.int32), sizes)
        order = np.argsort(words, kind="stable")
        if self._placed and "" in self.numbers:
            order = order[words[order] != self.numbers[""]]
        places = (np.arange(len(words)) - np.repeat(sizes.cumsum() - sizes, sizes))[order].astype(np.int32)
        words, docs = words[order], docs[order]
        self.runs.append(_run(words, docs, places if self._placed else None, len(self.numbers)))
        self._words, self._docs, self._sizes = array("i"), array("i"), array("i")

    def lists(self, field: str) -> Iterator[Lists]:
        """Everything, some words at a time, in the order of the words."""
        self.close_run()
        ordered = sorted(self.numbers)
        numbers = np.array([self.numbers[word] for word in ordered], np.intp)
        sizes = np.zeros(len(numbers), np.intp)
        for run in self.runs:
            sizes[: len(run.sizes)] += run.sizes
        chunk_of = (sizes[numbers].cumsum() - 1) // AT_ONCE
        held = np.flatnonzero(sizes[numbers])
        for chunk in np.split(held, np.flatnonzero(np.diff(chunk_of[held])) + 1):
            if len(chunk):
                yield Lists(field, [ordered[at] for at in chunk.tolist()], *_merged(self.runs, numbers[chunk]))


class WordLists:
    """The lists of all words by field. What is more than memory should hold waits on disk, in ordered runs."""

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        """`most` is in words of texts, and values."""
        self._most = most
        self._held = 0
        self._fields: dict[str, _Field] = {}

    def add_text(self, field: str, document: int, words: Sequence[str]) -> None:
        """Note where each of `words` stands, but for empty ones. Documents come in ascending order."""
        self._field(field, True).add(document, words)
        self._held += len(words)

    def add_values(self, field: str, document: int, values: Iterable[str]) -> None:
        """Note that the document holds `values`."""
        distinct = list(dict.fromkeys(values))
        self._field(field, False).add(document, distinct)
        self._held += len(distinct)

    def add_lists(self, lists: Lists) -> None:
        """Note whole lists of documents that come after those noted."""
        self._field(lists.field, bool(len(lists.counts))).add_lists(lists)

    def make_room(self) -> None:
        """Put what is held on disk, if it has become too much."""
        if self._held > self._most:
            for field in self._fields.values():
                before = len(field.runs)
                field.close_run()
                field.runs[before:] = [run.on_disk() for run in field.runs[before:]]
            self._held = 0

    def __iter__(self) -> Iterator[Lists]:
        """All lists, ordered by field and word."""
        for name in sorted(self._fields):
            yield from self._fields[name].lists(name)

    def close(self) -> None:
        """Forget everything."""
        self._fields = {}

    def _field(self, name: str, placed: bool) -> _Field:
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = _Field(placed)
        return field


def _run(words: Numbers, docs: Numbers, places: Numbers | None, known: int) -> _Run:
    """A run of the places of words, ordered by word."""
    if places is None:
        sizes = np.bincount(words, minlength=known)
        return _Run(sizes.cumsum() - sizes, sizes, docs, _NONE, _NONE, _NONE)
    another = np.ones(len(words), np.bool_)
    another[1:] = (words[1:] != words[:-1]) | (docs[1:] != docs[:-1])
    firsts = np.flatnonzero(another)
    counts = np.diff(firsts, append=len(words)).astype(np.int32)
    sizes = np.bincount(words[firsts], minlength=known)
    return _Run(sizes.cumsum() - sizes, sizes, docs[firsts], counts, firsts, places)


def _merged(runs: Sequence[_Run], numbers: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """What all runs have of these words: sizes, documents, counts, places."""
    parts = [run.of(numbers) for run in runs]
    if len(parts) == 1:
        return parts[0]
    sizes, docs, counts, places = (np.concatenate(part) for part in zip(*parts, strict=True))
    # Within a run they are in the order of words; now the parts of each word are brought together, in that of runs.
    order = np.argsort(np.repeat(np.tile(np.arange(len(numbers)), len(runs)), sizes), kind="stable")
    if len(counts):
        places = places[_ranges((counts.cumsum() - counts)[order], counts[order])]
        counts = counts[order]
    return sizes.reshape(len(runs), -1).sum(axis=0), docs[order], counts, places


def _ranges(starts: Numbers, sizes: Numbers) -> Numbers:
    """All numbers from each start on, as many as its size says."""
    before = sizes.cumsum() - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))


def _on_disk(numbers: Numbers) -> npt.NDArray[Any]:
    if not len(numbers):
        return numbers
    with tempfile.TemporaryFile() as file:
        numbers.tofile(file)
        file.flush()
        return np.memmap(file, numbers.dtype, "r", shape=numbers.shape)  # it keeps the file open by itself
