"""Every door of the administration: strangers, teachers, administrators of one cluster; forms without a token."""

import hashlib
import re

import pytest
from sqlalchemy import inspect, text

from repository.app import create_app
from repository.models import Organisation
from tests.conftest import PASSWORD

ADMIN_PAGES = {  # page: who may open it besides the centre's administrator
    "/admin/": {"staff", "local"},
    "/admin/accounts": {"staff", "local"},
    "/admin/accounts/new": {"local"},
    "/admin/organisations": {"local"},
    "/admin/organisations/new": {"local"},
    "/admin/organisations/import": {"local"},
    "/admin/vocabularies": set(),
    "/admin/vocabularies/groups": set(),
    "/admin/synonyms": set(),
    "/admin/plugins": set(),
    "/admin/settings": set(),
    "/admin/jobs": set(),
    "/admin/audit": set(),
    "/admin/audit.csv": set(),
    "/admin/health": set(),
    "/admin/reports": {"staff", "local"},
}


@pytest.fixture
def local(make_person, work_as, centre):
    with work_as() as work:
        cluster = Organisation(kind="cluster", name="Agrupamento do Norte", parent_id=centre.id)
        work.session.add(cluster)
    return make_person("Lia", "administrator", organisation=cluster)


def rules_of(app, method, prefix=""):
    found = [rule for rule in app.url_map.iter_rules() if method in rule.methods and rule.rule.startswith(prefix)]
    return sorted({re.sub(r"<int:[^>]+>", "1", rule.rule) for rule in found})


def filled(path):
    return re.sub(r"<name>", "groups", re.sub(r"<code>", "500", path))


def digest_of_database(services):
    """What the database says, the throttle and the sessions aside."""
    with services.sessions.reading() as session:
        tables = sorted(inspect(session.connection()).get_table_names())
        kept = [name for name in tables if name not in ("login_throttle", "login_session")]
        rows = [str(row) for name in kept for row in session.execute(text(f'SELECT * FROM "{name}" ORDER BY 1'))]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def test_this_list_of_pages_is_complete(app):
    simple = [rule for rule in rules_of(app, "GET", "/admin") if "1" not in rule]
    assert {filled(rule) for rule in simple} == set(ADMIN_PAGES)


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_each_page_opens_for_those_it_is_for_and_for_nobody_else(client, sign_in, ana, staff, admin, local, path):
    assert client.get(path).headers["Location"].startswith("/login?next=/admin")
    assert sign_in(ana).get(path).status_code == 403
    assert sign_in(admin).get(path).status_code == 200
    for name, person in (("staff", staff), ("local", local)):
        assert sign_in(person).get(path).status_code == (200 if name in ADMIN_PAGES[path] else 403), name


def test_the_menu_offers_only_what_opens(sign_in, staff, local, admin):
    for person in (staff, local, admin):
        browser = sign_in(person)
        menu = re.search(r'<nav class="side-nav".*?</nav>', browser.get("/admin/").text, re.S).group()
        links = re.findall(r'<a href="([^"]+)"', menu)
        assert len(links) >= 2
        assert {browser.get(link).status_code for link in links} == {200}


def test_the_main_menu_leads_staff_to_the_administration_and_nobody_else(client, sign_in, ana, staff):
    assert 'href="/admin/"' in sign_in(staff).get("/").text
    assert 'href="/admin/"' not in sign_in(ana).get("/").text
    assert 'href="/admin/"' not in client.get("/").text


def test_t13_no_write_of_the_administration_is_open_to_strangers_or_teachers(
    app, services, client, sign_in, ana, admin
):
    browser = sign_in(ana)
    before = digest_of_database(services)
    for rule in rules_of(app, "POST", "/admin"):
        path = filled(rule)
        assert client.post(path, data={"on": "1"}).headers.get("Location", "").startswith("/login"), path
        assert browser.post(path, data={"on": "1"}).status_code == 403, path
    assert digest_of_database(services) == before


def test_t05_no_form_is_taken_without_its_token(services, admin):
    app = create_app(services=services)
    app.extensions["set_up"] = True
    browser = app.test_client()
    page = browser.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    form = {"email": admin.email, "password": PASSWORD, "csrf_token": token}
    assert browser.post("/login", data=form).status_code == 302
    before = digest_of_database(services)
    writes = {filled(rule) for method in ("POST", "PUT", "PATCH", "DELETE") for rule in rules_of(app, method)}
    for path in sorted(path for path in writes if not path.startswith("/api/")):
        answer = browser.post(re.sub(r"<[^>]+>", "x", path), data={"on": "1", "email": admin.email})
        assert answer.status_code in (400, 404, 405), path
    assert digest_of_database(services) == before
    assert browser.get("/me").status_code == 200


def test_t05_the_token_of_another_session_is_refused(services, admin, ana):
    app = create_app(services=services)
    app.extensions["set_up"] = True
    other = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/login").text).group(1)
    form = {"email": admin.email, "password": PASSWORD, "csrf_token": token}
    assert app.test_client().post("/login", data=form).status_code == 400


def test_t05_opening_every_page_changes_nothing(app, services, sign_in, admin, ana, make_item, run_jobs):
    make_item(ana)
    run_jobs()
    browser = sign_in(admin)
    before = digest_of_database(services)
    for rule in rules_of(app, "GET"):
        if not rule.startswith(("/static", "/api")):
            browser.get(re.sub(r"<[^>]+>", "x", filled(rule))).close()
    assert digest_of_database(services) == before


def test_what_does_not_exist_is_not_found(sign_in, admin):
    browser = sign_in(admin)
    for path in (
        "/admin/accounts/999",
        "/admin/organisations/999",
        "/admin/vocabularies/lua",
        "/admin/accounts/99999999999999999999",
    ):
        assert browser.get(path).status_code == 404


def test_pages_of_the_administration_stay_out_of_search_engines(sign_in, admin):
    assert '<meta name="robots" content="noindex">' in sign_in(admin).get("/admin/settings").text
