"""Choose the dates first, see only what is free: on the page, through the API, and read from the words."""

import re
from datetime import date

import pytest
from loans_samples import MONDAY, lesson

from plugins.physical_loans import bookings, free_on, saying_when
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Copy, CopyState, Desk
from repository import indexing

TODAY = date(2027, 3, 1)


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


@pytest.fixture
def kits(at, rui, make_thing, make_item, run_jobs, desk):
    """Two kits, of which the first is taken on 9 March, and a digital material, all of them indexed."""
    taken, free = make_thing("Robô amarelo"), make_thing("Robô azul")
    digital = make_item(rui, "Guião do robô")
    with at(rui) as work:
        bookings.book(work, [Wish(taken.item_id, desk.id, lessons=(lesson(9),))], rui)
    run_jobs()
    return taken, free, digital


def found(client, **asked):
    return {each["title"] for each in client.get("/api/v1/items", query_string=asked).get_json()["items"]}


ALL = {"Robô amarelo", "Robô azul", "Guião do robô"}


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ALL),
        ({"free": "2027-03-09"}, ALL - {"Robô amarelo"}),
        ({"free": "2027-03-09", "from": "10:30", "until": "12:00"}, ALL - {"Robô amarelo"}),
        ({"free": "2027-03-16"}, ALL),
        ({"free": "2027-03-10..2027-03-12"}, ALL - {"Robô amarelo"}),
        ({"free": "2027-03-15..2027-03-19"}, ALL),
        ({"free": "2027-03-13..2027-03-14"}, ALL),  # a weekend: from the Friday before to the Monday after
        ({"free": "2027-03-09", "all": "1"}, ALL),
        ({"free": "2027-02-01"}, {"Guião do robô"}),  # over
        ({"free": "2035-02-01"}, {"Guião do robô"}),  # too far away
        ({"free": "amanhã"}, ALL),
        ({"free": "2027-99-99"}, ALL),
        ({"free": "2027-03-12..2027-03-10"}, ALL),
        ({"free": "2027-03-16", "from": "25:00", "until": "x"}, ALL),
        ({"free": "2027-03-16", "kind": "physical"}, {"Robô amarelo", "Robô azul"}),
    ],
)
def test_only_what_is_free_is_found_and_digital_materials_stay(client, kits, asked, titles):
    assert found(client, **asked) == titles


def test_facets_and_pages_count_only_what_is_free(client, kits):
    answer = client.get("/api/v1/items", query_string={"free": "2027-03-09", "per_page": 1}).get_json()
    assert answer["total"] == 2
    assert {each["value"]: each["count"] for each in answer["facets"]["kind"]} == {"digital": 1, "physical": 1}


def test_what_is_free_is_read_from_the_database_not_from_the_index(at, client, rui, kits, desk):
    with at(rui) as work:
        bookings.book(work, [Wish(kits[1].item_id, desk.id, lessons=(lesson(9),))], rui)
    assert found(client, free="2027-03-09") == {"Guião do robô"}


def test_a_thing_is_free_when_any_desk_has_it(at, client, centre, desk, kits):
    with at() as work:
        other = Desk(organisation_id=centre.id, name="Outro", hours=desk.hours)
        work.session.add(other)
        work.session.flush()
        work.session.add(
            Copy(thing_id=kits[0].item_id, desk_id=other.id, inventory="Y", label="Y", created_at=work.now)
        )
    assert found(client, free="2027-03-09") == ALL
    page = client.get("/search", query_string={"free": "2027-03-09", "q": "amarelo"}).get_data(as_text=True)
    assert "Levanta em Outro" in page


def test_what_is_in_repair_is_not_free(at, client, kits):
    with at() as work:
        for copy in work.session.query(Copy).filter_by(thing_id=kits[1].item_id):
            copy.state = CopyState.REPAIR
    assert found(client, free="2027-03-09") == {"Guião do robô"}


