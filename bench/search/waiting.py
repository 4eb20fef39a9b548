"""Whether who asks waits while documents are added: by the clock, since who waits takes no processor time.

A server has a process of its own write, to which a thread hands the documents over. Measured beside it, for what that is
good for: the thread writes by itself; and a stranger writes, whose commits are noticed by whoever asks next.
"""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

from bench.instance import memory_mb
from bench.search.engines import Document, Ours
from bench.search.questions import Question

PAUSE_S = 0.1  # between two documents; whoever adds them has others to read meanwhile


def waits(folder: Path, ours: Ours, documents: Sequence[Document], asked: Sequence[Question]) -> str:
    """Ask alone, then while documents are added as a server does, by a thread itself, and by a stranger."""
    served = Ours(folder)
    served.engine.write_apart()
    served.engine.preload()
    served.add(documents[0])  # the process has started
    alone = [[_took(served, question) for question in asked] for _ in range(2)][-1]
    apart, found = _asked_beside_a_thread(served, documents[1:], asked)
    writer_mb = sum(memory_mb(pid) for pid in _writers())
    served.engine.close()
    within, _ = _asked_beside_a_thread(ours, documents, asked)
    process = multiprocessing.get_context("spawn").Process(target=_add_to, args=(folder, documents))
    strange = _asked_during(ours, asked, process.start, process.is_alive)
    return (
        f"Waiting, by the clock, p99 and slowest: alone {_said(alone)}; while documents are added one by one as a server "
        f"does, by a process of its own ({writer_mb:.0f} MB), {_said(apart)}, each found after {found:.0f} ms; by a thread "
        f"itself {_said(within)}; by a process that this one does not know {_said(strange)}."
    )


def _writers() -> list[int]:
    """The children of this process that write an index."""
    children = [
        int(one) for task in Path("/proc/self/task").iterdir() for one in (task / "children").read_text().split()
    ]
    return [one for one in children if b"writing_process" in Path(f"/proc/{one}/cmdline").read_bytes()]


def _asked_beside_a_thread(
    ours: Ours, documents: Sequence[Document], asked: Sequence[Question]
) -> tuple[list[float], float]:
    """What questions took while a thread added the documents, and the median of what these took until found."""
    added: list[float] = []
    thread = threading.Thread(target=_add, args=(ours, documents, added))
    took = _asked_during(ours, asked, thread.start, thread.is_alive)
    return took, statistics.median(added)


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
    _add(Ours(folder), documents, [])


def _add(ours: Ours, documents: Sequence[Document], took: list[float]) -> None:
    for document in documents:
        started = time.perf_counter()
        ours.engine.update([document.own])
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE_S)


def _said(took: Sequence[float]) -> str:
    return f"{statistics.quantiles(took, n=100, method='inclusive')[98]:.1f} and {max(took):.1f} ms of {len(took):,}"
