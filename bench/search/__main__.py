"""`python -m bench.search 2000 20000`: build, ask, compare; a table on the screen and in bench/results.md."""

import gc
import os
import platform
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.search.corpus import WORDS_EACH
from bench.search.engines import Answer, Document, Engine, Fts5, Ours, PlainWhoosh, Tantivy, ready, timed
from bench.search.kept import built, spent
from bench.search.kept import held as kept_documents
from bench.search.questions import Question, questions
from repository.search import SearchError

RESULTS = Path(__file__).parents[1] / "results.md"
ADDED = 15
ROUNDS = 3  # of all questions; each counts with the median of its times
OURS = "Partilha, first touch"
# Documents; beyond, plain Whoosh takes longer to answer than all others to build, and FTS5 longer to build than all others.
LARGEST_FOR_PLAIN, LARGEST_FOR_FTS5 = 5_000, 50_000
LARGEST_BUILT_TWICE = 5_000  # documents; beyond, a run would take half as long again
Line = tuple[str, ...]
Pass = list[tuple[float, Answer]]  # of the questions in order: milliseconds and what was answered


def main(sizes: list[str]) -> None:
    """Measure each size, "20000" or "20000:150" (documents of 150 words); the results replace the last ones, and
    what else stands in the file stays.

    After `--keep`, a folder for what takes long to build: the next run with it finds it there.
    """
    kept = None
    if "--keep" in sizes:
        at = sizes.index("--keep")
        kept, sizes = Path(sizes[at + 1]), sizes[:at] + sizes[at + 2 :]
    asked_for = " ".join(sizes)
    report = [
        f"# Search beside other engines\n\n`python -m bench.search {asked_for}`, Python {platform.python_version()}, "
        f"{platform.machine()}. Milliseconds of processor time in one process, of each question the "
        f"median of {ROUNDS} rounds; compare the ratios.\n"
    ]
    for size in sizes:
        with tempfile.TemporaryDirectory() as passing:
            folder = Path(passing) if kept is None else kept / size.replace(":", "-")
            folder.mkdir(parents=True, exist_ok=True)
            how_many, _, words_each = size.partition(":")
            section = _measured(int(how_many), int(words_each or WORDS_EACH), folder, Path(passing))
        print(section, flush=True)
        report.append(section)
        _write(report)


def _write(report: list[str]) -> None:
    """Put what has been measured so far in the place of the chapter; the other chapters stay."""
    load, cores = os.getloadavg()[2], os.cpu_count()
    machine = f"\nOther work on the machine: a load of {load:.1f} in the last quarter of an hour, on {cores} cores.\n"
    _, mark, others = RESULTS.read_text("utf-8").partition("\n# ")
    RESULTS.write_text("".join([*report, machine]) + mark + others, "utf-8")


def _measured(size: int, words_each: int, kept: Path, folder: Path) -> str:
    held = kept_documents(kept, size, words_each)
    asked = questions([document.own for document in held])
    ours = Ours(folder)
    others: list[Engine] = [Tantivy(folder)]
    if size <= LARGEST_FOR_FTS5:
        others.append(Fts5(folder))
    if size <= LARGEST_FOR_PLAIN:
        others.append(PlainWhoosh(folder))
    took = {engine.name: built(kept, folder, engine, held) for engine in (*others, ours)}
    gc.collect()
    gc.freeze()  # no server holds the documents, so the collector need not look through them
    found = _asked(asked, others, ours, held)
    lines = [_line(name, asked, passes) for name, passes in found.items()]
    answers = {name: [answer for _, answer in passes[0]] for name, passes in found.items()}
    reference = float(lines[0][2])
    table = _table(("", "p50", "p95", "p99", "words p95", "phrase p95", "prefix p95", "p95 : tantivy"),
                   [(*line, f"{float(line[2]) / reference:.2f}") for line in lines])  # fmt: skip
    added = {engine.name: _adding(engine, held) for engine in (*others[:2], ours)}
    meanwhile = _asked_during_a_rebuild(ours, held, asked) if size <= LARGEST_BUILT_TWICE else []
    return "\n".join([
        f"\n## {size:,} documents of {words_each} words\n",
        table,
        "\nSame totals and counts as ours: "
        + "; ".join(f"{other.name} {_agreement(answers[OURS], answers[other.name], asked)}" for other in others)
        + ".",
        "Build, against tantivy: " + _ratios(took, "tantivy") + ".",
        "One document added until it can be found, median, against tantivy: " + _ratios(added, "tantivy") + ".",
        *meanwhile,
        "",
    ])  # fmt: skip


