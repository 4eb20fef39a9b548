"""Accounts in the administration: found, made, given roles, closed, deleted; each within one's own care."""

import re

import pytest
from sqlalchemy import func, select

from repository import accounts
from repository.app import create_app
from repository.models import AuditEntry, LoginSession, Mail, Membership, Organisation, User
from tests.conftest import PASSWORD


@pytest.fixture
def cluster(work_as, centre):
    with work_as() as work:
        found = Organisation(kind="cluster", name="Agrupamento do Norte", parent_id=centre.id)
        work.session.add(found)
    return found


@pytest.fixture
def local(make_person, cluster):
    return make_person("Lia", "administrator", organisation=cluster)


@pytest.fixture
def browser(sign_in, admin):
    return sign_in(admin)


def read(services, user):
    with services.sessions.reading() as session:
        return session.get(User, user.id)


def names_on(page):
    return re.findall(r'<a href="/admin/accounts/\d+">([^<]+)</a>', page.text)


def test_accounts_are_found_by_words_role_place_and_state(browser, ana, rui, staff, make_person, cluster, work_as):
    make_person("Nuno", "trainer", organisation=cluster, verified=True)
    with work_as() as work:
        accounts.disable(work, accounts.get_user(work, rui.id), True)
    found = {
        "q=ana": ["Ana"],
        "q=ANA@TESTE": ["Ana"],
        "q=100%25": [],
        "role=staff": ["Sara"],
        f"organisation={cluster.id}": ["Nuno"],
        "state=disabled": ["Rui"],
        "state=unverified": ["Ana"],
        "role=nothing&organisation=x&state=odd&page=-1": ["Ana", "Dora", "Nuno", "Rui", "Sara"],
        "page=99999999999999999999": ["Ana", "Dora", "Nuno", "Rui", "Sara"],
    }
    for query, names in found.items():
        assert names_on(browser.get(f"/admin/accounts?{query}")) == names, query


def test_the_list_comes_in_pages_with_a_bounded_number_of_queries(browser, make_person, count_queries, work_as, centre):
    with count_queries() as few:
        browser.get("/admin/accounts")
    with work_as() as work:
        for n in range(60):
            user = accounts.create_user(work, f"n{n}@teste.invalid", f"Pessoa {n:02}")
            accounts.grant(work, user, "teacher", work.session.get(Organisation, centre.id))
    with count_queries() as many:
        first = browser.get("/admin/accounts?q=pessoa")
    assert len(many) <= len(few)
    assert len(names_on(first)) == 50
    assert len(names_on(browser.get("/admin/accounts?q=pessoa&page=2"))) == 10
    assert "q=pessoa" in first.text.partition('rel="next"')[2]


def test_a_local_administrator_sees_and_finds_only_their_own(sign_in, local, ana, make_person, cluster):
    make_person("Nuno", "trainer", organisation=cluster)
    browser = sign_in(local)
    assert names_on(browser.get("/admin/accounts")) == ["Lia", "Nuno"]
    assert browser.get(f"/admin/accounts/{ana.id}").status_code == 404
    for what in ("", "/roles", "/verify", "/disable", "/sign-out", "/link", "/delete"):
        answer = browser.post(f"/admin/accounts/{ana.id}{what}", data={"on": "1", "name": "X", "email": "x@y.pt"})
        assert answer.status_code == 404, what


def test_a_new_account_gets_a_link_to_hand_over_while_there_is_no_mail(app, browser, services, centre):
    form = {
        "name": "Eva Sá",
        "email": "eva@teste.invalid",
        "role": "teacher",
        "organisation": centre.id,
        "group_code": "230",
    }
    answer = browser.post("/admin/accounts", data=form)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    link = re.search(r"http://127.0.0.1:8000(/password/[\w-]+)", page).group(1)
    assert link not in browser.get(answer.headers["Location"]).text
    assert app.test_client().post(link, data={"password": "uma frase bem comprida"}).status_code == 302
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(Mail.id))) == 0
    assert browser.post("/admin/accounts", data=form).status_code == 409


def test_a_new_account_gets_its_link_by_mail_where_there_is_a_server(
    make_services, services, browser, centre, monkeypatch
):
    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://localhost:1")
    form = {"name": "Eva", "email": "eva@teste.invalid", "role": "teacher", "organisation": centre.id}
    answer = browser.post("/admin/accounts", data=form)
    assert "/password/" not in browser.get(answer.headers["Location"]).text
    with services.sessions.reading() as session:
        assert "/password/" in session.scalar(select(Mail.body))


