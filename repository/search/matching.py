"""Which documents match, how well, and which come first: arithmetic on whole arrays, never one document at a time.

A document is known here by its row, its place in the arrays of a snapshot.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.integer[Any]]
Scores = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class Match(NamedTuple):
    """Some rows, ascending and each once, and the score of each, which is never below 0."""

    rows: Numbers
    scores: Scores


STEP = 16  # of so many, one is looked at to leave out most of the others
NO_MATCH = Match(np.empty(0, np.int32), np.empty(0, np.float32))


def any_of(matches: Sequence[Match], size: int) -> Match:
    """The rows in at least one of `matches`, with the sum of their scores; `size` is the number of all rows."""
    matches = sorted((match for match in matches if len(match.rows)), key=lambda match: -len(match.rows))
    if len(matches) < 2:
        return matches[0] if matches else NO_MATCH
    (most, own), *others = matches
    scores = np.zeros(size, np.float32)
    hit = np.zeros(size, np.bool_)
    scores[most], hit[most] = own, True
    for match in others:
        scores[match.rows] += match.scores
        hit[match.rows] = True
    rows = np.flatnonzero(hit)
    return Match(rows.astype(np.int32), scores.take(rows))


def all_of(matches: Sequence[Match], size: int) -> Match:
    """The rows in every one of `matches` (there must be one), with the sum of their scores."""
    first, *others = sorted(matches, key=lambda match: len(match.rows))
    rows, scores = first
    for other in others:
        beside = np.full(size, -1, np.float32)  # no score is below 0, so -1 says: not there
        beside[other.rows] = other.scores
        picked = beside.take(rows)
        both = picked >= 0
        rows, scores = rows.compress(both), scores.compress(both) + picked.compress(both)
    return Match(rows, scores)


def most_of(matches: Sequence[Match], least: int, size: int) -> Match:
    """The rows in at least `least` of `matches`, with the sum of their scores there."""
    met = np.zeros(size, np.int32)
    for match in matches:
        met[match.rows] += 1
    either = any_of(matches, size)
    enough = met[either.rows] >= least
    return Match(either.rows[enough], either.scores[enough])


def scaled(match: Match, weight: float) -> Match:
    """The same rows with `weight` times their scores."""
    return match if weight == 1 else Match(match.rows, match.scores * np.float32(weight))


def narrow(numbers: Numbers) -> Numbers:
    """The same numbers, none below 0, in as few bytes as they need: thousands of lists are kept in memory."""
    return numbers.astype(narrowest(int(numbers.max(initial=0))))


def narrowest(most: int) -> type[np.integer[Any]]:
    """The kind of numbers that takes the fewest bytes up to `most`."""
    return np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.int32


def ones(size: int) -> Numbers:
    """As many ones, which take no room."""
    return _ONES[:size] if size <= len(_ONES) else np.broadcast_to(np.uint8(1), size)


_ONES = np.broadcast_to(np.uint8(1), 1 << 24)


def common(a: Numbers, b: Numbers) -> Numbers:
    """What is in both arrays; each must be ascending and without repetition."""
    if len(a) > len(b):
        a, b = b, a
    if not len(a):
        return a
    at = np.searchsorted(b, a)
    at[at == len(b)] = 0
    return a[b[at] == a]


def lowest(keys: Numbers, most: int) -> Numbers:
    """Where the `most` smallest of different `keys` stand, in ascending order of the keys."""
    if most <= 0:
        return np.empty(0, np.intp)
    if most >= len(keys):
        return np.argsort(keys)
    near = _near(keys, most)
    if near is not None:
        return near[lowest(keys[near], most)]
    nearest = np.flatnonzero(keys <= np.partition(keys, most - 1)[most - 1])
    return nearest[np.argsort(keys[nearest])]


def best(scores: Scores, ranks: Numbers, most: int) -> Numbers:
    """Where the `most` highest scores stand, highest first; of equal scores the lower rank comes first."""
    if most <= 0:
        return np.empty(0, np.intp)
    if most >= len(scores):
        return np.lexsort((ranks, -scores))
    near = _near(-scores, most)
    if near is not None:
        return near[best(scores[near], ranks[near], most)]
    if scores.min() == scores.max():
        return lowest(ranks, most)
    last = np.partition(scores, len(scores) - most)[len(scores) - most]
    above, level = np.flatnonzero(scores > last), np.flatnonzero(scores == last)
    # Thousands may share the last score, and only so many of them as there is room for are sorted.
    chosen = np.concatenate([above, level[lowest(ranks[level], most - len(above))]])
    return chosen[np.lexsort((ranks[chosen], -scores[chosen]))]


def _near(keys: Numbers | Scores, most: int) -> Numbers | None:
    """Where those of `keys` stand that may be among the `most` smallest; None where hardly any can be left out.

    So many are in a part of them already, and what is beyond the last of these is beyond the last of all.
    """
    part = keys[::STEP]
    if most >= len(part):
        return None
    near = np.flatnonzero(keys <= np.partition(part, most - 1)[most - 1])
    return near if 2 * len(near) < len(keys) else None
