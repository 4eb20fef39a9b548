"""The table of `python -m bench relevance`: what each engine's answers are worth, by kind of question."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.relevance.corpus import materials
from bench.relevance.engines import Engine, compared
from bench.relevance.judging import DEPTH, FIRST, Judged, Worth, judged, worth

SETS = {"judged": "tuned on", "held_out": "held out"}
LEAST_SUCCESS, OVER_FTS5, OVER_TANTIVY = 0.95, 0.15, 0.05

Row = tuple[str, str, str, bool]


def measure(folder: Path) -> list[Row]:
    """Print a table for each set of questions, and return the figures with their goals."""
    held = materials()
    engines = compared(held, folder)
    rows = []
    for name, called in SETS.items():
        asked = judged(held, name=name)
        answers = {engine.name: [(one, engine.ask(one.question)) for one in asked] for engine in engines}
        print(f"{len(asked)} questions ({called}) over {len(held)} materials: nDCG@{DEPTH} and success@{FIRST}\n")
        show(engines, answers)
        rows += _rows(called, [worth(answers[engine.name]) for engine in engines])
    return rows


def _rows(called: str, whole: Sequence[Worth]) -> list[Row]:
    ours, fts5, _, tantivy = whole
    over_fts5, over_tantivy = ours.ndcg - fts5.ndcg, ours.ndcg - tantivy.ndcg
    return [
        (f"success@{FIRST}, {called}", f"{ours.success:.3f}", ">= 0.95", ours.success >= LEAST_SUCCESS),
        (f"nDCG@{DEPTH} over FTS5 unicode61, {called}", f"{over_fts5:+.3f}", ">= 0.15", over_fts5 >= OVER_FTS5),
        (f"nDCG@{DEPTH} over tantivy, {called}", f"{over_tantivy:+.3f}", ">= 0.05", over_tantivy >= OVER_TANTIVY),
    ]  # fmt: skip


def show(engines: Sequence[Engine], answers: Mapping[str, list[tuple[Judged, list[int]]]]) -> None:
    """Print what the answers of each engine, by its name, are worth: a line for each kind of question, and one for all."""
    kinds = list(dict.fromkeys(one.kind for one, _ in answers[engines[0].name]))
    print(f"{'':<18}" + "".join(f"{engine.name:>20}" for engine in engines))
    for kind in [*kinds, ""]:
        found = [worth(pair for pair in answers[engine.name] if kind in ("", pair[0].kind)) for engine in engines]
        print(f"{kind or 'all':<18}" + "".join(f"{_figures(one):>20}" for one in found))
    print()


def _figures(one: Worth) -> str:
    return f"{one.ndcg:.3f}  {one.success:.3f}"
