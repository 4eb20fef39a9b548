"""The real server and what comes in over real connections: bodies without room, and clients that stall."""

import random
import resource
import socket
import tempfile
from contextlib import ExitStack, contextmanager
from io import BytesIO
from types import SimpleNamespace

import pytest

from repository import attachments, items
from repository.web import bodies
from tests.serving import serving

START_S = 60
MB = 1024 * 1024
BYTES = "application/octet-stream"


@pytest.fixture
def address(services, admin, monkeypatch):
    """Serve the instance on a free port from a thread of this process; yield the host and the port."""
    monkeypatch.setattr(tempfile, "tempdir", str(services.blobs.partial))
    with serving(services) as place:
        yield place


def connect(address):
    return socket.create_connection(address, timeout=START_S)


def head_of(path, length, kind=BYTES, method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}", f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_of(line):
    """Return the status and the text of one answer, and leave the connection open."""
    with line.makefile("rb") as reading:
        status = int(reading.readline().split()[1])
        length = 0
        while (header := reading.readline().strip()) != b"":
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return status, reading.read(length).decode()


def get(address, path="/healthz"):
    with connect(address) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return answer_of(line)


def send(line, length, path="/items/1/files"):
    """Send a body to its end, as a browser does before it looks at an answer."""
    line.sendall(head_of(path, length))
    for _ in range(length // MB):
        line.sendall(bytes(MB))
    return answer_of(line)


def left_over(services):
    return [path.name for path in services.blobs.partial.iterdir()]


def test_a_body_larger_than_the_free_disk_gets_a_sentence_and_the_connection_goes_on(services, address, monkeypatch):
    room = {"free": bodies.COPIES * 4 * MB - 1}
    monkeypatch.setattr("repository.web.bodies.shutil.disk_usage", lambda _path: SimpleNamespace(**room))
    with connect(address) as line:
        status, page = send(line, 4 * MB)
        assert status == 507
        assert "não cabe agora no disco" in page
        room["free"] += 1
        assert send(line, 4 * MB)[0] == 400  # taken in, and found to lack the token of a form
    assert left_over(services) == []


def test_a_disk_that_fills_while_a_body_arrives_is_said_too(services, address, monkeypatch):
    with open("/dev/full", "r+b", buffering=0) as full, connect(address) as line:
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda *_args, **_known: full)
        status, page = send(line, 8 * MB)
        assert status == 507
        assert "não cabe agora no disco" in page
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert answer_of(line)[0] == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_t19_a_body_over_the_limit_gets_a_sentence_and_no_byte_of_it_stays(services, address, chunked):
    services.settings.change("max_file_mb", 1)
    length = bodies.largest(services) + MB
    with connect(address) as line:
        if chunked:
            line.sendall(head_of("/items/1/files", 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
            for _ in range(length // MB):
                line.sendall(b"%x\r\n" % MB + bytes(MB) + b"\r\n")
            line.sendall(b"0\r\n\r\n")
            status, page = answer_of(line)
        else:
            status, page = send(line, length)
        assert status == 413
        assert "maior do que o permitido" in page
    assert left_over(services) == []


def test_the_api_and_the_uploads_say_it_in_their_own_way(services, address, monkeypatch):
    monkeypatch.setattr("repository.web.bodies.shutil.disk_usage", lambda _path: SimpleNamespace(free=0))
    with connect(address) as line:
        status, problem = send(line, 2 * MB, "/api/v1/items/1/files")
        assert (status, problem[:1]) == (507, "{")
        status, words = send(line, 2 * MB, "/uploads")
        assert (status, words[:1]) == (507, "O")


@contextmanager
def few_files():
    """What is started in the block may have as few files open as a small system allows, until it asks for more."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


def test_t64_pages_are_answered_while_150_uploads_stall_and_500_connections_idle(start, admin):
    with few_files():
        process = start("serve", "--port", "0")
    host, _, port = process.stdout.readline().split()[1].removeprefix("http://").partition(":")
    address = (host, int(port))
    with ExitStack() as stack:
        idle = [stack.enter_context(connect(address)) for _ in range(500)]
        stalled = [stack.enter_context(connect(address)) for _ in range(150)]
        sent = [2 * MB if number < 50 else 1000 for number in range(150)]  # some lie on disk, others in memory
        for line, size in zip(stalled, sent, strict=True):
            line.sendall(head_of("/items/1/files", 3 * MB) + bytes(size))
        assert get(address)[0] == 200
        assert get(address, "/healthz?again")[0] == 200
        idle[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert answer_of(idle[-1])[0] == 200
        for line, size in list(zip(stalled, sent, strict=True))[45:55]:  # who goes on is answered, too
            line.sendall(bytes(3 * MB - size))
            assert answer_of(line)[0] == 400


def test_pages_are_answered_while_as_many_as_there_are_threads_take_an_archive_slowly(
    address, services, admin, work_as
):
    with work_as(admin) as work:
        item = items.create_draft(work)
        items.describe(work, item, {"title": "Filme", "licence": "CC-BY-4.0", "level": ["sec"]})
        blob = services.blobs.receive(BytesIO(random.Random(1).randbytes(30 * MB)), limit=None)
        attachments.attach(work, item, blob, "filme.bin")
        items.submit(work, item)
        path = f"/items/{item.id}/files.zip"
    with ExitStack() as stack:
        for _ in range(services.settings["threads"]):
            line = stack.enter_context(connect(address))
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert line.recv(12) == b"HTTP/1.1 200"  # and not a byte more
        assert get(address)[0] == 200
