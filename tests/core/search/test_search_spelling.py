"""Few words of a question are looked for among those that are spelled alike: that is what takes long."""

from repository.search.analysis import Token, stem
from repository.search.spelling import MOST_LOOKED_FOR, distance, suggested_question


class Asked:
    """A lexicon that knows no word, and remembers which it was asked about."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def knows(self, token: Token) -> bool:
        return token.folded == "conhecida"

    def writes(self, word: str) -> bool:
        return word == "conhecida"

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        self.words.append(word)
        return [("fracoes", 3)] if word == "fracoas" else []

    def spelled(self, word: str) -> str:
        return "frações"


class Written:
    """A lexicon of written words and their counts, which knows whatever shares a stem with one of them."""

    def __init__(self, **counts: int) -> None:
        self.counts = counts

    def knows(self, token: Token) -> bool:
        return stem(token.folded) in {stem(word) for word in self.counts}

    def writes(self, word: str) -> bool:
        return word in self.counts

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        return [(other, count) for other, count in self.counts.items() if distance(word, other, errors) <= errors]

    def spelled(self, word: str) -> str:
        return word


def test_a_word_of_which_only_the_stem_is_found_by_chance_is_put_right() -> None:
    lexicon = Written(animacao=2, animar=1, animais=9, animal=4)
    assert suggested_question("animias", lexicon) == "animais"
    assert suggested_question("animias da quinta", lexicon, by_chance=True) == "animais da quinta"


def test_a_form_of_a_written_word_is_no_slip_whatever_else_is_near() -> None:
    assert suggested_question("contos", Written(conto=1, pontos=9, contas=9)) is None
    assert suggested_question("fotossínteses", Written(fotossintese=3)) is None


def test_a_word_that_is_written_or_listed_is_never_put_right() -> None:
    assert suggested_question("animias", Written(animias=1, animais=9)) is None
    assert suggested_question("animias", Written(animacao=2, animais=9), {"animias"}) is None


def test_where_much_is_found_only_a_stem_found_by_chance_is_put_right() -> None:
    lexicon = Written(animacao=2, animais=9, fracoes=5)
    assert suggested_question("fraçoas com animais", lexicon, by_chance=True) is None
    assert suggested_question("fraçoas com animais", lexicon) == "fracoes com animais"


def test_of_forty_unknown_words_few_are_looked_for() -> None:
    lexicon = Asked()
    words = [f"{a}{b}inventada" for a in "bcdfgmpt" for b in "aeiou"]
    assert suggested_question(" ".join(words)[:256], lexicon) is None
    assert len(lexicon.words) == MOST_LOOKED_FOR


def test_a_slip_behind_words_that_are_known_is_put_right() -> None:
    question = "conhecida " * 12 + "fraçoas"
    assert suggested_question(question, Asked()) == "conhecida " * 12 + "frações"
