"""One reading of text for the index, for questions and for highlighting.

A word goes through: NFC, lower case, accents off, old spelling to new, plural to singular, Snowball's Portuguese stem.
The plural is reduced before stemming because Snowball gives "avaliação" and "avaliações" different stems, and accents
go first because people type without them: every form of a word must meet in one. Words of other languages pass the
same way on both sides, so they are found by themselves and by their plain plural. A document in English, Swedish or
German has the stems of its language besides, and so has every question.
"""

import hashlib
import re
import threading
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import chain
from typing import Any, NamedTuple

import Stemmer
from whoosh.lang.snowball.english import EnglishStemmer
from whoosh.lang.snowball.german import GermanStemmer
from whoosh.lang.snowball.swedish import SwedishStemmer

LONGEST_WORD = 64
_MARK = ":"  # between a stem and its language; it is in no word
SHORTEST_STEMMED = 5
SHORTEST_FEMALE = 8  # letters of a German plural in "innen"; "beginnen" and "spinnen" are others

_RULES_VERSION = 3
_NOT_DECOMPOSED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_DATA = resources.files(__package__) / "analysis_data"
_INDEXED_DATA = ("spelling", "plurals", "ordinals")


class Token(NamedTuple):
    """A word in a text: its stem, its folded form, and where it stands."""

    stem: str
    folded: str
    start: int
    end: int


class Word(NamedTuple):
    """A word as an index holds it; `written` is "fracoes frações", or one word where it folds to what it was."""

    stem: str
    folded: str
    written: str


def data(name: str) -> dict[str, Any]:
    """The word list `name`.toml."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))


def version() -> str:
    """A digest of everything that decides what is in an index; another value means another index."""
    digest = hashlib.sha256(f"{_RULES_VERSION} {unicodedata.unidata_version}".encode())
    for name in _INDEXED_DATA:
        digest.update((_DATA / f"{name}.toml").read_bytes())
    return digest.hexdigest()[:16]


def plain(text: str) -> str:
    """`text` in NFC, with lone surrogates and NUL as spaces; tokens' places count in this form."""
    return unicodedata.normalize("NFC", _UNUSABLE.sub(" ", text))


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """`word` in lower case without accents: "Ação" is "acao", "Straße" is "strasse", "ﬁm" is "fim"."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_NOT_DECOMPOSED))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def sort_key(text: str) -> str:
    """A key that sorts titles as a Portuguese reader expects: accents, case and punctuation make no difference."""
    return " ".join(_WORDS.findall(fold(plain(text)))) + "\x00" + text


_ORDINALS = data("ordinals")
_PAIRS = {fold(pair): number for pair, number in _ORDINALS["pairs"].items()}
_NOUN_AHEAD = rf"(?=[ \u00a0]+(?:{'|'.join(_ORDINALS['nouns'])})\b)"
_WORDS = re.compile(r"[^\W_]+")
_TOKEN = re.compile(
    rf"""
      (?P<ordinal> \b\d{{1,3}}
         (?: [ \u00a0]?\.?[ \u00a0]?[ºª] | °(?![ \u00a0]?[CFcf]\b) | \.?[oaOA]\b | {_NOUN_AHEAD} ) )
    | (?P<pair> \b(?:{"|".join(pair.replace(" ", "[ ]") for pair in _ORDINALS["pairs"])})\b )
    | (?P<spoken> \b(?:{"|".join(_ORDINALS["before"])}){_NOUN_AHEAD} )
    | (?P<dotted> \b[^\W\d_](?:\.[^\W\d_])+\b )
    | (?P<joined> \b(?:auto|anti|co|contra|extra|infra|intra|micro|mini|multi|semi|super|bio|eco|electro|eletro)
                  -[^\W\d_][\w\u0300-\u036f]* )
    | (?P<word> (?:[^\W_]|[\u0300-\u036f])+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What may be an ordinal together with what comes after the next space.
_HANGING = re.compile(
    rf"""\b(?: \d{{1,3}}(?!\d) | (?:{"|".join({pair.split()[0] for pair in _ORDINALS["pairs"]})}) \b
             | (?:{"|".join(_ORDINALS["before"])}) \b )""",
    re.VERBOSE | re.IGNORECASE,
)


def tokens(text: str) -> Iterator[Token]:
    """The words of `text`, which must be `plain`, in order."""
    for match in _TOKEN.finditer(text):
        token = _token(match)
        if token.folded:
            yield token


def words(text: str) -> list[Word]:
    """The words of a `plain` text, those that `tokens` finds, several times sooner.

    Most words are read alike wherever they stand, and so only once; a line where one may hang on its neighbours is read whole.
    """
    found: list[Word] = []
    for line in text.split("\n"):
        known = [_alone(piece) if len(piece) <= LONGEST_WORD else None for piece in line.split()]
        if None in known:
            found += [_word(token, line) for token in tokens(line)]
        else:
            found += chain.from_iterable(known)  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=200_000)
