"""The lending desk under /api/v1: what the pages allow and nothing else, each once, with a way out of each refusal."""

import itertools
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import func, select

from plugins.physical_loans import waiting
from plugins.physical_loans.models import Booking, Hold, Rule
from repository import accounts
from repository.models import AuditEntry

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
PICK_UP = datetime(2027, 3, 8, 16, tzinfo=UTC)
BACK = datetime(2027, 3, 10, 11, tzinfo=UTC)
LESSON = {"start": "2027-03-09T10:30", "end": "2027-03-09T12:00"}
NEXT_WEEK = {"start": "2027-03-16T10:30", "end": "2027-03-16T12:00"}


@pytest.fixture
def clock(monkeypatch):
    """Set the clock of requests; it stands at Monday, 1 March 2027."""

    def set_to(moment):
        for place in ("repository.work.now", "repository.http.now"):
            monkeypatch.setattr(place, lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def call(app, clock, at):
    """Call /api/v1 with a token of a person's, for loans unless told."""
    browser, numbers = app.test_client(), itertools.count()

    def called(user, method, path, scopes=("loans",), **known):
        headers = dict(known.pop("headers", {}))
        if user is not None:
            with at(user) as work:
                secret = accounts.issue_token(work, user, f"n.º {next(numbers)}", scopes)
            headers["Authorization"] = f"Bearer {secret}"
        return browser.open(f"/api/v1{path}", method=method, headers=headers, **known)

    return called


@pytest.fixture
def book(call, thing):
    """Book the thing for the lesson."""

    def booked(user, lesson=LESSON, status=201, **known):
        said = {"bookings": [{"thing_id": thing.item_id, "lessons": [lesson]}]}
        answer = call(user, "POST", "/bookings", json=said, **known)
        assert answer.status_code == status, answer.text
        return answer.json["bookings"][0] if status == 201 else answer

    return booked


def test_the_document_is_valid_and_names_every_address(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    ours = {path for path in document["paths"] if path.split("/")[3] in ("things", "bookings", "waiting-list")}
    acts = ("approve", "decline", "prepare", "hand-out", "return", "extend")
    assert ours == {
        "/api/v1/things",
        "/api/v1/things/{thing_id}",
        "/api/v1/things/{thing_id}/availability",
        "/api/v1/bookings",
        "/api/v1/bookings/{booking_id}",
        *(f"/api/v1/bookings/{{booking_id}}/{act}" for act in acts),
        "/api/v1/waiting-list",
        "/api/v1/waiting-list/{booking_id}/answer",
    }
    for path in ours:
        for method, operation in document["paths"][path].items():
            if method == "post":
                assert "Idempotency-Key" in {each["name"] for each in operation["parameters"] if "name" in each}, path


def test_the_document_tells_how_to_search_for_what_is_free(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    told = {each["name"]: each for each in document["paths"]["/api/v1/items"]["get"]["parameters"]}
    assert {"q", "free", "from", "until", "all"} <= set(told)
    assert "free for a lesson" in told["free"]["description"]


def test_anybody_may_see_what_is_lent_and_when_it_is_free_but_not_who_has_it(call, book, ana, thing):
    book(ana)
    listed = call(None, "GET", "/things").json
    assert [(each["title"], each["units"]) for each in listed["things"]] == [("Robôs de chão", 1)]
    whole = call(None, "GET", f"/things/{thing.item_id}").json
    days = call(None, "GET", f"/things/{thing.item_id}/availability?from=2027-03-05&to=2027-03-12").json["days"]
    assert {day["day"]: day["free"] for day in days if day["open"]} == {
        "2027-03-05": 1,
        "2027-03-08": 0,
        "2027-03-09": 0,
        "2027-03-10": 0,
        "2027-03-11": 1,
        "2027-03-12": 1,
    }
    assert "Ana" not in json.dumps([listed, whole, days])


def test_the_list_of_things_asks_the_database_as_often_for_many_as_for_one(call, make_thing, count_queries):
    make_thing("Um")
    with count_queries() as one:
        call(None, "GET", "/things")
    for number in range(7):
        make_thing(f"Mais {number}", copies=2)
    with count_queries() as many:
        assert call(None, "GET", "/things").json["total"] == 8
    assert len(many) == len(one) <= 9


def test_a_lesson_is_looked_at_before_it_is_booked(call, ana, book, thing):
    path = f"/things/{thing.item_id}/availability?lesson=2027-03-09T10:30/2027-03-09T12:00"
    free = call(None, "GET", path).json
    assert (free["free"], free["starts_at"], free["ends_at"]) == (True, "2027-03-08T15:30:00Z", "2027-03-10T18:00:00Z")
    book(ana)
    taken = call(None, "GET", path).json
    assert taken["free"] is False
    assert taken["alternatives"][0]["kind"] == "day"
    wrong = call(None, "GET", f"/things/{thing.item_id}/availability?lesson=amanhã")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/lesson")


def test_what_is_taken_is_refused_with_something_else_that_can_be_booked(call, book, ana, rui):
    book(ana)
    refused = book(rui, status=409)
    assert refused.content_type == "application/problem+json"
    offer = refused.json["alternatives"][0]
    assert call(rui, "POST", "/bookings", json=offer["book"]).status_code == 201


def test_nothing_is_offered_that_the_rules_would_refuse_this_person(call, book, ana, rui, make_person, at, thing):
    eva = make_person("Eva")
    with at() as work:
        work.session.get_one(type(thing), thing.item_id).category = "robot"
        work.session.add(Rule(category="robot", user_id=rui.id, horizon_days=8))  # the next free day is further away
        work.session.add(Rule(category="robot", user_id=eva.id, most_open=0))
    book(ana)
    path = f"/things/{thing.item_id}/availability?lesson=2027-03-09T10:30/2027-03-09T12:00"
    offered = {who.name: book(who, status=409).json["alternatives"] for who in (rui, eva)}
    seen = {who.name: call(who, "GET", path, scopes=("read",)).json["alternatives"] for who in (rui, eva)}
    assert offered == seen == {rui.name: [], eva.name: []}
    another = call(ana, "GET", path, scopes=("read",)).json["alternatives"]
    assert [offer["kind"] for offer in another] == ["day"]


def test_several_things_are_booked_all_or_none(call, book, ana, rui, make_thing, services):
    book(ana)
    other = make_thing("Sondas")
    mine = {"thing_id": other.item_id, "from": "2027-03-08", "to": "2027-03-10"}
    with services.sessions.reading() as session:
        taken = session.scalar(select(Booking.thing_id))
    said = {"bookings": [mine, {"thing_id": taken, "lessons": [LESSON]}]}
    assert call(rui, "POST", "/bookings", json=said).status_code == 409
    said["bookings"][1]["lessons"] = [NEXT_WEEK]
    made = call(rui, "POST", "/bookings", json=said).json["bookings"]
    assert [each["thing_id"] for each in made] == [other.item_id, taken]


def test_a_request_sent_twice_is_one_booking_and_one_line_of_the_audit_trail(call, thing, ana, at, clock):
    with at(ana) as work:
        secret = accounts.issue_token(work, ana, "x", ["loans"])
    said = {"bookings": [{"thing_id": thing.item_id, "lessons": [LESSON]}]}
    headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {secret}"}
    first, second = (call(None, "POST", "/bookings", json=said, headers=headers) for _ in range(2))
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    with at() as work:
        assert work.session.scalar(select(func.count()).select_from(Booking)) == 1
        assert len(work.session.scalars(select(AuditEntry).filter_by(action="loan.book")).all()) == 1


def test_a_booking_is_seen_changed_and_cancelled_by_its_borrower(call, book, ana):
    made = book(ana)
    read = call(ana, "GET", f"/bookings/{made['id']}")
    assert read.json["title"] == "Robôs de chão"
    tag = {"If-Match": read.headers["ETag"]}
    later = call(ana, "PATCH", f"/bookings/{made['id']}", json={"lessons": [NEXT_WEEK], "pupils": 24}, headers=tag)
    assert (later.json["starts_at"], later.json["pupils"]) == ("2027-03-15T15:30:00Z", 24)
    assert call(ana, "PATCH", f"/bookings/{made['id']}", json={"pupils": 20}, headers=tag).status_code == 412
    assert call(ana, "DELETE", f"/bookings/{made['id']}", headers=tag).status_code == 412
    for _twice in range(2):
        assert call(ana, "DELETE", f"/bookings/{made['id']}").status_code == 204
    assert call(ana, "GET", f"/bookings/{made['id']}").json["state"] == "cancelled"
    days = call(ana, "PATCH", f"/bookings/{book(ana)['id']}", json={"from": "2027-03-22", "to": "2027-03-24"}).json
    assert (days["lessons"], days["starts_at"]) == ([], "2027-03-22T09:30:00Z")


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "", None),
        ("PATCH", "", {"pupils": 3}),
        ("DELETE", "", None),
        ("POST", "/extend", {"until": "2027-03-12"}),
        ("POST", "/approve", None),
        ("POST", "/hand-out", {}),
        ("POST", "/return", {}),
    ],
)
def test_another_teachers_booking_is_not_there_for_anybody_else(call, book, ana, rui, method, path, said):
    made = book(ana)
    known = {} if said is None else {"json": said}
    answer = call(rui, method, f"/bookings/{made['id']}{path}", ("loans", "desk"), **known)
    assert answer.status_code == 404
    assert "Ana" not in answer.text


