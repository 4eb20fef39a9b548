"""One request answered from one snapshot: which rows it finds, how many hold each value, and which come first."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_
from typing import NamedTuple

import numpy as np

from .matching import Mask, Match, Numbers, Scores, best, lowest
from .order import GENTLY, effective_sort, enough, preferred
from .plan import Plan
from .request import SearchRequest
from .whoosh_reading import Snapshot
from .whoosh_schema import value_field
from .whoosh_scoring import meet, meet_most, unwanted


class Answer(NamedTuple):
    """The number of results, the ids of one page, the counts by facet, and how many have all that was wanted."""

    total: int
    ids: tuple[int, ...]
    counts: dict[str, dict[str, int]]
    exact: int

    @property
    def relaxed(self) -> bool:
        """Whether there are results, and none has all."""
        return self.total > 0 == self.exact


def answer(
    snapshot: Snapshot, plan: Plan, request: SearchRequest, labels: frozenset[str], facets: Iterable[str]
) -> Answer:
    """What the request, whose words are the `plan`, finds for somebody with these labels, counted by `facets`."""
    rows, scores, exact = _matching(snapshot, plan, _wanted(snapshot, plan, request, labels), enough(request))
    allowed = _allowed(snapshot, rows, request)
    left = reduce(and_, allowed.values()) if allowed else None
    # Where filters leave nothing that was wanted, that is to be seen.
    if left is not None and exact.any() and not exact.compress(left).any():
        rows, scores, exact, left = rows[exact], None, exact[exact], left[exact]
        allowed = _allowed(snapshot, rows, request)
    found, whole, scores = (rows, exact, scores) if left is None else _only(left, rows, exact, scores)
    counts = {name: _counts(snapshot, name, rows, found, allowed) for name in facets}
    if request.offset >= len(found):
        return Answer(len(found), (), counts, int(whole.sum()))
    first = _first(snapshot, found, whole, scores, request)[request.offset :]
    return Answer(len(found), tuple(snapshot.ids[found[first]].tolist()), counts, int(whole.sum()))


def _counts(
    snapshot: Snapshot, name: str, rows: Numbers, found: Numbers, allowed: Mapping[str, Mask]
) -> dict[str, int]:
    """The values of a facet in the rows that all filters but its own allow; those `found` are allowed by all."""
    if name in allowed:
        others = [mask for other, mask in allowed.items() if other != name]
        found = rows.compress(reduce(and_, others)) if others else rows
    field = value_field(name)
    return snapshot.lifted.sets[field].counts(snapshot.sets[field].take(found))


def _allowed(snapshot: Snapshot, rows: Numbers, request: SearchRequest) -> dict[str, Mask]:
    """Which of the rows each filter lets through."""
    return {
        name: snapshot.having(value_field(name), values).take(rows)
        for name, values in request.filters.items()
        if values
    }


def _only(left: Mask, rows: Numbers, exact: Mask, scores: Scores | None) -> tuple[Numbers, Mask, Scores | None]:
    return rows.compress(left), exact.compress(left), None if scores is None else scores.compress(left)


def _wanted(snapshot: Snapshot, plan: Plan, request: SearchRequest, labels: frozenset[str]) -> Mask:
    """The rows that may be found, whatever the words: visible, and neither the request nor the plan leaves them out."""
    wanted = snapshot.visible(labels)
    if request.without:
        wanted = wanted & ~np.isin(snapshot.ids, list(request.without))
    if plan.excluded:
        wanted = wanted & ~unwanted(snapshot, plan)
    return wanted


def _matching(snapshot: Snapshot, plan: Plan, wanted: Mask, enough: int) -> tuple[Numbers, Scores | None, Mask]:
    """The wanted rows that meet the plan, their scores, and which of them meet all of it.

    Where fewer than are `enough` meet all, those that meet most are there too; where there are none, what meets anything.
    """
    match = meet(snapshot, plan)
    if match is None:
        everything = np.flatnonzero(wanted)
        return everything, None, np.ones(len(everything), np.bool_)
    # Rows as wide as numpy wants them for looking things up, which is done several times from here on.
    rows, scores = _shown(match, wanted)
    found = rows
    if plan.most and len(rows) < enough:
        found, scores = _shown(meet_most(snapshot, plan, plan.most), wanted)
    if plan.either and not len(found) and enough:
        found, scores = _shown(meet_most(snapshot, plan, 1), wanted)
    return found, scores, np.ones(len(rows), np.bool_) if found is rows else np.isin(found, rows)


def _shown(match: Match, wanted: Mask) -> tuple[Numbers, Scores]:
    rows = match.rows.astype(np.intp)
    shown = wanted.take(rows)
    return rows[shown], match.scores[shown]  # sooner than `compress` where nearly all are shown, as usual


def _first(snapshot: Snapshot, rows: Numbers, exact: Mask, scores: Scores | None, request: SearchRequest) -> Numbers:
    """Where in `rows` the results stand, in order, up to the end of the page asked for."""
    until, sort = request.offset + request.per_page, effective_sort(request)
    if sort == "title":
        return lowest(snapshot.by_title[rows], until)
    newest, ahead = snapshot.newest.take(rows), _ahead(snapshot, rows, request)
    if sort == "date" or scores is None:
        return lowest(newest if ahead is None else newest - ahead * np.int64(snapshot.size), until)
    ranked = scores if ahead is None else scores * (1 + ahead * GENTLY).astype(np.float32)
    if not exact.all():
        ranked = ranked + exact * (ranked.max() + np.float32(1))  # whatever has all stands before what has most
    return best(ranked, newest, until)


def _ahead(snapshot: Snapshot, rows: Numbers, request: SearchRequest) -> Numbers | None:
    """How many of the facets that come first each of the rows meets; None when none comes first."""
    first = preferred(request)
    if not first:
        return None
    met = np.zeros(len(rows), np.int64)
    for name, values in first:
        met += snapshot.having(value_field(name), values)[rows]
    return met