@pytest.mark.parametrize(
    ("values", "wrong", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"email": "x"}, "email", 422),
        ({"email": "ana@teste.invalid"}, "email", 409),
        ({"organisation": ""}, "organisation", 422),
        ({"organisation": "999"}, "organisation", 422),
        ({"role": "god"}, "role", 422),
    ],
)
def test_a_new_account_without_what_it_needs_is_refused_whole(browser, services, ana, centre, values, wrong, status):
    form = {"name": "Eva", "email": "eva@teste.invalid", "role": "teacher", "organisation": str(centre.id)} | values
    answer = browser.post("/admin/accounts", data=form)
    assert answer.status_code == status
    assert f'id="f-{wrong}-e"' in answer.text
    with services.sessions.reading() as session:
        assert session.scalar(select(User.id).filter_by(email="eva@teste.invalid")) is None


def test_t10_extra_fields_of_a_new_account_are_not_read(browser, services, centre):
    form = {"name": "Eva", "email": "eva@teste.invalid", "role": "teacher", "organisation": centre.id}
    browser.post(
        "/admin/accounts", data=form | {"id": "1", "verified_at": "x", "password": PASSWORD, "demonstration": "1"}
    )
    with services.sessions.reading() as session:
        user = session.scalar(select(User).filter_by(email="eva@teste.invalid"))
        assert (user.password_hash, user.verified_at, user.demonstration) == ("", None, False)


def test_a_local_administrator_gives_roles_only_inside_their_cluster(
    sign_in, local, services, centre, cluster, make_person
):
    nuno = make_person("Nuno", "teacher", organisation=cluster)
    browser = sign_in(local)
    assert (
        browser.post(
            f"/admin/accounts/{nuno.id}/roles", data={"role": "administrator", "organisation": centre.id}
        ).status_code
        == 403
    )
    form = {"name": "Eva", "email": "eva@teste.invalid", "role": "administrator", "organisation": centre.id}
    assert browser.post("/admin/accounts", data=form).status_code == 422
    assert (
        browser.post(
            f"/admin/accounts/{nuno.id}/roles", data={"role": "trainer", "organisation": cluster.id}
        ).status_code
        == 303
    )
    with services.sessions.reading() as session:
        found = session.execute(select(Membership.role, Membership.organisation_id).filter_by(user_id=nuno.id)).all()
        assert sorted(map(tuple, found)) == [("teacher", cluster.id), ("trainer", cluster.id)]


def test_a_local_administrator_cannot_open_an_account_that_belongs_elsewhere_too(
    sign_in, local, services, make_person, cluster, work_as, centre
):
    nuno = make_person("Nuno", "staff")
    with work_as() as work:
        accounts.grant(work, accounts.get_user(work, nuno.id), "teacher", work.session.get(Organisation, cluster.id))
    browser = sign_in(local)
    assert browser.get(f"/admin/accounts/{nuno.id}").status_code == 200
    for what in ("", "/disable", "/sign-out", "/link", "/delete"):
        data = {"on": "1", "name": "X", "email": "x@y.pt", "confirm": nuno.email}
        assert browser.post(f"/admin/accounts/{nuno.id}{what}", data=data).status_code == 403, what
    assert read(services, nuno).email == nuno.email
    assert read(services, nuno).disabled_at is None


def test_roles_are_given_once_and_ended_once(browser, services, sign_in, ana, centre):
    other = sign_in(ana)
    for _ in range(2):
        browser.post(f"/admin/accounts/{ana.id}/roles", data={"role": "trainer", "organisation": centre.id})
    with services.sessions.reading() as session:
        ids = session.scalars(select(Membership.id).filter_by(user_id=ana.id, role="trainer")).all()
    assert len(ids) == 1
    assert browser.post(f"/admin/accounts/{ana.id}/roles/{ids[0]}/end").status_code == 303
    assert other.get("/me").status_code == 302
    assert browser.post(f"/admin/accounts/{ana.id}/roles/{ids[0]}/end").status_code == 404
    assert (
        browser.post(f"/admin/accounts/{ana.id}/roles", data={"role": "trainer", "organisation": ""}).status_code == 422
    )


def test_a_role_is_ended_only_through_the_account_it_is_of(browser, services, ana, rui):
    with services.sessions.reading() as session:
        theirs = session.scalar(select(Membership.id).filter_by(user_id=rui.id))
    assert browser.post(f"/admin/accounts/{ana.id}/roles/{theirs}/end").status_code == 404


def test_the_last_administrator_keeps_the_role_and_cannot_close_the_own_account(browser, services, admin):
    with services.sessions.reading() as session:
        own = session.scalar(select(Membership.id).filter_by(user_id=admin.id))
    answer = browser.post(f"/admin/accounts/{admin.id}/roles/{own}/end")
    assert answer.status_code == 409
    assert "última conta de administração" in answer.text
    assert browser.post(f"/admin/accounts/{admin.id}/disable", data={"on": "1"}).status_code == 409