def test_a_list_of_bookings_holds_ones_own_and_the_desk_sees_all(call, book, ana, rui, staff, desk):
    book(ana)
    book(rui, NEXT_WEEK)
    assert call(ana, "GET", "/bookings").json["total"] == 1
    assert "borrower" not in call(ana, "GET", "/bookings").json["bookings"][0]
    assert call(ana, "GET", f"/bookings?desk={desk.id}").status_code == 403
    seen = call(staff, "GET", f"/bookings?desk={desk.id}", ("desk",)).json
    assert [each["borrower"] for each in seen["bookings"]] == ["Rui", "Ana"]


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (("read", "deposit"), "GET", "/bookings", 403),
        (("read", "deposit"), "POST", "/bookings", 403),
        (("loans",), "GET", "/bookings?desk={desk}", 403),
        (("loans",), "POST", "/bookings/1/hand-out", 403),
        (("read",), "GET", "/things", 200),
        (("loans",), "GET", "/things", 200),
    ],
)
def test_a_token_does_what_its_scopes_say_also_for_those_who_work_at_the_desk(
    call, staff, desk, thing, scopes, method, path, status
):
    known = {"json": {}} if method == "POST" else {}
    assert call(staff, method, path.format(desk=desk.id), scopes, **known).status_code == status


