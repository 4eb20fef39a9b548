"""`python -m bench.search 2000 20000`: build, ask, compare; a table on the screen and in bench/results.md."""

import gc
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.search.beginnings import suggestions
from bench.search.corpus import WORDS_EACH
from bench.search.engines import Answer, Document, Engine, Fts5, Ours, PlainWhoosh, Tantivy, ready, timed
from bench.search.kept import built, spent
from bench.search.kept import held as kept_documents
from bench.search.questions import Question, questions
from bench.search.report import machine, with_section
from bench.search.served import measured
from bench.search.waiting import waits
from repository.search import SearchError

RESULTS = Path(__file__).parents[1] / "results.md"
ADDED = 15
ROUNDS = 3  # of all questions; each counts with the median of its times
OURS, WARM = "Partilha, first touch", "Partilha, warm"
# Documents; beyond, FTS5 takes longer to build than all others.
LARGEST_FOR_FTS5 = 50_000
# Plain Whoosh takes as long to answer as all others to build: of more documents it is asked a part once, of many nothing.
LARGEST_FOR_PLAIN, LARGEST_FOR_SOME, SOME = 5_000, 20_000, slice(0, None, 3)
LARGEST_BUILT_TWICE = 5_000  # documents; beyond, a run would take half as long again
Line = tuple[str, ...]
Pass = list[tuple[float, Answer]]  # of the questions in order: milliseconds and what was answered


def main(sizes: list[str]) -> None:
    """Measure each size, "20000" or "20000:150" (documents of 150 words); the results replace the last ones of that
    size, and what else stands in the file stays.

    After `--keep`, a folder for what takes long to build: the next run with it finds it there. With `--served` a
    serving process is measured besides, for which an instance is filled, which takes long.
    """
    kept, served = None, "--served" in sizes
    if "--keep" in sizes:
        at = sizes.index("--keep")
        kept, sizes = Path(sizes[at + 1]), sizes[:at] + sizes[at + 2 :]
    sizes = [size for size in sizes if size != "--served"]
    for size in sizes:
        with tempfile.TemporaryDirectory() as passing:
            folder = Path(passing) if kept is None else kept / size.replace(":", "-")
            folder.mkdir(parents=True, exist_ok=True)
            how_many, _, words_each = size.partition(":")
            section = _measured(int(how_many), int(words_each or WORDS_EACH), folder, Path(passing), served)
        print(section, flush=True)
        RESULTS.write_text(with_section(RESULTS.read_text("utf-8"), section), "utf-8")


def _measured(size: int, words_each: int, kept: Path, folder: Path, served: bool) -> str:
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
    others_titled = [_retitled(held[n], f"Outro título {n}") for n in range(1, ADDED + 1)]
    meanwhile = [suggestions(ours, held), waits(folder, ours, others_titled, asked)]
    if size <= LARGEST_BUILT_TWICE:
        meanwhile.append(_asked_during_a_rebuild(ours, held, asked))
    if LARGEST_FOR_PLAIN < size <= LARGEST_FOR_SOME:
        plain = PlainWhoosh(folder)
        took[plain.name] = built(kept, folder, plain, held)
        meanwhile.append(_beside_some(plain, asked[SOME], [each[SOME] for each in found[WARM]]))
    if served:
        meanwhile.append(measured(kept / "instance", [document.own for document in held], asked))
    return "\n".join([
        f"## {size:,} documents of {words_each} words\n",
        table,
        "\nSame totals and counts as ours: "
        + "; ".join(f"{other.name} {_agreement(answers[OURS], answers[other.name], asked)}" for other in others)
        + ".",
        "Build, against tantivy: " + _ratios(took, "tantivy") + ".",
        "One document added until it can be found, median, against tantivy: " + _ratios(added, "tantivy") + ".",
        *meanwhile,
        machine(),
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


def _beside_some(other: Engine, asked: list[Question], ours: list[Pass]) -> str:
    """What another engine takes for some of the questions, each asked once, beside what ours took for them when warm."""
    theirs = list(timed(other, asked))
    p95, own = float(_line("", asked, [theirs])[2]), float(_line("", asked, ours)[2])
    alike = _agreement([answer for _, answer in ours[0]], [answer for _, answer in theirs], asked)
    return (
        f"{other.name[0].upper()}{other.name[1:]}, asked {len(asked)} of the {len(asked) * SOME.step} questions once: p95 "
        f"{p95:.0f} ms, ours when warm over the same ones {own:.2f} ms, 1/{p95 / own:.0f}; same totals and counts {alike}."
    )


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


def _asked_during_a_rebuild(ours: Ours, held: list[Document], asked: list[Question]) -> str:
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
    return f"Asked while a thread built the index anew: {answered:,} answered, {failed} not."


def _retitled(document: Document, title: str) -> Document:
    return ready(replace(document.own, title=title))


def _ratios(spent: dict[str, float], reference: str) -> str:
    return ", ".join(f"{name} {seconds / spent[reference]:.1f} ({seconds:.3g} s)" for name, seconds in spent.items())


def _table(head: Line, lines: list[Line]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ("---",) * len(head), *lines))


if __name__ == "__main__":
    main(sys.argv[1:] or ["2000", "20000"])
