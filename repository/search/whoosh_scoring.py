"""A plan met in a snapshot: BM25F over the text fields, phrases by the places of words, beginnings by the word list.

Each text field has a weight, applied when scoring, so that weights may change without a new index.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .matching import NO_MATCH, Mask, Match, Numbers, all_of, any_of, common, most_of, narrowest, scaled
from .meaning import Value
from .plan import VALUE_WEIGHT, Choice, Group, Plan
from .whoosh_reading import K1, Snapshot
from .whoosh_schema import WRITTEN, text_field, value_field

_ROW_BITS = 32  # a row and a place in one number: places stand below 2**32, and phrases never reach into another row


def meet(snapshot: Snapshot, plan: Plan) -> Match | None:
    """The rows that meet what the plan requires, whoever may see them; None when it requires nothing."""
    if not plan.required:
        return NO_MATCH if plan.nothing else None
    return all_of([_group(snapshot, group) for group in plan.required], snapshot.size)


def meet_most(snapshot: Snapshot, plan: Plan) -> Match:
    """The rows that meet most of the plan's core, scored by all that they meet."""
    core = set(plan.core)
    enough = most_of([_group(snapshot, group) for group in plan.core], plan.most, snapshot.size)
    wished = [_group(snapshot, group) for group in plan.required if group not in core]
    return _with_scores_of(enough, wished, snapshot.size)


def _with_scores_of(match: Match, others: Sequence[Match], size: int) -> Match:
    """The same rows, with what they score in the others too."""
    more = np.zeros(size, np.float32)
    for other in others:
        more[other.rows] += other.scores
    return Match(match.rows, match.scores + more[match.rows])


def unwanted(snapshot: Snapshot, plan: Plan) -> Mask:
    """The rows that the plan excludes."""
    mask = np.zeros(snapshot.size, np.bool_)
    for group in plan.excluded:
        mask[_group(snapshot, group).rows] = True
    return mask


def word_match(snapshot: Snapshot, word: str) -> Match:
    """The rows with a word, given as stem, in any text field."""
    return _choice(snapshot, Choice((word,)))


def _group(snapshot: Snapshot, group: Group) -> Match:
    return any_of([scaled(_choice(snapshot, choice), choice.weight) for choice in group], snapshot.size)


def _choice(snapshot: Snapshot, choice: Choice) -> Match:
    """What meets a choice, from the store or for the first time; its weight is not in the scores."""
    key = (choice.words, choice.adjacent, choice.prefix, choice.values, choice.field, choice.exact)
    known: Match | None = snapshot.store.get(key)
    if known is None:
        rows, scores = _found(snapshot, choice)
        # In as few bytes as the rows need, so that the store has room for more words.
        known = snapshot.store.put(key, Match(rows.astype(narrowest(snapshot.size), copy=False), scores))
    return known


def _found(snapshot: Snapshot, choice: Choice) -> Match:
    if choice.values:
        return _having(snapshot, choice.values)
    if choice.prefix:
        rows = snapshot.rows_with_any(WRITTEN, snapshot.beginning(WRITTEN, choice.words[0]))
        return Match(rows, np.ones(len(rows), np.float32))
    fields = [text_field(choice.field)] if choice.field else list(snapshot.weights)
    if len(choice.words) == 1:
        found = any_of([_scored(snapshot, field, choice.words[0]) for field in fields], snapshot.size)
        return _with_word(snapshot, found, choice.exact) if choice.exact else found
    if choice.adjacent:
        return any_of([_side_by_side(snapshot, field, choice.words) for field in fields], snapshot.size)
    return all_of([word_match(snapshot, word) for word in choice.words], snapshot.size)


def _with_word(snapshot: Snapshot, match: Match, folded: str) -> Match:
    """Those of the rows where the word is written just so."""
    forms = snapshot.beginning(WRITTEN, folded)
    just_so = [(segment, form) for segment, form in forms if form.partition(b" ")[0] == folded.encode("utf-8")]
    kept = np.isin(match.rows, snapshot.rows_with_any(WRITTEN, just_so))
    return Match(match.rows[kept], match.scores[kept])


