"""A write sent twice is done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from repository import idempotency
from repository.errors import Conflict
from repository.idempotency import Answer
from repository.models import AuditEntry, IdempotentAnswer, Item, User
from repository.work import Services
from tests.core.api.conftest import Caller
from tests.core.api.test_depositing import sent

KEY = {"Idempotency-Key": "a-1"}


def count(services: Services, table: Any = Item) -> int:
    with services.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_request_is_answered_again_and_not_done_again(services: Services, ana: User, caller: Any) -> None:
    api = caller(ana)
    first = api.post("/items", json={"title": "Um"}, headers=KEY)
    second = api.post("/items", json={"title": "Um"}, headers=KEY)
    assert count(services) == 1
    assert (second.status_code, second.json) == (201, first.json)
    for name in ("Location", "ETag"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_another_request_under_the_same_key_is_refused(services: Services, ana: User, caller: Any) -> None:
    api = caller(ana)
    item_id = api.post("/items", json={"title": "Um"}, headers=KEY).json["id"]
    assert api.post("/items", json={"title": "Dois"}, headers=KEY).status_code == 422
    assert api.post(f"/items/{item_id}/submit", headers=KEY).status_code == 422
    assert count(services) == 1


def test_a_key_is_its_persons_own(services: Services, ana: User, rui: User, caller: Any) -> None:
    ids = {caller(person).post("/items", json={"title": "Um"}, headers=KEY).json["id"] for person in (ana, rui)}
    assert len(ids) == 2


def test_a_refusal_is_not_kept(services: Services, ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id = draft_of(api)
    assert api.post(f"/items/{item_id}/submit", headers=KEY).status_code == 422
    assert count(services, IdempotentAnswer) == 0
    api.patch(f"/items/{item_id}", json={"link": "https://escola.invalid/"})
    assert api.post(f"/items/{item_id}/submit", headers=KEY).status_code == 200
    assert api.post(f"/items/{item_id}/submit", headers=KEY).json["state"] == "published"
    assert api.post(f"/items/{item_id}/submit").status_code == 409


def test_files_sent_again_are_joined_once_even_when_the_draft_is_gone(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    path = f"/items/{draft_of(api)}"
    first = api.post(f"{path}/files", headers=KEY, **sent((b"um", "um.txt")))
    api.post(f"{path}/submit")
    again = api.post(f"{path}/files", headers=KEY, **sent((b"um", "um.txt")))
    assert (again.status_code, again.json) == (201, first.json)
    assert api.post(f"{path}/files", headers=KEY, **sent((b"dois", "um.txt"))).status_code == 422
    assert len(api.get(path).json["files"]) == 1


def test_two_at_once_are_one(services: Services, app: Flask, ana: User, token_of: Any) -> None:
    secret = token_of(ana)

    def ask(_n: int) -> tuple[int, int]:
        answer = Caller(app.test_client(), secret).post("/items", json={"title": "Um"}, headers=KEY)
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(ask, range(6)))
    assert count(services) == 1
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201


def test_a_change_and_its_answer_are_kept_together_or_not_at_all(
    services: Services, ana: User, caller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = caller(ana)
    before = count(services, AuditEntry)

    def killed(*_args: Any, **_known: Any) -> Any:
        raise RuntimeError("killed before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "IdempotentAnswer", type("Kept", (IdempotentAnswer,), {"__init__": killed}))
        assert api.post("/items", json={"title": "Um"}, headers=KEY).status_code == 500
    assert (count(services), count(services, AuditEntry)) == (0, before)
    assert api.post("/items", json={"title": "Um"}, headers=KEY).status_code == 201


def test_the_same_request_answered_elsewhere_meanwhile_is_a_conflict(
    services: Services, ana: User, work_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work_as(ana) as work:
        idempotency.once(work, "k", "d", lambda: Answer(200, {}))
    with work_as(ana) as work:
        monkeypatch.setattr(work.session, "get", lambda *_args: None)
        with pytest.raises(Conflict):
            idempotency.once(work, "k", "d", lambda: Answer(200, {}))
        work.session.rollback()


@pytest.mark.parametrize("key", ["x" * 101, "a b", "ção"])
def test_an_odd_key_is_refused(key: str, services: Services, ana: User, caller: Any) -> None:
    assert caller(ana).post("/items", json={}, headers={"Idempotency-Key": key}).status_code == 422
    assert count(services) == 0
