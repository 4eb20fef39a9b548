"""The language of the search box, and what an engine makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_samples import NASTY

from repository.search.analysis import LANGUAGES
from repository.search.plan import Choice, Plan, make_plan
from repository.search.query import QueryTerm, TermKind, parse
from repository.search.synonyms import Synonyms

EVERY_LANGUAGE = frozenset(LANGUAGES)
NO_SYNONYMS = Synonyms([], {})
PORTUGUESE_ONLY: frozenset[str] = frozenset()


def kinds(question: str) -> list[tuple[str, str, bool]]:
    return [(term.kind.value, term.text, term.negated) for term in parse(question)]


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("", []),
        ("   ", []),
        ("ficha de frações", [("words", "ficha de frações", False)]),
        ('mar "de aula" rio', [("words", "mar", False), ("phrase", "de aula", False), ("words", "rio", False)]),
        ("«o mar» “o céu” „a terra”", [("phrase", t, False) for t in ("o mar", "o céu", "a terra")]),
        ('"nunca fechada', [("phrase", "nunca fechada", False)]),
        ('mar -rio -"de aula"', [("words", "mar", False), ("words", "rio", True), ("phrase", "de aula", True)]),
        ("ficha − teste - exame", [("words", "ficha", False), ("words", "teste", False), ("words", "exame", False)]),
        ("sub-título", [("words", "sub-título", False)]),
        ("frac*", [("prefix", "frac", False)]),
        ("-frac*", [("prefix", "frac", True)]),
        ("f* *", [("words", "f*", False)]),
        ("AND OR x:y [a TO b]", [("words", "AND OR x:y [a TO b]", False)]),
        ("texto:y", [("words", "texto:y", False)]),
        ("-texto:y texto:yz*", [("words", "texto:y", True), ("words", "texto:", False), ("prefix", "yz", False)]),
        ('mar title:x -autor:"ana sá"', [("words", "mar", False), ("words", "x", False), ("phrase", "ana sá", True)]),
    ],
)  # fmt: skip
def test_words_phrases_beginnings_and_minus_are_all_there_is(question: str, terms: list[tuple[str, str, bool]]) -> None:
    assert kinds(question) == terms


def test_terms_say_where_they_stand() -> None:
    question = 'ficha "de aula" num* !! mar'
    for term in parse(question):
        assert question[term.start :].lstrip('"').startswith(term.text)


def words(*stems: str, weight: float = 1.0, adjacent: bool = False) -> Choice:
    return Choice(stems, adjacent=adjacent, weight=weight)


def plan_of(question: str, synonyms: Synonyms | None = None) -> Plan:
    """The plan where all documents are in Portuguese."""
    return make_plan(question, synonyms, PORTUGUESE_ONLY)


def test_a_plan_leaves_common_words_out_unless_there_are_no_others() -> None:
    assert make_plan("o mar e a terra", NO_SYNONYMS, PORTUGUESE_ONLY).required == ((words("mar"),), (words("terr"),))
    assert make_plan("o que", NO_SYNONYMS, PORTUGUESE_ONLY).required == ((words("o"),), (words("que"),))
    assert make_plan('"o mar"', NO_SYNONYMS, PORTUGUESE_ONLY).required == ((words("o", "mar", adjacent=True),),)


def test_a_plan_knows_nothing_asked_from_nothing_found() -> None:
    assert plan_of("  ") == Plan()
    assert plan_of("?!") == Plan(nothing=True)


def test_the_longest_way_to_say_it_is_replaced() -> None:
    synonyms = Synonyms([["ficha de trabalho", "worksheet"], ["ficha", "folha"]], {"mar": ["oceano"]})
    assert make_plan("ficha de trabalho", synonyms, PORTUGUESE_ONLY).required == (
        (words("fich", "trabalh"), words("worksheet", weight=0.5, adjacent=True)),
    )
    assert make_plan("ficha", synonyms, PORTUGUESE_ONLY).required == (
        (words("fich"), words("folh", weight=0.5, adjacent=True)),
    )
    assert len(make_plan("mar", synonyms, PORTUGUESE_ONLY).required[0]) == 2
    assert len(make_plan("oceano", synonyms, PORTUGUESE_ONLY).required[0]) == 1


def test_a_word_is_asked_in_the_languages_of_documents_too_and_weighs_less_there() -> None:
    ((typed, german),) = make_plan("Häuser", NO_SYNONYMS, frozenset({"de"})).required
    assert (typed.language, typed.weight) == ("", 1.0)
    assert (german.words, german.language, german.weight) == (("haus:de",), "de", 0.5)
    (phrase,) = make_plan('-"3.º Haus"', NO_SYNONYMS, frozenset({"de"})).excluded
    assert [choice.words[0] for choice in phrase] == ["3º", "3º"]


def test_hyphened_words_belong_together_and_may_be_written_in_one_piece() -> None:
    assert make_plan("guarda-chuva", NO_SYNONYMS, PORTUGUESE_ONLY).required == (
        (words("guard", "chuv", adjacent=True), words("guardachuv", adjacent=True, weight=0.5)),
    )
    assert len(make_plan("1939-45", NO_SYNONYMS, PORTUGUESE_ONLY).required[0]) == 1  # years are no word


def test_a_word_asked_twice_is_asked_once() -> None:
    assert make_plan("mar mar mares", NO_SYNONYMS, PORTUGUESE_ONLY).required == ((words("mar"),),)


def test_forms_of_a_word_are_one_word_whatever_languages_documents_are_in() -> None:
    alone, beside = (
        make_plan("fração Frações fracas", NO_SYNONYMS, known) for known in (PORTUGUESE_ONLY, EVERY_LANGUAGE)
    )
    assert [group[0] for group in alone.required] == [group[0] for group in beside.required]
    assert alone.most == beside.most == 0


@pytest.mark.parametrize("question", NASTY, ids=range(len(NASTY)))
def test_a_hostile_question_gives_a_small_plan(question: str) -> None:
    plan = plan_of(question)
    assert len(plan.required) + len(plan.excluded) <= 128


@given(st.text(max_size=400))
def test_any_text_is_a_question(question: str) -> None:
    assert all(isinstance(term, QueryTerm) and term.kind in TermKind for term in parse(question))
    plan_of(question)
