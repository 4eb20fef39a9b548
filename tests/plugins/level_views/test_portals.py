"""The page of a level: its words, its blocks in order, what it counts, what it says when there is nothing."""

import re

import pytest

from plugins.level_views import filling, levels
from plugins.level_views.levels.secondary import GENERAL, SECONDARY
from repository.search.engine import IndexMissing
from repository.search.page import SearchPage
from repository.work import ANONYMOUS, open_look

CODES = ["pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc"]
OF_SEC = {"level": ["sec"], "discipline": ["FQA"], "year": ["11"]}


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", words) for words in re.findall(r"<h2[^>]*>(.*?)</h2>", page)]


@pytest.mark.parametrize("code", CODES)
def test_every_level_has_a_page_that_says_what_comes_next_while_there_is_nothing(page, admin, code):
    shown = page(f"/levels/{code}")
    assert "Ainda não há nada em" in shown
    assert "Outros níveis" in shown


@pytest.mark.parametrize("view", levels.VIEWS, ids=CODES)
def test_a_view_speaks_of_levels_disciplines_types_and_facets_that_exist(services, view):
    known = services.vocabularies
    names = {"level": "levels", "discipline": "disciplines", "type": "types", "year": "years"}
    chosen = [view.preset, view.first, *(block.filters for block in view.blocks)]
    chosen += [way.filters for block in view.blocks for way in block.ways]
    for filters in chosen:
        for facet, values in filters.items():
            assert facet == "kind" or set(values) <= {term.code for term in known[names[facet]]}, (facet, values)
    assert {code for block in view.blocks for code in (*block.rows, *block.notes)} <= {
        t.code for t in known.disciplines
    }
    assert set(view.facets) <= {"kind", "level", "discipline", "type", "org", "language", "licence", "group", "year"}


def test_the_blocks_stand_in_the_order_of_the_view_and_empty_ones_are_left_out(page, publish):
    publish(("Ficha da água", {"level": ["1ceb"], "discipline": ["MAT"], "year": ["2"], "type": "educational_game"}))
    found = headings(page("/levels/1ceb"))
    assert found == ["Por temas", "Mãos à obra", "Acabado de chegar"]


def test_a_theme_leads_to_its_search_with_how_much_it_finds(page, publish):
    publish(("Contas", {"discipline": ["MAT"]}), ("Mais contas", {"discipline": ["MAT"]}))
    shown = page("/levels/1ceb")
    way = re.search(r'<a href="([^"]+)">(?:(?!</a>).)*Contar e repartir.*?(\d+) resultados', shown, re.S)
    assert way
    assert way[2] == "2"
    found = page(way[1].replace("&amp;", "&"))
    assert "2 materiais" in found


def test_secondary_shows_course_discipline_year_and_exam(page, publish):
    publish(("Pêndulo", OF_SEC), ("Titulação", OF_SEC), ("Ondas", OF_SEC | {"year": ["10"]}))
    shown = page("/levels/sec")
    row = re.search(r"<tr><th scope=\"row\">Física e Química A.*?</tr>", shown, re.S)
    assert row
    assert "exame 11.º" in row[0]
    assert re.findall(r">(\d+|–)<", row[0]) == ["1", "2", "–", "3"]
    assert "Ciências e Tecnologias" in headings(shown)
    assert "Artes Visuais" not in headings(shown)
    assert "Ainda sem materiais:" in shown


def test_a_level_shows_its_own_and_no_other(page, publish):
    publish(("Pêndulo", OF_SEC), ("Dobrar papel", {"level": ["1ceb"]}))
    assert "Pêndulo" not in page("/levels/1ceb")
    assert "Dobrar papel" in page("/levels/1ceb")


def test_what_a_visitor_may_not_see_is_neither_shown_nor_counted(page, publish, sign_in, rui):
    publish(("Só para colegas", OF_SEC | {"audience": "members"}))
    assert "Ainda não há nada em" in page("/levels/sec")
    assert "Só para colegas" in sign_in(rui).get("/levels/sec").text


