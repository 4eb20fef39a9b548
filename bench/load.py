"""Readers all at once, while one person sends 200 MB and a folder is imported: how much longer a page takes then."""

import itertools
import statistics
import time
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.importing import bring_in, make_documents
from bench.instance import Server, begin, command, fill, serving
from bench.serving import deposit, get

READERS = (5, 20, 50)
ITEMS, DOCUMENTS = 500, 20
QUIET_ROUNDS = 10
PAGES = ("/", "/search?q=metade", "/items/7", "/search?q=ciclo&level=1ceb", "/items/8", "/api/v1/items?q=texto")


@dataclass(frozen=True)
class Level:
    """What N readers met: the times of their pages over those of one reader alone, pages a second, and what failed."""

    readers: int
    p50: float
    p95: float
    per_s: float
    failed: int


def measure(folder: Path) -> list[Level]:
    """Return what each number of readers met; on one server, one level after the other."""
    services, actor = begin(folder)
    fill(services, actor, ITEMS)
    services.sessions.engine.dispose()
    command(folder, "worker", "--until-idle")
    with serving(folder) as server:
        read_in_turn(server, 0, QUIET_ROUNDS * len(PAGES))  # what is made at the first asking is made
        alone = read_in_turn(server, 0, QUIET_ROUNDS * len(PAGES))[0]
        return [_level(server, folder, readers, alone) for readers in READERS]


def read_in_turn(
    server: Server, start: int, most: int, on: Callable[[], bool] = lambda: True
) -> tuple[list[float], int]:
    """Read one page after the other while `on`, `most` at the most; return the seconds of each and how many failed."""
    times, failed = [], 0
    for page in itertools.islice(itertools.cycle(PAGES), start, start + most):
        if not on():
            break
        began = time.perf_counter()
        try:
            get(server.url + page)
        except (urllib.error.URLError, OSError):
            failed += 1
        times.append(time.perf_counter() - began)
    return times, failed


def _level(server: Server, folder: Path, readers: int, alone: list[float]) -> Level:
    source = folder.with_name(f"documents-{readers}")
    make_documents(source, DOCUMENTS, seed=readers)
    began = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool, _others_at_work(server, folder, source) as busy:
        asked = [pool.submit(read_in_turn, server, number, 10**6, busy) for number in range(readers)]
        read = [each.result() for each in asked]
    times = [seconds for mine, _ in read for seconds in mine]
    (p50, p95), (quiet50, quiet95) = _quantiles(times), _quantiles(alone)
    failed = sum(count for _, count in read)
    return Level(readers, p50 / quiet50, p95 / quiet95, len(times) / (time.perf_counter() - began), failed)


@contextmanager
def _others_at_work(server: Server, folder: Path, source: Path) -> Iterator[Callable[[], bool]]:
    """Send 200 MB and import a folder meanwhile; what is given answers whether one of both is still under way."""
    with ThreadPoolExecutor(2) as pool:
        under_way: list[Future[Any]] = [pool.submit(deposit, server), pool.submit(bring_in, folder, source)]
        yield lambda: not all(each.done() for each in under_way)
        for each in under_way:
            each.result()


def _quantiles(times: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times, n=20)
    return cuts[9], cuts[18]
