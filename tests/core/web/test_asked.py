"""What a request may say, and what no database could hold."""

import io

import pytest
from flask import request
from sqlalchemy.exc import DataError, OperationalError

from repository.errors import Unavailable


@pytest.mark.parametrize("files", [{}, {"photo": (io.BytesIO(b"a\0b"), "a.jpg")}], ids=["a form", "a form with files"])
def test_a_nul_in_an_address_or_a_form_is_another_character_before_anybody_looks_for_it(app, files):
    form = {"title": "a\0b", "plain": "ção"}
    with app.test_request_context("/things?category=%00&q=a&q=b", method="POST", data=form | files):
        assert request.args["category"] == "\ufffd"
        assert request.args.getlist("q") == ["a", "b"]
        assert request.form.to_dict() == {"title": "a\ufffdb", "plain": "ção"}
        assert [file.read() for file in request.files.values()] == [b"a\0b"] * len(files)


@pytest.mark.parametrize("path", ["/", "/api/v1/items"])
@pytest.mark.parametrize(
    ("failure", "status", "seconds"),
    [
        (DataError("SELECT", {}, ValueError("a NUL")), 422, None),
        (OperationalError("SELECT", {}, ValueError("locked")), 503, "60"),
        (Unavailable("Agora não."), 503, "30"),
    ],
    ids=["a value that no column holds", "a busy database", "too many writers"],
)
def test_what_the_database_cannot_do_is_said_with_when_to_come_back(app, monkeypatch, path, failure, status, seconds):
    def fail(*_args, **_known):
        raise failure

    rule = app.url_map.bind("localhost").match(path)[0]
    monkeypatch.setitem(app.view_functions, rule, fail)
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, seconds)
