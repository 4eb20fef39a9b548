"""The queue over the API: as documented, with the rules of the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from repository import accounts
from repository.models import State, User

PATHS = {
    "/api/v1/reviews": {"get"},
    "/api/v1/reviews/{item_id}": {"get"},
    "/api/v1/reviews/{item_id}/decisions": {"post"},
    "/api/v1/reviews/{item_id}/questions": {"post"},
    "/api/v1/reviews/decisions/{decision_id}/undo": {"post"},
    "/api/v1/reviews/questions/{question_id}/undo": {"post"},
}


@pytest.fixture
def call(app: Flask, work_as: Any) -> Callable[..., Any]:
    """Call /api/v1 with a token of a person's own."""
    tokens: dict[int, str] = {}

    def asked(person: User, method: str, path: str, **known: Any) -> Any:
        if person.id not in tokens:
            with work_as(person) as work:
                tokens[person.id] = accounts.issue_token(work, person, "", ("read", "review"))
        headers = {"Authorization": f"Bearer {tokens[person.id]}"} | known.pop("headers", {})
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **known)

    return asked


def test_the_document_names_every_operation(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    told = {path: set(known) & {"get", "post"} for path, known in document["paths"].items() if "/reviews" in path}
    assert told == PATHS
    for path, methods in PATHS.items():
        for method in methods:
            assert document["paths"][path][method]["summary"]
    assert document["paths"]["/api/v1/reviews/{item_id}/decisions"]["post"]["security"] == [{"token": []}]


def test_a_decision_over_the_api_is_the_same_as_on_the_page(
    call: Any, ana: Any, staff: Any, handed_in: Any, run_jobs: Any, state_of: Any
) -> None:
    item = handed_in(ana, "Com stop @7")
    run_jobs()
    (line,) = call(staff, "GET", "/reviews").json["reviews"]
    assert (line["item_id"], line["warnings"], line["collection"]) == (item.id, 1, "edition:7")
    told = call(staff, "GET", f"/reviews/{item.id}").json
    assert told["findings"][0]["reason"] == "Says “stop”"
    body = {"decision": "approve", "seen": told["seen"]}
    answers = [
        call(staff, "POST", f"/reviews/{item.id}/decisions", json=body, headers={"Idempotency-Key": "k"}) for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert state_of(item.id)[0] == State.PUBLISHED
    number = answers[0].json["id"]
    assert call(staff, "POST", f"/reviews/decisions/{number}/undo").json["undone_at"]
    assert state_of(item.id)[0] == State.IN_REVIEW


def test_refusals_are_problems_with_the_status_of_the_rules(
    call: Any, ana: Any, rui: Any, staff: Any, handed_in: Any
) -> None:
    item = handed_in(ana)
    path = f"/reviews/{item.id}/decisions"
    body = {"decision": "approve", "seen": "old"}
    assert call(staff, "POST", path, json=body).status_code == 409
    assert call(ana, "POST", path, json=body).status_code == 403
    assert call(rui, "POST", path, json=body).status_code == 404
    assert call(rui, "GET", "/reviews").status_code == 403
    assert call(staff, "POST", path, json={"decision": "explode", "seen": "x"}).status_code == 422
    assert call(staff, "POST", path, json={"decision": "decline", "seen": "x"}).status_code == 422
    assert call(staff, "POST", "/reviews/999/decisions", json=body).status_code == 404
    assert call(staff, "GET", "/reviews/999").content_type == "application/problem+json"


def test_questions_are_asked_and_taken_back(call: Any, ana: Any, staff: Any, handed_in: Any, state_of: Any) -> None:
    item = handed_in(ana)
    asked = call(staff, "POST", f"/reviews/{item.id}/questions", json={"text": "De onde vem?"})
    assert asked.status_code == 201
    assert state_of(item.id)[1] == "asked"
    assert call(staff, "GET", "/reviews", query_string={"asked": "1"}).json["total"] == 1
    assert call(staff, "POST", f"/reviews/questions/{asked.json['id']}/undo").json["closed_at"]
    assert state_of(item.id)[1] == "waiting"


def test_a_token_decides_with_the_scope_for_it_and_with_no_other(
    app: Flask, work_as: Any, ana: Any, staff: Any, handed_in: Any
) -> None:
    item = handed_in(ana)
    with work_as(staff) as work:
        tokens = {
            scopes: accounts.issue_token(work, work.session.get_one(User, staff.id), "", scopes)
            for scopes in (("read", "deposit"), ("review",))
        }
    paths = [f"/reviews/{item.id}/questions", f"/reviews/{item.id}/decisions", "/reviews/decisions/1/undo"]
    for path in paths:
        headers = {"Authorization": f"Bearer {tokens['read', 'deposit']}"}
        answer = app.test_client().post(f"/api/v1{path}", json={"text": "De onde vem?"}, headers=headers)
        assert answer.status_code == 403
        assert 'scope="review"' in answer.headers["WWW-Authenticate"]
    headers = {"Authorization": f"Bearer {tokens['review',]}"}
    asked = app.test_client().post(f"/api/v1{paths[0]}", json={"text": "De onde vem?"}, headers=headers)
    assert asked.status_code == 201
    assert app.test_client().post("/api/v1/items", json={"title": "x"}, headers=headers).status_code == 403
