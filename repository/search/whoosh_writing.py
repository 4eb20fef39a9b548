"""Writing a Whoosh index: one batch, one commit, whole or not at all."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from whoosh import fields as whoosh_fields
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from .whoosh_blocks import write_lists
from .whoosh_lists import WordLists
from .whoosh_postings import read_lists, read_postings
from .whoosh_reading import Lifted
from .whoosh_schema import FOREIGN, ID, ROW

log = logging.getLogger(__name__)

MOST_OF_A_SIZE = 12
LARGEST_MERGED = 5_000  # documents; larger segments wait for the next rebuild

Row = Mapping[str, Any]


def write_batch(index: FileIndex, rows: Iterable[Row], gone: Iterable[int], lifted: Lifted) -> None:
    """Take the documents `gone` out and put `rows` in, in one commit. `lifted` is what was read of the generation.

    The caller holds the lock of the folder; what the disk refuses is raised as it comes.
    """
    writer = RowWriter(index)
    try:
        lifted.keep({segment.segment_id() for segment in writer.segments})
        writer.delete_ids(gone, lifted)
        for row in rows:
            writer.add_row(row)
        writer.commit(mergetype=_merge_alike)
    except BaseException:
        _abandon(writer)
        raise


def write_all(index: FileIndex, rows: Iterable[Row]) -> None:
    """Fill an empty index with `rows`, as one segment."""
    writer = RowWriter(index)
    try:
        for row in rows:
            writer.add_row(row)
        writer.commit(merge=False)
    except BaseException:
        _abandon(writer)
        raise


class RowWriter(SegmentWriter):
    """Whoosh's writer of segments, taking rows of our schema, with word lists of our own."""

    def __init__(self, index: FileIndex) -> None:
        """Begin a segment; none of Whoosh's locks is taken."""
        # Every writer already holds the lock of the index folder, and Whoosh keeps its own lock (_lk) for good when the
        # disk is full while a writer is made.
        super().__init__(index, _lk=False)
        self._lists = WordLists()
        self._placed = {name for name, field in self.schema.items() if isinstance(field, whoosh_fields.TEXT)}

    def add_row(self, row: Row) -> None:
        """Add one document."""
        per_document, number = self.perdocwriter, self.docnum
        per_document.start_doc(number)
        for name, content in row.items():
            if name == ROW:
                per_document.add_field(name, self.schema[name], content, 0)
            elif name.startswith(FOREIGN):
                self._lists.add_text(name.removeprefix(FOREIGN), number, content)
            elif name in self._placed:
                self._lists.add_text(name, number, content)
                per_document.add_field(name, self.schema[name], None, len(content))
            else:
                self._lists.add_values(name, number, content)
        per_document.finish_doc()
        self._lists.make_room()
        self._added = True
        self.docnum += 1

    def delete_ids(self, gone: Iterable[int], lifted: Lifted) -> None:
        """Mark the documents with these ids as deleted."""
        words = [str(one).encode("ascii") for one in gone]
        for segment in self.segments if words else ():
            reader = lifted.reader_of(segment)
            for word in words:
                for place in read_postings(reader, ID, word).docs.tolist():
                    segment.delete_document(place)

    def write_per_doc(self, fieldnames: Iterable[str], reader: SegmentReader) -> dict[int, int] | None:
        """Copy what another segment keeps by document; return its documents' new numbers, if some were deleted."""
        numbers: dict[int, int] = {}
        for place, stored in reader.iter_docs():
            numbers[place] = self.docnum
            self.perdocwriter.start_doc(self.docnum)
            self.perdocwriter.add_field(ROW, self.schema[ROW], stored[ROW], 0)
            for name in self._placed:
                length = reader.doc_field_length(place, name)
                self.perdocwriter.add_field(name, self.schema[name], None, length)
            self.perdocwriter.finish_doc()
            self.docnum += 1
        return numbers if reader.has_deletions() else None

    def add_postings_to_pool(self, reader: SegmentReader, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Copy the word lists of another segment."""
        numbers = np.arange(startdoc, startdoc + reader.doc_count_all(), dtype=np.int32)
        if docmap is not None:
            numbers = np.full(reader.doc_count_all(), -1, np.int32)
            numbers[list(docmap)] = list(docmap.values())
        for lists in read_lists(reader):
            self._lists.add_lists(lists.renumbered(numbers))

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        write_lists(self._lists, self.fieldwriter)
        self.fieldwriter.close()

    def _close_segment(self) -> None:
        super()._close_segment()
        self._lists.close()


def _merge_alike(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's hook for merging: what is returned stays as it is.

    Most commits merge nothing, since a merge costs as much as indexing the documents anew and a few dozen segments cost
    a search little. When a dozen segments have the same number of digits in their size they become one, so that a
    document is merged once per digit. Emptied segments go; one that has lost a third of its documents is written anew.
    """
    filled = [segment for segment in segments if segment.doc_count()]
    sizes = Counter(_size(segment) for segment in filled)
    merged = [
        segment
        for segment in filled
        if segment.doc_count_all() <= LARGEST_MERGED
        and (sizes[_size(segment)] >= MOST_OF_A_SIZE or segment.deleted_count() * 3 > segment.doc_count_all())
    ]
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return [segment for segment in filled if segment not in merged]


def _size(segment: Any) -> int:
    return len(str(segment.doc_count()))


def _abandon(writer: Any) -> None:
    try:
        writer.cancel()
    except Exception:  # on the same full disk, cancelling may fail as well; the next commit removes what is left
        log.debug("cancelling a failed commit failed too", exc_info=True)
        words = writer.fieldwriter
        for left_open in (words._tindex.dbfile, words._postfile):
            with suppress(Exception):
                left_open.close()
