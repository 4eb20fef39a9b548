"""The serving process of a centre with many materials: ready when, and how large after it was asked for much.

An instance is filled with the documents of the corpus by the ordinary rules, indexed, and served as an operator would;
then all questions are asked over HTTP. Filters are left out, since the corpus has values that no vocabulary knows.
"""

import time
import urllib.parse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.instance import Server, begin, busy_s, command, publish, serving
from bench.search.questions import Question
from bench.serving import get
from repository.search import SearchDocument
from repository.work import open_work

AT_ONCE = 100  # documents in one transaction
LOOK_AGAIN_S, IDLE = 2.0, 0.15  # a process that takes less than this share of a processor has nothing more to do


@dataclass(frozen=True)
class Figures:
    """Seconds until ready, by the clock and of processor; MB then, when all is preloaded, and when all was asked;
    seconds of processor of the first answer, before anything is preloaded."""

    ready_s: float
    ready_busy_s: float
    first_busy_s: float
    ready_mb: float
    preloaded_mb: float
    asked_mb: float


def measured(folder: Path, documents: Sequence[SearchDocument], asked: Iterable[Question]) -> str:
    """Make the instance unless it is there from an earlier run, serve it, and say what the process takes."""
    if not (folder / "index" / "current").exists():
        _make(folder, documents)
    addresses = [address(question) for question in asked]
    with serving(folder) as server:
        figures = _figures(server, addresses)
    return (
        f"A serving process: ready after {figures.ready_s:.1f} s ({figures.ready_busy_s:.1f} s of processor) with "
        f"{figures.ready_mb:.0f} MB, first answer {figures.first_busy_s:.2f} s of processor, preloaded "
        f"{figures.preloaded_mb:.0f} MB, after {len(addresses)} questions over HTTP {figures.asked_mb:.0f} MB."
    )


def address(question: Question) -> str:
    """Where the page of results is that answers the question, without its filters."""
    plain = question.request.changed(**dict.fromkeys(question.request.filters, ())).changed(page=question.page)
    return f"/search?{urllib.parse.urlencode(plain.args())}"


def _figures(server: Server, addresses: Sequence[str]) -> Figures:
    pid = server.process.pid
    ready_busy_s, ready_mb = busy_s(pid), server.memory_mb()
    get(server.url + addresses[0])
    first_busy_s = busy_s(pid) - ready_busy_s
    _wait_until_quiet(pid)
    preloaded_mb = server.memory_mb()
    for one in addresses:
        get(server.url + one)
    return Figures(server.ready_s, ready_busy_s, first_busy_s, ready_mb, preloaded_mb, server.memory_mb())


def _wait_until_quiet(pid: int) -> None:
    before = busy_s(pid) - LOOK_AGAIN_S
    while (now := busy_s(pid)) > before + IDLE * LOOK_AGAIN_S:
        before = now
        time.sleep(LOOK_AGAIN_S)


def _make(folder: Path, documents: Sequence[SearchDocument]) -> None:
    services, actor = begin(folder)
    for start in range(0, len(documents), AT_ONCE):
        with open_work(services, actor) as work:
            for document in documents[start : start + AT_ONCE]:
                publish(services, work, document.title, [document.text])
    services.sessions.engine.dispose()
    command(folder, "reindex", "--wait")  # with it, what waits for a place of its own in the index is done
    command(folder, "worker", "--until-idle")
