"""Clients of the API: people with a personal token, and strangers."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repository import accounts, indexing
from repository.models import User
from repository.work import Services


class Caller:
    """Calls /api/v1 with one token, or with none."""

    def __init__(self, client: FlaskClient, secret: str = "") -> None:
        self.client = client
        self.secret = secret

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **known: Any) -> TestResponse:
        token = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=token | (headers or {}), **known)

    def get(self, path: str, **known: Any) -> TestResponse:
        return self.call("GET", path, **known)

    def post(self, path: str, **known: Any) -> TestResponse:
        return self.call("POST", path, **known)

    def patch(self, path: str, **known: Any) -> TestResponse:
        return self.call("PATCH", path, **known)

    def delete(self, path: str, **known: Any) -> TestResponse:
        return self.call("DELETE", path, **known)


@pytest.fixture
def stranger(app: Flask) -> Caller:
    """Somebody without a token."""
    return Caller(app.test_client())


@pytest.fixture
def token_of(work_as: Callable[..., Any]) -> Callable[..., str]:
    """Issue a personal token."""

    def issue(user: User, scopes: Sequence[str] = ("read", "deposit", "review")) -> str:
        with work_as(user) as work:
            return accounts.issue_token(work, user, "", scopes)

    return issue


@pytest.fixture
def caller(app: Flask, token_of: Callable[..., str]) -> Callable[..., Caller]:
    """Return somebody who calls with a token of their own."""

    def make(user: User, scopes: Sequence[str] = ("read", "deposit", "review")) -> Caller:
        return Caller(app.test_client(), token_of(user, scopes))

    return make


@pytest.fixture
def index(services: Services) -> Callable[[], None]:
    """Bring the index up to date with the database."""
    return lambda: indexing.rebuild(services, [])


@pytest.fixture
def draft_of() -> Callable[..., int]:
    """Begin a draft through the API; complete enough to be submitted when a file or a link is added."""

    def begin(caller: Caller, **said: Any) -> int:
        described = {"title": "Frações com barras", "levels": ["1ceb"], "licence": "CC-BY-4.0"} | said
        answer = caller.post("/items", json=described)
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    return begin
