"""Measure everything and print a table; `python -m bench import` measures one part."""

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import first_page, importing, load, phone, reports, serving
from bench.http import pages
from bench.intake import measure as intake
from bench.loans import table as loans_table
from bench.moderation import measuring as moderation
from bench.moderation import queue_page
from bench.staff_time import course as staff_time
from bench.staff_time.keystrokes import seconds

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


def measure_moderation(folder: Path) -> list[Row]:
    found = moderation.measure(folder)
    queue_ms = queue_page.measure(folder.with_name("queue")) * 1000
    for missed in found.missed:
        print(f"  not found: {missed}")
    for wrong in found.wrong:
        print(f"  false alarm: {wrong}")
    return [
        (f"{found.planted} planted faults found before opening", f"{found.found:.1%}", ">= 95 %", found.found >= 0.95),
        (f"false alarms among {found.sound} sound materials", f"{found.alarms:.1%}", "<= 5 %", found.alarms <= 0.05),
        ("checks of one material of 10 pages", f"{found.ten_pages_s:.2f} s", "<= 2 s", found.ten_pages_s <= 2),
        ("near copies among 20,000", f"{found.nearest_s * 1000:.0f} ms", "<= 50 ms", found.nearest_s <= 0.05),
        ("queue page at 1,000 pending (median of 20)", f"{queue_ms:.0f} ms", "<= 200 ms", queue_ms <= 200),
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


def measure_intake(folder: Path) -> list[Row]:
    figures = intake.measure(folder)
    share = 100 * figures.right / figures.files
    clicks = len(intake.STEPS)
    return [
        ("a course of 60 files: clicks from sign-in to handed in", f"{clicks}", "<= 12", clicks <= 12),
        (
            "a course of 60 files: machine time (slowest of 3)",
            f"{figures.seconds:.1f} s",
            "<= 60 s",
            figures.seconds <= 60,
        ),
        ("a course of 60 files: given to the right people", f"{share:.1f} %", ">= 95 %", share >= 95),
        ("a course of 60 files: given to a wrong person", f"{figures.wrong}", "0", figures.wrong == 0),
        ("a course of 60 files: added by a second run", f"{figures.added_again}", "0", figures.added_again == 0),
    ]


def measure_staff_time(folder: Path) -> list[Row]:
    figures = staff_time.measure(folder)
    rows = [
        (
            f"staff: {part} ({' '.join(f'{name}{n}' for name, n in sorted(ops.items()))})",
            f"{seconds(ops):.1f} s",
            "",
            True,
        )
        for part, ops in figures.counted.items()
    ]
    each, keys = figures.seconds / figures.published, max(figures.exceptions)
    published = f"{figures.published} published of {figures.handed_in}"
    return [
        *rows,
        (f"staff, a whole course: {published}", f"{figures.seconds:.0f} s", "", True),
        ("staff, for each published material", f"{each:.1f} s", "<= 6 s", each <= 6),
        (f"key presses for each of {len(figures.exceptions)} exceptions", f"{keys}", "<= 3", keys <= 3),
    ]


def measure_relevance(folder: Path) -> list[Row]:
    from bench.relevance import table  # it needs requirements/bench.txt, the others do not

    return table.measure(folder)


PARTS: dict[str, Callable[[Path], list[Row]]] = {
    "import": measure_import,
    "serving": measure_serving,
    "first-page": measure_first_page,
    "phone": phone.rows,
    "moderation": measure_moderation,
    "load": measure_load,
    "intake": measure_intake,
    "staff-time": measure_staff_time,
    "loans": loans_table.measure,
    "reports": reports.rows,
    "http": pages.measure,
    "relevance": measure_relevance,
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
