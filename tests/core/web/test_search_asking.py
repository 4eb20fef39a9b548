"""Asking on the page of results: what was understood, corrected, asked for by name, and every bad input."""

import re
from dataclasses import replace

import pytest

from repository import indexing
from repository.items import withdraw
from repository.models import Item, State
from repository.search.request import LONGEST_QUERY


@pytest.fixture
def shelf(ana, make_item, run_jobs):
    """A few items that differ in type, year and who may see them."""
    made = {
        "sheet": make_item(ana, "Frações a dobrar papel", type="worksheet", year=["3"], keywords=["dobragens"]),
        "game": make_item(ana, "Frações em dominó", type="educational_game", year=["5"]),
        "rivers": make_item(ana, "Rios de Portugal"),
    }
    run_jobs()
    return made


def test_what_words_name_is_shown_and_can_be_taken_away(client, shelf):
    page = client.get("/search", query_string={"q": "fichas de frações 3º ano"}).text
    assert "Percebemos também" in page
    assert page.index("Frações a dobrar papel") < page.index("Frações em dominó")
    assert "Só o primeiro tem todas as palavras. Os outros têm só uma parte delas." in page
    assert "%22fichas%22" in page  # without the chip, the word is a word again
    literal = client.get("/search", query_string={"q": "fichas de frações 3º ano", "literal": "1"}).text
    assert "Percebemos também" not in literal


def test_nothing_is_lost_where_a_number_behind_a_subject_was_no_year(client, ana, make_item, run_jobs):
    titles = ("Frações e 6 jogos", "Dízimas no 6.º de todos", "Dízimas")
    for title, year in zip(titles, ([], [], ["6"]), strict=True):
        make_item(ana, title, discipline=["MAT"], year=year)
    run_jobs()
    page = client.get("/search", query_string={"q": "matemática 6"}).text
    assert re.search(r'class="chip"[^>]*>6.º ano', page)
    places = [page.index(f">{title}<") for title in titles]
    assert places[2] == min(places)
    literal = client.get("/search", query_string={"q": "matemática 6", "literal": "1"}).text
    assert all(f">{title}<" in literal for title in titles[:2])


def test_a_thing_that_was_understood_and_that_no_result_has_is_said(client, ana, make_item, run_jobs):
    make_item(ana, "Voleibol reduzido", summary="Vem depois do 2.º ciclo.", level=["3ceb"])
    run_jobs()
    said = "Nenhum destes resultados está classificado como «2.º ciclo»."
    page = client.get("/search", query_string={"q": "voleibol 2.º ciclo"}).text
    assert "Voleibol reduzido" in page
    assert said in page
    assert said not in client.get("/search", query_string={"q": "voleibol 2.º ciclo", "literal": "1"}).text
    make_item(ana, "Voleibol para começar", level=["2ceb"])
    run_jobs()
    page = client.get("/search", query_string={"q": "voleibol 2.º ciclo"}).text
    assert page.index("Voleibol para começar") < page.index("Voleibol reduzido")
    assert "Nenhum destes" not in page


def test_where_no_material_has_the_other_words_what_was_understood_is_shown_and_that_is_said(client, shelf):
    said = "Nenhum destes materiais tem as outras palavras. Correspondem, no todo ou em parte, ao que percebemos."
    page = client.get("/search", query_string={"q": "fichas zarolhas 5.º ano"}).text
    assert said in page
    assert "Nada tem todas as palavras" not in page
    assert all(title in page for title in ("Frações a dobrar papel", "Frações em dominó"))
    assert said not in client.get("/search", query_string={"q": "fichas frações 5.º ano"}).text
    assert said not in client.get("/search", query_string={"q": "frações zarolhas"}).text


def test_what_is_asked_for_by_name_is_a_filter(client, shelf):
    for question in ("frações ano:5", "frações year:5.º", 'frações tipo:"jogo didático"'):
        page = client.get("/search", query_string={"q": question}).text
        assert "Frações em dominó" in page
        assert "Frações a dobrar papel" not in page, question
    assert "Frações em dominó" in client.get("/search", query_string={"q": "titulo:dominó"}).text


def test_only_what_hides_something_is_called_a_filter_and_counted_as_one(client, shelf):
    named = client.get("/search", query_string={"q": "frações fichas"}).text
    assert "Percebemos também" in named
    assert "(procurar só como palavra)" in named
    assert "(retirar filtro)" not in named
    assert "ativo)" not in named
    asked = client.get("/search", query_string={"q": "frações fichas ano:3"}).text
    assert (asked.count("(procurar só como palavra)"), asked.count("(retirar filtro)")) == (1, 1)
    assert "(1 ativo)" in asked


def test_names_that_nobody_knows_are_words_and_no_error(client, shelf):
    for question in ("sabor:doce frações", "ano:xyz frações", "escola:nenhuma frações", "tipo: frações", ":::", "ano:"):
        assert client.get("/search", query_string={"q": question}).status_code == 200, question


def test_a_mistyped_word_is_put_right_and_said_so(client, shelf):
    page = client.get("/search?q=frassões").text
    assert "estes são os resultados para «frações»" in page
    assert "Frações em dominó" in page
    assert "Nada com «frassões»" in client.get("/search?q=frassões&literal=1").text