def test_staff_confirm_teachers_and_do_nothing_else(sign_in, staff, services, ana):
    browser = sign_in(staff)
    for _ in range(2):
        assert browser.post(f"/admin/accounts/{ana.id}/verify", data={"on": "1"}).status_code == 303
    assert read(services, ana).verified_at
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(AuditEntry.id)).filter_by(action="account.verified")) == 1
    assert browser.post(f"/admin/accounts/{ana.id}/disable", data={"on": "1"}).status_code == 403
    assert "Guardar" not in browser.get(f"/admin/accounts/{ana.id}").text


def test_a_closed_account_is_signed_out_and_opens_again(browser, sign_in, app, services, ana):
    other = sign_in(ana)
    assert browser.post(f"/admin/accounts/{ana.id}/disable", data={"on": "1"}).status_code == 303
    assert other.get("/me").status_code == 302
    assert app.test_client().post("/login", data={"email": ana.email, "password": PASSWORD}).status_code == 422
    assert browser.post(f"/admin/accounts/{ana.id}/disable", data={"on": ""}).status_code == 303
    assert sign_in(ana).get("/me").status_code == 200


def test_sessions_are_ended_everywhere(browser, sign_in, services, ana):
    sign_in(ana), sign_in(ana)
    browser.post(f"/admin/accounts/{ana.id}/sign-out")
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.user_id == ana.id)) == 0


def test_name_and_address_are_changed_with_the_same_care(browser, services, ana, rui):
    good = {"name": "Ana Maria", "email": "Ana.Maria@teste.invalid", "group_code": "230"}
    assert (
        browser.post(
            f"/admin/accounts/{ana.id}", data=good | {"role": "administrator", "password_hash": "x"}
        ).status_code
        == 303
    )
    assert (read(services, ana).name, read(services, ana).email) == ("Ana Maria", "ana.maria@teste.invalid")
    for values, status in (({"name": ""}, 422), ({"email": "x"}, 422), ({"email": rui.email}, 409)):
        assert browser.post(f"/admin/accounts/{ana.id}", data=good | values).status_code == status
    assert read(services, ana).email == "ana.maria@teste.invalid"


def test_an_account_is_deleted_only_with_its_address_typed(browser, services, ana, admin, make_item):
    make_item(ana, "Bingo")
    assert browser.post(f"/admin/accounts/{ana.id}/delete", data={"confirm": "outra"}).status_code == 422
    assert browser.post(f"/admin/accounts/{admin.id}/delete", data={"confirm": admin.email}).status_code == 409
    assert browser.post(f"/admin/accounts/{ana.id}/delete", data={"confirm": ana.email}).status_code == 303
    assert read(services, ana).email is None
    assert browser.get(f"/admin/accounts/{ana.id}").status_code == 404


def test_the_first_page_makes_the_centre_and_opens_the_administration(make_services, monkeypatch):
    services = make_services()
    app = create_app(services=services)
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    for path in ("/", "/search?q=a", "/login", "/admin/", "/items/1"):
        assert browser.get(path).headers["Location"] == "/welcome", path
    with browser.get("/static/css/tokens.css") as sheet:
        assert sheet.status_code == 200
    assert browser.get("/healthz").status_code == 200
    form = {"centre_name": "Centro do Mar", "name": "Dora", "email": "dora@teste.invalid", "password": PASSWORD}
    wrong = browser.post("/welcome", data=form | {"password": "curta"})
    assert wrong.status_code == 422
    assert 'value="Centro do Mar"' in wrong.text
    for _ in range(2):
        assert browser.post("/welcome", data=form).headers["Location"] == "/admin/"
    assert "Centro do Mar" in browser.get("/admin/").text
    assert browser.get("/welcome").status_code == 404
    assert app.test_client().post("/welcome", data=form | {"email": "x@teste.invalid"}).status_code == 404
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(User.id))) == 1
        assert session.scalar(select(func.count(Organisation.id))) == 1


@pytest.mark.parametrize(
    "known", [{"environ_base": {"REMOTE_ADDR": "10.1.2.3"}}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}]
)
def test_the_first_page_asks_other_machines_for_the_code(make_services, known):
    services = make_services()
    app = create_app(services=services)
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    assert 'name="code"' in browser.get("/welcome", **known).text
    form = {"centre_name": "C", "name": "Dora", "email": "dora@teste.invalid", "password": PASSWORD}
    for code in ("", "1234"):
        assert browser.post("/welcome", data=form | {"code": code}, **known).status_code == 422
    code = (services.instance / "setup-code").read_text()
    assert browser.post("/welcome", data=form | {"code": code}, **known).status_code == 302
    assert not (services.instance / "setup-code").exists()


def test_the_code_of_the_first_page_cannot_be_guessed(make_services):
    app = create_app(services=make_services())
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    known = {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}}
    statuses = [browser.post("/welcome", data={"code": f"{n}"}, **known).status_code for n in range(7)]
    assert statuses[:5] == [422] * 5
    assert statuses[5:] == [403] * 2
