"""Kept searches: one click, what is new in them, deleting and coming back, and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch, ToldItem
from repository import accounts
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.forgetting import forget
from repository.items import withdraw
from repository.models import Item, User
from repository.own_data import own_data
from repository.work import ANONYMOUS, open_work


def test_a_search_is_kept_from_its_results_once_and_the_page_then_says_so(sign_in, client, rui, work_as):
    browser = sign_in(rui)
    address = "/search?q=fra%C3%A7%C3%B5es&level=1ceb&sort=title&page=2"
    assert "Guardar esta pesquisa" in browser.get(address).text
    for _ in range(2):
        answer = browser.post("/saved-searches/", data={"search": address.partition("?")[2]})
        assert answer.status_code == 303
    assert "Está nas suas pesquisas guardadas" in browser.get(address).text
    listed = browser.get("/saved-searches/").text
    assert listed.count("1.º ciclo") == 1
    assert "frações" in browser.get("/me").text
    assert "Guardar esta pesquisa" not in client.get(address).text
    assert "Guardar esta pesquisa" not in browser.get("/search").text
    with work_as() as work:
        rows = list(work.session.scalars(select(SavedSearch)))
        assert [row.address for row in rows] == ["level=1ceb&q=fra%C3%A7%C3%B5es"]


def test_what_came_since_the_last_look_is_new_and_nothing_is_after_it(sign_in, rui, ana, make_item, run_jobs, kept):
    make_item(ana, "Frações com barras")
    make_item(ana, "Mapa da sala")
    run_jobs()
    browser = sign_in(rui)
    assert "1 novo" in browser.get("/saved-searches/").text
    shown = browser.post(f"/saved-searches/{kept.id}/open", follow_redirects=True)
    assert "Frações com barras" in shown.text
    assert "Nada de novo" in browser.get("/saved-searches/").text


def test_what_was_withdrawn_is_not_new_even_while_the_index_still_has_it(work_as, rui, ana, make_item, run_jobs, kept):
    item = make_item(ana, "Frações com barras")
    run_jobs()
    with work_as(ana) as work:
        withdraw(work, work.session.get_one(Item, item.id))
    with work_as(rui) as work:
        assert [list(one.new) for one in saving.shown(work, saving.of(work))] == [[]]


def test_the_queries_of_the_list_do_not_grow_with_the_searches(
    sign_in, rui, ana, make_item, run_jobs, kept, work_as, count_queries
):
    browser = sign_in(rui)
    make_item(ana, "Frações com barras")
    run_jobs()
    browser.get("/saved-searches/")
    with count_queries() as few:
        browser.get("/saved-searches/")
    with work_as(rui) as work:
        for level in ("pre", "1ceb", "2ceb", "3ceb"):
            saving.save(work, f"q=barras&level={level}&org=1")
    with count_queries() as many:
        browser.get("/saved-searches/")
    assert len(many) <= len(few) + 1, many  # the names of organisations


def test_a_deleted_search_comes_back_within_a_day_and_is_forgotten_after_it(sign_in, rui, kept, work_as):
    browser = sign_in(rui)
    browser.post(f"/saved-searches/{kept.id}/remove")
    assert "Anular" in browser.get("/saved-searches/").text
    browser.post(f"/saved-searches/{kept.id}/back")
    assert "frações" in browser.get("/saved-searches/").text
    browser.post(f"/saved-searches/{kept.id}/remove")
    with work_as() as work:
        saving.sweep(work)
        assert work.session.get(SavedSearch, kept.id) is not None
        work.session.get_one(SavedSearch, kept.id).removed_at = work.now - timedelta(days=2)
        saving.sweep(work)
        assert work.session.get(SavedSearch, kept.id) is None


def test_another_persons_search_does_not_exist(sign_in, ana, kept):
    browser = sign_in(ana)
    for act in ("open", "mail", "remove", "back", "feed", "feed/revoke"):
        assert browser.post(f"/saved-searches/{kept.id}/{act}", data={"mail": "daily"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "error"),
    [("", Invalid), ("sort=date&page=3", Invalid), ("org=" + "&org=".join(f"{n:070}" for n in range(40)), Invalid)],
)
def test_a_search_of_everything_or_of_too_much_is_refused(work_as, rui, query, error):
    with work_as(rui) as work, pytest.raises(error):
        saving.save(work, query)


def test_strangers_keep_nothing_and_nobody_more_than_there_is_room_for(services, work_as, rui, monkeypatch, kept):
    with open_work(services, ANONYMOUS) as work, pytest.raises(NotAllowed):
        saving.save(work, "q=barras")
    monkeypatch.setattr(saving, "MOST", 1)
    with work_as(rui) as work, pytest.raises(Conflict):
        saving.save(work, "q=barras")
    with work_as(rui) as work, pytest.raises(NotFound):
        saving.get(work, 999)


def test_a_refusal_stays_on_the_page_with_its_words_and_what_was_to_be_kept(sign_in, rui, kept, monkeypatch):
    browser = sign_in(rui)
    wrong = browser.post(f"/saved-searches/{kept.id}/mail", data={"mail": "hourly"})
    assert wrong.status_code == 422
    assert f'id="mail-{kept.id}-e"' in wrong.text
    assert f'aria-describedby="mail-{kept.id}-e"' in wrong.text
    everything = browser.post("/saved-searches/", data={"search": ""})
    assert everything.status_code == 422
    assert "Escolha palavras ou filtros" in everything.text
    assert "frações" in everything.text
    monkeypatch.setattr(saving, "MOST", 1)
    full = browser.post("/saved-searches/", data={"search": "q=barras&level=1ceb"})
    assert full.status_code == 409
    assert "Já guardou 1 pesquisas" in full.text
    assert 'value="q=barras&amp;level=1ceb"' in full.text  # one click once there is room
    assert "/search?q=barras&amp;level=1ceb" in full.text


def test_of_very_many_new_ones_it_says_that_there_are_more(sign_in, rui, ana, make_item, run_jobs, kept, monkeypatch):
    monkeypatch.setattr(saving, "MOST_NEW", 2)
    browser = sign_in(rui)
    for number, words in enumerate(("1 novo", "2 ou mais novos", "2 ou mais novos")):
        make_item(ana, f"Frações com barras {number}")
        run_jobs()
        assert words in browser.get("/saved-searches/").text
    assert "Ver 2 ou mais novos" in browser.get("/me").text


def test_the_searches_are_in_what_one_takes_along_and_go_with_the_account(work_as, admin, rui, kept):
    with work_as(rui) as work:
        said = own_data(work, work.session.get_one(User, rui.id))
    assert said["plugins"]["saved_searches"]["searches"][0]["mail"] == "daily"
    with work_as(admin) as work:
        forget(work, work.session.get_one(User, rui.id), keep_name_on_materials=False)
    with work_as() as work:
        assert work.session.scalar(select(func.count()).select_from(SavedSearch)) == 0
        assert work.session.scalar(select(func.count()).select_from(ToldItem)) == 0


def test_the_api_keeps_lists_changes_and_deletes_the_searches_of_the_token(
    client, work_as, rui, ana, make_item, run_jobs
):
    with work_as(rui) as work:
        token = accounts.issue_token(work, work.session.get_one(User, rui.id), "Prova", ["read", "deposit"])
    head = {"Authorization": f"Bearer {token}"}
    made = client.post("/api/v1/saved-searches", json={"search": "q=barras", "mail": "weekly"}, headers=head)
    assert made.status_code == 200, made.text
    item = make_item(ana, "Frações com barras")
    run_jobs()
    listed = client.get("/api/v1/saved-searches", headers=head).json["searches"]
    assert [(one["name"], one["mail"], one["new_item_ids"]) for one in listed] == [("barras", "weekly", [item.id])]
    path = f"/api/v1/saved-searches/{listed[0]['id']}"
    assert client.put(path, json={"mail": "never"}, headers=head).json["mail"] == "never"
    assert client.delete(path, headers=head).status_code == 200
    assert client.get("/api/v1/saved-searches", headers=head).json["searches"] == []
    assert client.get("/api/v1/saved-searches").status_code in (401, 403)


def test_what_comes_back_needs_room_as_what_is_kept_does(work_as, sign_in, rui, kept, monkeypatch):
    monkeypatch.setattr(saving, "MOST", 1)
    with work_as(rui) as work:
        saving.remove(work, kept.id)
        saving.save(work, "q=barras")
    refused = sign_in(rui).post(f"/saved-searches/{kept.id}/back")
    assert refused.status_code == 409
    assert "Já guardou 1 pesquisas" in refused.text
    assert "Guardar de novo a pesquisa" in refused.text  # one click once there is room
    with work_as(rui) as work:
        assert [row.address for row in saving.of(work)] == ["q=barras"]
        saving.remove(work, saving.of(work)[0].id)
        for _ in range(2):
            saving.bring_back(work, kept.id)
        assert [row.id for row in saving.of(work)] == [kept.id]
