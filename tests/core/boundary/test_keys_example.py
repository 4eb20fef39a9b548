"""What plugins say about people, tokens and promises is asked where it matters."""

from typing import Any

import pytest

from repository import accounts, checking, schema
from repository.app import create_app
from repository.errors import Invalid
from repository.forgetting import forget
from repository.models import User
from repository.own_data import own_data
from repository.signin import actor_of_token
from repository.work import Services
from tests.conftest import PASSWORD
from tests.example_plugin.keys import plugin as keys

KEYS = "tests.example_plugin.keys"


@pytest.fixture
def services(make_services: Any) -> Services:
    made: Services = make_services(plugins=[KEYS])
    return made


@pytest.fixture
def holder(ana: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """Ana, who has the one key."""
    monkeypatch.setattr(keys, "HOLDERS", [ana.id])
    return ana


def promises(services: Services) -> dict[str, Any]:
    return {each["promise"]: each for each in checking.check(services)["findings"]}


def test_a_plugins_promise_is_proved_with_those_of_the_house(services, holder):
    kept = promises(services)["every key is held by somebody"]
    assert (kept["ok"], kept["count"]) == (True, 1)
    keys.HOLDERS.append(9999)
    broken = promises(services)["every key is held by somebody"]
    assert (broken["ok"], broken["detail"]) == (False, "key of account 9999")


def test_a_plugins_promise_is_not_asked_of_tables_that_are_not_there(services, holder):
    schema.downgrade(services, "base")
    assert "every key is held by somebody" not in promises(services)


def test_a_deleted_account_is_forgotten_by_the_plugin(work_as, holder):
    with work_as(holder) as work:
        forget(work, accounts.get_user(work, holder.id), keep_name_on_materials=True)
    assert holder.id not in keys.HOLDERS


def test_what_should_be_settled_first_is_said_where_accounts_end(services, admin, holder, rui):
    app = create_app(services=services)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    for person, page, said in (
        (holder, "/me/delete", True),
        (rui, "/me/delete", False),
        (admin, f"/admin/accounts/{holder.id}", True),
        (admin, f"/admin/accounts/{rui.id}", False),
    ):
        browser = app.test_client()
        browser.post("/login", data={"email": person.email, "password": PASSWORD})
        assert ("Falta devolver a chave." in browser.get(page).text) == said, page


def test_a_person_takes_along_what_plugins_keep(services, work_as, holder):
    with work_as(holder) as work:
        assert own_data(work, accounts.get_user(work, holder.id))["plugins"] == {"keys": {"held": 1}}


@pytest.mark.parametrize(("scopes", "status", "may"), [(["keys"], 200, True), (["read", "deposit"], 403, False)])
def test_a_token_has_a_plugins_permission_only_with_its_scope(services, work_as, ana, admin, scopes, status, may):
    with work_as(ana) as work:
        secret = accounts.issue_token(work, accounts.get_user(work, ana.id), "", scopes)
    with work_as() as work:
        assert actor_of_token(work, secret).may_anywhere("keys.hand_out") == may
    answer = (
        create_app(services=services).test_client().get("/api/v1/keys", headers={"Authorization": f"Bearer {secret}"})
    )
    assert answer.status_code == status
    if status == 403:
        assert 'scope="keys"' in answer.headers["WWW-Authenticate"]


def test_the_pages_and_the_command_know_the_plugins_scopes(services, work_as, ana, admin):
    app = create_app(services=services)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    assert "Tratar das chaves em seu nome" in browser.get("/me/tokens").text
    with pytest.raises(Invalid, match="read, deposit, review, keys"), work_as(ana) as work:
        accounts.issue_token(work, accounts.get_user(work, ana.id), "", ["loans"])
