"""Few words of a question are looked for among those that are spelled alike: that is what takes long."""

from repository.search.analysis import Token
from repository.search.spelling import MOST_LOOKED_FOR, suggested_question


class Asked:
    """A lexicon that knows no word, and remembers which it was asked about."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def knows(self, token: Token) -> bool:
        return token.folded == "conhecida"

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        self.words.append(word)
        return [("fracoes", 3)] if word == "fracoas" else []

    def spelled(self, word: str) -> str:
        return "frações"


def test_of_forty_unknown_words_few_are_looked_for() -> None:
    lexicon = Asked()
    words = [f"{a}{b}inventada" for a in "bcdfgmpt" for b in "aeiou"]
    assert suggested_question(" ".join(words)[:256], lexicon) is None
    assert len(lexicon.words) == MOST_LOOKED_FOR


def test_a_slip_behind_words_that_are_known_is_put_right() -> None:
    question = "conhecida " * 12 + "fraçoas"
    assert suggested_question(question, Asked()) == "conhecida " * 12 + "frações"
