"""The OpenAPI document: valid, complete, and true of every answer, whatever is asked."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from repository.models import User
from tests.core.api.conftest import Caller
from tests.core.api.test_depositing import sent

PATHS = {
    "/api/v1/items": {"get", "post"},
    "/api/v1/items/{item_id}": {"get", "patch", "delete"},
    "/api/v1/items/{item_id}/files": {"post"},
    "/api/v1/items/{item_id}/files/{file_id}": {"delete"},
    "/api/v1/items/{item_id}/submit": {"post"},
    "/api/v1/items/{item_id}/versions": {"post"},
    "/api/v1/items/{item_id}/withdraw": {"post"},
    "/api/v1/items/{item_id}/restore": {"post"},
    "/api/v1/files/{file_id}": {"get"},
    "/api/v1/vocabularies": {"get"},
    "/api/v1/vocabularies/{name}": {"get"},
    "/api/v1/me": {"get"},
    "/api/v1/reports": {"get", "post"},
    "/api/v1/reports/{report_id}/decision": {"post"},
}
METHODS = ("get", "post", "patch", "delete")
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ODD_TEXT = st.text(max_size=60) | st.sampled_from(["-1", "1e5", "NaN", "'", "%00", "9" * 30, "[]", "\ud800"])


@pytest.fixture
def document(stranger: Any) -> dict[str, Any]:
    """The document as anybody gets it."""
    found: dict[str, Any] = stranger.get("/openapi.json").json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, known in document["paths"].items():
        for method in METHODS:
            if method in known:
                yield method, path, known[method]


def test_the_document_is_valid_openapi_and_names_every_operation(document: dict[str, Any], app: Flask) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()
    assert {path: set(known) & set(METHODS) for path, known in document["paths"].items()} == PATHS
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    told = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules} - {"/api/v1/openapi.json"}
    assert told == set(PATHS)


def test_every_operation_says_what_it_does_and_writes_ask_for_a_token(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert operation["summary"], path
        if method != "get":
            assert operation["security"] == [{"token": []}], path
        if method == "post":
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, path


def schema_of(document: dict[str, Any], operation: dict[str, Any], status: int, kind: str) -> dict[str, Any] | None:
    """Return the JSON Schema that the document gives for an answer; None when it allows no such answer."""
    responses = operation["responses"]
    said = responses.get(str(status)) or (responses["default"] if status >= 400 else None)
    if said is None:
        return None
    if "$ref" in said:
        said = document["components"]["responses"][said["$ref"].rpartition("/")[2]]
    content = said.get("content", {}).get(kind)
    return None if content is None else {**content["schema"], "components": document["components"]}


def check(document: dict[str, Any], operation: dict[str, Any], answer: Any, asked: object) -> None:
    """Fail unless the answer is no fault of ours and as the document says."""
    assert answer.status_code < 500, (asked, answer.text)
    if answer.status_code in (204, 304):
        assert answer.data == b""
        return
    schema = schema_of(document, operation, answer.status_code, answer.mimetype)
    assert schema is not None, (asked, answer.status_code, answer.mimetype)
    Draft202012Validator(schema).validate(json.loads(answer.text))


def described(document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Bodies: what the document allows, with something odd in some of the fields."""
    properties = document["components"]["schemas"]["Described"]["properties"]
    fields = {}
    for name, schema in properties.items():
        if schema.get("type") == "array":
            fields[name] = st.lists(ODD_TEXT | st.sampled_from(["1ceb", "3", "MAT", "230"]), max_size=3) | ANY_JSON
        else:
            fields[name] = (
                ODD_TEXT | st.sampled_from(schema.get("enum", ["CC-BY-4.0", "worksheet", "pt-PT"])) | ANY_JSON
            )
    return st.fixed_dictionaries({}, optional=fields) | ANY_JSON


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(data=st.data())
def test_every_operation_answers_as_documented_whatever_is_asked(
    data: st.DataObject, document: dict[str, Any], ana: User, asking: list[Caller], ids: list[int]
) -> None:
    body = data.draw(described(document))
    headers = {}
    if key := data.draw(st.sampled_from(["", "", "k1", "k2", "é"])):
        headers["Idempotency-Key"] = key
    if tag := data.draw(st.sampled_from(["", "", '"1-x"', "*", "nonsense", '"99999999999-x"'])):
        headers["If-Match"] = headers["If-None-Match"] = tag
    for method, path, operation in operations(document):
        known: dict[str, Any] = {}
        if method in ("post", "patch"):
            known = sent((b"x", data.draw(ODD_TEXT))) if path.endswith("files") else {"json": body}
        names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        query = {name: data.draw(st.lists(ODD_TEXT, max_size=2)) for name in names}
        number = data.draw(st.sampled_from([*ids, 0, 5, 999_999_999]))
        where = path.removeprefix("/api/v1").format(
            item_id=number, file_id=number, report_id=number, name=data.draw(NAMES)
        )
        somebody = data.draw(st.sampled_from(asking))
        answer = somebody.call(method.upper(), where, headers=headers, query_string=legible(query), **known)
        check(document, operation, answer, (method, where, query, known))


NAMES = st.sampled_from(["levels", "licences", "languages", "x", "ação", "__class__", "names"])


def legible(query: dict[str, list[str]]) -> dict[str, list[bytes]]:
    """Return the parameters as bytes, since half a surrogate pair is no text."""
    return {name: [value.encode("utf-8", "surrogatepass") for value in values] for name, values in query.items()}


@pytest.fixture
def ids(ana: User, make_item: Any, caller: Any, draft_of: Any, index: Any) -> list[int]:
    """A published item and two drafts, one of them complete."""
    published = make_item(ana, "Publicado", text="a")
    index()
    api = caller(ana)
    return [published.id, draft_of(api), draft_of(api, link="https://escola.invalid/")]


@pytest.fixture
def asking(ana: User, staff: User, caller: Any, stranger: Any) -> list[Caller]:
    """Those who ask: nobody, an author, the staff, and somebody with a wrong token."""
    return [stranger, caller(ana), caller(ana), caller(staff), Caller(stranger.client, "pt_wrong")]
