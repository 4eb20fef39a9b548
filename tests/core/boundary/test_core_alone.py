"""The core stores, indexes and finds with no plugin at all."""

import pytest

from repository import defaults
from repository.app import create_app
from repository.hookspecs import Hooks
from tests.conftest import PASSWORD


@pytest.fixture
def services(make_services):
    return make_services(plugins=[])


PAGES = (
    "/",
    "/search",
    "/search?q=fra%C3%A7%C3%B5es",
    "/info/ajuda",
    "/report",
    "/login",
    "/sitemap.xml",
    "/api/v1/items",
)
ROOMS = (
    "/me",
    "/me/settings",
    "/admin/",
    "/admin/accounts",
    "/admin/plugins",
    "/admin/settings",
    "/admin/jobs",
    "/admin/health",
)


def test_an_item_is_stored_indexed_found_and_opened(client, ana, make_item, run_jobs):
    item = make_item(ana, "Frações com barras")
    run_jobs()
    assert client.get("/api/v1/items?q=barra").get_json()["items"][0]["id"] == item.id
    assert "Frações com barras" in client.get(f"/items/{item.id}").text


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_opens(client, ana, make_item, run_jobs, path):
    make_item(ana)
    run_jobs()
    assert client.get(path).status_code == 200


def test_every_room_of_the_administration_opens(sign_in, admin):
    browser = sign_in(admin)
    assert {path: browser.get(path).status_code for path in ROOMS} == dict.fromkeys(ROOMS, 200)


def test_switching_the_plugins_off_loses_no_item(services, client, ana, make_item):
    item = make_item(ana)
    again = create_app(services.instance, plugins=["materials"])
    assert again.test_client().get(f"/items/{item.id}").status_code == 200
    assert client.get(f"/items/{item.id}").status_code == 200
    assert client.post("/login", data={"email": ana.email, "password": PASSWORD}).status_code == 302


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
