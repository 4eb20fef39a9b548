"""Words and titles of a snapshot, as far as somebody with certain labels may know of them."""

import heapq
from collections import Counter
from collections.abc import Iterable

from .analysis import Token, fold, plain, sort_key, tokens
from .spelling import distance
from .whoosh_facts import places, term_bits, union
from .whoosh_reading import Segment, Snapshot
from .whoosh_schema import TITLE_WORDS, WRITTEN, text_field

MOST_TITLES = 8
SHORTEST_BEGINNING = 2


class SnapshotLexicon:
    """The `Lexicon` of one snapshot for one set of labels; use it while holding the snapshot's lock."""

    def __init__(self, snapshot: Snapshot, labels: frozenset[str], text_fields: Iterable[str]) -> None:
        """A word that only hidden documents have is not known here."""
        self._fields = [text_field(name) for name in text_fields]
        self._visible = [(segment, segment.live & segment.facts.carrying(labels)) for segment in snapshot.segments]

    def knows(self, token: Token) -> bool:
        """Whether a visible document has the word in any form."""
        return any(
            _shown(segment, visible, field, token.stem) for field in self._fields for segment, visible in self._visible
        )

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        """Words near `word` and in how many visible documents they are."""
        found: dict[str, int] = {}
        for segment, visible in self._visible:
            for term in segment.reader.expand_prefix(WRITTEN, word[:1]):
                other = term.decode("utf-8").partition(" ")[0]
                if other in found or distance(word, other, errors) <= errors:
                    found[other] = found.get(other, 0) + _shown(segment, visible, WRITTEN, term)
        return sorted(found.items())

    def spelled(self, word: str) -> str:
        """The form most visible documents use."""
        forms: Counter[str] = Counter()
        for segment, visible in self._visible:
            for term in segment.reader.expand_prefix(WRITTEN, word):
                form = term.decode("utf-8")
                if form.partition(" ")[0] == word:
                    forms[form.partition(" ")[2] or word] += _shown(segment, visible, WRITTEN, term)
        return max(forms, key=lambda form: (forms[form], form), default=word)

    def titles(self, beginning: str) -> list[str]:
        """Titles with a word that begins like the last word typed and with all words before it; newest first, those
        that begin like the whole first."""
        words = [token.folded for token in tokens(plain(beginning))]
        if not words or (len(words[-1]) < SHORTEST_BEGINNING and len(words) == 1):
            return []
        whole = sort_key(beginning).partition("\x00")[0]
        ranked: list[tuple[bool, int, str]] = []
        for segment, visible in self._visible:
            facts = segment.facts
            for place in places(visible & _titled(segment, words)):
                begins = facts.title_keys[place].startswith(whole)
                ranked.append((not begins, -facts.dates[place], facts.titles[place]))
        best = heapq.nsmallest(MOST_TITLES * 4, ranked)
        return list(dict.fromkeys(title for _, _, title in best))[:MOST_TITLES]


def _shown(segment: Segment, visible: int, field: str, term: str | bytes) -> int:
    return (term_bits(segment.reader, field, term, segment.size) & visible).bit_count()


def _titled(segment: Segment, words: list[str]) -> int:
    begun = segment.reader.expand_prefix(TITLE_WORDS, fold(words[-1]))
    found = union(term_bits(segment.reader, TITLE_WORDS, term, segment.size) for term in begun)
    for word in words[:-1]:
        found &= term_bits(segment.reader, TITLE_WORDS, word, segment.size)
    return found
