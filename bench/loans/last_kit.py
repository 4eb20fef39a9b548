"""Two hundred people want the last kit at the same moment, at two server processes on one database."""

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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.instance import begin
from bench.loans import house
from plugins.physical_loans import promises
from repository.work import SYSTEM, Services, open_look, open_work

PEOPLE, PROCESSES = 200, 2


@dataclass(frozen=True)
class Figures:
    """How many were booked, refused with an alternative, and failed otherwise; overlaps; and the time of 95 of 100."""

    booked: int
    refused: int
    failed: int
    overlaps: int
    p95_s: float
    told: Counter[int]


def measure(folder: Path, people: int = PEOPLE) -> Figures:
    """Let everybody ask at once; the database is the instance's, or the one REPOSITORY_DATABASE_URL names."""
    services, _ = begin(folder)
    with open_work(services, SYSTEM) as work:
        desk = house.add_desk(work)
        thing = house.add_thing(work, desk, "O último robô")
        house.add_thing(work, desk, "Outro robô", copies=people)
        day = house.open_day(work, desk, 14).isoformat()
    tokens = house.add_teachers(services, people)
    said = {"bookings": [{"thing_id": thing.item_id, "from": day, "to": day}]}
    with ExitStack() as stack:
        ports = [stack.enter_context(_serving(folder)) for _ in range(PROCESSES)]
        for number, token in enumerate(tokens):  # as people do, everybody has seen that it is free
            ask(ports[number % PROCESSES], "GET", f"/api/v1/things/{thing.item_id}/availability?from={day}", token)
        answers = all_at_once(ports, tokens, said)
    overlaps = _overlaps(services)
    services.close()
    told = Counter(status for status, _, _ in answers)
    with_way_out = sum(status == 409 and bool(body.get("alternatives")) for status, body, _ in answers)
    times = [seconds for _, _, seconds in answers]
    return Figures(
        told[201],
        with_way_out,
        people - told[201] - with_way_out,
        overlaps,
        statistics.quantiles(times, n=20)[18],
        told,
    )


def all_at_once(ports: list[int], tokens: list[str], said: dict[str, Any]) -> list[tuple[int, dict[str, Any], float]]:
    """Return status, body and seconds of everybody's request, all sent when the last is ready."""
    ready = threading.Barrier(len(tokens))
    answers: list[tuple[int, dict[str, Any], float]] = []

    def one(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", ports[number % len(ports)], timeout=60)
        ready.wait()
        answers.append(ask(connection, "POST", "/api/v1/bookings", tokens[number], said))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def ask(
    where: int | http.client.HTTPConnection, method: str, path: str, token: str, said: Any = None
) -> tuple[int, dict[str, Any], float]:
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
def _serving(folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    run = [sys.executable, "-m", "bench.loans.server", str(port)]
    environment = os.environ | {"REPOSITORY_INSTANCE": str(folder)}
    process = subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while ask(port, "GET", "/api/v1/things", "")[0] == 0:
            if process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
