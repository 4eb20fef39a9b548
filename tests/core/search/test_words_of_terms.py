"""Items are found by what their level, year, discipline and type are called, also when no text of theirs says it."""

import pytest

from repository import indexing, items
from repository.defaults import register_search_fields
from repository.search import IndexBroken, IndexMissing, SearchDocument, SearchRequest
from repository.search.whoosh_engine import WhooshEngine

PUBLIC = frozenset({"public"})


@pytest.fixture
def found(services, ana, make_item, work_as, run_jobs):
    """Publish three items with terms and no words for them, and return the titles that a question finds."""
    make_item(ana, "Robôs de chão", level=["1ceb"], year=["2"])
    make_item(ana, "Robôs que falam", level=["2ceb"], year=["5"], type="lesson_plan")
    make_item(ana, "Ábaco", level=["1ceb"], discipline=["MAT"])
    run_jobs()

    def asked(question):
        page = services.search.search(SearchRequest(question), PUBLIC)
        with work_as() as work:
            return sorted(items.get(work, item_id).title for item_id in page.ids)

    return asked


@pytest.mark.parametrize("question", ["robô 1.º ciclo", "robô primeiro ciclo", "robôs primary", "robôs 2.º ano"])
def test_the_words_of_a_level_find_what_has_the_level(found, question):
    assert found(question) == ["Robôs de chão"]


def test_a_cycle_and_a_year_are_not_mixed_up(found):
    assert found("2.º ciclo") == ["Robôs que falam"], "the second year of the first cycle is no second cycle"


@pytest.mark.parametrize("question", ["mathematics", "ficha de trabalho matemática"])
def test_disciplines_and_types_are_found_by_their_names_in_any_language(found, question):
    assert found(question) == ["Ábaco"]


def test_an_index_without_these_words_is_not_used_and_so_built_anew(tmp_path):
    older = WhooshEngine(tmp_path / "index")
    older.rebuild([SearchDocument(1, "Robôs", labels=PUBLIC)])
    older.close()
    engine = WhooshEngine(tmp_path / "index", register_search_fields())
    with pytest.raises((IndexMissing, IndexBroken)):
        engine.search(SearchRequest("robôs"), PUBLIC)
    engine.close()


class Own(str):
    __slots__ = ()


def test_what_a_plugin_says_of_an_item_reaches_the_index_as_plain_text(services, ana, make_item, work_as, monkeypatch):
    item = make_item(ana, "Ábaco")
    said = [{"colour": [Own("red")], "note": Own("madeira")}]
    monkeypatch.setattr(services.hook, "search_document", lambda **_: said, raising=False)
    with work_as() as work:
        document = indexing.document_of(work, items.get(work, item.id), {})
    assert type(document.values["colour"][0]) is type(document.texts["note"]) is str