def test_without_a_token_nothing_is_booked_and_nobodys_bookings_are_read(call, book, ana, thing):
    made = book(ana)
    said = {"bookings": [{"thing_id": thing.item_id, "lessons": [NEXT_WEEK]}]}
    assert call(None, "POST", "/bookings", json=said).status_code == 401
    for path in ("/bookings", f"/bookings/{made['id']}", "/waiting-list"):
        assert call(None, "GET", path).status_code == 403


def test_the_desk_hands_out_extends_and_takes_back_each_once(call, book, ana, staff, clock):
    made = f"/bookings/{book(ana)['id']}"
    clock(PICK_UP)
    assert call(staff, "POST", f"{made}/hand-out", ("desk",), json={"collector": "Motorista"}).json["state"] == "out"
    again = call(staff, "POST", f"{made}/hand-out", ("desk",), json={})
    assert (again.status_code, "Já foi entregue" in again.json["title"]) == (409, True)
    longer = call(ana, "POST", f"{made}/extend", json={"until": "2027-03-12"})
    assert longer.json["ends_at"] == "2027-03-12T18:00:00Z"
    clock(BACK)
    assert call(staff, "POST", f"{made}/return", ("desk",), json={}).json["state"] == "returned"
    assert call(staff, "POST", f"{made}/return", ("desk",), json={}).status_code == 409


def test_a_part_that_is_missing_is_said_when_it_comes_back(call, make_thing, ana, staff, clock):
    kit = make_thing("Kit", parts={"cabo": 2})
    seen = call(None, "GET", f"/things/{kit.item_id}").json
    said = {"bookings": [{"copy_id": seen["copies"][0]["id"], "lessons": [LESSON]}]}
    made = call(ana, "POST", "/bookings", json=said).json["bookings"][0]
    clock(PICK_UP)
    call(staff, "POST", f"/bookings/{made['id']}/hand-out", ("desk",), json={})
    clock(BACK)
    short = {"copy_id": made["copy_id"], "component_id": seen["components"][0]["id"], "there": 1}
    back = call(staff, "POST", f"/bookings/{made['id']}/return", ("desk",), json={"counts": [short]}).json
    assert (back["state"], "cabo" in back["reason"]) == ("incomplete", True)


