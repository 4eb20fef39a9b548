"""Teaching materials made up by lot, with the frequencies of real text.

The most frequent words are those of the demonstration's materials, as often as they are there; the long tail is made of
Portuguese syllables, so that the vocabulary keeps growing with the corpus (Zipf's and Heaps' laws). Documents share
paragraphs, as materials that quote one another do; so phrases are found in more than one.
"""

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib import resources

from repository.search import SearchDocument

TYPES_OF_WORDS = 120_000
WORDS_EACH = 900  # of a document, on average
PARAGRAPHS, OF_A_DISCIPLINE = 24_000, 900
CONSONANTS, VOWELS = (*"bcdfglmnprstvz", "lh", "nh", "tr", "pr", "cr", "gr", "cl"), (*"aeiou", "ão", "ei")
SYLLABLES = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]
DISCIPLINES = [f"d{n}" for n in range(40)]
LEVELS = [f"n{n}" for n in range(8)]
TYPES = [f"t{n}" for n in range(14)]
LICENCES = [f"l{n}" for n in range(6)]
LABELS = frozenset({"public"})
FIRST_DAY = datetime(2016, 1, 1, tzinfo=UTC)


def documents(how_many: int, words_each: int = WORDS_EACH, seed: int = 7) -> Iterator[SearchDocument]:
    """The same documents at every call; a smaller corpus is the beginning of a larger one."""
    dice = random.Random(seed)
    words = _words(dice)
    frequency = list(itertools.accumulate(1 / (rank + 2.7) ** 1.02 for rank in range(len(words))))
    paragraphs = [_text(dice, words, frequency, dice.randint(20, 90)) for _ in range(PARAGRAPHS)]
    own = {name: dice.sample(range(PARAGRAPHS), OF_A_DISCIPLINE) for name in DISCIPLINES}
    for identifier in range(1, how_many + 1):
        discipline = _skewed(dice, DISCIPLINES)
        body = [_paragraph(dice, paragraphs, own[discipline])]
        length = words_each * min(3.3, max(0.3, dice.lognormvariate(-0.15, 0.55)))
        while sum(len(part.split()) for part in body) < length:
            rare = words[int(dice.triangular(3000, len(words), 3000))]
            body.append(f"{_paragraph(dice, paragraphs, own[discipline])} {rare}")
        yield _document(dice, identifier, discipline, body)


def _document(dice: random.Random, identifier: int, discipline: str, body: list[str]) -> SearchDocument:
    title = " ".join(dice.choice(body).split()[: dice.randint(4, 11)]).capitalize()
    levels = sorted({_skewed(dice, LEVELS) for _ in range(dice.choice((1, 1, 1, 2)))})
    return SearchDocument(
        identifier,
        title,
        keywords=" ".join(dice.sample([word for word in body[0].split() if len(word) > 5] or ["tema"], 1) * 2),
        summary=dice.choice(body)[:400],
        text="\n".join(body),
        values={
            "discipline": (discipline,),
            "level": tuple(levels),
            "type": (_skewed(dice, TYPES),),
            "licence": (_skewed(dice, LICENCES),),
        },
        date=FIRST_DAY + timedelta(minutes=dice.randrange(5_000_000)),
        labels=LABELS,
    )


def _words(dice: random.Random) -> list[str]:
    """Distinct words, the most frequent first."""
    seen: Counter[str] = Counter()
    for file in resources.files("repository.demo").joinpath("materials").iterdir():
        seen.update(re.findall(r"[^\W\d_]{2,}", file.read_text("utf-8").lower()))
    words = dict.fromkeys(word for word, _ in seen.most_common())
    while len(words) < TYPES_OF_WORDS:
        words["".join(dice.choices(SYLLABLES, k=dice.choice((2, 3, 3, 4))))] = None
    return list(words)


def _text(dice: random.Random, words: list[str], frequency: list[float], length: int) -> str:
    return " ".join(dice.choices(words, cum_weights=frequency, k=length))


def _paragraph(dice: random.Random, paragraphs: list[str], own: Sequence[int]) -> str:
    return paragraphs[dice.choice(own)] if dice.random() < 0.8 else dice.choice(paragraphs)


def _skewed(dice: random.Random, names: list[str]) -> str:
    return dice.choices(names, [1 / (rank + 1) ** 0.9 for rank in range(len(names))])[0]
