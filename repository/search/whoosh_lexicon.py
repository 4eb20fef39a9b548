"""Words and titles of a snapshot, as far as somebody with certain labels may know of them."""

import heapq
from collections import Counter
from collections.abc import Sequence

import numpy as np

from .analysis import Token, all_stems, fold, plain, sort_key, stem, tokens
from .fields import TEXT_FIELDS
from .matching import Mask, Numbers, common
from .spelling import distance
from .whoosh_reading import Segment, Snapshot
from .whoosh_schema import TITLE_WORDS, WRITTEN, text_field
from .whoosh_scoring import word_match
from .whoosh_terms import terms_of

MOST_TITLES = 8
MOST_LOOKED_AT = 24  # words that may complete one, the most frequent anywhere
SHORTEST_BEGINNING = 2


class SnapshotLexicon:
    """The `Lexicon` of one snapshot for one set of labels."""

    def __init__(self, snapshot: Snapshot, labels: frozenset[str]) -> None:
        """A word that only hidden documents have is not known here."""
        self._snapshot = snapshot
        self._visible = snapshot.visible(labels)

    def knows(self, token: Token) -> bool:
        """Whether a visible document has the word in any form."""
        return any(self._visible[word_match(self._snapshot, stem).rows].any() for stem in all_stems(token))

    def writes(self, word: str) -> bool:
        """Whether a visible document has the folded word just so; a form that more have than are hidden needs no look."""
        folded = word.encode("utf-8")
        hidden = self._snapshot.size - int(np.count_nonzero(self._visible))
        for segment in self._snapshot.segments:
            for term, documents in terms_of(segment.reader).beginning(WRITTEN, folded):
                if term.partition(b" ")[0] != folded:
                    break  # a space comes before all letters
                if documents > hidden or self._shown(segment, term):
                    return True
        return False

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        """Words near `word` and in how many visible documents they are."""
        found: dict[str, int] = {}
        for segment, term in self._snapshot.beginning(WRITTEN, word[:1]):
            other = term.decode("utf-8").partition(" ")[0]
            if other in found or distance(word, other, errors) <= errors:
                found[other] = found.get(other, 0) + self._shown(segment, term)
        return sorted(found.items())

    def spelled(self, word: str) -> str:
        """The form most visible documents use."""
        forms: Counter[str] = Counter()
        for segment, term in self._snapshot.beginning(WRITTEN, word):
            folded, _, written = term.decode("utf-8").partition(" ")
            if folded == word:
                forms[written or word] += self._shown(segment, term)
        return max(forms, key=lambda form: (forms[form], form), default=word)

    def beginning(self, start: str, beside: Sequence[str]) -> dict[str, int]:
        """The most frequent words that begin with `start`, counted by stem among the visible documents that
        have all of `beside`."""
        everywhere: Counter[str] = Counter()
        for segment in self._snapshot.segments:
            for term, count in terms_of(segment.reader).beginning(WRITTEN, start.encode("utf-8")):
                everywhere[term.decode("utf-8").partition(" ")[0]] += count
        shown = self._visible
        for word in beside:
            shown = shown & self._having(word)
        return {word: int((shown & self._having(word)).sum()) for word, _ in everywhere.most_common(MOST_LOOKED_AT)}

    def _having(self, word: str) -> Mask:
        # What terms are called in all languages is found, but nobody wrote it.
        mask = np.zeros(self._snapshot.size, np.bool_)
        for field in TEXT_FIELDS:
            mask[self._snapshot.rows_with(text_field(field.name), stem(word).encode("utf-8"))] = True
        return mask

    def titles(self, beginning: str) -> list[str]:
        """Titles with a word that begins like the last word typed and with all words before it; newest first, those
        that begin like the whole first."""
        words = [token.folded for token in tokens(plain(beginning))]
        if not words or (len(words[-1]) < SHORTEST_BEGINNING and len(words) == 1):
            return []
        whole, newest = sort_key(beginning).partition("\x00")[0], self._snapshot.newest
        ranked: list[tuple[bool, int, str]] = []
        rows = self._titled(words)
        for segment in self._snapshot.segments:
            facts, until = segment.facts, segment.first + segment.size
            for row in rows[np.searchsorted(rows, segment.first) : np.searchsorted(rows, until)].tolist():
                place = row - segment.first
                ranked.append((not facts.title_keys[place].startswith(whole), int(newest[row]), facts.titles[place]))
        best = heapq.nsmallest(MOST_TITLES * 4, ranked)
        return list(dict.fromkeys(title for _, _, title in best))[:MOST_TITLES]

    def _titled(self, words: list[str]) -> Numbers:
        begun = self._snapshot.beginning(TITLE_WORDS, fold(words[-1]))
        rows = self._snapshot.rows_with_any(TITLE_WORDS, begun)
        for word in words[:-1]:
            rows = common(rows, self._snapshot.rows_with(TITLE_WORDS, word.encode("utf-8")))
        return rows[self._visible[rows]]

    def _shown(self, segment: Segment, term: bytes) -> int:
        docs = self._snapshot.postings(segment, WRITTEN, term).docs
        return int(self._visible[segment.rows][docs].sum())