def _asked(asked: list[Question], others: list[Engine], ours: Ours, held: list[Document]) -> dict[str, list[Pass]]:
    """All questions of all engines, in rounds, so that what else the machine does in between meets all of them."""
    found: dict[str, list[Pass]] = {}
    for other in others:
        list(timed(other, asked))
    for number in range(ROUNDS):
        for other in others:
            found.setdefault(other.name, []).append(list(timed(other, asked)))
        for state, change in _states(ours, held[number]):
            change()
            found.setdefault(f"{ours.name}, {state}", []).append(list(timed(ours, asked)))
    return found


def _states(ours: Ours, document: Document) -> Iterable[tuple[str, Callable[[], None]]]:
    def nothing() -> None:
        pass

    def preload() -> None:
        ours.engine.close()
        ours.engine.preload()
        gc.freeze()  # as a server does

    return [
        ("first touch", ours.engine.close),
        ("warm", nothing),
        ("first touch after preloading", preload),
        ("first pass after a commit", lambda: ours.add(_retitled(document, "Título mudado"))),
        ("warm again", nothing),
    ]


def _line(name: str, asked: list[Question], passes: list[Pass]) -> Line:
    spent = [statistics.median(milliseconds for milliseconds, _ in each) for each in zip(*passes, strict=True)]
    kinds = [
        [one for one, question in zip(spent, asked, strict=True) if question.kind == kind]
        for kind in ("words", "phrase", "prefix")
    ]
    shares = (_share(spent, 50), _share(spent, 95), _share(spent, 99), *(_share(kind, 95) for kind in kinds))
    return name, *(f"{share:.2f}" for share in shares)


def _share(spent: list[float], percent: int) -> float:
    return statistics.quantiles(spent, n=100, method="inclusive")[percent - 1] if len(spent) > 1 else 0.0


def _agreement(ours: list[Answer], others: list[Answer], asked: list[Question]) -> str:
    """How many of the questions another engine answers with the same total and counts, where both count the same."""
    alike = 0
    for question, (total, _, counts), (other_total, _, other_counts) in zip(asked, ours, others, strict=True):
        free = [facet for facet in counts if facet not in dict(question.filters)]
        alike += total == other_total and all(counts[facet] == other_counts[facet] for facet in free)
    return f"{alike} of {len(asked)}"


def _adding(engine: Engine, held: list[Document]) -> float:
    return statistics.median(spent(partial(engine.add, _retitled(held[n], f"Título {n}"))) for n in range(1, ADDED + 1))


def _asked_during_a_rebuild(ours: Ours, held: list[Document], asked: list[Question]) -> list[str]:
    """Ask while a thread builds the index anew, as the worker does in the server's own process."""
    building = threading.Thread(target=ours.engine.rebuild, args=([document.own for document in held],))
    building.start()
    answered, failed = 0, 0
    for question in cycle(asked):
        try:
            ours.ask(question)
            answered += 1
        except SearchError:
            failed += 1
        if not building.is_alive():
            break
    building.join()
    return [f"Asked while a thread built the index anew: {answered:,} answered, {failed} not."]


def _retitled(document: Document, title: str) -> Document:
    return ready(replace(document.own, title=title))


def _ratios(spent: dict[str, float], reference: str) -> str:
    return ", ".join(f"{name} {seconds / spent[reference]:.1f} ({seconds:.3g} s)" for name, seconds in spent.items())


def _table(head: Line, lines: list[Line]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ("---",) * len(head), *lines))


if __name__ == "__main__":
    main(sys.argv[1:] or ["2000", "20000"])
