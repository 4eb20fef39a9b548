"""Writing a Whoosh index: one batch, one commit, whole or not at all."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from whoosh.index import FileIndex
from whoosh.query import Term
from whoosh.reading import SegmentReader

from .whoosh_schema import ID

log = logging.getLogger(__name__)

MOST_OF_A_SIZE = 12
LARGEST_MERGED = 5_000  # documents; larger segments wait for the next rebuild
MEMORY_MB = 64  # of postings, before Whoosh sorts them on disk; more is no faster

Row = Mapping[str, Any]


def write_batch(index: FileIndex, rows: Iterable[Row], gone: Iterable[int]) -> None:
    """Take the documents `gone` out and put `rows` in, in one commit.

    The caller holds the lock of the folder; what the disk refuses is raised as it comes.
    """
    writer = _writer(index)
    try:
        searcher = writer.searcher()
        try:
            for identifier in gone:
                writer.delete_by_query(Term(ID, str(identifier)), searcher=searcher)
        finally:
            searcher.close()
        for row in rows:
            writer.add_document(**row)
        writer.commit(mergetype=_merge_alike)
    except BaseException:
        _abandon(writer)
        raise


def write_all(index: FileIndex, rows: Iterable[Row]) -> None:
    """Fill an empty index with `rows`, as one segment."""
    writer = _writer(index)
    try:
        for row in rows:
            writer.add_document(**row)
        writer.commit(merge=False)
    except BaseException:
        _abandon(writer)
        raise


def _writer(index: FileIndex) -> Any:
    # Without Whoosh's own lock (_lk): every writer already holds the lock of the index folder, and Whoosh keeps its
    # lock for good when the disk is full while a writer is made.
    return index.writer(limitmb=MEMORY_MB, _lk=False)


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
