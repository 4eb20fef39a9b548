"""The pages of results, of an item and of suggestions from one process over eight connections, beside an empty Flask page.

Eight connections that stay open ask in turn as fast as they are answered. Requests a second tell what a visitor meets;
the server's processor time for each tells what a page costs, whatever else the machine is doing. Pages are asked for as
a visitor does, who gets what is remembered from memory, and with a cookie, for whom each page is made anew.
"""

import http.client
import itertools
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.instance import WORDS, begin, busy_s, command, fill, serving

ITEMS, WORDS_EACH = 2_000, 200
CONNECTIONS, REQUESTS = 8, 400
FROM_MEMORY = 2_000  # requests, where 400 are over in half a second and tell as much of the client
PATIENCE_S = 30

BROWSER = {"Accept-Encoding": "gzip"}  # as every browser says
NOTHING: Mapping[str, str] = {}
ANEW = {"Cookie": "measured=anew"}  # who brings any cookie gets a page of their own

Row = tuple[str, str, str, bool]

SEARCHES = [f"/search?q={urllib.parse.quote(f'{a} {b}')}" for a, b in itertools.pairwise(WORDS)]
PAGES = {
    "/search": SEARCHES,
    "/items/<id>": [f"/items/{number}" for number in range(1, 200)],
    "/suggest": [f"/suggest?q={urllib.parse.quote(word[:3])}" for word in WORDS],
}
# Strings that cost the most where a program takes them at their word, each as long as an address may be.
BAD = ["(" * 2_000, "a* " * 600, '"a ' * 600, "título:" * 300, "-" * 2_000, "\u0301" * 300, "[a TO z]^9~9" * 150,
       "\x00", "ficha " * 350, "frações de " * 180, "fraçoens trignometra probablidade " * 60, "q" * 2_000]  # fmt: skip


@dataclass(frozen=True)
class Met:
    """What a number of requests met: how many a second, 95 of 100 within, processor time of each, and their statuses."""

    per_s: float
    p95_ms: float
    processor_ms: float
    statuses: frozenset[int]


def measure(folder: Path) -> list[Row]:
    """Return the figures of our pages as shares of the empty page's, and those of bad input."""
    services, actor = begin(folder)
    fill(services, actor, ITEMS, WORDS_EACH)
    services.sessions.engine.dispose()
    command(folder, "worker", "--until-idle")
    with serving(folder) as server, _empty_page() as (bare, bare_url):
        bare_met = _asked(bare.pid, bare_url, ["/nothing"], requests=FROM_MEMORY)
        rows = [(f"an empty page: {bare_met.processor_ms:.2f} ms of processor", f"{bare_met.per_s:.0f} /s", "", True)]
        for name, paths in PAGES.items():
            for headers in (NOTHING, ANEW):
                _asked(server.process.pid, server.url, paths, headers)  # what is made at the first asking is made
                often = REQUESTS if headers else FROM_MEMORY
                met = _asked(server.process.pid, server.url, paths, headers, requests=often)
                rows += _rows(name, met, bare_met, bool(headers))
        return [*rows, *_bad(server.process.pid, server.url)]


def _rows(name: str, met: Met, bare: Met, anew: bool) -> Iterator[Row]:
    share, work = met.per_s / bare.per_s, met.processor_ms
    name = f"{name}, made anew" if anew else name
    least = {"/search": 0.3, "/items/<id>": 0.4}.get(name, 0)
    goal = f">= {least:.0%}" if least else ""
    yield (
        f"{name}: {met.per_s:.0f} /s, {work:.1f} ms of processor each, of the empty page's",
        f"{share:.1%}",
        goal,
        share >= least,
    )
    most = 60 if name == "/search" else PATIENCE_S * 1_000
    yield (
        f"{name}: p95 of {CONNECTIONS} at once",
        f"{met.p95_ms:.0f} ms",
        "<= 60 ms" if most == 60 else "",
        met.p95_ms <= most,
    )


def _bad(pid: int, url: str) -> Iterator[Row]:
    """Bad input one at a time, then from all connections while somebody reads a plain page."""
    bad = [f"/search?q={urllib.parse.quote(text)}" for text in BAD]
    for path in bad:
        _asked(pid, url, [path], ANEW, connections=1, requests=1)
    costs = {path: _asked(pid, url, [path], ANEW, connections=1, requests=10) for path in bad}
    worst = max(met.processor_ms for met in costs.values())
    told = frozenset().union(*(met.statuses for met in costs.values()))
    yield f"bad input, the dearest of {len(bad)} pages, processor time", f"{worst:.0f} ms", "<= 50 ms", worst <= 50
    yield "bad input, what is answered", " ".join(map(str, sorted(told))), "200 or 4xx", max(told) < 500
    with ThreadPoolExecutor(1) as pool:
        storm = pool.submit(_asked, pid, url, bad, ANEW)
        waits = []
        while not storm.done():
            waits.append(_asked(pid, url, ["/info/pesquisa"], ANEW, connections=1, requests=1).p95_ms)
    yield "a plain page beside eight of bad input, the slowest", f"{max(waits):.0f} ms", "<= 300 ms", max(waits) <= 300


def _asked(
    pid: int,
    url: str,
    paths: Sequence[str],
    headers: Mapping[str, str] = NOTHING,
    connections: int = CONNECTIONS,
    requests: int = REQUESTS,
) -> Met:
    before, began = busy_s(pid), time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        shares = [
            list(itertools.islice(itertools.cycle(paths), n, requests + n, connections)) for n in range(connections)
        ]
        answers = [one for each in pool.map(lambda share: _ask(url, share, headers), shares) for one in each]
    lasted, busy = time.perf_counter() - began, busy_s(pid) - before
    waits = sorted(wait for wait, _ in answers)
    p95 = statistics.quantiles(waits, n=20)[18] if len(waits) > 1 else waits[0]
    met = frozenset(status for _, status in answers)
    return Met(len(answers) / lasted, p95 * 1_000, busy / len(answers) * 1_000, met)


def _ask(url: str, paths: Sequence[str], headers: Mapping[str, str] = NOTHING) -> list[tuple[float, int]]:
    """Ask for one page after the other over one connection; the seconds and the status of each."""
    answers = []
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE_S)
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers=BROWSER | dict(headers))
        answer = connection.getresponse()
        answer.read()
        answers.append((time.perf_counter() - began, answer.status))
    connection.close()
    return answers


@contextmanager
def _empty_page() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.loans.server", str(port), "empty"])
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                _ask(f"http://127.0.0.1:{port}", ["/nothing"])
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
