"""The API's addresses for training actions: the same rules as the pages, documented and within the centre's reach."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from plugins.training_actions import actions
from plugins.training_actions.models import Edition
from repository import accounts
from repository.models import User

Make = Callable[..., Any]


@pytest.fixture
def call(app: Flask, work_as: Make) -> Make:
    """Call /api/v1 with a person's token."""
    browser = app.test_client()

    def called(user: User, method: str, path: str, **known: Any) -> Any:
        with work_as(user) as work:
            secret = accounts.issue_token(work, user, "", ("read", "deposit"))
        headers = {"Authorization": f"Bearer {secret}"} | known.pop("headers", {})
        return browser.open(f"/api/v1{path}", method=method, headers=headers, **known)

    return called


def test_an_action_an_edition_and_a_person_are_made_read_and_changed(call: Make, staff: User, centre: Any) -> None:
    answer = call(
        staff,
        "POST",
        "/actions",
        json={"title": "Robótica", "contact_hours": 12.5, "modality": "OF", "groups": ["110"]},
    )
    assert answer.status_code == 201
    action = answer.json
    assert (action["contact_hours"], action["organisation_id"], action["edition_ids"]) == (12.5, centre.id, [])
    said = {"action_id": action["id"], "starts_on": "2026-09-14", "closes_at": "2026-11-30T23:59:00+00:00",
            "deliverables": [{"title": "Relato", "count": 2}]}  # fmt: skip
    edition = call(staff, "POST", "/editions", json=said).json
    assert (edition["school_year"], edition["deliverables"][0]["count"]) == (2026, 2)
    person = call(staff, "POST", "/participants", json={"edition_id": edition["id"], "name": "Joana Teles"}).json
    assert person["role"] == "participant"
    changed = call(staff, "PATCH", f"/participants/{person['id']}", json={"email": "j@teste.invalid"}).json
    assert (changed["name"], changed["email"]) == ("Joana Teles", "j@teste.invalid")
    assert call(staff, "PATCH", f"/actions/{action['id']}", json={"aims": "Fazer"}).json["title"] == "Robótica"
    assert call(staff, "GET", f"/editions/{edition['id']}").json["progress"] == {"all": 0, "part": 0, "none": 1}
    assert call(staff, "PATCH", f"/editions/{edition['id']}", json={"place": "Sala 2"}).json["deliverables"] != []
    listed = call(staff, "GET", f"/participants?edition={edition['id']}").json
    assert (listed["total"], listed["participants"][0]["id"]) == (1, person["id"])
    assert call(staff, "GET", "/actions?per_page=1").json["total"] == 1
    assert call(staff, "GET", f"/editions?action={action['id']}").json["editions"][0]["id"] == edition["id"]


def test_a_repeated_request_is_done_once(call: Make, staff: User, centre: Any) -> None:
    first, second = (
        call(staff, "POST", "/actions", json={"title": "Robótica"}, headers={"Idempotency-Key": "a"}) for _ in range(2)
    )
    assert first.json["id"] == second.json["id"]
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "said", "pointer"),
    [
        ("/actions", {"title": ""}, "/title"),
        ("/actions", {"title": "x", "levels": ["1ceb", "nada"]}, "/levels/1"),
        ("/actions", {"title": "x", "contact_hours": 12.3}, "/contact_hours"),
        ("/actions", {"title": "x", "contact_hours": 1e400}, "/contact_hours"),
        ("/actions", {"title": "x", "colour": "red"}, "/colour"),
        ("/editions", {}, "/action_id"),
        ("/participants", {"name": "Rui"}, "/edition_id"),
        ("/participants", {"edition_id": 1, "name": "Rui", "email": "rui"}, "/email"),
    ],
)
def test_what_is_wrong_is_pointed_to(call: Make, staff: User, centre: Any, path: str, said: Any, pointer: str) -> None:
    answer = call(staff, "POST", path, json=said)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("closes_at", "0001-01-01T00:00:00+14:00"),
        ("closes_at", "9999-12-31T23:59:59-14:00"),
        ("closes_at", "1989-12-31T12:00:00+00:00"),
        ("starts_on", "0001-01-01"),
        ("starts_on", "2101-01-01"),
        ("ends_on", "9999-12-31"),
    ],
)
def test_a_year_that_cannot_be_meant_is_refused(
    call: Make, staff: User, edition: Edition, name: str, text: str
) -> None:
    for method, path in (("PATCH", f"/editions/{edition.id}"), ("POST", "/editions")):
        answer = call(staff, method, path, json={name: text, "action_id": edition.action_id})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{name}")
        assert "1990" in answer.json["errors"][0]["detail"]


def test_the_first_and_the_last_year_are_taken(call: Make, staff: User, edition: Edition) -> None:
    said = {"starts_on": "1990-01-01", "ends_on": "2100-12-31", "closes_at": "2100-12-31T20:00:00+00:00"}
    assert call(staff, "PATCH", f"/editions/{edition.id}", json=said).status_code == 200


def test_only_staff_read_and_write_there(call: Make, ana: User, app: Flask, edition: Edition, join: Make) -> None:
    who = join(edition, "Joana Teles", "joana@teste.invalid")
    paths = (
        "/actions", "/editions", "/participants", f"/actions/{edition.action_id}", f"/editions/{edition.id}",
        f"/participants/{who.id}",
    )  # fmt: skip
    for path in paths:
        assert call(ana, "GET", path).status_code == 403
        answer = app.test_client().get(f"/api/v1{path}")
        assert answer.status_code == 403
        assert "Joana" not in answer.text
    assert call(ana, "POST", "/actions", json={"title": "Minha"}).status_code == 403
    assert app.test_client().post("/api/v1/actions", json={"title": "Minha"}).status_code == 401


def test_what_was_removed_is_no_longer_there(call: Make, staff: User, edition: Edition, work_as: Make) -> None:
    with work_as() as work:
        actions.remove_edition(work, work.session.get_one(Edition, edition.id))
    assert call(staff, "GET", f"/editions/{edition.id}").status_code == 404
    assert call(staff, "GET", "/editions").json["total"] == 0


def test_the_document_names_the_plugins_addresses_and_stays_valid(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert set(document["paths"]["/api/v1/editions/{edition_id}"]) >= {"get", "patch"}
    assert {"/api/v1/actions", "/api/v1/editions", "/api/v1/participants"} <= set(document["paths"])
    assert document["paths"]["/api/v1/actions"]["post"]["security"] == [{"token": []}]
