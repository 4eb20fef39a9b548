"""The words of most documents, lifted before anybody asks for them: the first to ask would wait longest for those."""

from collections.abc import Iterable

from .whoosh_reading import Segment, Snapshot
from .whoosh_scoring import word_match
from .whoosh_terms import terms_of

FEWEST_DOCUMENTS = 8  # a shorter list is lifted sooner than noticed
SHARE = 0.85  # of the store of lists; the rest is for what people ask for
SHARE_OF_SCORES = 0.85  # of the store of what hangs on the commit

_Wanted = tuple[int, str, bytes, int]  # documents as a negative number, field, word, number of the segment


def preload(snapshot: Snapshot) -> None:
    """Work out orders and lengths, score the most frequent words, and lift postings and places into the store, the most
    frequent words first, until most of it is full. What words begin with needs the rare ones most, and is left.

    It takes seconds. `snapshot` should be nobody else's, since it is locked most of that time.
    """
    _ = snapshot.newest, snapshot.by_title, [snapshot.damping(field) for field in snapshot.weights]
    wanted = _most_frequent_first(snapshot)
    _score(snapshot, wanted)
    store = snapshot.lifted.store
    for _, field, word, number in wanted:
        if store.used > SHARE * store.limit:
            return
        snapshot.postings(snapshot.segments[number], field, word)
        snapshot.places(snapshot.segments[number], field, word)


def _score(snapshot: Snapshot, wanted: list[_Wanted]) -> None:
    for _, field, word, _ in wanted:
        if snapshot.store.used > SHARE_OF_SCORES * snapshot.store.limit:
            return
        word_match(snapshot, word.decode("utf-8"))


def _most_frequent_first(snapshot: Snapshot) -> list[_Wanted]:
    return sorted(
        (-documents, field, word, number)
        for number, segment in enumerate(snapshot.segments)
        for field in snapshot.weights
        for word, documents in _documents(segment, field)
        if documents >= FEWEST_DOCUMENTS
    )


def _documents(segment: Segment, field: str) -> Iterable[tuple[bytes, int]]:
    """The words of a field, and in how many documents of the segment they are."""
    return terms_of(segment.reader).beginning(field)
