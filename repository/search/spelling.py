""" "Did you mean": the question with unknown words replaced by near ones that the person may find."""

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import islice
from typing import Protocol

from .analysis import STOP_STEMS, Token, plain, singular, stem, tokens
from .dictionary import is_portuguese
from .query import TermKind, parse
from .request import LONGEST_QUERY, clean
from .sounds import misheard, sound

SHORTEST_CORRECTED = 4
LONGEST_CORRECTED = 24
TWO_ERRORS_FROM = 6
MOST_CORRECTED = 4
MOST_LOOKED_FOR = 6  # unknown words; a text of forty is no question with a slip in it
MUCH_MORE = 5  # times as many documents have a word that is meant instead of one that some have


class Lexicon(Protocol):
    """The words of the documents somebody may find; words are folded, counts are numbers of documents."""

    def knows(self, token: Token) -> bool:
        """Whether a document has the word in any form."""
        ...

    def writes(self, word: str) -> bool:
        """Whether a document has the folded word just so."""
        ...

    def near(self, word: str, errors: int) -> Iterable[tuple[str, int]]:
        """Words with the same first letter at most `errors` letters away, and their counts."""
        ...

    def beginning(self, start: str, beside: Sequence[str]) -> Mapping[str, int]:
        """The most frequent words that begin with `start`, each with the number of documents that have it in any form;
        only documents that have all of `beside` count."""
        ...

    def spelled(self, word: str) -> str:
        """How the word is mostly written, with its accents."""
        ...


def suggested_question(
    question: str, lexicon: Lexicon, listed: Container[str] = (), *, by_chance: bool = False
) -> str | None:
    """`question` with its unknown words replaced, or None when there is nothing to replace or nothing near.

    A word that nobody wrote and that is in no list (`listed`, folded) is replaced as well where only its stem is found,
    as that of "animias" is in "animação"; with `by_chance`, no other. One that sounds like a word which many more wrote
    ("fixas") is replaced too, and even where somebody wrote it, if it is the whole question. No other Portuguese word is,
    though nobody has it: whoever asks for "outono" does not mean "outro".
    """
    text = clean(question, LONGEST_QUERY)
    alone = not by_chance and len(list(tokens(plain(text)))) == 1
    replaced: list[tuple[int, int, str]] = []
    unsure = (found for found in _candidates(text) if alone or not lexicon.writes(found[1].folded))
    unsure = (found for found in unsure if found[1].folded not in listed)
    for start, token in islice(unsure, MOST_LOOKED_FOR):
        better = _better(token, lexicon, by_chance=by_chance)
        if better:
            replaced.append((start + token.start, start + token.end, lexicon.spelled(better)))
        if len(replaced) == MOST_CORRECTED:
            break
    for start, end, word in reversed(replaced):
        text = text[:start] + word + text[end:]
    return text if replaced else None


def _better(token: Token, lexicon: Lexicon, *, by_chance: bool) -> str | None:
    word = token.folded
    if lexicon.writes(word):
        return _more_usual(word, lexicon)
    right = is_portuguese(word)
    if lexicon.knows(token):
        instead = None if right else _instead(word, lexicon)
        return instead or (None if by_chance else _more_usual(word, lexicon))
    return None if by_chance else _nearest(word, lexicon, by_sound=right)


def distance(a: str, b: str, most: int) -> int:
    """How many letters must be added, dropped, changed or swapped with a neighbour; more than `most` is most + 1."""
    from rapidfuzz.distance import OSA  # loads slowly, and a server starts without it

    return int(OSA.distance(a, b, score_cutoff=most))


def _candidates(text: str) -> Iterable[tuple[int, Token]]:
    for term in parse(text):
        if term.kind == TermKind.WORDS and not term.negated:
            for token in tokens(plain(term.text)):
                if token.folded.isalpha() and SHORTEST_CORRECTED <= len(token.folded) <= LONGEST_CORRECTED:
                    yield term.start, token


def _nearest(word: str, lexicon: Lexicon, *, by_sound: bool) -> str | None:
    """The word that sounds the same, else, unless only that counts, the one with the fewest errors; of several the most
    frequent.

    It is never one too common to matter: whoever writes "maias" does not ask for "mais". Where none with the same first
    letter sounds the same, one that is written exactly as the word may have been heard comes first ("historia").
    """
    allowed, heard = 2 if len(word) >= TWO_ERRORS_FROM else 1, sound(word)
    ranked = []
    for near, count in lexicon.near(word, 2):
        alike, errors = sound(near) == heard, distance(word, near, 2)
        if count and near != word and (alike or (errors <= allowed and not by_sound)) and stem(near) not in STOP_STEMS:
            ranked.append((not alike, errors, -count, near))
    best = min(ranked, default=None)
    if best and not best[0]:
        return best[-1]
    begun = [other for other in misheard(word) if other[0] != word[0]]
    begun += [further for other in begun for further in misheard(other) if further[0] == other[0]]
    written = _most_written(begun, lexicon)
    return written[1] if written else best[-1] if best else None


def _more_usual(word: str, lexicon: Lexicon) -> str | None:
    """The word that sounds like one that few wrote in any form, and that many more wrote; none where there is none."""
    most = _most_written((other for other in misheard(word) if stem(other) != stem(word)), lexicon)
    return most[1] if most and most[0] >= MUCH_MORE * max(1, _documents_with(word, lexicon)) else None


def _most_written(words: Iterable[str], lexicon: Lexicon) -> tuple[int, str] | None:
    """Of the words that somebody wrote just so the one in most documents, and how many these are."""
    written = [word for word in words if lexicon.writes(word) and stem(word) not in STOP_STEMS]
    return max(((_documents_with(word, lexicon), word) for word in dict.fromkeys(written)), default=None)


def _documents_with(word: str, lexicon: Lexicon) -> int:
    """How many documents have the word, in any form as far as one begins like its singular."""
    own, forms = stem(word), lexicon.beginning(singular(word), ())
    return max((count for form, count in forms.items() if stem(form) == own), default=0)


def _instead(word: str, lexicon: Lexicon) -> str | None:
    """The most frequent word one slip away from a word of which only the stem is found, unless that is no chance.

    It is none where a word one letter away, or of the same singular, has the stem: "fotossínteses" is a form of it.
    """
    own, one = stem(word), singular(word)
    known = [(other, count) for other, count in lexicon.near(word, 2) if count and stem(other) not in STOP_STEMS]
    near = [(other, count, distance(word, other, 1)) for other, count in known]
    if any(stem(other) == own and (errors <= 1 or singular(other) == one) for other, _, errors in near):
        return None
    ranked = [(-count, other) for other, count, errors in near if errors == 1 and stem(other) != own]
    return min(ranked)[1] if ranked else None
