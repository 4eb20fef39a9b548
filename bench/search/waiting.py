"""Whether who asks waits while documents are added: by the clock, since who waits takes no processor time."""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

from bench.search.engines import Document, Ours
from bench.search.questions import Question

PAUSE_S = 0.1  # between two documents; whoever adds them has others to read meanwhile


def waits(folder: Path, ours: Ours, documents: Sequence[Document], asked: Sequence[Question]) -> str:
    """Ask alone, then while documents are added in another thread, as the worker of a server does, and in another process."""
    took = [_took(ours, question) for question in asked]
    thread = threading.Thread(target=_add, args=(ours, documents))
    beside = _asked_during(ours, asked, thread.start, thread.is_alive)
    process = multiprocessing.get_context("spawn").Process(target=_add_to, args=(folder, documents))
    apart = _asked_during(ours, asked, process.start, process.is_alive)
    return (
        f"Waiting, by the clock, p99 and slowest: alone {_said(took)}; while {len(documents)} documents are added one by "
        f"one in a thread of the same process {_said(beside)}, by another process {_said(apart)}."
    )


def _asked_during(
    ours: Ours, asked: Sequence[Question], start: Callable[[], object], going_on: Callable[[], bool]
) -> list[float]:
    start()
    took = []
    for question in cycle(asked):
        took.append(_took(ours, question))
        if not going_on():
            return took
    return took


def _took(ours: Ours, question: Question) -> float:
    started = time.perf_counter()
    ours.ask(question)
    return (time.perf_counter() - started) * 1000


def _add_to(folder: Path, documents: Sequence[Document]) -> None:
    _add(Ours(folder), documents)


def _add(ours: Ours, documents: Sequence[Document]) -> None:
    for document in documents:
        ours.engine.update([document.own])
        time.sleep(PAUSE_S)


def _said(took: Sequence[float]) -> str:
    return f"{statistics.quantiles(took, n=100, method='inclusive')[98]:.1f} and {max(took):.1f} ms of {len(took):,}"
