"""What is offered while somebody types a search."""

import pytest

from repository.items import reindex, withdraw
from repository.models import Item


def offered(client, typed):
    return client.get("/suggest", query_string={"q": typed}).get_json()["suggestions"]


def test_terms_come_with_their_kind_and_their_search_then_titles_then_words(client, ana, make_item, run_jobs):
    make_item(ana, "Mata e rio", discipline=["MAT"], text="materiais da mata")
    make_item(ana, "Jogo das matas", discipline=["MAT"])
    run_jobs()
    first, *others = offered(client, "mat")
    assert first == {"text": "Matemática", "kind": "Disciplina", "url": "/search?discipline=MAT"}
    assert [one["text"] for one in others] == ["Mata e rio", "Jogo das matas", "mata", "materiais"]
    assert {one["kind"] for one in others} == {""}
    assert client.get(first["url"]).text.count("Mata e rio")


def test_a_term_that_no_material_of_theirs_has_is_not_offered(client, ana, make_item, run_jobs):
    make_item(ana, "Segredo", discipline=["MAT"], audience="members")
    run_jobs()
    assert offered(client, "mat") == []


def test_what_is_withdrawn_is_no_longer_offered(client, ana, make_item, run_jobs, work_as):
    item = make_item(ana, "Vulcões dos Açores", discipline=["GEO"], text="fumarolas")
    run_jobs()
    assert [len(offered(client, typed)) for typed in ("vulc", "geog", "fumar")] == [2, 1, 1]
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, item.id))
    run_jobs()
    assert [offered(client, typed) for typed in ("vulc", "geog", "fumar")] == [[], [], []]


@pytest.mark.parametrize("change", ["withdrawn", "members"])
def test_what_is_hidden_is_not_offered_from_then_on_although_the_index_still_has_it(
    client, ana, make_item, run_jobs, work_as, change
):
    item = make_item(ana, "Vulcões dos Açores", discipline=["GEO"], text="fumarolas")
    make_item(ana, "Vulcões da Islândia")
    run_jobs()
    with work_as(ana) as work:
        row = work.session.get_one(Item, item.id)
        if change == "withdrawn":
            withdraw(work, row)
        else:
            row.audience = "members"
            reindex(work, row)
    assert [one["text"] for one in offered(client, "vulc")] == ["Vulcões da Islândia"]
    assert [offered(client, typed) for typed in ("geog", "fumar")] == [[], []]


def test_a_term_is_said_in_the_language_of_the_page_and_found_in_any(client, ana, make_item, run_jobs):
    make_item(ana, "Ficha", discipline=["MAT"])
    run_jobs()
    client.get("/language/en")
    assert [offered(client, typed)[0]["text"] for typed in ("math", "matem")] == ["Mathematics", "Mathematics"]


def test_whatever_is_typed_gets_an_answer(client, ana, make_item, run_jobs):
    make_item(ana, "Ficha")
    run_jobs()
    for typed in ("", " ", "f", "(((", "\x00", "%", "\u202e", "a" * 10_000, "a " * 5_000):
        assert offered(client, typed) == []
