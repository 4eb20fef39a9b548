"""Results: what the index found, as people get it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from repository import indexing, items, results
from repository.models import File, FileText, Item, User
from repository.results import Speech
from repository.search import SearchRequest
from repository.work import ANONYMOUS, SYSTEM, Actor, Services, open_look, open_work


@pytest.fixture
def put_text(services: Services) -> Callable[..., int]:
    """Write the text of a page of the item's first file, as the worker does."""

    def put(item: Item, text: str, page: int = 1) -> int:
        with services.sessions.writing() as session:
            file_id = session.scalar(select(File.id).filter_by(item_id=item.id).order_by(File.position)) or 0
            session.merge(FileText(file_id=file_id, page=page, text=text))
            if page > 1:
                session.get_one(File, file_id).page_count = page
        return file_id

    return put


@pytest.fixture
def index(services: Services) -> Callable[[], None]:
    """Bring the index up to date with the database."""
    return lambda: indexing.rebuild(services, [])


@pytest.fixture
def find(services: Services) -> Callable[..., results.Results]:
    """Search as somebody; a stranger when nobody is named."""

    def search(q: str = "", actor: Actor = ANONYMOUS, speech: Speech | None = None, **asked: Any) -> results.Results:
        with open_look(services, actor) as work:
            return results.find(services, work, SearchRequest(q=q).changed(**asked), speech)

    return search


def words(pieces: results.Pieces) -> list[str]:
    return [text for text, hit in pieces if hit]


def said(pieces: results.Pieces) -> str:
    return "".join(text for text, _ in pieces)


def test_a_title_is_marked_whatever_the_spelling(ana: User, make_item: Any, index: Any, find: Any) -> None:
    make_item(ana, "Acções de formação e frações")
    index()
    hit = find("acao fracao").hits[0]
    assert words(hit.title) == ["Acções", "frações"]
    assert said(hit.title) == "Acções de formação e frações"


