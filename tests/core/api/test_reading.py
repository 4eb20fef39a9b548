"""What the API answers to those who read."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.exceptions import NotFound as WerkzeugNotFound

from repository import items
from repository.models import File, User
from repository.work import Services

SUMMARY = {
    "id",
    "kind",
    "title",
    "summary",
    "snippet",
    "levels",
    "groups",
    "disciplines",
    "type",
    "licence",
    "published_at",
    "url",
}


def test_a_page_of_items_has_exactly_the_promised_shape(ana: User, make_item: Any, index: Any, stranger: Any) -> None:
    item = make_item(ana, "Frações", summary="Barras de papel.", discipline=["MAT"], group=["230"])
    index()
    body = stranger.get("/items?q=barras").json
    assert set(body) == {"total", "page", "per_page", "items", "facets", "suggestion", "relaxed", "took_ms"}
    assert (body["total"], body["page"], body["per_page"], body["suggestion"]) == (1, 1, 20, None)
    assert set(body["items"][0]) == SUMMARY
    assert body["items"][0] | {"published_at": ""} == {
        "id": item.id,
        "kind": "digital",
        "title": "Frações",
        "summary": "Barras de papel.",
        "snippet": "Barras de papel.",
        "levels": ["1ceb"],
        "groups": ["230"],
        "disciplines": ["MAT"],
        "type": "worksheet",
        "licence": "CC-BY-4.0",
        "published_at": "",
        "url": f"http://127.0.0.1:8000/items/{item.id}",
    }
    assert body["facets"]["type"] == [{"value": "worksheet", "label": "ficha de trabalho", "count": 1}]
    assert set(body["facets"]) >= {"level", "year", "group", "discipline", "type", "licence", "language", "org"}


def test_moments_are_utc(ana: User, make_item: Any, index: Any, stranger: Any) -> None:
    make_item(ana)
    index()
    said = stranger.get("/items").json["items"][0]["published_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said)
    assert abs((datetime.now(UTC) - datetime.fromisoformat(said)).total_seconds()) < 600


def test_an_item_adds_its_files_and_everything_else(ana: User, make_item: Any, stranger: Any) -> None:
    item = make_item(ana, year=["3"], text="olá")
    body = stranger.get(f"/items/{item.id}").json
    assert set(body) > SUMMARY
    [file] = body["files"]
    assert set(file) == {"id", "name", "media_type", "size", "sha256", "url"}
    assert (file["name"], file["size"], len(file["sha256"])) == ("ficha.txt", 4, 64)
    assert file["url"] == f"http://127.0.0.1:8000/files/{file['id']}"
    assert body["licence_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (body["state"], body["years"], body["audience"], body["version"]) == ("published", ["3"], "public", 1)
    assert [version["number"] for version in body["versions"]] == [1]
    assert body["missing"] == []


def test_pages_link_to_one_another(ana: User, make_item: Any, index: Any, stranger: Any) -> None:
    for n in range(5):
        make_item(ana, f"Frações {n}", text=f"{n}")
    index()
    link = stranger.get("/items?per_page=2&page=2&level=1ceb").headers["Link"]
    base = "http://127.0.0.1:8000/api/v1/items?level=1ceb&per_page=2"
    assert link == (
        f'<{base}>; rel="first", <{base}>; rel="prev", <{base}&page=3>; rel="next", <{base}&page=3>; rel="last"'
    )
    assert 'rel="next"' not in stranger.get("/items?per_page=2&page=3").headers["Link"]
    assert f'<{base}&page=3>; rel="prev"' in stranger.get("/items?per_page=2&page=99&level=1ceb").headers["Link"]


def test_what_the_client_has_already_is_not_sent_again(ana: User, make_item: Any, caller: Any, stranger: Any) -> None:
    item = make_item(ana, summary="Texto. " * 300)
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        first = stranger.get(f"/items/{item.id}", headers=headers)
        tag = first.headers["ETag"]
        again = stranger.get(f"/items/{item.id}", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
    assert stranger.get(f"/items/{item.id}", headers={"If-None-Match": '"1-0123456789abcdef"'}).status_code == 200
    caller(ana).post(f"/items/{item.id}/withdraw")
    seen = caller(ana).get(f"/items/{item.id}", headers={"If-None-Match": tag})
    assert seen.status_code == 200


def test_files_say_what_is_known_of_them(ana: User, make_item: Any, stranger: Any) -> None:
    item = make_item(ana)
    file_id = stranger.get(f"/items/{item.id}").json["files"][0]["id"]
    body = stranger.get(f"/files/{file_id}").json
    assert (body["item_id"], body["state"], body["name"]) == (item.id, "pending", "ficha.txt")


def test_a_restricted_file_is_not_there_for_strangers(
    services: Services, ana: User, rui: User, make_item: Any, caller: Any, stranger: Any
) -> None:
    item = make_item(ana)
    file_id = stranger.get(f"/items/{item.id}").json["files"][0]["id"]
    with services.sessions.writing() as session:
        session.get_one(File, file_id).audience = "verified"
    for somebody in (stranger, caller(rui)):
        assert somebody.get(f"/items/{item.id}").json["files"] == []
        assert somebody.get(f"/files/{file_id}").status_code == 404
    assert len(caller(ana).get(f"/items/{item.id}").json["files"]) == 1


def test_vocabularies_come_in_all_languages(stranger: Any) -> None:
    listed = {entry["name"]: entry for entry in stranger.get("/vocabularies").json["vocabularies"]}
    assert listed["levels"]["url"] == "http://127.0.0.1:8000/api/v1/vocabularies/levels"
    terms = {term["code"]: term for term in stranger.get("/vocabularies/levels").json["terms"]}
    assert len(terms) == listed["levels"]["count"]
    assert set(terms["pre"]["labels"]) == {"pt", "en", "sv", "de"}
    assert stranger.get("/vocabularies/nothing").status_code == 404
    licences = {term["code"]: term for term in stranger.get("/vocabularies/licences").json["terms"]}
    assert licences["CC-BY-4.0"]["uri"] == "https://creativecommons.org/licenses/by/4.0/"


def test_labels_and_refusals_speak_the_language_asked_for(ana: User, make_item: Any, index: Any, stranger: Any) -> None:
    make_item(ana)
    index()
    english = {"Accept-Language": "en"}
    assert stranger.get("/items", headers=english).json["facets"]["type"][0]["label"] == "worksheet"
    assert "Accept-Language" in stranger.get("/items").headers["Vary"]


def test_who_i_am_is_told_to_the_bearer_only(ana: User, centre: Any, caller: Any, stranger: Any) -> None:
    assert stranger.get("/me").status_code == 401
    body = caller(ana, ["read"]).get("/me").json
    assert body["name"] == "Ana"
    assert body["scopes"] == ["read"]
    assert body["organisations"] == [{"id": centre.id, "name": "Centro de teste"}]


def test_any_site_may_read_and_none_may_write(ana: User, make_item: Any, stranger: Any) -> None:
    item = make_item(ana)
    for path in ("/items", f"/items/{item.id}", "/vocabularies", "/openapi.json", "/nothing"):
        headers = stranger.get(path, headers={"Origin": "https://escola.invalid"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in headers
    asked = stranger.call(
        "OPTIONS", "/items", headers={"Origin": "https://escola.invalid", "Access-Control-Request-Method": "POST"}
    )
    assert "POST" not in asked.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in stranger.post("/items", json={}).headers


def test_the_number_of_queries_does_not_depend_on_the_page(
    services: Services, ana: User, make_item: Any, index: Any, stranger: Any
) -> None:
    for n in range(9):
        make_item(ana, f"Frações {n}", text=f"{n}")
    index()
    stranger.get("/items")
    asked: list[str] = []
    event.listen(services.sessions.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for per_page in (1, 9):
        asked.clear()
        assert len(stranger.get(f"/items?q=frações&per_page={per_page}").json["items"]) == per_page
        counts.append(len([line for line in asked if line.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", (404, 404, 200, 404)), ("published", (200, 200, 200, 200)), ("withdrawn", (404, 404, 200, 200))],
)
def test_who_may_read_an_item_depends_on_its_state(
    state: str, status: tuple[int, ...], ana: User, rui: User, staff: User, make_item: Any, work_as: Any, caller: Any,
    stranger: Any,
) -> None:  # fmt: skip
    item = make_item(ana, publish=state != "draft")
    if state == "withdrawn":
        with work_as(ana) as work:
            items.withdraw(work, items.get(work, item.id))
    people = (stranger, caller(rui), caller(ana), caller(staff))
    assert tuple(somebody.get(f"/items/{item.id}").status_code for somebody in people) == status


ODD = [
    "-1",
    "0",
    "1e5",
    "NaN",
    "10000000000000000000",
    "'",
    "1; DROP TABLE item",
    "[]",
    "\x00",
    "%00",
    "🙂",
    "null",
    "",
]


NAMES = ("page", "per_page", "sort", "level", "org", "q", "fields", "group", "order", "licence")


def test_odd_parameters_are_clamped_or_left_out(ana: User, make_item: Any, index: Any, stranger: Any) -> None:
    make_item(ana)
    index()
    for name in NAMES:
        for value in ODD:
            answer = stranger.get("/items", query_string={name: value})
            assert answer.status_code == 200, (name, value)
            body = answer.json
            assert 1 <= body["page"] <= 100_000
            assert 1 <= body["per_page"] <= 100
        assert stranger.get(f"/items?{name}=1&{name}=2&{name}[]=3").status_code == 200


ODD_NUMBERS = ["0", "-1", "9" * 30, "1e3", "%00", "1/2", "ação"]


def test_odd_numbers_in_addresses_are_not_found(stranger: Any) -> None:
    for path in ("items", "files"):
        for number in ODD_NUMBERS:
            assert stranger.get(f"/{path}/{number}").status_code == 404, number


@pytest.mark.parametrize("path", ["/items/{}", "/files/{}"])
def test_a_number_no_database_holds_is_no_page_either(path: str, app: Flask) -> None:
    with pytest.raises(WerkzeugNotFound):
        app.url_map.bind("localhost").match(path.format("9" * 30), "GET")
