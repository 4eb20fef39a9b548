"""Folds the many spellings of one term into one key: accents, case, ordinals, old orthography, joining words."""

import re
import unicodedata

ORDINAL_WORDS = {
    word: str(number)
    for number, words in enumerate(
        (
            "primeiro primeira first",
            "segundo segunda second",
            "terceiro terceira third",
            "quarto quarta fourth",
            "quinto quinta fifth",
            "sexto sexta sixth",
            "setimo setima seventh",
            "oitavo oitava eighth",
            "nono nona ninth",
            "decimo decima tenth",
        ),
        start=1,
    )
    for word in words.split()
}
COMPOUND_ORDINALS = (("decimo primeiro", "11"), ("decimo segundo", "12"), ("eleventh", "11"), ("twelfth", "12"))
JOINING_WORDS = frozenset(("e", "o", "de", "do", "da", "dos", "das", "and", "of", "the", "och", "und"))
_ordinal_sign = re.compile(r"(\d)\s*\.?\s*(?:[oa]|st|nd|rd|th)\b")
_old_orthography = re.compile(r"c(?=[ct])")  # acção, projecto, actividade


def spelling_key(text: str) -> str:
    """Return the key where all spellings of a term meet: `3.º Ciclo`, `3o ciclo` and `terceiro ciclo` share one."""
    plain = unicodedata.normalize("NFKD", text.replace("°", "º")).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _ordinal_sign.sub(r"\1 ", plain)
    for words, number in COMPOUND_ORDINALS:
        plain = plain.replace(words, number)
    tokens = [ORDINAL_WORDS.get(token, token) for token in re.findall(r"[^\W_]+", plain)]
    telling = [token for token in tokens[:-1] if token not in JOINING_WORDS] + tokens[-1:]
    return _old_orthography.sub("", "".join(telling))
