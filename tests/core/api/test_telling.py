"""Reports of problems through the API: the same rules, the same receipt, the same decision."""

import pytest

from repository import reports
from repository.models import Item, State


@pytest.fixture
def item(ana, make_item):
    return make_item(ana)


def said(item, **more):
    return {"item_id": item.id, "reason": "people", "text": "Lista de nomes."} | more


def test_a_report_with_a_token_hides_gives_a_receipt_and_is_decided(caller, client, services, rui, staff, item):
    told = caller(rui).post("/reports", json=said(item))
    assert (told.status_code, told.json["hidden"]) == (201, True)
    path = told.json["receipt"].partition("://")[2].partition("/")[2]
    assert "deixou de estar à vista" in client.get(f"/{path}").text
    api = caller(staff)
    (row,) = api.get("/reports").json["reports"]
    assert (row["item_id"], row["reason"], row["handled_at"]) == (item.id, "people", None)
    where = f"/reports/{row['id']}/decision"
    assert api.post(where, json={"decision": "keep", "text": " "}).status_code == 422
    answer = api.post(where, json={"decision": "keep", "text": "Não são alunos."})
    assert (answer.status_code, answer.json["decision"]) == (200, "keep")
    assert api.post(where, json={"decision": "take_down", "text": "Afinal são."}).status_code == 409
    with services.sessions.reading() as session:
        assert session.get_one(Item, item.id).state == State.PUBLISHED


def test_the_same_report_sent_twice_with_a_key_is_one(caller, rui, staff, item):
    api = caller(rui)
    answers = [
        api.post("/reports", json=said(item, reason="wrong"), headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert caller(staff).get("/reports").json["total"] == 1


def test_only_staff_read_and_decide(caller, stranger, rui, item):
    caller(rui).post("/reports", json=said(item, reason="wrong"))
    assert stranger.get("/reports").status_code == 403
    assert caller(rui).get("/reports").status_code == 403
    answer = caller(rui).post("/reports/1/decision", json={"decision": "keep", "text": "Não tem."})
    assert answer.status_code == 404
    assert stranger.post("/reports", json=said(item)).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"reason": "x"}, "/reason"),
        ({"item_id": 10**30}, "/item_id"),
        ({"text": ""}, "/text"),
        ({"email": "x"}, "/email"),
    ],
)
def test_a_refusal_points_to_the_field(caller, rui, item, wrong, pointer):
    answer = caller(rui).post("/reports", json=said(item, **wrong))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_what_one_may_not_see_cannot_be_reported(caller, ana, rui, make_item):
    assert caller(rui).post("/reports", json=said(make_item(ana, publish=False))).status_code == 404


def test_a_member_who_tells_too_much_hears_when_to_come_back(caller, rui, item, monkeypatch):
    monkeypatch.setattr(reports, "MEMBER_AN_HOUR", 1)
    api = caller(rui)
    assert api.post("/reports", json=said(item, reason="wrong")).status_code == 201
    answer = api.post("/reports", json=said(item, reason="wrong"))
    assert answer.status_code == 429
    assert 3000 < int(answer.headers["Retry-After"]) <= 3601
