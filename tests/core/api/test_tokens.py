"""Tokens at the door of the API."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from repository import accounts, signin, tokens
from repository.errors import NotAllowed
from repository.models import AccessToken, User
from repository.work import ANONYMOUS, Actor, Services, now, open_work
from tests.core.api.conftest import Caller


def change_tokens(services: Services, **values: Any) -> None:
    with services.sessions.writing() as session:
        for token in session.scalars(select(AccessToken)):
            for name, value in values.items():
                setattr(token, name, value)


@pytest.mark.parametrize(
    "changed",
    [{"expires_at": now() - timedelta(seconds=1)}, {"revoked_at": now()}, {"digest": "0" * 64}],
    ids=["expired", "revoked", "unknown"],
)
def test_a_token_that_is_over_opens_nothing(changed: Any, services: Services, ana: User, caller: Any) -> None:
    somebody = caller(ana)
    assert somebody.get("/items").status_code == 200
    change_tokens(services, **changed)
    for answer in (somebody.get("/items"), somebody.post("/items", json={}), somebody.get("/me")):
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_the_token_of_a_closed_account_opens_nothing(services: Services, ana: User, caller: Any) -> None:
    somebody = caller(ana)
    with services.sessions.writing() as session:
        session.get_one(User, ana.id).disabled_at = now()
    assert somebody.get("/items").status_code == 401


@pytest.mark.parametrize(("scope", "read", "write"), [("read", 200, 403), ("deposit", 403, 201)])
def test_a_token_does_only_what_its_scope_says(scope: str, read: int, write: int, ana: User, caller: Any) -> None:
    somebody = caller(ana, [scope])
    assert somebody.get("/items").status_code == read
    answer = somebody.post("/items", json={"title": "Um"})
    assert answer.status_code == write
    if write == 403:
        assert 'error="insufficient_scope", scope="deposit"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "Bearer pt_ção", "Bearer " + "x" * 9000]
)
def test_odd_headers_are_refused(header: str, app: Flask) -> None:
    answer = app.test_client().get("/api/v1/items", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_cookie_opens_nothing_here(services: Services, app: Flask, ana: User, make_item: Any) -> None:
    item = make_item(ana, publish=False)
    with open_work(services, ANONYMOUS) as work:
        secret = signin.open_session(work, ana, 1)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = secret
    assert browser.get(f"/api/v1/items/{item.id}").status_code == 404
    assert browser.post("/api/v1/items", json={"title": "Um"}).status_code == 401


def test_a_token_fetches_the_bytes_its_holder_may_have(
    app: Flask, ana: User, rui: User, make_item: Any, token_of: Any
) -> None:
    make_item(ana, publish=False, text="o meu rascunho")

    def fetch(header: str) -> tuple[int, bytes]:
        with app.test_client().get("/files/1", headers={"Authorization": header}) as answer:
            return answer.status_code, answer.data

    assert fetch(f"Bearer {token_of(ana)}") == (200, b"o meu rascunho")
    assert fetch(f"Bearer {token_of(rui)}")[0] == 404
    assert fetch(f"Bearer {token_of(ana, ['deposit'])}")[0] == 403
    assert fetch("Bearer pt_wrong")[0] == 401
    assert fetch("Basic YTpi")[0] == 404  # that is for a server in front of ours


def test_a_write_with_a_token_needs_no_form_of_ours(app: Flask, ana: User, token_of: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = Caller(app.test_client(), token_of(ana)).post("/items", json={"title": "Um"})
    assert answer.status_code == 201


def test_the_last_use_is_noted_at_most_once_an_hour(services: Services, ana: User, caller: Any) -> None:
    somebody = caller(ana)

    def used() -> Any:
        with services.sessions.reading() as session:
            return session.scalars(select(AccessToken.used_at)).one()

    assert used() is None
    somebody.get("/items")
    first = used()
    assert first is not None
    somebody.get("/items")
    assert used() == first
    change_tokens(services, used_at=now() - timedelta(hours=2))
    somebody.get("/items")
    assert used() > now() - timedelta(minutes=5)


def test_guessing_is_slowed_down_and_a_good_token_still_opens(app: Flask, ana: User, caller: Any) -> None:
    guesser = Caller(app.test_client(), "pt_wrong")
    for _ in range(tokens.FREE_FAILURES):
        assert guesser.get("/items").status_code == 401
    locked = guesser.get("/items")
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 31
    assert caller(ana).get("/items").status_code == 200
    elsewhere = app.test_client().get(
        "/api/v1/items", headers={"Authorization": "Bearer pt_wrong"}, environ_base={"REMOTE_ADDR": "127.0.0.9"}
    )
    assert elsewhere.status_code == 401


def test_a_token_cannot_make_another(ana: User, services: Services, token_of: Any) -> None:
    actor = tokens.holder(services, token_of(ana), "127.0.0.1")
    assert isinstance(actor, Actor)
    assert actor.scopes == {"read", "deposit", "review"}
    with open_work(services, actor) as work, pytest.raises(NotAllowed):
        accounts.issue_token(work, work.session.get_one(User, ana.id), "outra", ["read"])
