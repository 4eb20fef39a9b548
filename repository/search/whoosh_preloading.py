"""The words of most documents, lifted before anybody asks for them: the first to ask would wait longest for those."""

from collections.abc import Iterable

from .whoosh_reading import Segment, Snapshot
from .whoosh_schema import WRITTEN
from .whoosh_terms import terms_of

FEWEST_DOCUMENTS = 8  # a shorter list is lifted sooner than noticed
SHARE = 0.85  # of the store; the rest is for what people ask for

_Wanted = tuple[int, str, bytes, int]  # documents as a negative number, field, word, number of the segment


def preload(snapshot: Snapshot) -> None:
    """Work out orders and lengths, and lift postings and places into the store, the most frequent words first, until
    most of it is full.

    It takes seconds. `snapshot` should be nobody else's, since it is locked most of that time.
    """
    _ = snapshot.newest, snapshot.by_title, [snapshot.damping(field) for field in snapshot.weights]
    store = snapshot.lifted.store
    wanted = _most_frequent_first(snapshot)
    for lift, fields in ((snapshot.postings, (*snapshot.weights, WRITTEN)), (snapshot.places, snapshot.weights)):
        for _, field, word, number in wanted:
            if store.used > SHARE * store.limit:
                return
            if field in fields:
                lift(snapshot.segments[number], field, word)


def _most_frequent_first(snapshot: Snapshot) -> list[_Wanted]:
    return sorted(
        (-documents, field, word, number)
        for number, segment in enumerate(snapshot.segments)
        for field in (*snapshot.weights, WRITTEN)
        for word, documents in _documents(segment, field)
        if documents >= FEWEST_DOCUMENTS
    )


def _documents(segment: Segment, field: str) -> Iterable[tuple[bytes, int]]:
    """The words of a field, and in how many documents of the segment they are."""
    return terms_of(segment.reader).beginning(field)