def test_who_waits_is_told_the_place_and_takes_the_offer(call, book, ana, rui, at, desk, thing):
    made = book(ana)
    wish = {"thing_id": thing.item_id, "lessons": [LESSON]}
    place = call(rui, "POST", "/waiting-list", json=wish)
    assert (place.status_code, place.json["state"], place.json["position"]) == (201, "waiting", 1)
    assert call(ana, "GET", "/waiting-list").json["total"] == 0
    early = call(rui, "POST", f"/waiting-list/{place.json['id']}/answer", json={"accept": True})
    assert early.status_code == 409
    call(ana, "DELETE", f"/bookings/{made['id']}")
    with at() as work:
        waiting.move_on(work, thing.item_id, desk.id)
    (offered,) = call(rui, "GET", "/waiting-list").json["bookings"]
    assert offered["state"] == "offered"
    assert call(ana, "POST", f"/waiting-list/{offered['id']}/answer", json={"accept": True}).status_code == 404
    taken = call(rui, "POST", f"/waiting-list/{offered['id']}/answer", json={"accept": True})
    assert taken.json["state"] == "approved"


def test_the_desk_books_in_somebodys_name_and_nobody_else_does(call, ana, rui, staff, thing):
    said = {"bookings": [{"thing_id": thing.item_id, "lessons": [LESSON]}], "borrower": ana.email}
    assert call(rui, "POST", "/bookings", json=said).status_code == 403
    assert call(rui, "POST", "/bookings", json=said | {"borrower": "ninguem@teste.invalid"}).status_code == 403
    assert call(staff, "POST", "/bookings", json=said).status_code == 403
    made = call(staff, "POST", "/bookings", ("desk",), json=said).json["bookings"][0]
    assert made["borrower"] == "Ana"
    assert call(ana, "GET", f"/bookings/{made['id']}").status_code == 200


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"lessons": [{"start": "2027-03-28T01:30", "end": "2027-03-28T03:00"}]}, "/time"),
        ({"lessons": [{"start": "9999-12-31T23:59:59", "end": "9999-12-31T23:59:59"}]}, "/bookings/0/lessons/0/end"),
        ({"lessons": [{"start": "2027-03-09T12:00", "end": "2027-03-09T10:30"}]}, "/time"),
        ({"lessons": [], "from": "2027-03-10", "to": "2027-03-08"}, "/last"),
        ({"lessons": [LESSON, LESSON]}, "/day"),
        ({"lessons": [LESSON, LESSON], "use": "on_site"}, "/day"),
        ({"lessons": [LESSON, {"start": "2027-03-09T11:30", "end": "2027-03-09T13:00"}], "use": "on_site"}, "/day"),
        ({"from": "2027-03-08", "to": "2027-03-10"}, "/bookings/0/lessons"),
        ({"quantity": 0}, "/bookings/0/quantity"),
        ({"quantity": 1.9}, "/bookings/0/quantity"),
        ({"pupils": "24"}, "/bookings/0/pupils"),
        ({"state": "out"}, "/bookings/0/state"),
        ({"organisation_id": 9999}, "/bookings/0/organisation_id"),
        ({"level": "quarto"}, "/bookings/0/level"),
        ({"copy_id": 9999}, "/bookings/0/copy_id"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field_it_is_in(call, ana, thing, changed, pointer, at):
    said = {"bookings": [{"thing_id": thing.item_id, "lessons": [LESSON]} | changed]}
    answer = call(ana, "POST", "/bookings", json=said)
    assert answer.status_code == 422, answer.text
    assert pointer in {each["pointer"] for each in answer.json["errors"]}
    with at() as work:
        assert work.session.scalar(select(func.count()).select_from(Hold)) == 0


def test_lessons_at_the_same_time_are_refused_on_the_waiting_list_and_in_a_change_too(call, book, ana, rui, thing):
    twice = {"lessons": [LESSON, LESSON], "use": "on_site"}
    made = book(ana)
    answers = [
        call(rui, "POST", "/waiting-list", json={"thing_id": thing.item_id, **twice}),
        call(ana, "PATCH", f"/bookings/{made['id']}", json=twice),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]


@pytest.mark.parametrize("nobody_knows", [True, False], ids=["said as such", "in the middle of something"])
def test_what_the_database_itself_refuses_is_a_conflict(call, book, ana, rui, thing, monkeypatch, nobody_knows):
    book(ana)
    shelf = "plugins.physical_loans.holding.taken"
    monkeypatch.setattr(shelf, lambda *_args: defaultdict(list))  # as if the other had not booked yet when we looked
    if nobody_knows:
        monkeypatch.setattr("plugins.physical_loans.bookings.IntegrityError", KeyError)
    said = {"bookings": [{"thing_id": thing.item_id, "lessons": [LESSON]}]}
    assert call(rui, "POST", "/bookings", json=said).status_code == 409


FAR = (0, -1, 2**31, 2**63, 10**30)
WISH = {"lessons": [LESSON]}


@pytest.mark.parametrize("number", FAR)
def test_an_id_that_no_row_can_have_is_refused_wherever_it_is_sent(call, ana, staff, book, thing, number):
    made = book(ana)
    one = {"thing_id": thing.item_id, **WISH}
    wrong = [
        call(ana, "POST", "/bookings", json={"bookings": [{"thing_id": number, **WISH}]}),
        *(
            call(ana, "POST", "/bookings", json={"bookings": [one | {name: number}]})
            for name in ("desk_id", "copy_id", "organisation_id")
        ),
        call(ana, "POST", "/waiting-list", json=one | {"thing_id": number}),
        call(ana, "PATCH", f"/bookings/{made['id']}", json={"copy_id": number}),
        call(staff, "POST", f"/bookings/{made['id']}/hand-out", ("desk",), json={"copies": [number]}),
        call(staff, "POST", f"/bookings/{made['id']}/return", ("desk",), json={"copies": [{"copy_id": number}]}),
    ]
    assert {answer.status_code for answer in wrong} == {422}


ODD = st.text(max_size=12) | st.sampled_from(["-1", "1e5", "NaN", "%00", "9" * 30, "2027-03-09T10:30", "2027-03-09"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(data=st.data())
def test_every_address_answers_as_documented_whatever_is_sent(data, app, document, tokens, ids):
    for path, methods in document["paths"].items():
        if path.split("/")[3] not in ("things", "bookings", "waiting-list"):
            continue
        for method, operation in ((name, each) for name, each in methods.items() if name in ("get", "post", "patch")):
            known = {"json": data.draw(ANY | st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=4))}
            names = [each["name"] for each in operation.get("parameters", []) if each.get("in") == "query"]
            query = {name: data.draw(ODD) for name in names}
            number = data.draw(st.sampled_from(ids))
            answer = app.test_client().open(
                path.format(thing_id=number, booking_id=number), method=method.upper(), query_string=query,
                headers={"Authorization": f"Bearer {data.draw(st.sampled_from(tokens))}"},
                **(known if method != "get" else {}),
            )  # fmt: skip
            asked = (method, path, number, query, known)
            assert answer.status_code < 500, (asked, answer.text)
            said = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
            said = document["components"]["responses"][said["$ref"].rpartition("/")[2]] if "$ref" in said else said
            if answer.data:
                schema = said["content"][answer.mimetype]["schema"] | {"components": document["components"]}
                Draft202012Validator(schema).validate(answer.json)


FIELDS = (
    "bookings", "thing_id", "copy_id", "desk_id", "quantity", "lessons", "from", "to", "until", "accept", "copies",
    "counts", "reason", "collector", "borrower", "pupils",
)  # fmt: skip


@pytest.fixture
def document(app):
    """The document as anybody gets it."""
    return app.test_client().get("/api/v1/openapi.json").json


@pytest.fixture
def ids(book, ana, thing, make_thing, clock):
    """Numbers of things and bookings that are there, and of none."""
    return [book(ana)["id"], thing.item_id, make_thing("Kit", parts={"cabo": 1}).item_id, 0, 999_999]


@pytest.fixture
def tokens(at, ana, staff):
    """Tokens of a teacher and of the desk, and one that opens nothing."""
    made = []
    for person, scopes in ((ana, ["loans"]), (staff, ["loans", "desk"])):
        with at(person, MONDAY + timedelta(seconds=1)) as work:
            made.append(accounts.issue_token(work, person, "x", scopes))
    return [*made, "pt_wrong"]
