"""Where the words of a question stand in a text, and the piece of it to show.

A file's text may be 200 kB, and cutting all of it into words takes longer than the search. Every form of a word keeps
its first letters, so only words that begin like a wanted one are read.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .analysis import STOP_STEMS, Token, all_stems, first_letters, fold, plain, token_at
from .plan import Plan, make_plan
from .synonyms import Synonyms

Pieces = list[tuple[str, bool]]

MOST_HITS = 500
MOST_TEXT = 1_000_000
_SPACE = re.compile(r"\s+")


def highlight(text: str, question: str, synonyms: Synonyms | None = None) -> Pieces:
    """All of `text` (in NFC) in pieces; True marks a piece that answers the question."""
    text = plain(text)
    return _pieces(text, 0, len(text), list(_hits(text, make_plan(question, synonyms))))


def snippet(text: str, question: str, width: int = 220, synonyms: Synonyms | None = None) -> Pieces:
    """About `width` characters of `text` where most different words of the question meet, in pieces like `highlight`.

    Words stay whole (unless one alone is wider), runs of white space become one space, and "…" stands where the text
    goes on.
    """
    text = plain(text[:MOST_TEXT]).rstrip()
    hits = list(_hits(text, make_plan(question, synonyms)))
    first, last = _densest(hits, width)
    start, end = _window(text, hits[first].start, hits[last].end, width) if hits else _window(text, 0, 0, width)
    pieces = _pieces(text, start, end, hits[first : last + 1])
    tidy = [(_SPACE.sub(" ", piece), hit) for piece, hit in pieces]
    return ([("… ", False)] if start else []) + tidy + ([(" …", False)] if end < len(text) else [])


def _hits(text: str, plan: Plan) -> Iterator[Token]:
    choices = [choice for group in plan.required for choice in group]
    prefixes = tuple(choice.words[0] for choice in choices if choice.prefix)
    stems = {word for choice in choices if not choice.prefix for word in choice.words}
    wanted = stems - STOP_STEMS or stems
    beginnings = _beginnings(frozenset(wanted), prefixes)
    if beginnings is None:
        return
    found, end = 0, 0
    for match in beginnings.finditer(text):
        start = match.start()
        if start < end:
            continue
        token = token_at(text, start)
        if token and (not wanted.isdisjoint(all_stems(token)) or (prefixes and token.folded.startswith(prefixes))):
            yield token
            found, end = found + 1, token.end
            if found == MOST_HITS:
                return


@lru_cache(maxsize=256)
def _beginnings(stems: frozenset[str], prefixes: tuple[str, ...]) -> re.Pattern[str] | None:
    begin = {letters for stem in stems for letters in first_letters(stem)} | {prefix[:2] for prefix in prefixes}
    if not begin:
        return None
    firsts = f"[{''.join(sorted({_letters(letters[0]) for letters in begin}))}]"
    seconds = (f"(?<=[{_letters(two[0])}])" + (f"[{_letters(two[1])}]" if two[1:] else "") for two in sorted(begin))
    return re.compile(rf"{firsts}(?<![^\W_]{firsts})(?:{'|'.join(seconds)})")


@lru_cache(maxsize=256)
def _letters(folded: str) -> str:
    """All letters that fold to something that begins with `folded`, for use in a set."""
    others = [letter for letter in map(chr, range(0x41, 0x250)) if fold(letter)[:1] == folded]
    return "".join(map(re.escape, (folded, *others)))


def _densest(hits: list[Token], width: int) -> tuple[int, int]:
    """The first and last hit of the stretch with most different stems; among equals, most hits, then the earliest."""
    best, result, first = (0, 0), (0, -1), 0
    inside: dict[str, int] = {}
    for last, hit in enumerate(hits):
        inside[hit.stem] = inside.get(hit.stem, 0) + 1
        while first < last and hit.end - hits[first].start > width:
            inside[hits[first].stem] -= 1
            if not inside[hits[first].stem]:
                del inside[hits[first].stem]
            first += 1
        if (len(inside), last - first) > best:
            best, result = (len(inside), last - first), (first, last)
    return result


def _window(text: str, start: int, end: int, width: int) -> tuple[int, int]:
    """`start` to `end` widened to `width` around, without cutting a word."""
    room = max(width - (end - start), 0)
    left = max(start - room // 3, 0)
    right = min(left + max(width, end - start), len(text))
    left = max(min(left, right - width), 0)
    if left:
        left = _word_start(text, left, start)
    if right < len(text):
        right = _word_end(text, right, end)
    return left, right


def _word_start(text: str, at: int, until: int) -> int:
    while at < until and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    while at < until and not text[at].isalnum():
        at += 1
    return at


def _word_end(text: str, at: int, least: int) -> int:
    cut = at
    while cut > least and text[cut - 1].isalnum() and text[cut].isalnum():
        cut -= 1
    while cut > least and text[cut - 1].isspace():
        cut -= 1
    return cut if cut > 0 else at


def _pieces(text: str, start: int, end: int, hits: Iterable[Token]) -> Pieces:
    pieces: Pieces = []
    for hit in hits:
        if start <= hit.start and hit.end <= end:
            pieces += [(text[start : hit.start], False), (text[hit.start : hit.end], True)]
            start = hit.end
    pieces.append((text[start:end], False))
    return [piece for piece in pieces if piece[0]]