def test_a_level_that_does_not_exist_is_not_found(client, admin):
    answer = client.get("/levels/nenhum")
    assert answer.status_code == 404
    assert "Não há nenhum nível neste endereço." in answer.text


def test_while_there_is_no_index_the_page_asks_once_and_says_that_counts_are_missing(
    page, publish, services, monkeypatch
):
    publish(("Pêndulo", OF_SEC), ("Titulação", OF_SEC))
    asked = []

    def broken(request, labels):
        asked.append(request)
        raise IndexMissing("away")

    monkeypatch.setattr(services.search.engine, "search", broken)
    shown = page("/levels/sec")
    assert "A pesquisa está a ser reconstruída" in shown
    assert len(asked) == 1
    assert "Preparar exame" in shown


def test_the_number_of_queries_does_not_grow_with_what_is_shown(page, publish, count_queries):
    publish(("Um", {"discipline": ["MAT"]}))
    page("/levels/1ceb")
    with count_queries() as few:
        page("/levels/1ceb")
    publish(*((f"Mais {n}", {"discipline": ["MAT"], "type": "experiment"}) for n in range(7)))
    with count_queries() as many:
        page("/levels/1ceb")
    assert len(many) == len(few) <= 12, many


def test_blocks_are_filled_by_few_searches_and_one_loading(services, publish):
    publish(("Um", {"discipline": ["MAT"], "type": "experiment"}), ("Dois", {}))
    with open_look(services, ANONYMOUS) as work:
        portal = filling.fill(work, levels.FIRST)
    assert portal.total == 2
    assert {item.title for item in portal.items.values()} == {"Um", "Dois"}
    assert portal.values["discipline"] == [("MAT", 1)]


def test_the_form_of_a_level_searches_within_it_by_its_own_filters(page, publish):
    publish(("Um", OF_SEC), ("Dois", OF_SEC | {"discipline": ["BG"], "type": "experiment"}))
    form = re.search(r'<form class="level-ask.*?</form>', page("/levels/sec"), re.S)
    assert form
    assert '<input type="hidden" name="level" value="sec">' in form[0]
    assert re.findall(r'<select class="in" name="(\w+)"', form[0]) == ["discipline", "type"]
    assert "Física e Química A (1)" in form[0]


def test_a_level_lists_the_disciplines_of_its_own_and_calls_them_by_its_word(page, publish):
    both = {"level": ["pre", "1ceb", "2ceb"], "discipline": ["EXC-MAT", "CM", "MAT", "EM-1", "CN"]}
    publish(("Contar pedras", both), ("Folhas", both | {"type": "experiment"}))

    def listed(code):
        form = re.search(r'<form class="level-ask.*?</form>', page(f"/levels/{code}"), re.S)[0]
        found = re.search(
            r'<span class="label">([^<]+)</span><select class="in" name="discipline">(.*?)</select>', form
        )
        return found[1], sorted(re.findall(r'value="([\w-]+)"', found[2]))

    assert listed("pre") == ("Área de conteúdo", ["CM", "EXC-MAT"])
    assert listed("1ceb") == ("Disciplina", ["EM-1", "MAT"])
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>', page("/levels/2ceb"))
    assert rows == ["Matemática", "Ciências Naturais"]


