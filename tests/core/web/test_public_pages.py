"""The pages that everybody sees: first page, results, an item, words; with whatever is in the address."""

import json
import re

import pytest

from repository.models import Item

NASTY = ["-1", "0", "1e5", "1000000000000000000", "NaN", "' OR 1=1--", "<script>", "%00", "a" * 5000, "[]", "\u202egro"]


def test_the_first_page_of_an_empty_centre_says_what_comes_next(client, admin):
    page = client.get("/")
    assert page.status_code == 200
    assert "Ainda não há materiais" in page.text or "Falta enchê-la" in page.text


def test_the_first_page_shows_the_newest_and_counts_by_level(client, ana, make_item, run_jobs):
    make_item(ana, "Bingo da tabuada", level=["1ceb"])
    run_jobs()
    page = client.get("/").text
    assert "Bingo da tabuada" in page
    assert "1 material" in page


def test_a_search_finds_inside_the_files_and_marks_the_words(client, ana, make_item, run_jobs):
    make_item(ana, "Ficha", text="As barras de Cuisenaire ajudam a comparar frações.")
    run_jobs()
    page = client.get("/search?q=cuisenaire").text
    assert "<mark>Cuisenaire</mark>" in page
    assert "ficha.txt" in page


def test_the_order_shown_is_the_order_used(client, ana, make_item, run_jobs):
    make_item(ana, "Ficha sobre o rio")
    run_jobs()
    page = client.get("/search").text
    assert 'value="date" selected' in page
    assert 'value="relevance"' not in page
    assert 'value="relevance" selected' in client.get("/search?q=rio").text


def test_an_empty_house_says_so_and_offers_nothing_to_filter(client):
    page = client.get("/search").text
    assert "Ainda não há materiais" in page
    assert "Nada com" not in page
    assert "Aplicar filtros" not in page


@pytest.mark.parametrize(
    "name", ["q", "level", "year", "sort", "page", "per_page", "group", "org", "kind", "licence", "unknown"]
)
def test_t32_odd_values_in_the_address_never_break_the_results(client, ana, make_item, run_jobs, name):
    make_item(ana)
    run_jobs()
    for value in NASTY:
        answer = client.get("/search", query_string={name: value})
        assert answer.status_code == 200, (name, value)
        assert "<script>alert" not in answer.text


def test_a_page_number_past_the_end_says_where_the_end_is(client, ana, make_item, run_jobs):
    make_item(ana)
    run_jobs()
    assert "Não há página 7" in client.get("/search?page=7").text


def test_nothing_found_offers_ways_on_with_their_counts(client, ana, make_item, run_jobs):
    make_item(ana, "Frações com barras")
    run_jobs()
    page = client.get("/search?q=frações+-barras").text
    assert "Sem «-barras»" in page


def test_where_nothing_has_both_words_what_has_one_is_shown_and_said_to_be(client, ana, make_item, run_jobs):
    make_item(ana, "Frações com barras")
    run_jobs()
    page = client.get("/search?q=frações+helicóptero").text
    assert "Nada tem todas as palavras" in page
    assert "com barras" in page


@pytest.mark.parametrize("field", ["title", "summary", "keywords"])
def test_what_people_write_is_shown_and_never_obeyed(client, ana, make_item, run_jobs, field):
    text = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    item = make_item(ana, **{field: [text[:80]] if field == "keywords" else text})
    run_jobs()
    for path in ("/", "/search", f"/items/{item.id}"):
        page = client.get(path).text
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