def _having(snapshot: Snapshot, values: Sequence[Value]) -> Match:
    """The rows with one of the values: a rare one counts more, as a word in a heading would."""
    mask = np.zeros(snapshot.size, np.bool_)
    for field, value in values:
        mask |= snapshot.having(value_field(field), (value,))
    rows = np.flatnonzero(mask).astype(np.int32)
    return Match(rows, np.full(len(rows), VALUE_WEIGHT * _rarity(snapshot, len(rows)), np.float32))


def _rarity(snapshot: Snapshot, found: int) -> float:
    return float(np.log(snapshot.size / (found + 1)) + 1)


def _scored(snapshot: Snapshot, field: str, word: str, among: Mask | None = None) -> Match:
    """The rows with `word` in `field`, scored by BM25: a rare word counts more, and so does one in a short text.

    Only those `among` rows, when they are told, which need not be all for a word to be as rare as it is.
    """
    parts = [(segment, snapshot.postings(segment, field, word.encode("utf-8"))) for segment in snapshot.segments]
    parts = [(segment, postings) for segment, postings in parts if len(postings.docs)]
    if not parts:
        return NO_MATCH
    rows = np.concatenate([postings.docs + np.int32(segment.first) for segment, postings in parts])
    often = np.concatenate([postings.counts for _, postings in parts]).astype(np.float32)
    rarity = _rarity(snapshot, len(rows))
    if among is not None:
        kept = among.take(rows)
        rows, often = rows.compress(kept), often.compress(kept)
    scale = np.float32(snapshot.weights[field] * rarity * (K1 + 1))
    return Match(rows, scale * often / (often + snapshot.damping(field).take(rows)))


def _side_by_side(snapshot: Snapshot, field: str, words: Sequence[str]) -> Match:
    """The rows where `words` follow one another in `field`; they score what the words score by themselves there."""
    lists: list[Numbers] = []
    for word in words:
        lists.append(snapshot.rows_with(field, word.encode("utf-8")))
        if not len(lists[-1]):
            return NO_MATCH
    rarest_first = sorted(range(len(words)), key=lambda step: len(lists[step]))
    rows = lists[rarest_first[0]]
    for step in rarest_first[1:]:
        rows = lists[step].compress(_marked(snapshot, rows).take(lists[step]))
    # Where the phrase would begin, if each of its words stood in its place.
    beginnings: Numbers | None = None
    for step in rarest_first:
        if not len(rows):
            return NO_MATCH
        own = _places(snapshot, field, words[step], _marked(snapshot, rows)) - step
        beginnings = own if beginnings is None else common(beginnings, own)
        rows = beginnings >> _ROW_BITS
    kept = _marked(snapshot, rows)
    return all_of([_scored(snapshot, field, word, kept) for word in words], snapshot.size)


def _marked(snapshot: Snapshot, rows: Numbers) -> Mask:
    mask = np.zeros(snapshot.size, np.bool_)
    mask[rows] = True
    return mask


def _places(snapshot: Snapshot, field: str, word: str, wanted: Mask) -> npt.NDArray[np.int64]:
    """Where `word` stands in the wanted rows, ascending: the row in the upper half, the place in the lower."""
    found: list[Numbers] = [np.empty(0, np.int64)]
    for segment in snapshot.segments:
        docs, counts = snapshot.postings(segment, field, word.encode("utf-8"))
        at = np.flatnonzero(wanted[segment.rows].take(docs))
        if len(at):
            own = counts.take(at).astype(np.intp)
            # The places of one document follow those of the one before.
            before = counts.cumsum(dtype=np.intp).take(at) - own.cumsum()
            places = snapshot.places(segment, field, word.encode("utf-8"))
            rows = (docs.take(at).astype(np.int64) + segment.first) << _ROW_BITS
            found.append(np.repeat(rows, own) + places.take(np.arange(own.sum()) + np.repeat(before, own)))
    return np.concatenate(found)
