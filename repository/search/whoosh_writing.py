"""Writing a Whoosh index: one batch, one commit, whole or not at all."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from whoosh.index import FileIndex
from whoosh.query import Term
from whoosh.reading import SegmentReader

from .whoosh_schema import ID

log = logging.getLogger(__name__)

MOST_SMALL_SEGMENTS = 24
SMALL_SEGMENT = 2_000  # documents
MEMORY_MB = 128
REBUILD_MEMORY_MB = 256

Row = Mapping[str, Any]


def write_batch(index: FileIndex, rows: Iterable[Row], gone: Iterable[int]) -> None:
    """Take the documents `gone` out and put `rows` in, in one commit.

    The caller holds the lock of the folder; what the disk refuses is raised as it comes.
    """
    writer = _writer(index, MEMORY_MB)
    try:
        searcher = writer.searcher()
        try:
            for identifier in gone:
                writer.delete_by_query(Term(ID, str(identifier)), searcher=searcher)
        finally:
            searcher.close()
        for row in rows:
            writer.add_document(**row)
        writer.commit(mergetype=_merge_many_small)
    except BaseException:
        _abandon(writer)
        raise


def write_all(index: FileIndex, rows: Iterable[Row]) -> None:
    """Fill an empty index with `rows`, as one segment."""
    writer = _writer(index, REBUILD_MEMORY_MB)
    try:
        for row in rows:
            writer.add_document(**row)
        writer.commit(merge=False)
    except BaseException:
        _abandon(writer)
        raise


def _writer(index: FileIndex, memory: int) -> Any:
    # Without Whoosh's own lock (_lk): every writer already holds the lock of the index folder, and Whoosh keeps its
    # lock for good when the disk is full while a writer is made.
    return index.writer(limitmb=memory, _lk=False)


def _merge_many_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's hook for merging: leave segments alone until there are many small ones, and drop empty ones.

    Merging at each commit costs more than searching two dozen segments. A segment that has lost a third of its
    documents is written anew with the small ones.
    """
    filled = [segment for segment in segments if segment.doc_count()]
    small = [segment for segment in filled if segment.doc_count_all() < SMALL_SEGMENT]
    worn = [
        segment for segment in filled if segment not in small and segment.deleted_count() * 3 > segment.doc_count_all()
    ]
    merged = (small if len(small) >= MOST_SMALL_SEGMENTS else []) + worn
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return [segment for segment in filled if segment not in merged]


def _abandon(writer: Any) -> None:
    try:
        writer.cancel()
    except Exception:  # on the same full disk, cancelling may fail as well; the next commit removes what is left
        log.debug("cancelling a failed commit failed too", exc_info=True)