def test_the_item_page_describes_itself_to_machines(client, ana, make_item):
    item = make_item(ana, "Frações com barras", summary="Três aulas.")
    page = client.get(f"/items/{item.id}").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(script)
    assert "LearningResource" in data["@type"]
    assert data["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert data["educationalLevel"][0]["name"]
    assert '<meta property="og:title"' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/items/{item.id}">' in page


def test_t07_a_forged_host_name_changes_no_address_in_the_page(client, ana, make_item):
    item = make_item(ana)
    page = client.get(f"/items/{item.id}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}).text
    assert "evil.example" not in page


def test_items_for_members_are_in_no_public_list(client, ana, make_item, run_jobs):
    hidden = make_item(ana, "Só para membros", audience="members")
    run_jobs()
    for path in ("/", "/search", "/search?q=membros", "/sitemap.xml", "/suggest?q=s%C3%B3"):
        answer = client.get(path).text
        assert "Só para membros" not in answer
        assert f"/items/{hidden.id}<" not in answer
    assert client.get(f"/items/{hidden.id}").status_code == 404


def test_robots_and_sitemap_lead_to_what_is_public(client, ana, make_item):
    item = make_item(ana)
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").text
    assert f"<loc>http://127.0.0.1:8000/items/{item.id}</loc>" in client.get("/sitemap.xml").text


@pytest.mark.parametrize("name", ["licencas", "acessibilidade", "privacidade", "ajuda", "pesquisa"])
def test_the_pages_of_words_are_there_in_all_languages(client, admin, name):
    pages = [
        client.get(f"/info/{name}", headers={"Accept-Language": language}) for language in ("pt", "en", "sv", "de")
    ]
    assert {page.status_code for page in pages} == {200}
    titles = {re.search(r"<h1[^>]*>(.*?)</h1>", page.text)[1] for page in pages}
    assert len(titles) == 4


def test_an_unknown_address_gets_a_page_with_a_way_on_and_no_inner_workings(client, admin):
    answer = client.get("/nada/disto")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "/search" in answer.text


def test_t40_our_own_fault_is_said_without_details_and_named_in_the_log(app, ana, make_item, monkeypatch, caplog):
    item = make_item(ana)
    monkeypatch.setattr("repository.web.pages.get_or_say", lambda *_: 1 / 0)
    answer = app.test_client().get(f"/items/{item.id}")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    name = re.search(r"\b[0-9a-f]{8}\b", answer.text).group()
    assert name in caplog.text


def test_a_report_is_kept_and_asks_for_what_is_missing(client, services, ana, make_item):
    item = make_item(ana)
    short = client.post("/report", data={"item": item.id, "reason": "rights", "text": ""})
    assert short.status_code == 422
    assert "Conte em poucas palavras" in short.text
    good = client.post("/report", data={"item": item.id, "reason": "rights", "text": "É de um manual."})
    assert good.status_code == 303
    assert "Frações com barras" in client.get(good.location).text


def test_t06_every_page_carries_the_protecting_headers(client, ana, make_item, run_jobs):
    item = make_item(ana)
    run_jobs()
    for path in ("/", "/search", f"/items/{item.id}", "/login", "/report", "/nada"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Cookie" in headers["Vary"]
        assert "no-store" in headers["Cache-Control"]


def test_pages_are_compressed_for_those_who_accept_it(client, admin):
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_number_of_queries_of_the_results_does_not_grow_with_them(client, ana, make_item, run_jobs, count_queries):
    make_item(ana, "Um")
    run_jobs()
    with count_queries() as few:
        client.get("/search")
    for n in range(6):
        make_item(ana, f"Mais {n}")
    run_jobs()
    with count_queries() as many:
        client.get("/search")
    assert len(many) <= len(few)


def test_opening_pages_changes_nothing(services, client, ana, make_item, run_jobs, work_as):
    make_item(ana)
    run_jobs()

    def revisions():
        with work_as() as work:
            return [(item.id, item.revision, item.updated_at) for item in work.session.query(Item)]

    before = revisions()
    for path in ("/", "/search?q=a", "/items/1", "/files/1", "/login", "/sitemap.xml"):
        client.get(path, buffered=True)
    assert revisions() == before


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "1e5", "²", "x"])
def test_a_report_about_what_cannot_be_an_item_is_about_the_site(client, admin, number):
    assert client.get("/report", query_string={"item": number}).status_code == 200


def test_the_band_of_a_demonstration_is_a_landmark_of_its_own(client, services):
    services.settings.change("demonstration", True)
    assert '<aside class="demo-band" aria-label="Demonstração">' in client.get("/").text


def test_the_keyboard_need_not_go_through_the_filters_to_reach_the_results(client, ana, make_item, run_jobs):
    make_item(ana, "Bingo da tabuada")
    run_jobs()
    page = client.get("/search").text
    assert page.index('href="#lista"') < page.index('class="facets"') < page.index('id="lista" tabindex="-1"')