def test_a_question_in_english_finds_what_is_in_portuguese(client, shelf):
    page = client.get("/search?q=fractions+worksheet").text
    assert page.index("a dobrar papel") < page.index("em dominó")
    assert "Só o primeiro tem todas as palavras" in page


def test_what_was_put_right_is_read_for_what_it_names(client, shelf):
    page = client.get("/search?q=fixas+de+frassões").text
    assert "estes são os resultados para «fichas de frações»" in page
    assert "ficha de trabalho" in re.search(r'class="chip.*?</a>', page, re.DOTALL)[0]
    assert "%22fichas%22+de+fra%C3%A7%C3%B5es" in page  # without the chip
    assert "Procurar mesmo «fixas de frassões»" in page
    assert "Procurar só as palavras" not in page  # those that were typed, which found nothing


def test_a_withdrawn_or_hidden_word_is_never_offered(client, ana, make_item, run_jobs, services, shelf):
    hidden = make_item(ana, "Xilofones")
    run_jobs()
    assert "xilofones" in client.get("/search?q=xilufones").text
    with services.sessions.writing() as session:
        session.get(type(hidden), hidden.id).state = State.WITHDRAWN
    indexing.index_items(services, [{"item_id": hidden.id}])
    page = client.get("/search?q=xilufones").text
    assert "xilofones" not in page.lower()


def test_a_withdrawn_word_is_not_offered_even_before_the_index_knows(client, ana, make_item, run_jobs, work_as, shelf):
    hidden = make_item(ana, "Xilofones")
    run_jobs()
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, hidden.id))
    assert "xilofones" not in client.get("/search?q=xilufones").text.lower()
    assert client.get("/api/v1/items?q=xilufones").json["suggestion"] is None
    assert "estes são os resultados para «frações»" in client.get("/search?q=frassões").text


def test_an_item_shows_what_is_like_it_and_nothing_that_may_not_be_seen(client, ana, make_item, run_jobs):
    first = make_item(ana, "Frações equivalentes no dominó", keywords=["percentagem"])
    make_item(ana, "Dominó de frações")
    make_item(ana, "Frações e dominó dos docentes", audience="members")
    run_jobs()
    page = client.get(f"/items/{first.id}").text
    assert "Parecidos com este" in page
    assert "Dominó de frações" in page
    assert "dos docentes" not in page


@pytest.mark.parametrize("kind", ["digital", "physical"])
def test_what_is_like_an_item_stands_below_what_is_inside_it(client, ana, make_item, run_jobs, work_as, kind):
    item = make_item(ana, "Frações equivalentes no dominó")
    make_item(ana, "Dominó de frações")
    with work_as() as work:
        work.session.get_one(Item, item.id).kind = kind
    run_jobs()
    page = client.get(f"/items/{item.id}").text
    assert page.index('id="ficheiros"') < page.index("Parecidos com este")


def test_a_result_says_by_which_keyword_it_was_found(client, shelf):
    assert "Encontrado em: dobragens" in client.get("/search?q=dobragens").text


def test_a_page_tells_no_time_since_it_may_be_handed_over_again(client, services, shelf, monkeypatch):
    search = services.search.search
    monkeypatch.setattr(services.search, "search", lambda *asked: replace(search(*asked), took_ms=4321.0))
    page = client.get("/search?q=frações&per_page=1").text
    assert 'aria-label="Páginas"' in page
    assert "4,32" not in page
    assert client.get("/api/v1/items?q=frações").json["took_ms"] == 4321


@pytest.mark.parametrize("question", ["frações " * 4_000, "x" * 30_000])
def test_a_very_long_question_is_said_shortened_and_stays_in_the_box_as_far_as_it_is_read(client, shelf, question):
    page = client.get("/search", query_string={"q": question}).text
    heading, title = (re.search(f"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)[1] for tag in ("h1", "title"))
    assert "…»" in heading
    assert len(heading) < 130
    assert len(title) < 150
    assert len(re.search(r'id="q0"[^>]* value="([^"]*)"', page)[1]) > LONGEST_QUERY - 10
    assert max(map(len, re.findall(r'href="[^"]*"', page))) < 4_000


PLANES = "".join(chr(plane * 0x10000 + 0x1F4A) for plane in range(17))
HOSTILE = [
    "x" * 1_000_000, "frações\0ano:3", "\ud800frações", "(" * 2000, ")" * 2000, "(a OR " * 300, "title:(", "titulo:\"",
    "ano:\0", "a^99999", "[1 TO *]", "{a TO b}", "*:*", "?*~2", "frac* ano:3 -tipo:jogo", PLANES, "ano:" * 300, "titulo:" * 300,
    'escola:"%_%"', "escola:' OR 1=1", "\"" * 999, "«" * 999, "ano:" + "9" * 400, "autor:\u202e\u0301", "-" * 2000,
]  # fmt: skip


def test_any_input_gets_an_answer_in_words(client, shelf):
    for question in HOSTILE:
        page = client.get("/search", query_string={"q": question.encode("utf-8", "surrogatepass")})
        assert page.status_code in (200, 400, 414), question[:40]
        assert "<h1" in page.text, question[:40]
