"""Files into a draft over HTTP: resumable, with a plain form, and refused where they must be."""

import base64
import errno
import hashlib
import os
import random
import resource
from collections.abc import Callable
from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repository import items
from repository.models import File, Item, User
from repository.web import uploads
from repository.work import Services

TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}
MB = 1024 * 1024
PROGRAM = b"MZ\x90\0" + bytes(100)


@pytest.fixture
def draft(ana: User, work_as: Callable[..., Any]) -> Item:
    with work_as(ana) as work:
        return items.create_draft(work)


@pytest.fixture
def hers(ana: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(ana)


def metadata(**known: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in known.items())


def announce(browser: FlaskClient, item: Item, length: int, name: str = "ficha ção.txt") -> TestResponse:
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, item=str(item.id))}
    return browser.post("/uploads", headers=headers)


def send(browser: FlaskClient, where: str, offset: int, data: bytes, **known: Any) -> TestResponse:
    return browser.patch(where, data=data, headers=PART | {"Upload-Offset": str(offset)}, **known)


def stream(browser: FlaskClient, where: str, offset: int, body: Any, announced: int) -> TestResponse:
    """Send a body that may end before what was announced, as a line that breaks does."""
    wire = {"wsgi.input": body, "CONTENT_LENGTH": str(announced)}
    return browser.patch(where, headers=PART | {"Upload-Offset": str(offset)}, environ_overrides=wire)


def files_of(services: Services, item: Item) -> list[File]:
    with services.sessions.reading() as session:
        return session.get_one(Item, item.id).files


def test_the_server_says_what_it_speaks_before_anything_is_sent(client: FlaskClient) -> None:
    answer = client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "creation" in answer.headers["Tus-Extension"]
    assert int(answer.headers["Tus-Max-Size"]) == 2048 * MB


def test_a_file_in_two_parts_becomes_a_file_of_the_draft(hers: FlaskClient, draft: Item, services: Services) -> None:
    made = announce(hers, draft, 10)
    assert made.status_code == 201
    assert made.headers["Upload-Expires"]
    first = send(hers, made.location, 0, b"abcde")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    assert "Upload-File" not in first.headers
    last = send(hers, made.location, 5, b"fghij")
    [file] = files_of(services, draft)
    assert int(last.headers["Upload-File"]) == file.id
    assert (file.name, file.size, file.sha256) == ("ficha ção.txt", 10, hashlib.sha256(b"abcdefghij").hexdigest())


@pytest.mark.parametrize(
    ("name", "length", "words"), [("jogo.exe", 10, "É um programa"), ("ficha.pdf", 0, "está vazio")]
)
def test_what_the_announcement_gives_away_is_refused_before_a_byte_is_sent(
    name: str, length: int, words: str, hers: FlaskClient, draft: Item, services: Services
) -> None:
    refused = announce(hers, draft, length, name)
    assert refused.status_code == 422
    assert words in refused.text
    assert list(services.blobs.partial.glob("*.*")) == []


def test_a_program_under_a_good_name_is_refused_when_it_is_here_and_nothing_of_it_stays(
    hers: FlaskClient, draft: Item, services: Services
) -> None:
    where = announce(hers, draft, len(PROGRAM), "ficha.pdf").location
    refused = send(hers, where, 0, PROGRAM)
    assert (refused.status_code, refused.mimetype) == (422, "text/plain")
    assert "É um programa" in refused.text
    assert hers.head(where, headers=TUS).status_code == 404
    assert list(services.blobs.digests()) == list(services.blobs.partial.glob("*.*")) == files_of(services, draft) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_line_that_breaks_at_random_points_never_tears_a_file(
    seed: int, hers: FlaskClient, draft: Item, services: Services
) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(300_000)
    where = announce(hers, draft, len(data)).location
    offset = broken = 0
    while offset < len(data):
        announced = min(chance.randint(1, 90_000), len(data) - offset)
        arrived = announced if chance.random() < 0.4 else chance.randint(0, announced)
        answer = stream(hers, where, offset, BytesIO(data[offset : offset + arrived]), announced)
        assert answer.status_code == (204 if arrived == announced else 400)
        broken += arrived < announced
        offset = int(hers.head(where, headers=TUS).headers["Upload-Offset"])
    [file] = files_of(services, draft)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert broken


def test_two_parts_at_one_offset_leave_one_of_them(
    app: Any, ana: User, sign_in: Callable[[User], FlaskClient], draft: Item, services: Services
) -> None:
    browsers = [sign_in(ana) for _ in range(2)]
    data = b"Ficha " + os.urandom(200_000)
    where = announce(browsers[0], draft, len(data)).location
    statuses: list[int] = []
    threads = [Thread(target=lambda b=b: statuses.append(send(b, where, 0, data).status_code)) for b in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) in ([204, 204], [204, 409])
    assert [file.sha256 for file in files_of(services, draft)] == [hashlib.sha256(data).hexdigest()]


