"""What can be written through the API, and by whom."""

from typing import Any

import pytest
from sqlalchemy import select

from repository import items
from repository.models import Credit, File, Item, State, User
from repository.work import Services, now

PDF = b"%PDF-1.4 not much of one"


def sent(*files: tuple[bytes, str]) -> dict[str, Any]:
    """Return the keywords of a multipart request."""
    head = '--edge\r\nContent-Disposition: form-data; name="files"; filename="{}"\r\n\r\n'
    parts = b"".join(head.format(name).encode("utf-8", "surrogatepass") + data + b"\r\n" for data, name in files)
    return {"data": parts + b"--edge--\r\n", "content_type": "multipart/form-data; boundary=edge"}


def test_a_material_goes_from_nothing_to_found(
    ana: User, caller: Any, run_jobs: Any, stranger: Any, index: Any
) -> None:
    index()
    api = caller(ana)
    begun = api.post(
        "/items",
        json={
            "title": "  Frações\ncom barras ",
            "summary": "Uma.\r\nDuas.",
            "levels": ["1ceb"],
            "years": ["3", "4"],
            "disciplines": ["MAT"],
            "groups": ["110"],
            "type": "worksheet",
            "licence": "CC-BY-4.0",
            "language": "pt-PT",
            "keywords": ["barras"],
            "authors": ["Ana", "Colega Dois"],
        },
    )
    assert begun.status_code == 201
    body = begun.json
    assert (body["title"], body["summary"], body["state"]) == ("Frações com barras", "Uma.\nDuas.", "draft")
    assert (body["years"], body["authors"]) == (["3", "4"], ["Ana", "Colega Dois"])
    assert begun.headers["Location"] == f"http://127.0.0.1:8000/api/v1/items/{body['id']}"
    assert [wanted["pointer"] for wanted in body["missing"]] == ["/files"]
    path = f"/items/{body['id']}"
    joined = api.post(f"{path}/files", **sent((b"um", "um.txt"), (b"dois", "dois.txt"), (b"um", "outra vez.txt")))
    assert joined.status_code == 201
    assert [(file["name"], file["size"]) for file in joined.json["files"]] == [("um.txt", 2), ("dois.txt", 4)]
    submitted = api.post(f"{path}/submit")
    assert (submitted.status_code, submitted.json["state"], submitted.json["version"]) == (200, "published", 1)
    run_jobs()
    assert [item["id"] for item in stranger.get("/items?q=fracoes").json["items"]] == [body["id"]]


def test_a_submission_says_everything_that_is_missing(ana: User, caller: Any) -> None:
    api = caller(ana)
    item_id = api.post("/items", json={}).json["id"]
    answer = api.post(f"/items/{item_id}/submit")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["pointer"] for error in answer.json["errors"]] == ["/title", "/levels", "/licence", "/files"]
    assert answer.json["status"] == 422
    assert answer.json["request_id"]


