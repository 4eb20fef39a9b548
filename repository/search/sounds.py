"""How folded Portuguese words sound, and how else one that sounds the same may be written.

Children and tired teachers write what they hear: a silent h, "ch" and "x", "ç" and "ss", "z" and "s", "g" and "j".
"""

import re
from collections.abc import Iterator

_SOUNDS = [
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"ch|x|sc(?=[ei])", "s"),
        (r"qu(?=[ei])", "s"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei])", "j"),
        (r"([ln])h", r"\1i"),
        (r"h", ""),
        (r"[czkq]", "s"),
        (r"y", "i"),
        (r"w", "v"),
        (r"m(?=[bp])|m$", "n"),
        (r"(.)\1+", r"\1"),
    )
]
# What is written one way and heard as another, each at one place of a word; folded, "ç" is "c".
_MISHEARD = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"^(?=[aeiou])", "h"),
        (r"^h", ""),
        (r"ch", "x"),
        (r"x", "ch"),
        (r"ss", "c"),
        (r"(?<=[aeiou])c(?=[aeiou])", "ss"),
        (r"(?<!s)s(?=[ei])|(?<!^)(?<!s)s(?=[aou])", "c"),
        (r"c(?=[ei])|(?<!^)c(?=[aou])", "s"),
        (r"(?<=[aeiou])s(?=[aeiou]|$)", "z"),
        (r"z", "s"),
        (r"(?<=[aeiou])z(?=[aeiou])", "x"),
        (r"g(?=[ei])", "j"),
        (r"j(?=[ei])", "g"),
        (r"sc(?=[ei])", "c"),
        (r"(?<=[aeiou])c(?=[ei])", "sc"),
        (r"x(?=[ptc])", "s"),
        (r"s(?=[ptc])", "x"),
        (r"k", "c"),
        (r"k(?=[ei])", "qu"),
        (r"n(?=[bp])", "m"),
        (r"^i(?=[nmsx])", "e"),
        (r"^e(?=[nmsx])", "i"),
    )
]


def sound(word: str) -> str:
    """How a folded word sounds, roughly: what Portuguese writes in several ways is the same ("frassoes", "fracoes").

    Accents and the cedilla are gone already, so every hissing sound is one, and a hard c with them: near words only are
    compared by it.
    """
    for written, heard in _SOUNDS:
        word = written.sub(heard, word)
    return word


def misheard(word: str) -> list[str]:
    """The other ways to write a folded word that sounds the same, each with one thing changed: "historia" of "istoria"."""
    return list(dict.fromkeys(_misheard(word)))


def _misheard(word: str) -> Iterator[str]:
    for written, instead in _MISHEARD:
        for place in written.finditer(word):
            yield word[: place.start()] + instead + word[place.end() :]
