"""Documents in English, Swedish and German are found by any form of their words, whatever else is asked in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from search_samples import PUBLIC, ask, document

from repository.search import SearchEngine
from repository.search.analysis import LANGUAGES, STOP_STEMS, all_stems, data, fold, language_of, plain, stems, tokens
from repository.search.highlight import highlight
from repository.search.scan_engine import ScanEngine
from repository.search.whoosh_engine import WhooshEngine

DOCUMENTS = [
    document(1, "Cities and their stories", text="The children were running beside the river.", language="en"),
    document(2, "Häuser und Bäume", text="Die Schülerinnen zeichnen kleine Häuser.", language="de-DE"),
    document(3, "Kartor och lärare", text="Eleverna ritar små kartor över skolorna.", language="sv"),
    document(4, "Frações com barras", text="As crianças dividem maçãs.", language="pt-PT"),
]
ENGINES: dict[str, Callable[[Path], SearchEngine]] = {"whoosh": WhooshEngine, "scan": lambda _: ScanEngine()}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    made = ENGINES[request.param](tmp_path / "index")
    made.rebuild(DOCUMENTS)
    return made


QUESTIONS = [
    ("city story", 1),
    ("child runs", None),
    ("run river", 1),
    ('"running beside"', 1),
    ('"run beside"', 1),
    ("Haus Baum", 2),
    ("hauser", 2),
    ("Schülerin", 2),
    ("die Häuser", 2),
    ("karta", 3),
    ("skola elev", 3),
    ("skolorna och kartorna", 3),
    ("fração barra", 4),
    ("maçã", 4),
]


@pytest.mark.parametrize(("question", "found"), QUESTIONS)
def test_a_question_finds_every_form_of_its_words_in_the_language_of_the_document(
    engine: SearchEngine, question: str, found: int | None
) -> None:
    assert engine.search(ask(question, whole=True), PUBLIC).ids == (() if found is None else (found,))


def test_a_word_not_wanted_is_left_out_in_every_form(engine: SearchEngine) -> None:
    assert set(engine.search(ask("-city"), PUBLIC).ids) == {2, 3, 4}


def test_forms_of_one_language_say_nothing_about_documents_of_another(engine: SearchEngine) -> None:
    engine.update([document(5, "Running", language="pt-PT")])
    assert engine.search(ask("runs title", whole=True), PUBLIC).ids == ()
    assert set(engine.search(ask("run"), PUBLIC).ids) == {1}
    assert set(engine.search(ask("running"), PUBLIC).ids) == {1, 5}


def test_the_languages_outlive_a_merge_of_segments(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild(DOCUMENTS[:1])
    for number in range(10, 40):
        engine.update([document(number, "Häuser" if number % 2 else "Kartor", language="de" if number % 2 else "sv")])
    with engine._reading() as snapshot:
        assert len(snapshot.segments) < 14
    assert (engine.search(ask("Haus"), PUBLIC).total, engine.search(ask("karta"), PUBLIC).total) == (15, 15)
    assert engine.search(ask('"run beside"'), PUBLIC).ids == (1,)


@pytest.mark.parametrize(
    ("code", "language"),
    [("en", "en"), ("en-GB", "en"), ("de_AT", "de"), ("sv", "sv"), ("pt-PT", ""), ("", ""), ("deu", "")],
)
def test_a_code_names_a_language_of_ours_or_none(code: str, language: str) -> None:
    assert language_of(code) == language


@pytest.mark.parametrize("text", ["Ångström", "straße", "3.º", "2026", "日本", "E.V.T."])
def test_stems_of_other_languages_are_told_from_the_portuguese(text: str) -> None:
    (token,) = tokens(plain(text))
    own, *others = all_stems(token)
    assert all(other.rpartition(":")[2] in LANGUAGES and other != own for other in others)
    assert len(others) in (0, 3)
    assert fold(text)[:1] == token.folded[:1]


def test_a_hit_is_marked_in_the_form_it_has_in_another_language() -> None:
    assert ("Häuser", True) in highlight("Die kleinen Häuser", "Haus")
    assert ("cities", True) in highlight("Two cities", "city")


@pytest.mark.parametrize("question", ["fractions", "bråk", "Brüche", "Bruchrechnung", "fractions reading", "Lesen"])
def test_a_word_of_school_in_another_language_finds_the_portuguese_one(engine: SearchEngine, question: str) -> None:
    engine.update([document(7, "Frações equivalentes", text="leitura", language="pt-PT")])
    assert 7 in engine.search(ask(question, whole=True), PUBLIC).ids


def test_a_portuguese_word_does_not_find_those_of_other_languages(engine: SearchEngine) -> None:
    engine.update([document(7, "Fractions", language="en")])
    assert 7 not in engine.search(ask("frações"), PUBLIC).ids


def test_each_word_of_another_language_says_what_one_portuguese_word_says_and_no_other() -> None:
    told = data("school_words")["words"]
    portuguese = {tuple(stems(word)) for word in told}
    meant: dict[tuple[str, ...], str] = {}
    for word, others in told.items():
        for key in {tuple(stems(other)) for other in others}:
            assert key not in portuguese, "it is found by itself, or is another word"
            assert not STOP_STEMS.issuperset(key), word
            assert meant.setdefault(key, word) == word