def test_the_areas_of_pre_school_count_as_much_in_the_list_as_on_their_tiles_and_lead_to_the_same(
    page, publish, client
):
    publish(
        ("Padrões", {"level": ["pre"], "discipline": ["EXC-MAT"], "type": "experiment"}),
        ("Blocos", {"level": ["pre", "1ceb"], "discipline": ["MAT"]}),
        ("Pedras", {"level": ["pre", "1ceb"], "discipline": ["MAT", "EM-1"]}),
        ("Livros", {"level": ["pre"], "discipline": ["BE"]}),
    )
    shown = page("/levels/pre")
    form = re.search(r'<form class="level-ask.*?</form>', shown, re.S)[0]
    assert 'action="/levels/pre/search"' in form
    listed = re.findall(r'<option value="([\w-]+)">([^<]+)', re.search(r'name="discipline">(.*?)</select>', form)[1])
    assert listed == [
        ("EXC-MAT", "Matemática (pré-escolar) (3)"),
        ("CM", "Conhecimento do Mundo (1)"),
        ("BE", "Biblioteca escolar (1)"),
    ]
    tiles = dict(re.findall(r"<b>([^<]+)</b><span class=\"small soft\">(\d+) resultado", shown))
    assert (tiles["Matemática"], tiles["Conhecimento do Mundo"]) == ("3", "1")
    led = client.get("/levels/pre/search?level=pre&q=&kind=&discipline=EXC-MAT&type=").location
    assert led == "/search?level=pre&discipline=EXC-MAT&discipline=MAT"
    tile = re.search(r'href="([^"]+)"[^>]*><svg(?:(?!</a>).)*<b>Matemática</b>', shown, re.S)[1]
    assert sorted(tile.replace("&amp;", "&").partition("?")[2].split("&")) == sorted(led.partition("?")[2].split("&"))
    assert client.get("/levels/nada/search").status_code == 404


def test_no_course_of_secondary_education_lists_a_discipline_beside_its_own_parts(page, publish):
    courses = [set(block.rows) for block in SECONDARY.blocks if set(block.rows) != set(GENERAL)]
    assert not any(rows & set(GENERAL) for rows in courses)
    publish(*((code, OF_SEC | {"discipline": [code]}) for code in ("MAT", "MATA")))
    tables = dict(re.findall(r"<h2[^>]*>([^<]+)</h2>.*?<tbody>(.*?)</tbody>", page("/levels/sec"), re.S))
    rows = {
        title: [name.strip() for name in re.findall(r'<th scope="row">([^<]+)', body)] for title, body in tables.items()
    }
    assert rows["Ciências e Tecnologias"] == ["Matemática A"]
    assert rows["Para mais do que um curso"] == ["Matemática"], "what is for no one course is found all the same"


def test_levels_are_told_by_the_api_with_the_searches_of_their_pages(client, publish, services):
    publish(("Pêndulo", OF_SEC))
    told = client.get("/api/v1/levels").get_json()["levels"]
    assert [one["code"] for one in told] == CODES
    sec = next(one for one in told if one["code"] == "sec")
    assert (sec["name"], sec["materials"], sec["kits"], sec["search"]) == ("Secundário", 1, 0, {"level": ["sec"]})
    parts = client.get("/api/v1/levels/sec").get_json()["parts"]
    matrix = next(part for part in parts if part["title"] == "Ciências e Tecnologias")
    way = {"label": "Física e Química A", "search": {"level": ["sec"], "discipline": ["FQA"]}, "count": 1}
    assert matrix["ways"] == [way]
    assert client.get("/api/v1/items", query_string=way["search"]).get_json()["total"] == 1
    assert client.get("/api/v1/levels/nenhum").status_code == 404


@pytest.fixture
def without_an_answer(services, monkeypatch):
    """A search that is being rebuilt, in a house with too much to read without it."""
    nothing = SearchPage(degraded=True, unanswered=True)
    monkeypatch.setattr(services.search, "search", lambda _request, _labels: nothing)


@pytest.mark.parametrize("address", ["/levels", "/levels/1ceb", "/api/v1/levels", "/api/v1/levels/1ceb", "/search?q=a"])
def test_what_nobody_can_count_is_not_said_to_be_nothing(client, admin, without_an_answer, address):
    told = client.get(address)
    assert told.status_code == 503
    assert "a ser reconstruída" in (str(told.json) if told.is_json else told.text)
    assert "Ainda não há nada" not in told.text


def test_without_a_search_the_first_page_and_the_own_page_stay_open_and_typing_goes_on(
    client, sign_in, ana, admin, without_an_answer
):
    first = client.get("/")
    assert (first.status_code, "/levels/1ceb" in first.text) == (200, False)
    assert client.get("/suggest?q=frac").status_code == 200
    assert sign_in(ana).get("/me").status_code == 200
