"""A person's own pages: what is theirs, what they may change, tokens, data, and leaving."""

import re

import pytest
from sqlalchemy import select

from repository import items, reports, signin
from repository.hookspecs import Task
from repository.models import AccessToken, Item, State, User
from repository.web.account import mine
from repository.work import ANONYMOUS, Work, now
from tests.conftest import PASSWORD

OWN = ["/me", "/me/settings", "/me/tokens", "/me/data", "/me/delete"]
WRITES = ["/me/settings", "/me/password", "/me/tokens", "/me/tokens/1/revoke", "/me/delete", "/me/items/1/recover"]


@pytest.fixture
def browser(sign_in, ana):
    return sign_in(ana)


def read(services, table, number):
    with services.sessions.reading() as session:
        return session.get(table, number)


@pytest.fixture
def many_drafts(work_as):
    """Begin this many drafts of a person."""

    def begin(user, number):
        with work_as(user) as work:
            for n in range(number):
                items.describe(work, items.create_draft(work), {"title": f"Rascunho de {user.id}, n.º {n}"})

    return begin


def titles(page):
    mine = page.partition('id="meus"')[2].partition("</section>")[0]
    return re.findall(r"<b>(.+?)</b>", mine)


@pytest.mark.parametrize("path", OWN)
def test_strangers_are_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")


@pytest.mark.parametrize("path", WRITES)
def test_strangers_change_nothing(client, path):
    answer = client.post(path)
    assert answer.headers["Location"].startswith("/login")


def test_my_page_shows_what_is_mine_and_what_waits(browser, ana, rui, make_item, work_as):
    make_item(ana, "Publicado")
    make_item(ana, "Começado", publish=False)
    make_item(rui, "De outra pessoa", publish=False)
    page = browser.get("/me").text
    assert "Publicado" in page
    assert "Há um rascunho por acabar" in page
    assert "De outra pessoa" not in page


def test_a_question_of_the_centre_comes_first(browser, ana, make_item, work_as):
    make_item(ana, "Começado", publish=False)
    asked = make_item(ana, "Com pergunta", publish=False)
    with work_as() as work:
        work.session.get(Item, asked.id).state = State.CHANGES_REQUESTED
    page = browser.get("/me").text
    assert page.index("O centro pede uma alteração") < page.index("Há um rascunho por acabar")
    assert "2 coisas esperam por si" in page


def test_a_draft_comes_back_from_the_bin_and_only_its_owner_brings_it(
    browser, sign_in, ana, rui, make_item, work_as, services
):
    draft = make_item(ana, "Deitado fora", publish=False)
    with work_as(ana) as work:
        items.discard(work, work.session.get(Item, draft.id))
    assert "No lixo" in browser.get("/me").text
    assert sign_in(rui).post(f"/me/items/{draft.id}/recover").status_code == 404
    assert read(services, Item, draft.id).state == State.DISCARDED
    assert browser.post(f"/me/items/{draft.id}/recover").status_code == 302
    assert read(services, Item, draft.id).state == State.DRAFT
    assert browser.post(f"/me/items/{draft.id}/recover").status_code == 404


def test_the_number_of_queries_of_my_page_does_not_grow_with_my_works(
    browser, ana, make_item, many_drafts, count_queries
):
    make_item(ana, "Um")
    make_item(ana, "Começado", publish=False)
    with count_queries() as few:
        browser.get("/me")
    assert len(few) < 25
    many_drafts(ana, 45)
    for page in ("", "?page=2"):
        with count_queries() as many:
            browser.get(f"/me{page}")
        assert len(many) <= len(few)


def test_my_works_come_in_pages_the_last_changed_first(browser, ana, rui, many_drafts):
    many_drafts(rui, 3)
    many_drafts(ana, 45)
    shown = [titles(browser.get(f"/me?page={n}").text) for n in (1, 2, 3)]
    assert [len(page) for page in shown] == [20, 20, 5]
    assert shown[0][0] == f"Rascunho de {ana.id}, n.º 44"
    assert len({title for page in shown for title in page}) == 45
    first = browser.get("/me").text
    assert 'href="/me?page=2#meus"' in first
    assert "Há 45 rascunhos por acabar" in first
    assert "Há 45 rascunhos por acabar" in browser.get("/me?page=3").text


@pytest.mark.parametrize(("asked", "as_if"), [("0", "1"), ("x", "1"), ("-3", "1"), ("99", "3"), ("9" * 9, "3")])
def test_a_page_of_my_works_that_does_not_exist_is_the_nearest(browser, ana, many_drafts, asked, as_if):
    many_drafts(ana, 45)
    assert titles(browser.get(f"/me?page={asked}").text) == titles(browser.get(f"/me?page={as_if}").text)


def test_name_language_and_group_are_changed_and_nothing_else_t10(browser, services, ana):
    extra = {
        "email": "outra@teste.invalid",
        "verified_at": "x",
        "role": "administrator",
        "id": "99",
        "password_hash": "x",
    }
    form = {"name": " Ana  Maria ", "locale": "en", "group_code": "230"}
    assert browser.post("/me/settings", data=form | extra).status_code == 302
    user = read(services, User, ana.id)
    assert (user.name, user.locale, user.group_code) == ("Ana Maria", "en", "230")
    assert (user.email, user.verified_at) == ("ana@teste.invalid", None)


@pytest.mark.parametrize("name", ["", "a" * 121])
def test_a_name_that_cannot_be_is_refused_and_what_was_typed_stays(browser, services, ana, name):
    answer = browser.post("/me/settings", data={"name": name, "group_code": "230"})
    assert answer.status_code == 422
    assert 'id="f-name-e"' in answer.text
    assert '<option value="230" selected' in answer.text
    assert read(services, User, ana.id).name == "Ana"


