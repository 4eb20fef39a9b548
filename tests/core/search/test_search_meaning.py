"""What words name: terms of the vocabularies, and nothing that only looks like one."""

import pytest

from repository.naming import quoted, with_meaning
from repository.search import SearchRequest
from repository.vocabularies import Vocabularies


@pytest.fixture(scope="module")
def known() -> Vocabularies:
    return Vocabularies.load()


def named(known: Vocabularies, question: str, **chosen: tuple[str, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    meant = with_meaning(known, SearchRequest(question).changed(**chosen)).meant
    return {one.words: one.values for one in meant}


@pytest.mark.parametrize(
    ("question", "words", "value"),
    [
        ("fichas de frações 3º ano", "fichas", ("type", "worksheet")),
        ("fichas de frações 3º ano", "3º ano", ("year", "3")),
        ("jogo para o terceiro ano", "terceiro ano", ("year", "3")),
        ("12 ano mat", "12 ano", ("year", "12")),
        ("jogos 1 ciclo", "1 ciclo", ("level", "1ceb")),
        ("matematica 1.º ciclo", "matematica", ("discipline", "MATA")),
        ("matematica 1.º ciclo", "1.º ciclo", ("level", "1ceb")),
        ("HGP romanos", "HGP", ("discipline", "HGP")),
        ("worksheet fractions", "worksheet", ("type", "worksheet")),
        ("verbos inglês", "inglês", ("language", "en")),
        ("kit de robótica", "kit", ("kind", "physical")),
        ("testes grupo 230", "grupo 230", ("group", "230")),
        ("plano de aula fotossíntese 8.º", "8.º", ("year", "8")),
        ("frações 6 anp", "6 anp", ("year", "6")),
        ("frações 3º anno", "3º anno", ("year", "3")),
        ("teste matemática 6", "6", ("year", "6")),
        ("FQ 9", "9", ("year", "9")),
        ("inglês 3", "3", ("year", "3")),
        ("ed visual 6", "ed visual", ("discipline", "EV")),
        ("ed. tecnológica", "ed. tecnológica", ("discipline", "ET")),
        ("fis quim 9", "fis quim", ("discipline", "FQ")),
        ("fis quim 9", "9", ("year", "9")),
        ("Est. Meio", "Est. Meio", ("discipline", "EM-1")),
        ("ling port", "ling port", ("discipline", "POR")),
        ("matte åk 5", "matte", ("discipline", "MAT")),
        ("slöjd", "slöjd", ("discipline", "ET")),
        ("samhällskunskap", "samhällskunskap", ("discipline", "CID")),
        ("idrott", "idrott", ("discipline", "EF")),
        ("Sportunterricht", "Sportunterricht", ("discipline", "EF")),
        ("Erdkunde Klasse 5", "Erdkunde", ("discipline", "GEO")),
    ],
)
def test_a_question_names_what_its_words_are_called_in_the_vocabularies(known, question, words, value):
    assert value in named(known, question)[words]


@pytest.mark.parametrize(
    "question",
    [
        "números primos",
        "romanos",
        "tabela periódica",
        "texto de opinião",
        "por",
        "de",
        '"fichas"',
        "-fichas",
        "3",
        "3.º período",
    ],
)
def test_words_that_only_look_like_a_name_are_words(known, question):
    assert named(known, question) == {}


@pytest.mark.parametrize(
    "question",
    [
        "estudo do meio 9",  # no such year of it
        "matemática A 6",
        "matemática 25",
        "matemática 10 minutos",
        "tabuada do 6",
        "ficha 3",
        "contar até 10",
        "6 matemática",
        "matemática -6",
        'matemática "6"',
        "25 de Abril",
        "6 anos",
        "6 ao",
    ],
)
def test_a_number_that_may_be_anything_else_is_no_year(known, question):
    assert "year" not in {field for values in named(known, question).values() for field, _ in values}


def test_a_number_that_was_no_year_is_taken_back_alone(known):
    question = "16 jogos de matemática 6"
    assert quoted(question, "6") == '16 jogos de matemática "6"'
    assert "6" not in named(known, quoted(question, "6"))
    assert "6" not in named(known, "matemática 6", year=("4",))


def test_what_is_chosen_already_is_not_meant_again(known):
    assert set(named(known, "fichas 3.º ano", year=("4",))) == {"fichas"}


def test_quoted_words_are_words_again(known):
    assert set(named(known, quoted("fichas 3.º ano", "fichas"))) == {"3.º ano"}