@pytest.mark.parametrize("offset", [1, 3, 99])
def test_a_part_for_another_offset_is_refused_and_changes_nothing(offset: int, hers: FlaskClient, draft: Item) -> None:
    where = announce(hers, draft, 10).location
    send(hers, where, 0, b"ab")
    assert send(hers, where, offset, b"xyz").status_code == 409
    assert hers.head(where, headers=TUS).headers["Upload-Offset"] == "2"


def test_more_bytes_than_announced_are_refused(hers: FlaskClient, draft: Item) -> None:
    where = announce(hers, draft, 3).location
    assert send(hers, where, 0, b"abcdef").status_code == 413
    assert hers.head(where, headers=TUS).headers["Upload-Offset"] == "0"


def test_the_upload_of_another_person_does_not_exist(
    hers: FlaskClient, rui: User, sign_in: Callable[[User], FlaskClient], client: FlaskClient, draft: Item
) -> None:
    where = announce(hers, draft, 5).location
    his = sign_in(rui)
    assert his.head(where, headers=TUS).status_code == 404
    assert send(his, where, 0, b"abcde").status_code == 404
    assert his.delete(where, headers=TUS).status_code == 404
    assert send(client, where, 0, b"abcde").status_code == 401


def test_nobody_sends_into_the_draft_of_another(
    rui: User, sign_in: Callable[[User], FlaskClient], client: FlaskClient, draft: Item
) -> None:
    assert announce(sign_in(rui), draft, 5).status_code == 404
    assert announce(client, draft, 5).status_code == 401


def test_a_draft_that_was_handed_in_meanwhile_takes_no_more(
    hers: FlaskClient, ana: User, work_as: Callable[..., Any], draft: Item, services: Services
) -> None:
    where = announce(hers, draft, 5).location
    with work_as(ana) as work:
        items.discard(work, work.session.get_one(Item, draft.id))
    assert send(hers, where, 0, b"abcde").status_code == 409
    assert files_of(services, draft) == []


def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    make_services: Callable[..., Services], hers: FlaskClient, draft: Item, services: Services
) -> None:
    services.settings.change("max_file_mb", 1)
    assert announce(hers, draft, MB).status_code == 201
    assert announce(hers, draft, MB + 1).status_code == 413
    services.settings.change("quota_mb", 1)
    assert announce(hers, draft, MB + 1).status_code == 413


def test_unfinished_uploads_count_as_if_they_were_here(hers: FlaskClient, draft: Item, services: Services) -> None:
    services.settings.change("quota_mb", 3)
    assert [announce(hers, draft, MB).status_code for _ in range(4)] == [201, 201, 201, 413]


def test_nobody_begins_uploads_without_end(hers: FlaskClient, draft: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 2)
    assert [announce(hers, draft, 5).status_code for _ in range(3)] == [201, 201, 409]


def test_an_upload_that_waited_too_long_is_gone(hers: FlaskClient, draft: Item, services: Services) -> None:
    where = announce(hers, draft, 5).location
    for path in services.blobs.partial.iterdir():
        os.utime(path, (0, 0))
    assert hers.head(where, headers=TUS).status_code == 404
    assert send(hers, where, 0, b"abcde").status_code == 404


def test_an_upload_can_be_given_up(hers: FlaskClient, draft: Item, services: Services) -> None:
    where = announce(hers, draft, 5).location
    assert hers.delete(where, headers=TUS).status_code == 204
    assert hers.head(where, headers=TUS).status_code == 404
    assert list(services.blobs.partial.glob("*.data")) == []


def test_a_complete_upload_whose_answer_was_lost_joins_when_asked_again(
    hers: FlaskClient, draft: Item, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = announce(hers, draft, 5).location

    def broken(*_args: Any) -> None:
        raise OSError("the machine stops between the last byte and the row")

    with monkeypatch.context() as patch:
        patch.setattr("repository.incoming.join", broken)
        assert send(hers, where, 0, b"abcde").status_code == 500
    assert files_of(services, draft) == []
    again = hers.head(where, headers=TUS)
    assert (again.headers["Upload-Offset"], len(files_of(services, draft))) == ("5", 1)
    hers.head(where, headers=TUS)
    assert len(files_of(services, draft)) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "5"}, 412),
        (TUS, 422),
        (TUS | {"Upload-Length": "-5"}, 422),
        (TUS | {"Upload-Length": "9" * 40}, 422),
        (TUS | {"Upload-Length": "5"}, 422),
        (TUS | {"Upload-Length": "5", "Upload-Metadata": "filename %%%"}, 422),
        (TUS | {"Upload-Length": "5", "Upload-Metadata": "item " + "A" * 9000}, 422),
        (TUS | {"Upload-Length": "5", "Upload-Metadata": metadata(item="9" * 9)}, 404),
        (TUS | {"Upload-Length": "5", "Upload-Metadata": metadata(item="9" * 10)}, 422),  # no database numbers so far
    ],
)
def test_odd_announcements_are_refused(headers: dict[str, str], status: int, hers: FlaskClient) -> None:
    assert hers.post("/uploads", headers=headers).status_code == status


