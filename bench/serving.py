"""The serving process: ready when, how large, how soon a change is found, how much a large deposit takes."""

import base64
import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.instance import Server, begin, command, csrf_token, fill, publish, serving, sign_in
from repository.work import Actor, Services, open_work

ITEMS = 2_000
MB = 1024 * 1024
DEPOSIT_MB, PIECE_MB = 200, 8


@dataclass(frozen=True)
class Figures:
    """Seconds until ready, MB of memory, seconds until found (the slowest of ten), extra MB for the deposit."""

    ready_s: float
    memory_mb: float
    visible_s: float
    deposit_mb: float


def measure(folder: Path) -> Figures:
    """Measure one server on an instance of 2,000 items."""
    services, actor = begin(folder)
    fill(services, actor, ITEMS)
    command(folder, "worker", "--until-idle")
    with serving(folder) as server:
        for page in range(1, 21):
            get(f"{server.url}/search?q=metade&page={page}")
        memory = server.memory_mb()
        visible = max(_visible(server, services, actor, number) for number in range(10))
        return Figures(server.ready_s, memory, visible, deposit(server))


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


def _visible(server: Server, services: Services, actor: Actor, number: int) -> float:
    """Return the seconds from the commit until the API finds the new item."""
    word = f"palavranova{number}"
    with open_work(services, actor) as work:
        publish(services, work, f"Material {word}", ["texto"])
    started = time.perf_counter()
    while not json.loads(get(f"{server.url}/api/v1/items?q={word}"))["total"]:
        if time.perf_counter() - started > 60:
            raise RuntimeError("a published item is not found")
        time.sleep(0.02)
    return time.perf_counter() - started


def deposit(server: Server) -> float:
    """Send 200 MB in pieces as a browser does; return how much the server's memory grew at most, in MB."""
    browser = sign_in(server)
    csrf = csrf_token(browser.open(f"{server.url}/deposit").read().decode())
    draft = browser.open(f"{server.url}/deposit", urllib.parse.urlencode({"csrf_token": csrf}).encode()).geturl()
    item_id = re.search(r"/deposit/(\d+)", draft)
    assert item_id is not None
    before = server.memory_mb("VmHWM")
    named = {"filename": "grande.mp4", "item": item_id[1]}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
    headers = {
        "Tus-Resumable": "1.0.0",
        "X-CSRFToken": csrf,
        "Upload-Length": str(DEPOSIT_MB * MB),
        "Upload-Metadata": metadata,
    }
    made = browser.open(urllib.request.Request(f"{server.url}/uploads", b"", headers, method="POST"))
    address = urllib.parse.urljoin(server.url, made.headers["Location"])
    for offset, piece in _pieces():
        headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": csrf, "Upload-Offset": str(offset)}
        headers["Content-Type"] = "application/offset+octet-stream"
        browser.open(urllib.request.Request(address, piece, headers, method="PATCH"))
    return server.memory_mb("VmHWM") - before


def _pieces() -> Iterator[tuple[int, bytes]]:
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
    for offset in range(0, DEPOSIT_MB * MB, PIECE_MB * MB):
        piece = bytes([offset // MB % 251]) * (PIECE_MB * MB)
        yield offset, (head + piece[len(head) :]) if offset == 0 else piece