def _alone(piece: str) -> tuple[Word, ...] | None:
    """The words of what stands between two spaces; None where they may hang on what is beyond."""
    return None if _HANGING.search(piece) else tuple(_word(token, piece) for token in tokens(piece))


def _word(token: Token, text: str) -> Word:
    written = text[token.start : token.end].lower()
    differs = token.folded != written and token.folded.isalpha()
    return Word(token.stem, token.folded, f"{token.folded} {written}" if differs else token.folded)


def token_at(text: str, start: int) -> Token | None:
    """The word that begins at `start` in a `plain` text, if one does."""
    match = _TOKEN.match(text, start)
    return _token(match) if match else None


def _token(match: re.Match[str]) -> Token:
    kind, raw = match.lastgroup, match.group()
    if kind == "word":
        folded = fold(raw[:LONGEST_WORD])
    elif kind == "ordinal":
        folded = "".join(c for c in raw if c.isdigit()) + "º"
    elif kind == "pair":
        folded = f"{_PAIRS[fold(raw)]}º"
    elif kind == "spoken":
        folded = f"{_ORDINALS['before'][fold(raw)]}º"
    elif kind == "dotted":
        folded = fold(raw.replace(".", ""))
    else:
        folded = _joined(fold(raw))
    return Token(stem(folded), folded, match.start(), match.end())


def stems(text: str) -> list[str]:
    """The stems of all words of `text`, in order."""
    return [token.stem for token in tokens(plain(text))]


def _joined(word: str) -> str:
    # "auto-avaliação" is "autoavaliação" since 1990, and "anti-racismo" "antirracismo".
    prefix, _, rest = word.partition("-")
    return prefix + (rest[0] if rest[:1] in ("r", "s") and prefix[-1] in "aeiou" else "") + rest


_PLURALS = data("plurals")
_PLURAL_SUFFIXES: list[tuple[str, str, int]] = [(a, b, n) for a, b, n in _PLURALS["suffixes"]]
_PLURAL_WORDS: dict[str, str] = _PLURALS["words"]
_KEPT = frozenset(_PLURALS["keep"]["words"])
_SPELLING = data("spelling")
_OLD_STEM = re.compile(
    rf"^({'|'.join(_SPELLING['prefixes'])})?({'|'.join(sorted(_SPELLING['stems'], key=len, reverse=True))})"
)
_OLD_DOUBLE = re.compile(r"cc(?=[aoi])|pc(?=ao|oes|ion)")
_ALWAYS_ORDINAL: dict[str, int] = _ORDINALS["always"]
_snowball = Stemmer.Stemmer("portuguese", 0)  # what it has worked out is remembered below
_stemming = threading.Lock()  # it is for one thread at a time


@lru_cache(maxsize=200_000)
def stem(folded: str) -> str:
    """The stem of a folded word; ordinals in words become "3º", numbers and other scripts stay."""
    if not folded.isascii() or not folded.isalpha():
        return folded
    if folded in _ALWAYS_ORDINAL:
        return f"{_ALWAYS_ORDINAL[folded]}º"
    word = singular(modern(folded))
    if len(word) < SHORTEST_STEMMED or word in _KEPT:
        return word
    # Snowball knows suffixes by their accents ("ação"): give back the one that is certain.
    accented = word[:-3] + "ção" if word.endswith("cao") else word
    with _stemming:
        return fold(_snowball.stemWord(accented))