def test_what_stays_where_it_is_is_free_for_a_lesson_there_and_for_no_days(at, client, rui, kits, desk):
    with at() as work:
        for copy in work.session.query(Copy).filter_by(thing_id=kits[1].item_id):
            copy.state = CopyState.ON_SITE
    assert found(client, free="2027-03-09") == {"Robô azul", "Guião do robô"}
    assert found(client, free="2027-03-10..2027-03-12") == {"Guião do robô"}
    page = client.get("/search", query_string={"free": "2027-03-09", "kind": "physical"}).text
    assert "Usa-se onde está: Balcão de teste" in page
    assert "mode=site#loans-book" in page
    with at(rui) as work:
        at_nine = lesson(9, "09:00", "10:00")
        bookings.book(work, [Wish(kits[1].item_id, desk.id, lessons=(at_nine,), use="on_site")], rui)
    assert found(client, free="2027-03-09") == {"Guião do robô"}
    assert found(client, free="2027-03-09", **{"from": "10:30", "until": "12:00"}) == {"Robô azul", "Guião do robô"}


def test_only_what_there_is_enough_of_is_found(at, client, rui, make_thing, kits, desk, run_jobs):
    many = make_thing("Robô às dúzias", stock=12)
    run_jobs()
    with at(rui) as work:
        bookings.book(work, [Wish(many.item_id, desk.id, quantity=4, lessons=(lesson(9),))], rui)
    for count, there in ((8, True), (9, False)):
        titles = found(client, free="2027-03-09", quantity=count, kind="physical")
        assert ("Robô às dúzias" in titles) is there
        assert "Robô azul" not in titles
    page = client.get("/search", query_string={"free": "2027-03-09", "quantity": "8"}).text
    assert "· 8 ×" in page
    assert "quantity=8#loans-book" in page
    assert found(client, free="2027-03-09", quantity="muitos") >= {"Robô azul"}


def test_the_page_asks_for_the_day_says_what_is_free_and_leads_to_the_booking(client, kits):
    page = client.get("/search", query_string={"free": "2027-03-09", "all": "1"}).get_data(as_text=True)
    assert 'name="free" type="date" value="2027-03-09"' in page
    assert "Livre ter., 9/03" in page or "Livre ter" in page
    assert "Ocupado ter" in page
    assert f"/items/{kits[1].item_id}?desk=1&amp;day=2027-03-09&amp;start=08:30&amp;end=10:00#loans-book" in page


def test_a_filter_by_date_is_a_chip_that_can_be_removed_and_is_kept_by_other_filters(client, kits):
    page = client.get("/search", query_string={"free": "2027-03-09", "q": "robô", "kind": "physical"})
    text = page.get_data(as_text=True)
    assert 'href="/search?q=rob%C3%B4&amp;kind=physical"' in text  # the chip of the date leads here
    assert 'href="/search?q=rob%C3%B4&amp;free=2027-03-09"' in text  # that of the kind keeps the date


def test_words_that_name_a_day_become_a_chip_and_the_words_alone_can_be_searched(client, kits):
    page = client.get("/search", query_string={"q": "robô livre na terça"}).get_data(as_text=True)
    assert "Percebemos também" in page
    assert "Um resultado" not in page
    assert "literal=1" in page
    assert "Robô" in page
    literal = client.get("/search", query_string={"q": "robô livre na terça", "literal": "1"}).get_data(as_text=True)
    assert "Percebemos também" not in literal


def test_nothing_free_leads_to_the_same_without_the_date(client, kits):
    page = client.get("/search", query_string={"free": "2027-02-01", "q": "amarelo"}).get_data(as_text=True)
    assert "Sem o filtro «Livre" in page


def test_a_page_of_results_with_a_date_asks_the_database_as_much_for_few_kits_as_for_many(
    client, services, make_thing, count_queries
):
    def asked():
        with count_queries() as queries:
            assert client.get("/search", query_string={"free": "2027-03-09"}).status_code == 200
        return len(queries)

    make_thing("Um kit")
    indexing.rebuild(services, [])  # the clock stands still, and jobs wait for their time
    asked()
    few = asked()
    for number in range(8):
        make_thing(f"Kit {number}")
    indexing.rebuild(services, [])
    assert asked() == few


