"""Few words of a question are looked for among those that are spelled alike: that is what takes long."""

from collections.abc import Sequence

import pytest

from repository.search.analysis import Token, stem
from repository.search.dictionary import digests, is_portuguese
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

    def beginning(self, start: str, beside: Sequence[str]) -> dict[str, int]:
        return {}

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
        alike = ((other, count) for other, count in self.counts.items() if other[0] == word[0])
        return [(other, count) for other, count in alike if distance(word, other, errors) <= errors]

    def beginning(self, start: str, beside: Sequence[str]) -> dict[str, int]:
        forms = [word for word in self.counts if word.startswith(start)]
        return {word: sum(self.counts[form] for form in forms if stem(form) == stem(word)) for word in forms}

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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("istoria", "historia"),
        ("umanos", "humanos"),
        ("herva", "erva"),
        ("xuva", "chuva"),
        ("chadrez", "xadrez"),
        ("jeografia", "geografia"),
        ("geito", "jeito"),
        ("sebola", "cebola"),
        ("cilaba", "silaba"),
        ("enverno", "inverno"),
        ("esperiencia", "experiencia"),
        ("nacimento", "nascimento"),
        ("kilometro", "quilometro"),
        ("ezame", "exame"),
    ],
)
def test_what_is_written_as_it_sounds_is_put_right_even_with_another_first_letter(typed: str, meant: str) -> None:
    assert suggested_question(typed, Written(**{meant: 3})) == meant


def test_a_word_with_the_same_first_letter_is_not_passed_over_for_one_that_may_be_misheard() -> None:
    assert suggested_question("ecperiencia", Written(experiencia=2, hecperiencia=9)) == "experiencia"
    assert suggested_question("ispoza", Written(esposa=9, isposa=1)) == "isposa"


def test_a_rare_word_that_sounds_like_a_frequent_one_is_asked_about() -> None:
    assert suggested_question("fixas", Written(fixa=1, fichas=8)) == "fichas"
    assert suggested_question("fixas de frações", Written(fixa=1, fichas=8, fracoes=3)) == "fichas de frações"
    assert suggested_question("fixas", Written(fixas=1, fichas=8)) == "fichas"
    assert suggested_question("acento", Written(acento=1, assento=1, assentos=9)) == "assento"


def test_a_word_that_sounds_like_another_stays_where_it_may_well_be_meant() -> None:
    assert suggested_question("fixas", Written(fixa=2, fichas=8)) is None  # not that rare
    assert suggested_question("fixas", Written(fixa=1, fichas=8), by_chance=True) is None  # enough was found
    assert suggested_question("fixas", Written(fixa=1, fichas=8), {"fixas"}) is None
    assert suggested_question("taxa fixa", Written(taxa=1, fixa=1, ficha=8)) is None  # both are written
    assert suggested_question("passo", Written(passo=1, paco=4)) is None


@pytest.mark.parametrize(
    ("typed", "near"),
    [("outono", "outro"), ("maias", "mapas"), ("aferição", "africa"), ("férias", "farias"), ("pintura", "pintar")],
)
def test_a_portuguese_word_that_nobody_wrote_is_no_slip_of_another(typed: str, near: str) -> None:
    assert suggested_question(typed, Written(**{near: 9})) is None
    assert suggested_question(f"q{typed}", Written(**{f"q{near}": 9})) == f"q{near}", "what is no word may be one"


def test_a_portuguese_word_that_nobody_wrote_may_be_another_that_sounds_the_same() -> None:
    assert suggested_question("conserto", Written(concerto=1, concreto=9)) == "concerto"


def test_of_the_word_list_so_few_digests_meet_that_hardly_a_slip_is_taken_for_a_word() -> None:
    assert len(digests()) > 380_000
    made = [
        a + b + c + d
        for a in "bdfg"
        for b in ("aq", "ej", "uw", "ix")
        for c in ("kza", "vfo")
        for d in ("jj", "qx", "zw")
    ]
    assert [word for word in made if is_portuguese(word)] == []


def test_of_forty_unknown_words_few_are_looked_for() -> None:
    lexicon = Asked()
    words = [f"{a}{b}inventada" for a in "bcdfgmpt" for b in "aeiou"]
    assert suggested_question(" ".join(words)[:256], lexicon) is None
    assert len(lexicon.words) == MOST_LOOKED_FOR


def test_a_slip_behind_words_that_are_known_is_put_right() -> None:
    question = "conhecida " * 12 + "fraçoas"
    assert suggested_question(question, Asked()) == "conhecida " * 12 + "frações"
