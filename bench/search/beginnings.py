"""What the list under the search box takes while somebody types, asked for the first time after preloading, and again."""

import gc
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence

from bench.search.corpus import LABELS
from bench.search.engines import Document, Ours
from repository.search.analysis import plain, tokens

TWO_LETTERS, WORDS, LETTERS = 60, 40, 3


def suggestions(ours: Ours, documents: Sequence[Document]) -> str:
    """Ask for what titles and words begin with: the two letters that most do, and three letters of frequent words."""
    begun = _beginnings(documents)
    engine, said = ours.engine, []
    for name, ask in (("titles", engine.suggest), ("words", engine.complete)):
        engine.close()
        engine.preload()
        gc.freeze()  # as a server does
        said.append(f"{name} {_took(ask, begun)} ms, again {_took(ask, begun)}")
    return f"Suggestions for {len(begun)} beginnings, p50, p95 and slowest: " + "; ".join(said) + "."


def _beginnings(documents: Sequence[Document]) -> list[str]:
    words = Counter(token.folded for document in documents for token in tokens(plain(document.own.title)))
    twos = Counter(word[:2] for word in words if word[:2].isalpha())
    frequent = (word[:LETTERS] for word, _ in words.most_common() if word.isalpha() and len(word) > LETTERS)
    return [two for two, _ in twos.most_common(TWO_LETTERS)] + list(dict.fromkeys(frequent))[:WORDS]


def _took(ask: Callable[[str, frozenset[str]], list[str]], begun: Sequence[str]) -> str:
    took = []
    for beginning in begun:
        started = time.process_time()
        ask(beginning, LABELS)
        took.append((time.process_time() - started) * 1000)
    shares = statistics.median(took), statistics.quantiles(took, n=100, method="inclusive")[94], max(took)
    return ", ".join(f"{one:.1f}" for one in shares)