def test_a_body_of_another_type_is_refused(hers: FlaskClient, draft: Item) -> None:
    where = announce(hers, draft, 5).location
    assert hers.patch(where, data=b"abcde", headers=TUS | {"Upload-Offset": "0"}).status_code == 415


def test_without_the_page_s_token_nothing_is_taken(app: Any, hers: FlaskClient, draft: Item) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert announce(hers, draft, 5).status_code == 400


def test_a_large_file_takes_little_memory(hers: FlaskClient, draft: Item, services: Services) -> None:
    part, parts = 8 * MB, 13
    where = announce(hers, draft, part * parts, "grande.txt").location
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(parts):
        assert stream(hers, where, n * part, _Spaces(part), part).status_code == 204
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert [file.size for file in files_of(services, draft)] == [part * parts]
    assert grown_mb < 50


class _Spaces(BytesIO):
    """A body of spaces that is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size

    def read(self, size: int | None = -1) -> bytes:
        size = self.left if size is None or size < 0 else min(size, self.left)
        self.left -= size
        return b" " * size

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def test_a_plain_form_brings_several_files_and_twice_the_same_is_one(
    hers: FlaskClient, draft: Item, services: Services
) -> None:
    def form() -> dict[str, Any]:
        return {"files": [(BytesIO(b"um"), "um.txt"), (BytesIO(b"dois"), "dois.txt")], "next": f"/items/{draft.id}"}

    for _ in range(2):
        answer = hers.post(f"/items/{draft.id}/files", data=form())
        assert (answer.status_code, answer.location) == (303, f"/items/{draft.id}")
    assert [file.name for file in files_of(services, draft)] == ["um.txt", "dois.txt"]


def test_a_plain_form_keeps_the_good_files_and_names_the_others_with_the_reason(
    hers: FlaskClient, draft: Item, services: Services
) -> None:
    form = {
        "files": [
            (BytesIO(b"um"), "um.txt"),
            (BytesIO(PROGRAM), "jogo.exe"),
            (BytesIO(b""), "nada.pdf"),
            (BytesIO(PROGRAM), "disfarce.pdf"),
            (BytesIO(b"dois"), "dois.txt"),
        ],
        "next": f"/items/{draft.id}",
    }
    page = hers.post(f"/items/{draft.id}/files", data=form, follow_redirects=True).text
    assert [file.name for file in files_of(services, draft)] == ["um.txt", "dois.txt"]
    assert len(list(services.blobs.digests())) == 2
    assert "2 ficheiros guardados" in page
    for name, why in (
        ("jogo.exe", "É um programa"),
        ("nada.pdf", "O ficheiro está vazio"),
        ("disfarce.pdf", "É um programa"),
    ):
        assert f"«{name}»: {why}" in page


def test_a_plain_form_goes_back_to_this_site_only(hers: FlaskClient, draft: Item) -> None:
    answer = hers.post(f"/items/{draft.id}/files", data={"next": "//outro.invalid/"})
    assert answer.location == f"/items/{draft.id}"


def test_a_plain_form_for_the_draft_of_another_is_refused(
    rui: User, sign_in: Callable[[User], FlaskClient], client: FlaskClient, draft: Item, services: Services
) -> None:
    assert sign_in(rui).post(f"/items/{draft.id}/files", data={"files": (BytesIO(b"x"), "x.txt")}).status_code == 404
    assert client.post(f"/items/{draft.id}/files", data={"files": (BytesIO(b"x"), "x.txt")}).status_code == 404
    assert files_of(services, draft) == []


def test_files_of_a_form_wait_on_the_instance_s_own_disk(
    hers: FlaskClient, draft: Item, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    real = __import__("tempfile").TemporaryFile
    monkeypatch.setattr(
        "repository.web.uploads.tempfile.TemporaryFile",
        lambda *args, **known: (used.append(str(known["dir"])), real(*args, **known))[1],
    )
    hers.post(f"/items/{draft.id}/files", data={"files": (BytesIO(b"x"), "x.txt")})
    assert used == [str(services.blobs.partial)]


def test_a_disk_that_fills_while_a_form_arrives_is_said_in_words(ana, sign_in, make_item, monkeypatch):
    draft = make_item(ana, publish=False)
    browser = sign_in(ana)

    def full(*_args, **_known):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("repository.web.uploads.tempfile.TemporaryFile", full)
    answer = browser.post(f"/items/{draft.id}/files", data={"files": (BytesIO(b"x"), "a.txt")})
    assert answer.status_code == 503
    assert "disco" in answer.text
    assert answer.headers["Retry-After"]
