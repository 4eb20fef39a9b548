"""The core's suite needs no plugin: none is loaded, none is imported, and a test that asks for one fails."""

import ast
from pathlib import Path

import pytest

from repository import defaults
from repository.app import create_app
from repository.hookspecs import Hooks
from tests.core.conftest import SHIPPED

TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))


def test_the_usual_house_of_a_core_test_has_no_plugin(services):
    assert services.settings["plugins"] == []
    assert {impl.plugin_name for impl in services.hook.register_settings.get_hookimpls()} == {"core"}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_core_test_that_asks_for_a_plugin_fails(make_services, services, name):
    with pytest.raises(AssertionError, match=name):
        make_services(plugins=[name])
    with pytest.raises(AssertionError, match=name):
        create_app(services.instance, plugins=[name])


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_no_core_test_imports_a_plugin(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert not {name for name in imported if name.split(".")[0] == "plugins"}


def test_an_item_is_stored_indexed_found_and_opened(client, ana, make_item, run_jobs):
    item = make_item(ana, "Frações com barras")
    run_jobs()
    assert client.get("/api/v1/items?q=barra").get_json()["items"][0]["id"] == item.id
    assert "Frações com barras" in client.get(f"/items/{item.id}").text


def test_the_core_answers_its_own_hooks_by_their_names():
    answers = {name for name in vars(defaults) if name in vars(Hooks)}
    assert {
        "register_settings",
        "register_permissions",
        "register_jobs",
        "item_audiences",
        "allow",
        "needs_review",
    } <= answers


def test_who_asks_for_an_account_is_promised_nothing_that_is_not_there(client):
    page = client.get("/register").text
    assert "A palavra-passe escolhe-se depois" in page
    assert "Com conta pode" not in page
    assert "kits" not in page