def test_unknown_codes_of_language_and_group_are_left_out(browser, services, ana):
    browser.post("/me/settings", data={"name": "Ana", "locale": "xx", "group_code": "<b>"})
    assert (read(services, User, ana.id).locale, read(services, User, ana.id).group_code) == ("pt_PT", "")


def test_the_password_changes_with_the_present_one_and_signs_out_the_others(browser, sign_in, services, ana):
    other = sign_in(ana)
    wrong = browser.post("/me/password", data={"present": "errada", "password": "uma frase bem comprida"})
    assert wrong.status_code == 422
    assert 'id="f-present-e"' in wrong.text
    assert other.get("/me").status_code == 200
    assert browser.post("/me/password", data={"present": PASSWORD, "password": "curta"}).status_code == 422
    assert (
        browser.post("/me/password", data={"present": PASSWORD, "password": "uma frase bem comprida"}).status_code
        == 302
    )
    assert other.get("/me").status_code == 302
    assert browser.get("/me").status_code == 200


def test_the_present_password_cannot_be_guessed_at_an_open_browser(browser):
    for _ in range(5):
        browser.post("/me/password", data={"present": "errada", "password": "x"})
    assert browser.post("/me/password", data={"present": PASSWORD, "password": "x"}).status_code == 429


def test_t11_a_token_is_shown_once(browser, services):
    answer = browser.post("/me/tokens", data={"name": "Cópia", "scopes": ["read"], "days": "30"})
    assert answer.status_code == 302
    page = browser.get("/me/tokens").text
    secret = page.partition("<code>pt_")[2].partition("</code>")[0]
    assert len(secret) > 30
    assert secret not in browser.get("/me/tokens").text
    with services.sessions.reading() as session:
        actor = signin.actor_of_token(Work(session, services.hook, ANONYMOUS, now(), services), f"pt_{secret}")
    assert actor.scopes == {"read"}
    assert browser.post("/me/tokens", data={"name": "Cópia", "scopes": ["read"], "days": "30"}).status_code == 409


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"scopes": ["read"], "days": "30"}, "name"),
        ({"name": "x", "days": "30"}, "scopes"),
        ({"name": "x", "scopes": ["everything"], "days": "30"}, "scopes"),
        ({"name": "x", "scopes": ["read"], "days": "9999"}, "days"),
        ({"name": "x", "scopes": ["read"], "days": "-1"}, "days"),
    ],
)
def test_a_token_without_what_it_needs_is_refused(browser, services, form, wrong):
    answer = browser.post("/me/tokens", data=form)
    assert answer.status_code == 422
    assert f'id="f-{wrong}-e"' in answer.text
    with services.sessions.reading() as session:
        assert session.scalars(select(AccessToken)).all() == []


def test_only_ones_own_token_is_taken_back(browser, sign_in, services, rui):
    browser.post("/me/tokens", data={"name": "x", "scopes": ["read"], "days": "30"})
    assert sign_in(rui).post("/me/tokens/1/revoke").status_code == 404
    assert read(services, AccessToken, 1).revoked_at is None
    assert browser.post("/me/tokens/1/revoke").status_code == 302
    first = read(services, AccessToken, 1).revoked_at
    assert browser.post("/me/tokens/1/revoke").status_code == 302
    assert read(services, AccessToken, 1).revoked_at == first is not None


def test_my_data_come_as_a_file(browser, ana, make_item):
    make_item(ana, "Bingo")
    answer = browser.get("/me/data")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.json["account"]["email"] == ana.email
    assert [item["title"] for item in answer.json["items"]] == ["Bingo"]


@pytest.mark.parametrize(
    ("form", "wrong"),
    [({"present": PASSWORD}, "keep"), ({"keep": "yes"}, "present"), ({"keep": "no", "present": "x"}, "present")],
)
def test_leaving_asks_for_the_choice_and_the_password(browser, services, ana, form, wrong):
    answer = browser.post("/me/delete", data=form)
    assert answer.status_code == 422
    assert f"f-{wrong}" in answer.text
    assert read(services, User, ana.id).deleted_at is None


def test_who_leaves_is_signed_out_and_their_works_stay(browser, client, services, ana, make_item):
    item = make_item(ana, "Bingo")
    assert browser.post("/me/delete", data={"keep": "no", "present": PASSWORD}).status_code == 302
    assert browser.get("/me").status_code == 302
    assert read(services, User, ana.id).email is None
    assert "Bingo" in client.get(f"/items/{item.id}").text
    assert client.post("/login", data={"email": "ana@teste.invalid", "password": PASSWORD}).status_code == 422


def test_the_last_administrator_cannot_leave(sign_in, services, admin):
    answer = sign_in(admin).post("/me/delete", data={"keep": "no", "present": PASSWORD})
    assert answer.status_code == 409
    assert read(services, User, admin.id).deleted_at is None


def test_what_waits_for_staff_stands_on_their_page_what_is_late_first(
    sign_in, staff, browser, work_as, services, monkeypatch
):
    with work_as() as work:
        reports.tell(work, services, "rights", "Isto é nosso.", "")
    late = Task("Muito atrasado", "/late", "Ver", tone="bad")
    monkeypatch.setattr(mine, "collect", lambda hook, **_known: [late] if hook.name == "me_tasks" else [])
    page = sign_in(staff).get("/me").text
    assert page.index("Muito atrasado") < page.index("1 aviso por tratar")
    assert "por confirmar como docente" in page
    assert "aviso" not in browser.get("/me").text
