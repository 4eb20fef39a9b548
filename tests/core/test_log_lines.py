"""The log says what the machine refuses in one line, wherever it is met; faults of our own keep their traceback."""

import errno
import json
import logging
import os
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from repository import logs

REFUSED = [errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EIO, errno.ENOSPC, errno.EACCES]


@pytest.fixture
def written() -> Iterator[Callable[[str], StringIO]]:
    """Write what is logged to a text, in the form that is named, as the server does to standard error."""
    handlers: list[logging.Handler] = []

    def begin(form: str) -> StringIO:
        text = StringIO()
        handlers.append(logs.handler_of(form, text))
        logging.getLogger().addHandler(handlers[-1])
        return text

    yield begin
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("number", REFUSED)
def test_a_page_that_meets_an_error_of_the_system_is_one_line_in_the_log(
    app: Any, ana: Any, make_item: Any, monkeypatch: pytest.MonkeyPatch, written: Any, form: str, number: int
) -> None:
    def refuse(*_args: Any) -> None:
        raise OSError(number, os.strerror(number), "/srv/casa/blobs/ab")

    item, text = make_item(ana), written(form)
    monkeypatch.setattr("repository.web.errors.FULL", ())
    monkeypatch.setattr("repository.web.pages.get_or_say", refuse)
    assert app.test_client().get(f"/items/{item.id}").status_code == 500
    (line,) = text.getvalue().splitlines()
    said = json.loads(line)["message"] if form == "json" else line
    assert said.endswith(f"/items/<int:item_id>: [Errno {number}] {os.strerror(number)}: '/srv/casa/blobs/ab'")
    assert "raceback" not in line


def test_a_database_that_refuses_is_one_line_and_a_fault_of_our_own_keeps_its_traceback(written: Any) -> None:
    text = written("text")
    for error in (
        OperationalError("SELECT 1", {}, Exception("disk I/O error")),
        KeyError("x"),
        FileNotFoundError(2, "x"),
    ):
        try:
            raise error
        except Exception:
            logging.getLogger("repository.counting").exception("100%% of the counts could not be written: %s", "kept")
    first, rest = text.getvalue().split("\n", 1)
    assert first.endswith("100% of the counts could not be written: kept: disk I/O error")
    assert rest.count("Traceback") == 2