def test_the_snippet_comes_from_the_summary_when_it_meets_the_question(
    ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    put_text(make_item(ana, summary="Jogos com dados e cartas."), "dados dados dados")
    index()
    hit = find("dados").hits[0]
    assert words(hit.snippet) == ["dados"]
    assert hit.from_file is None


def test_the_snippet_names_the_file_and_the_page_it_was_found_on(
    ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    item = make_item(ana, summary="Sobre outra coisa.")
    put_text(item, "Nada aqui. " * 200)
    put_text(item, "Palavras. " * 500 + "A fotossíntese das plantas. " + "Mais. " * 500, page=7)
    index()
    hit = find("fotossintese").hits[0]
    assert hit.from_file == ("ficha.txt", 7)
    assert words(hit.snippet) == ["fotossíntese"]
    assert len(said(hit.snippet)) < 400
    assert said(hit.snippet).startswith("… ")
    assert said(hit.snippet).endswith("…")


def test_of_a_file_that_has_no_pages_the_snippet_names_none(
    ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    put_text(make_item(ana, summary="Sobre outra coisa."), "A fotossíntese das plantas.")
    index()
    assert find("fotossintese").hits[0].from_file == ("ficha.txt", None)


def test_the_passage_with_more_of_the_words_wins(
    ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    item = make_item(ana, summary="Plantas do jardim.")
    put_text(item, "plantas " * 30, page=1)
    put_text(item, "As plantas e os animais do rio.", page=2)
    index()
    hit = find("plantas animais").hits[0]
    assert hit.from_file == ("ficha.txt", 2)
    assert words(hit.snippet) == ["plantas", "animais"]


def test_text_of_a_restricted_file_never_shows(
    services: Services, ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    item = make_item(ana, "Teste de ciências", summary="Teste.")
    file_id = put_text(item, "A solução do teste é quarenta e dois.")
    with services.sessions.writing() as session:
        session.get_one(File, file_id).audience = "verified"
        session.get_one(File, file_id).has_thumbnail = True
    index()
    assert find("quarenta").total == 0
    hit = find("teste").hits[0]
    assert "solução" not in said(hit.snippet)
    assert hit.from_file is None
    assert hit.restricted_files == 1
    assert hit.thumbnail_file_id is None


def test_without_words_the_snippet_is_the_beginning_of_the_summary(
    ana: User, make_item: Any, index: Any, find: Any
) -> None:
    make_item(ana, summary="Uma frase.\n\nOutra frase. " + "palavra " * 100)
    index()
    hit = find().hits[0]
    assert said(hit.snippet).startswith("Uma frase. Outra frase.")
    assert said(hit.snippet).endswith("…")
    assert words(hit.snippet) == []


def test_what_was_withdrawn_since_the_index_was_made_is_dropped(
    ana: User, make_item: Any, index: Any, find: Any, work_as: Any, actor_for: Any
) -> None:
    item = make_item(ana)
    index()
    with work_as(ana) as work:
        items.withdraw(work, items.get(work, item.id))
    for actor in (ANONYMOUS, actor_for(ana)):
        found = find(actor=actor)
        assert found.hits == ()
        assert found.total == 0


def test_what_was_closed_to_strangers_since_the_index_was_made_is_dropped(
    services: Services, ana: User, make_item: Any, index: Any, find: Any, actor_for: Any
) -> None:
    item = make_item(ana)
    index()
    with services.sessions.writing() as session:
        session.get_one(Item, item.id).audience = "members"
    assert find().hits == ()
    assert len(find(actor=actor_for(ana)).hits) == 1


def test_the_number_of_queries_does_not_depend_on_the_page(
    services: Services, ana: User, make_item: Any, index: Any, find: Any, put_text: Any
) -> None:
    for n in range(12):
        put_text(make_item(ana, f"Frações {n}", text=f"texto {n}"), f"frações em barras {n}")
    index()
    asked: list[str] = []
    event.listen(services.sessions.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = {}
    for per_page in (2, 12):
        asked.clear()
        assert len(find("frações barras", per_page=per_page).hits) == per_page
        counts[per_page] = len([line for line in asked if line.startswith(("SELECT", "WITH"))])
    assert counts[2] == counts[12] <= 8


def test_facets_speak_the_language_of_the_page_and_steps_keep_their_order(
    ana: User, make_item: Any, index: Any, find: Any, centre: Any
) -> None:
    for n in range(3):
        make_item(ana, f"Um {n}", text=f"{n}", level=["3ceb"], year=["7"])
    make_item(ana, "Dois", text="dois", level=["1ceb"], year=["3"])
    index()
    facets = {facet.name: facet for facet in find(speech=Speech("en")).facets}
    assert [value.value for value in facets["level"].values] == ["1ceb", "3ceb"]
    assert [value.label for value in facets["year"].values] == ["year 3", "year 7"]
    assert [value.count for value in facets["year"].values] == [1, 3]
    assert [(value.value, value.label) for value in facets["org"].values] == [(str(centre.id), "CT")]
    assert facets["kind"].values[0].label == "Material digital"
    assert "action" not in facets


def test_a_chosen_value_stays_even_with_nothing_and_others_go(ana: User, make_item: Any, index: Any, find: Any) -> None:
    make_item(ana, level=["1ceb"])
    index()
    level = next(facet for facet in find(level="sec").facets if facet.name == "level")
    assert [(value.value, value.count, value.chosen) for value in level.values] == [
        ("1ceb", 1, False),
        ("sec", 0, True),
    ]


def test_a_value_that_nobody_knows_is_its_own_label(ana: User, make_item: Any, index: Any, find: Any) -> None:
    make_item(ana)
    index()
    facets = {facet.name: facet for facet in find(level="<b>", org="99999999999999999999").facets}
    assert facets["level"].values[-1].label == "<b>"
    assert facets["org"].values[-1].label == "99999999999999999999"


def test_whether_a_licence_allows_adapting_is_said(ana: User, make_item: Any, index: Any, find: Any) -> None:
    make_item(ana, "Aberto", licence="CC-BY-4.0")
    make_item(ana, "Fechado", text="outro", licence="CC-BY-ND-4.0")
    index()
    assert {said(hit.title): hit.may_adapt for hit in find().hits} == {"Aberto": True, "Fechado": False}


def test_when_nothing_is_found_the_ways_on_are_counted(
    services: Services, ana: User, make_item: Any, index: Any
) -> None:
    make_item(ana, "Frações com barras")
    make_item(ana, "Frações sem mais", text="outro")
    index()
    request = SearchRequest(q="frações -barras -mais").changed(level=("1ceb",))
    with open_look(services, ANONYMOUS) as work:
        assert results.find(services, work, request).total == 0
        ways = results.ways_on(services, work, request)
    assert [(way.what, way.text, way.count) for way in ways] == [("word", "-barras", 1), ("word", "-mais", 1)]
    assert ways[0].request.q == "frações -mais"
    assert ways[0].request.filters == {"level": ("1ceb",)}


def test_a_way_on_leads_to_part_of_what_was_asked_where_none_leads_to_all_of_it(
    services: Services, ana: User, make_item: Any, index: Any
) -> None:
    make_item(ana, "Frações com barras", year=["3"])
    index()
    request = SearchRequest(q="frações virtuais").changed(level=("sec",))
    with open_look(services, ANONYMOUS) as work:
        assert results.find(services, work, request).total == 0
        ways = results.ways_on(services, work, request)
        assert [(way.what, way.count) for way in ways] == [("filter", 1)]
        assert results.find(services, work, ways[0].request).relaxed


def test_a_filter_too_many_is_a_way_on_in_words(services: Services, ana: User, make_item: Any, index: Any) -> None:
    make_item(ana, "Frações", level=["1ceb"])
    index()
    request = SearchRequest(q="frações").changed(level=("sec", "3ceb"))
    with open_look(services, ANONYMOUS) as work:
        ways = results.ways_on(services, work, request, Speech("en"))
    assert [(way.what, way.name, way.count) for way in ways] == [("filter", "level", 1)]
    assert "secondary" in ways[0].text.lower()


def test_a_broken_index_is_answered_from_the_database(services: Services, ana: User, make_item: Any) -> None:
    make_item(ana, "Frações")
    with open_look(services, ANONYMOUS) as work:
        found = results.find(services, work, SearchRequest(q="frações"))
    assert found.degraded
    assert len(found.hits) == 1


def test_where_there_is_too_much_to_search_without_an_index_the_page_says_when_to_come_back(
    services: Services, ana: User, make_item: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = make_item(ana, "Frações")
    monkeypatch.setattr(services.search.fallback, "_patience_s", -1)
    for address in ("/search?q=frações", "/search", "/api/v1/items?q=frações"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "A pesquisa está a ser reconstruída" in (answer.get_json() or {}).get("title", answer.text)
    assert [client.get(address).status_code for address in (f"/items/{item.id}", "/", "/suggest?q=fra")] == [200] * 3


@pytest.mark.parametrize("q", ["%", "_", "\\", '"', "-x", "(((", "a" * 256, "🙂", "a%b_c\\", "3.º", "*", "ab*"])
def test_no_question_breaks_a_snippet(q: str, ana: User, make_item: Any, index: Any, find: Any, put_text: Any) -> None:
    put_text(make_item(ana, summary="a%b_c\\ 3.º ano abc"), "a%b_c\\ 3.º ano abc 🙂")
    index()
    assert find(q).total in (0, 1)


def test_the_house_itself_may_look(services: Services, ana: User, make_item: Any, index: Any) -> None:
    make_item(ana)
    index()
    with open_work(services, SYSTEM) as work:
        assert results.find(services, work, SearchRequest()).total == 1
