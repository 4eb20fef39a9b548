"""One state of a Whoosh index, opened for reading by many threads."""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from whoosh.index import FileIndex

from .fields import FieldKind, SearchField
from .plan import Plan
from .whoosh_facts import SegmentFacts, bits, read_facts
from .whoosh_files import INDEX_NAME, SegmentStorage
from .whoosh_query import FieldWeights, excluded_query, required_query
from .whoosh_schema import make_schema

REMEMBERED_PLANS = 64


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its searcher, its facts, and the documents in it that are not deleted."""

    searcher: Any
    facts: SegmentFacts
    live: int
    size: int

    @property
    def reader(self) -> Any:
        """Whoosh's reader of this segment."""
        return self.searcher.reader()


@dataclass(frozen=True, slots=True)
class Match:
    """The documents of one segment that meet a plan; `scores` belong to `places`, and both are empty without words."""

    found: int
    places: "array[int]"
    scores: "array[float]"


class Snapshot:
    """The index as it was after one commit. Hold `lock` while using a reader: Whoosh's files have one place to read."""

    def __init__(
        self,
        storage: SegmentStorage,
        fields: tuple[SearchField, ...],
        state: tuple[str, int],
        known: Mapping[str, SegmentFacts],
    ) -> None:
        """Open the latest commit in `storage`; facts of segments already `known` are taken from there."""
        self.state = state
        self.storage = storage
        self.lock = threading.RLock()
        self.segments: list[Segment] = []
        self.facts: dict[str, SegmentFacts] = {}
        self._text_fields = {field.name: field.boost for field in fields if field.kind == FieldKind.TEXT}
        self._plans: OrderedDict[Plan, list[Match]] = OrderedDict()
        self._users = 1
        self._searcher = FileIndex(storage, make_schema(fields), INDEX_NAME).searcher(
            weighting=FieldWeights(self._text_fields)
        )
        try:
            self._open_segments(fields, known)
        except BaseException:
            self._searcher.close()
            raise
        storage.keep(set(self.facts))

    def _open_segments(self, fields: tuple[SearchField, ...], known: Mapping[str, SegmentFacts]) -> None:
        if not self._searcher.reader().doc_count_all():
            return
        for searcher, _ in self._searcher.leaf_searchers():
            reader = searcher.reader()
            name = reader.segment().segment_id()
            facts = known.get(name) or read_facts(reader, fields)
            size = reader.doc_count_all()
            deleted = bits(reader.segment().deleted_docs(), size)
            self.facts[name] = facts
            self.segments.append(Segment(searcher, facts, ((1 << size) - 1) & ~deleted, size))

    def acquire(self) -> bool:
        """Keep the files open until `release`; False when they are closed already."""
        with self.lock:
            if self._users == 0:
                return False
            self._users += 1
            return True

    def release(self) -> None:
        """Give up one use; the last one closes the files."""
        with self.lock:
            self._users -= 1
            if self._users == 0:
                self._searcher.close()

    def matches(self, plan: Plan) -> list[Match]:
        """The documents that meet the plan, segment by segment, whoever may see them."""
        if plan.nothing:
            return [_no_words(0) for _ in self.segments]
        if not plan.required and not plan.excluded:
            return [_no_words(segment.live) for segment in self.segments]
        with self.lock:
            if plan not in self._plans:
                self._plans[plan] = [self._match(plan, segment) for segment in self.segments]
            self._plans.move_to_end(plan)
            while len(self._plans) > REMEMBERED_PLANS:
                self._plans.popitem(last=False)
            return self._plans[plan]

    def _match(self, plan: Plan, segment: Segment) -> Match:
        unwanted = excluded_query(plan, self._text_fields)
        left = segment.live
        if unwanted is not None:
            left &= ~bits(unwanted.matcher(segment.searcher).all_ids(), segment.size)
        if not plan.required:
            return _no_words(left)
        places, scores = array("L"), array("d")
        for place, score in _scored(required_query(plan, self._text_fields).matcher(segment.searcher)):
            places.append(place)
            scores.append(score)
        return Match(bits(places, segment.size) & left, places, scores)


def _scored(matcher: Any) -> Iterator[tuple[int, float]]:
    while matcher.is_active():
        yield matcher.id(), matcher.score()
        matcher.next()


def _no_words(found: int) -> Match:
    return Match(found, array("L"), array("d"))
