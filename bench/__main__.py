"""Measure everything and print a table; `python -m bench import` measures one part."""

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import first_page, importing, load, serving

Row = tuple[str, str, str, bool]


def measure_import(folder: Path) -> list[Row]:
    rate = importing.measure(folder)
    return [("import of documents of 1-20 pages, thumbnails included", f"{rate:.1f} /s", ">= 5 /s", rate >= 5)]


def measure_serving(folder: Path) -> list[Row]:
    figures = serving.measure(folder)
    return [
        (
            "new item found after its commit (slowest of 10)",
            f"{figures.visible_s:.2f} s",
            "<= 2 s",
            figures.visible_s <= 2,
        ),
        ("serving process, 2,000 items", f"{figures.memory_mb:.0f} MB", "<= 250 MB", figures.memory_mb <= 250),
        ("ready after its start", f"{figures.ready_s:.1f} s", "<= 3 s", figures.ready_s <= 3),
        ("extra memory for a deposit of 200 MB", f"{figures.deposit_mb:.0f} MB", "<= 50 MB", figures.deposit_mb <= 50),
    ]


def measure_first_page(folder: Path) -> list[Row]:
    size, hosts = first_page.measure(folder)
    return [
        ("first page, cold, over the wire", f"{size:.0f} kB", "<= 150 kB", size <= 150),
        ("requests to other hosts", f"{len(hosts)}", "0", not hosts),
    ]


def measure_load(folder: Path) -> list[Row]:
    rows = []
    for level in load.measure(folder):
        who = f"{level.readers} readers, a deposit of 200 MB and an import"
        rows.append((f"{who}: p50", f"{level.p50:.1f} x", "one alone", True))
        rows.append((f"{who}: p95", f"{level.p95:.1f} x", "one alone", True))
        rows.append((f"{who}: pages", f"{level.per_s:.0f} /s", "", True))
        rows.append((f"{who}: failed", f"{level.failed}", "0", not level.failed))
    return rows


PARTS: dict[str, Callable[[Path], list[Row]]] = {
    "import": measure_import,
    "serving": measure_serving,
    "first-page": measure_first_page,
    "load": measure_load,
}


def main(chosen: list[str]) -> int:
    """Print the figures of the chosen parts (all when none is named); return 1 when one is missed."""
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    missed = 0
    for name in chosen or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            for what, figure, goal, met in PARTS[name](Path(folder) / name):
                print(f"{what:<58} {figure:>10}   {goal:>9}   {'ok' if met else 'MISSED'}", flush=True)
                missed += not met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