@pytest.mark.parametrize(
    ("question", "words", "day", "start"),
    [
        ("robô para o 1.º ciclo livre na terça", "livre na terça", date(2027, 3, 2), ""),
        ("kit LIVRE na segunda-feira", "LIVRE na segunda-feira", date(2027, 3, 8), ""),
        ("disponíveis no sábado robôs", "disponíveis no sábado", date(2027, 3, 6), ""),
        ("sensor disponivel amanhã às 10:30", "disponivel amanhã às 10:30", date(2027, 3, 2), "10:30"),
        ("livre hoje às 9h", "livre hoje às 9h", TODAY, "09:00"),
        ("livre a 9 de março barras", "livre a 9 de março", date(2027, 3, 9), ""),
        ("livre dia 9/3", "livre dia 9/3", date(2027, 3, 9), ""),
        ("livre a 1/2", "livre a 1/2", date(2028, 2, 1), ""),
        ("livre em 2027-04-06", "livre em 2027-04-06", date(2027, 4, 6), ""),
        ("robot free on tuesday", "free on tuesday", date(2027, 3, 2), ""),
        ("kit microbit livre terça", "livre terça", date(2027, 3, 2), ""),
        ("kit microbit livre à terça", "livre à terça", date(2027, 3, 2), ""),
        ("kit microbit terça", "terça", date(2027, 3, 2), ""),
        ("kit microbit na terça-feira?", "na terça-feira", date(2027, 3, 2), ""),
        ("mala de sensores quarta às 10:30", "quarta às 10:30", date(2027, 3, 3), "10:30"),
        ("kits robôs sexta livres", "sexta livres", date(2027, 3, 5), ""),
        ("livre kit de robôs amanhã", "amanhã", date(2027, 3, 2), ""),
    ],
)
def test_words_say_when_something_must_be_free(question, words, day, start):
    said = saying_when.find(question, TODAY)
    assert said is not None
    assert (said.words, said.day, said.start) == (words, day, start)


@pytest.mark.parametrize(
    "question",
    [
        "software livre",
        "tempo livre",
        "livre",
        "terça",
        "desenho livre no quadro",
        "livre a 31/02",
        "livre a 99/99",
        "",
        "livremente na terça",
        "robôs terça",
        "mala da quinta",
        "kit segunda guerra mundial",
        "kit quarta classe",
        'kit "terça"',
        "kit -terça",
    ],
)
def test_other_words_are_left_alone(question):
    assert saying_when.find(question, TODAY) is None


def test_a_range_is_said_in_the_filter(client, kits):
    page = client.get("/search", query_string={"free": "2027-03-15..2027-03-19"}).get_data(as_text=True)
    assert "Livre de seg" in page
    assert free_on.read({"free": "2027-03-15..2027-03-19"}).last == date(2027, 3, 19)


def test_what_can_be_taken_on_the_day_comes_before_the_lessons_of_a_kit_that_cannot(
    client, rui, kits, make_item, run_jobs
):
    for title in ("Robô amarelo", "Guião: o robô", "Percursos do robô"):
        make_item(rui, title)
    run_jobs()

    def titles(**asked):
        page = client.get("/search", query_string={"q": "robô", **asked}).text
        return re.findall(r'<h2[^>]*><a href="/items/\d+"[^>]*>(.*?)</a>', page)

    assert re.sub("<[^>]*>", "", titles(free="2027-03-09")[0]) == "Robô azul"
    assert re.sub("<[^>]*>", "", titles()[0]) != "Robô azul", "without a day the words alone decide"
    assert len(titles(free="2027-03-09")) == len(titles()) - 1, "nothing but the kit that is taken is left out"
    assert len(titles(free="2027-03-09", kind="digital")) == 4