def test_a_change_keeps_what_it_does_not_name(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id = draft_of(api, keywords=["um"], type="worksheet")
    changed = api.patch(f"/items/{item_id}", json={"title": "Outro", "type": None, "authors": ["Só Eu"]}).json
    assert (changed["title"], changed["keywords"], changed["type"]) == ("Outro", ["um"], None)
    assert changed["authors"] == ["Só Eu"]


def test_two_people_do_not_overwrite_each_other(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id = draft_of(api)
    tag = api.get(f"/items/{item_id}").headers["ETag"]
    first = api.patch(f"/items/{item_id}", json={"title": "Primeira"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = api.patch(f"/items/{item_id}", json={"title": "Segunda"}, headers={"If-Match": tag})
    assert second.status_code == 412
    assert api.get(f"/items/{item_id}").json["title"] == "Primeira"
    again = api.patch(f"/items/{item_id}", json={"title": "Segunda"}, headers={"If-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert api.patch(f"/items/{item_id}", json={"title": "T"}, headers={"If-Match": "*"}).status_code == 200
    for stale in (api.delete, lambda path, **known: api.post(f"{path}/submit", **known)):
        assert stale(f"/items/{item_id}", headers={"If-Match": tag}).status_code == 412


def test_a_compressed_tag_is_as_good_for_a_change(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id = draft_of(api, summary="Texto. " * 300)
    answer = api.get(f"/items/{item_id}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    changed = api.patch(f"/items/{item_id}", json={"title": "T"}, headers={"If-Match": answer.headers["ETag"]})
    assert changed.status_code == 200


def test_withdrawn_and_brought_back(ana: User, caller: Any, make_item: Any, stranger: Any) -> None:
    item, api = make_item(ana), caller(ana)
    assert api.post(f"/items/{item.id}/withdraw").json["state"] == "withdrawn"
    assert stranger.get(f"/items/{item.id}").status_code == 404
    assert api.post(f"/items/{item.id}/withdraw").status_code == 409
    assert api.post(f"/items/{item.id}/restore").json["state"] == "published"
    assert stranger.get(f"/items/{item.id}").status_code == 200


def test_a_draft_goes_into_the_bin_and_comes_out(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id = draft_of(api)
    gone = api.delete(f"/items/{item_id}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert api.get(f"/items/{item_id}").json["state"] == "discarded"
    assert api.delete(f"/items/{item_id}").status_code == 409
    assert api.post(f"/items/{item_id}/restore").json["state"] == "draft"


def test_a_file_is_taken_off_a_draft(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    item_id, other = draft_of(api), draft_of(api, title="Outro")
    [file] = api.post(f"/items/{item_id}/files", **sent((b"um", "um.txt"))).json["files"]
    assert api.delete(f"/items/{other}/files/{file['id']}").status_code == 404
    assert api.delete(f"/items/{item_id}/files/{file['id']}").status_code == 204
    assert api.delete(f"/items/{item_id}/files/{file['id']}").status_code == 404
    assert api.get(f"/items/{item_id}").json["files"] == []


def test_a_published_item_is_not_changed_in_place(ana: User, caller: Any, make_item: Any) -> None:
    item, api = make_item(ana), caller(ana)
    assert api.patch(f"/items/{item.id}", json={"title": "Outro"}).status_code == 409
    assert api.post(f"/items/{item.id}/files", **sent((b"um", "um.txt"))).status_code == 409
    assert api.delete(f"/items/{item.id}").status_code == 409


def test_a_new_version_is_answered_with_the_item_it_belongs_to(
    ana: User, caller: Any, make_item: Any, work_as: Any
) -> None:
    item = make_item(ana)
    with work_as(ana) as work:
        draft = items.begin_version(work, items.get(work, item.id))
    answer = caller(ana).post(f"/items/{draft.id}/submit").json
    assert (answer["id"], answer["version"]) == (item.id, 2)
    assert [version["number"] for version in answer["versions"]] == [1, 2]


WRONG_FIELDS = [
    ({"titel": "x"}, "/titel"),
    ({"title": 5}, "/title"),
    ({"title": None}, "/title"),
    ({"title": "x" * 301}, "/title"),
    ({"levels": "1ceb"}, "/levels"),
    ({"levels": ["1ceb", "quarto"]}, "/levels/1"),
    ({"keywords": [1]}, "/keywords/0"),
    ({"keywords": ["x"] * 31}, "/keywords"),
    ({"licence": "GPL"}, "/licence"),
    ({"language": "xx"}, "/language"),
    ({"audience": "everybody"}, "/audience"),
    ({"link": "javascript:alert(1)"}, "/link"),
    ({"authors": [""]}, "/authors"),
    ({"a/b~c": 1}, "/a~1b~0c"),
]


def test_everything_that_is_wrong_is_said_at_once(ana: User, caller: Any) -> None:
    said = {"levels": ["1ceb", "xx"], "type": "yy", "audience": "everybody", "colour": "red"}
    answer = caller(ana).post("/items", json=said)
    assert answer.status_code == 422
    told = {error["pointer"]: error["detail"] for error in answer.json["errors"]}
    assert set(told) == {"/levels/1", "/type", "/audience", "/colour"}
    assert told["/levels/1"] == "O código «xx» não é válido."


def test_a_wrong_field_is_pointed_at(ana: User, caller: Any) -> None:
    api = caller(ana)
    for said, pointer in WRONG_FIELDS:
        answer = api.post("/items", json=said)
        assert answer.status_code == 422, said
        assert answer.content_type == "application/problem+json"
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
        assert all(error["detail"] for error in answer.json["errors"])


ODD_BODIES = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b'{"title": "\\ud800"}', "application/json", 201),
    (b'{"title": "a\\u0000b"}', "application/json", 201),
    (b'{"title": NaN}', "application/json", 422),
    (b"[]", "application/json", 422),
    (b'"x"', "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"title": "x"}', "text/plain", 415),
    (b"title=x", "application/x-www-form-urlencoded", 415),
    (b'{"title": "' + b"x" * (1024 * 1024) + b'"}', "application/json", 413),
]


def test_odd_bodies_get_a_clear_answer(ana: User, caller: Any) -> None:
    api = caller(ana)
    for body, kind, status in ODD_BODIES:
        answer = api.post("/items", data=body, content_type=kind)
        assert answer.status_code == status, (body[:40], answer.text)
        if status == 201:
            assert answer.json["title"] in ("", "a b")
        else:
            assert answer.content_type == "application/problem+json"


MOMENT = "2020-01-01T00:00:00Z"
OWN = {
    **{"id": 1, "kind": "physical", "state": "published", "owner_id": 1, "organisation_id": 99, "version": 7},
    **{"revision": 9, "revises_id": 1, "published_at": MOMENT, "created_at": MOMENT, "submitted_at": None},
    **{"proposed": ["title"], "approved_by": 1, "status": "published", "role": "administrator", "is_admin": True},
}


def test_what_is_not_said_by_people_cannot_be_set(services: Services, rui: User, caller: Any, draft_of: Any) -> None:
    api = caller(rui)
    item_id = draft_of(api)
    before = stored(services, item_id)
    for name, value in OWN.items():
        for answer in (
            api.post("/items", json={"title": "x", name: value}),
            api.patch(f"/items/{item_id}", json={"title": "x", name: value}),
        ):
            assert answer.status_code == 422, name
            assert answer.json["errors"][0]["pointer"] == f"/{name}"
        api.patch(f"/items/{item_id}?{name}={value}", json={})
    after = stored(services, item_id)
    assert {**after, "updated_at": "", "revision": 0} == {**before, "updated_at": "", "revision": 0}


def stored(services: Services, item_id: int) -> dict[str, Any]:
    with services.sessions.reading() as session:
        item = session.get_one(Item, item_id)
        return {column.key: getattr(item, column.key) for column in Item.__table__.columns}


def test_naming_an_author_gives_nobody_else_a_key(
    services: Services, ana: User, rui: User, caller: Any, draft_of: Any
) -> None:
    item_id = draft_of(caller(ana), authors=["Rui", "Ana"])
    assert caller(rui).get(f"/items/{item_id}").status_code == 404
    with services.sessions.reading() as session:
        credits = session.scalars(select(Credit).filter_by(item_id=item_id).order_by(Credit.position))
        assert [(credit.name, credit.user_id) for credit in credits] == [("Rui", None), ("Ana", ana.id)]


def test_a_request_for_files_without_files_says_so(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    path = f"/items/{draft_of(api)}/files"
    assert api.post(path, json={}).status_code == 415
    assert api.post(path, data=b"x", content_type="multipart/form-data").status_code == 422
    empty = api.post(path, data={"other": "x"}, content_type="multipart/form-data")
    assert (empty.status_code, empty.json["errors"][0]["pointer"]) == (422, "/files")
    assert api.post(path, **sent((PDF, "../../etc/passwd\x00.pdf"))).json["files"][0]["name"] == "passwd.pdf"


def test_all_files_of_a_request_or_none(services: Services, ana: User, caller: Any, draft_of: Any) -> None:
    services.settings.change("quota_mb", 1)
    api = caller(ana)
    item_id = draft_of(api)
    answer = api.post(f"/items/{item_id}/files", **sent((b"um", "um.txt"), (b"x" * 1_100_000, "grande.txt")))
    assert answer.status_code == 413
    assert answer.json["errors"][0]["pointer"] == "/files"
    assert api.get(f"/items/{item_id}").json["files"] == []


def test_each_file_that_is_not_taken_is_pointed_at_and_none_is_kept(
    services: Services, ana: User, caller: Any, draft_of: Any
) -> None:
    api = caller(ana)
    item_id = draft_of(api)
    files = [(b"um", "um.txt"), (b"MZ\x90\0" + bytes(9), "jogo.pdf"), (b"", "nada.txt"), (b"eco", "corre.bat")]
    answer = api.post(f"/items/{item_id}/files", **sent(*files))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["pointer"] for error in answer.json["errors"]] == ["/files/1", "/files/2", "/files/3"]
    assert "«nada.txt»: O ficheiro está vazio" in answer.json["errors"][1]["detail"]
    assert api.get(f"/items/{item_id}").json["files"] == []


def moves(item_id: int, file_id: int) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return every write to one item."""
    return {
        "change": ("PATCH", f"/items/{item_id}", {"json": {"title": "Outro"}}),
        "discard": ("DELETE", f"/items/{item_id}", {}),
        "files": ("POST", f"/items/{item_id}/files", sent((b"outro", "outro.txt"))),
        "remove": ("DELETE", f"/items/{item_id}/files/{file_id}", {}),
        "submit": ("POST", f"/items/{item_id}/submit", {}),
        "withdraw": ("POST", f"/items/{item_id}/withdraw", {}),
        "restore": ("POST", f"/items/{item_id}/restore", {}),
    }


MATRIX = {  # of a draft that is complete; then of a published item: stranger, other, staff, disabled, owner
    "change": ((401, 404, 404, 401, 200), (401, 403, 409, 401, 409)),
    "discard": ((401, 404, 404, 401, 204), (401, 403, 409, 401, 409)),
    "files": ((401, 404, 404, 401, 201), (401, 403, 409, 401, 409)),
    "remove": ((401, 404, 404, 401, 204), (401, 403, 409, 401, 409)),
    "submit": ((401, 404, 404, 401, 200), (401, 403, 409, 401, 409)),
    "withdraw": ((401, 404, 404, 401, 409), (401, 403, 200, 401, 409)),
    "restore": ((401, 404, 404, 401, 409), (401, 403, 409, 401, 409)),
}


@pytest.mark.parametrize("state", ["draft", "published"])
def test_who_may_do_what(
    state: str, services: Services, ana: User, rui: User, staff: User, make_person: Any, make_item: Any, caller: Any,
    stranger: Any,
) -> None:  # fmt: skip
    gone = make_person("Gil")
    people = [stranger, caller(rui), caller(staff), caller(gone), caller(ana)]
    with services.sessions.writing() as session:
        session.get_one(User, gone.id).disabled_at = now()
    for move, wanted in MATRIX.items():
        item = make_item(ana, publish=state == "published", text=move)
        with services.sessions.reading() as session:
            file_id = session.scalars(select(File.id).filter_by(item_id=item.id)).one()
        method, path, known = moves(item.id, file_id)[move]
        got = tuple(person.call(method, path, **known).status_code for person in people)
        assert got == wanted[state == "published"], move


def test_a_person_without_the_permission_cannot_begin(make_person: Any, caller: Any) -> None:
    assert caller(make_person("Ivo", None)).post("/items", json={"title": "x"}).status_code == 403


def test_a_draft_of_somebody_else_takes_no_bytes(
    services: Services, ana: User, rui: User, caller: Any, draft_of: Any
) -> None:
    item_id = draft_of(caller(ana))
    assert caller(rui).post(f"/items/{item_id}/files", **sent((b"estranho", "x.txt"))).status_code == 404
    assert list(services.blobs.digests()) == []


def test_what_is_deposited_belongs_to_the_bearer(
    services: Services, ana: User, centre: Any, caller: Any, draft_of: Any
) -> None:
    with services.sessions.reading() as session:
        item = session.get_one(Item, draft_of(caller(ana)))
        assert (item.owner_id, item.organisation_id, item.state) == (ana.id, centre.id, State.DRAFT)
        assert [(credit.name, credit.user_id) for credit in item.credits] == [("Ana", ana.id)]


def test_a_new_version_is_begun_changed_and_takes_the_items_place(
    ana: User, caller: Any, make_item: Any, stranger: Any
) -> None:
    item, api = make_item(ana, title="Primeira"), caller(ana)
    begun = api.post(f"/items/{item.id}/versions", headers={"Idempotency-Key": "v2"})
    draft = begun.json["id"]
    assert (begun.status_code, begun.json["revises"], begun.json["state"]) == (201, item.id, "draft")
    assert begun.headers["Location"].endswith(f"/api/v1/items/{draft}")
    assert [file["name"] for file in begun.json["files"]] == ["ficha.txt"]
    again = api.post(f"/items/{item.id}/versions", headers={"Idempotency-Key": "v2"})
    assert (again.status_code, again.json["id"], again.headers["Idempotency-Replayed"]) == (201, draft, "true")
    known = api.post(f"/items/{item.id}/versions")
    assert (known.status_code, known.json["id"]) == (200, draft)
    api.patch(f"/items/{draft}", json={"title": "Segunda", "changes": "Letra maior"})
    assert stranger.get(f"/items/{item.id}").json["title"] == "Primeira"
    done = api.post(f"/items/{draft}/submit").json
    assert (done["id"], done["version"], done["title"], done["changes"]) == (item.id, 2, "Segunda", "Letra maior")
    versions = stranger.get(f"/items/{item.id}").json["versions"]
    assert [(row["number"], row["changes"]) for row in versions] == [(1, ""), (2, "Letra maior")]


def test_a_new_version_is_begun_only_by_who_may_edit_and_only_of_what_is_published(
    ana: User, rui: User, caller: Any, make_item: Any, draft_of: Any, stranger: Any
) -> None:
    item, api = make_item(ana), caller(ana)
    path = f"/items/{item.id}/versions"
    assert stranger.post(path).status_code == 401
    assert caller(ana, ["read"]).post(path).status_code == 403
    assert caller(rui).post(path).status_code == 403
    assert api.post("/items/999/versions").status_code == 404
    assert api.post(f"/items/{draft_of(api)}/versions").status_code == 409
    assert api.post(path, headers={"If-Match": '"1-x"'}).status_code == 412


def test_what_changed_is_at_most_500_characters(ana: User, caller: Any, draft_of: Any) -> None:
    api = caller(ana)
    answer = api.patch(f"/items/{draft_of(api)}", json={"changes": "x" * 501})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/changes"]