_FOREIGN: dict[str, Any] = {"en": EnglishStemmer(), "sv": SwedishStemmer(), "de": GermanStemmer()}
LANGUAGES = tuple(_FOREIGN)


def language_of(code: str) -> str:
    """The language of our own rules that a document's code names ("en-GB" is "en"); "" for Portuguese and all others."""
    short = code[:2].lower()
    return short if short in _FOREIGN and not code[2:3].isalpha() else ""


@lru_cache(maxsize=200_000)
def foreign_stem(folded: str, language: str) -> str:
    """The stem of a folded word in one of `LANGUAGES`, marked as such; "" where it is read as in Portuguese."""
    return _foreign_stem(folded, language)


def _foreign_stem(folded: str, language: str) -> str:
    if not folded.isascii() or not folded.isalpha() or folded in _ALWAYS_ORDINAL:
        return ""
    # Snowball has one stem for "Schülerin" and another for "Schülerinnen".
    word = folded[:-3] if language == "de" and folded.endswith("innen") and len(folded) > SHORTEST_FEMALE else folded
    return f"{_FOREIGN[language].stem(word)}{_MARK}{language}"


def all_stems(token: Token) -> tuple[str, ...]:
    """The stem of a word, and those that it has in other languages."""
    return _all_stems(token.folded)


@lru_cache(maxsize=20_000)  # words of questions and of the passages shown; each is kept once, here
def _all_stems(folded: str) -> tuple[str, ...]:
    others = (_foreign_stem(folded, language) for language in LANGUAGES)
    return stem(folded), *(stemmed for stemmed in others if stemmed)


def unmarked(stemmed: str) -> str:
    """A stem without the mark of its language."""
    return stemmed.partition(_MARK)[0]


def modern(folded: str) -> str:
    """A folded word in the spelling of 1990: "accao" becomes "acao", "projecto" "projeto"."""
    word = _OLD_DOUBLE.sub("c", folded)
    match = _OLD_STEM.match(word)
    if match:
        word = (match[1] or "") + _SPELLING["stems"][match[2]] + word[match.end() :]
    return word


def singular(folded: str) -> str:
    """The singular of a folded word, as far as its ending tells; a final "e" goes with it."""
    if folded in _PLURAL_WORDS:
        return _PLURAL_WORDS[folded]
    for suffix, replacement, before in _PLURAL_SUFFIXES:
        if folded.endswith(suffix) and len(folded) - len(suffix) >= before:
            return folded[: len(folded) - len(suffix)] + replacement
    return folded


def first_letters(stemmed: str) -> set[str]:
    """How the folded words that have this stem may begin: two letters, or one where that is all that is certain."""
    if _MARK in stemmed:
        return {stemmed[:2].rstrip(_MARK)}
    if stemmed.endswith("º"):
        return {stemmed[0], *(word[:2] for word in _ordinal_words(stemmed[:-1]))}
    if len(stemmed) < 2 or not stemmed.isalpha():
        return {stemmed[0]}
    first, second = stemmed[0], stemmed[1]
    old = {before[:2] for before, now in _SPELLING["stems"].items() if now[:2] == first + second}  # "acto"
    double = {first + "p"} if second == "c" else set()  # "opção"
    plural = {first + "o"} if stemmed[1:] == "ao" else set()  # "pões"
    return {first + second, f"{first}."} | old | double | plural  # "E.V.T."


def _ordinal_words(number: str) -> list[str]:
    lists = (_ORDINALS["pairs"], _ORDINALS["always"], _ORDINALS["before"])
    return [fold(word) for words in lists for word, value in words.items() if str(value) == number]


def _stop_stems() -> frozenset[str]:
    return frozenset(stem(fold(word)) for words in data("stop_words").values() for word in words)


STOP_STEMS = _stop_stems()
