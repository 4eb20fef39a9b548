"""The plugin of the guide does all it says, through the door alone."""

import ast
from pathlib import Path

import pytest

from repository import schema
from repository.app import create_app
from repository.models import User
from repository.search.request import SearchRequest
from tests.conftest import PASSWORD

BOOKSHELF = "tests.example_plugin.bookshelf"


@pytest.fixture
def services(make_services):
    return make_services(plugins=[BOOKSHELF])


def test_the_example_imports_only_the_door_and_itself():
    folder = Path(__file__).parents[2] / "example_plugin" / "bookshelf"
    imported = set()
    for module in (path for path in folder.glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    assert {name for name in imported if name.split(".")[0] in ("repository", "plugins")} == {"repository.api"}


def test_a_person_keeps_an_item_from_its_page_and_finds_it_on_the_shelf(sign_in, ana, rui, make_item):
    item = make_item(ana)
    browser = sign_in(rui)
    assert "Guardar na estante" in browser.get(f"/items/{item.id}").text
    for _twice in range(2):
        assert browser.post(f"/bookshelf/{item.id}").status_code == 302
    page = browser.get("/bookshelf").text
    assert page.count(f'href="/items/{item.id}"') == 1


def test_keeping_needs_a_person_and_something_they_may_see(client, sign_in, ana, rui, make_item):
    draft = make_item(ana, publish=False)
    assert client.post(f"/bookshelf/{draft.id}").status_code == 302
    assert sign_in(rui).post(f"/bookshelf/{draft.id}").status_code == 404


def test_the_plugins_own_field_is_a_facet_of_the_search(services, sign_in, ana, make_item, run_jobs):
    item = make_item(ana)
    sign_in(ana).post(f"/bookshelf/{item.id}")
    run_jobs()
    page = services.search.search(SearchRequest(), frozenset({"public"}))
    assert [(count.value, count.count) for count in page.facets["bookshelf_kept"]] == [("1", 1)]


def test_switched_off_the_plugin_leaves_everything_else_working(make_services, services, ana, make_item, monkeypatch):
    item = make_item(ana)
    without = create_app(services.instance, plugins=[])
    without.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    browser = without.test_client()
    browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    assert "estante" not in browser.get(f"/items/{item.id}").text
    assert browser.get("/bookshelf").status_code == 404
    with services.sessions.reading() as session:
        assert session.get(User, ana.id)


def test_its_tables_go_up_down_and_up_again(services):
    schema.downgrade(services, "bookshelf@base")
    schema.upgrade(services)
