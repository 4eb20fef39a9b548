"""Two hundred people want the last kit at the same moment, at two server processes on one database.

They ask over the API, as the many clients of a bench can, and the servers have booked and refused something before, as
those that have been up for an hour have. What a refusal costs the processor there and on the page is measured beside
it, and so is the same rush at two servers that answer everything with an empty page: no answer of ours can be quicker.
"""

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.instance import begin
from bench.loans import house
from bench.loans.refused_page import Reader
from plugins.physical_loans import promises
from repository.work import SYSTEM, Services, open_look, open_work

PEOPLE, PROCESSES = 200, 2
TICKS = os.sysconf("SC_CLK_TCK")
Told = tuple[int, dict[str, Any], float]


@dataclass(frozen=True)
class Server:
    """A serving process and its port."""

    port: int
    pid: int

    @property
    def work_s(self) -> float:
        """How long the process has kept a processor busy."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True)
class Rush:
    """What everybody was told, how long 95 of 100 waited at most, and the servers' processor time for each, in ms."""

    answers: Sequence[Told]
    p95_s: float
    work_ms: float


@dataclass(frozen=True)
class Figures:
    """How many were booked, refused with an alternative, and failed otherwise; overlaps; the rush and its floor."""

    booked: int
    refused: int
    failed: int
    overlaps: int
    told: Counter[int]
    rush: Rush
    floor: Rush
    page_ms: float


def measure(folder: Path, people: int = PEOPLE) -> Figures:
    """Let everybody ask at once; the database is the one that the instance's settings name."""
    services, _ = begin(folder)
    with open_work(services, SYSTEM) as work:
        desk = house.add_desk(work)
        thing = house.add_thing(work, desk, "O último robô")
        house.add_thing(work, desk, "Outro robô", copies=people)
        before = [house.add_thing(work, desk, f"De antes {number}", category="optics") for number in range(PROCESSES)]
        day = house.open_day(work, desk, 14).isoformat()
    tokens = house.add_teachers(services, people)
    reader = Reader.who_sees(services, thing.item_id, day)
    said = {"bookings": [{"thing_id": thing.item_id, "from": day, "to": day}]}
    with _servers(folder) as servers:
        for number, token in enumerate(tokens):  # as people do, everybody has seen that it is free
            port = servers[number % PROCESSES].port
            ask(port, "GET", f"/api/v1/things/{thing.item_id}/availability?from={day}", token)
        for server, booked in zip(servers, before, strict=True):  # one books it, the next is refused
            _book(server, tokens[:2], booked.item_id, day)
        rush = all_at_once(servers, tokens, said)
    with _servers(folder, "empty") as servers:
        floor = all_at_once(servers, tokens, said)
    overlaps, page_ms = _overlaps(services), reader.refusal_ms()
    services.close()
    told = Counter(status for status, _, _ in rush.answers)
    with_way_out = sum(status == 409 and bool(body.get("alternatives")) for status, body, _ in rush.answers)
    failed = people - told[201] - with_way_out
    return Figures(told[201], with_way_out, failed, overlaps, told, rush, floor, page_ms)


def all_at_once(servers: Sequence[Server], tokens: Sequence[str], said: dict[str, Any]) -> Rush:
    """Send everybody's request when the last is ready."""
    ready = threading.Barrier(len(tokens))
    answers: list[Told] = []

    def one(number: int) -> None:
        port = servers[number % len(servers)].port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        ready.wait()
        answers.append(ask(connection, "POST", "/api/v1/bookings", tokens[number], said))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(tokens))]
    before = sum(server.work_s for server in servers)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_s = sum(server.work_s for server in servers) - before
    times = [seconds for _, _, seconds in answers]
    return Rush(answers, statistics.quantiles(times, n=20)[18], work_s / len(tokens) * 1000)


def _book(server: Server, tokens: Sequence[str], thing_id: int, day: str) -> None:
    for token in tokens:
        ask(
            server.port,
            "POST",
            "/api/v1/bookings",
            token,
            {"bookings": [{"thing_id": thing_id, "from": day, "to": day}]},
        )


def ask(where: int | http.client.HTTPConnection, method: str, path: str, token: str, said: Any = None) -> Told:
    """Return status, body and seconds of one request; 0 for one that was not answered."""
    connection = http.client.HTTPConnection("127.0.0.1", where, timeout=60) if isinstance(where, int) else where
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    began = time.perf_counter()
    try:
        connection.request(method, path, json.dumps(said) if said else None, headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        return answer.status, body, time.perf_counter() - began
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}, time.perf_counter() - began
    finally:
        connection.close()


def _overlaps(services: Services) -> int:
    with open_look(services, SYSTEM) as look:
        return sum(len(promise.prove(look)[1]) for promise in promises.PROMISES)


@contextmanager
def _servers(folder: Path, *words: str) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_serving(folder, *words)) for _ in range(PROCESSES)]


@contextmanager
def _serving(folder: Path, *words: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    run = [sys.executable, "-m", "bench.loans.server", str(port), *words]
    environment = os.environ | {"REPOSITORY_INSTANCE": str(folder)}
    process = subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while ask(port, "GET", "/api/v1/things", "")[0] == 0:
            if process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
