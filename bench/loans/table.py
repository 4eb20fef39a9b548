"""The figures of the lending desk as rows: on SQLite, or on the PostgreSQL server that REPOSITORY_TEST_DATABASE names."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.loans import hands, last_kit, many_things
from tests import databases

Row = tuple[str, str, str, bool]


def measure(folder: Path) -> list[Row]:
    """Measure all of it, each part on an instance of its own."""
    return [*_rush(folder / "rush"), *_many(folder / "many"), *_hands(folder / "hands")]


@contextmanager
def _instance(folder: Path) -> Iterator[Path]:
    folder.mkdir(mode=0o700, parents=True)
    with databases.template(folder):
        yield folder


def _rush(folder: Path) -> list[Row]:
    with _instance(folder) as instance:
        found = last_kit.measure(instance)
    refused, rush, floor = last_kit.PEOPLE - 1, found.rush, found.floor
    wrong = found.failed + found.overlaps
    return [
        ("last kit: booked", f"{found.booked}", "1", found.booked == 1),
        ("last kit: refused with something else", f"{found.refused}", f"{refused}", found.refused == refused),
        ("last kit: failed, or promised twice", f"{wrong}", "0", not wrong),
        ("last kit: p95", f"{rush.p95_s:.2f} s", "<= 1 s", rush.p95_s <= 1),
        ("last kit: p95 of the same rush at an empty page", f"{floor.p95_s:.2f} s", "", True),
        ("last kit: p95, as a multiple of that", f"{rush.p95_s / floor.p95_s:.1f} x", "", True),
        ("one request of the rush, processor time of the servers", f"{rush.work_ms:.1f} ms", "<= 10 ms", rush.work_ms <= 10),
        ("one at an empty page, likewise", f"{floor.work_ms:.1f} ms", "", True),
        ("one refusal on the page, processor time", f"{found.page_ms:.0f} ms", "", True),
    ]  # fmt: skip


def _many(folder: Path) -> list[Row]:
    with _instance(folder) as instance:
        found = many_things.measure(instance)
    rows: list[Row] = [
        ("500 things for a month (median of 9)", f"{found.month_s * 1000:.0f} ms", "<= 100 ms", found.month_s <= 0.1)
    ]
    for what, times in (("over HTTP", found.http_s), ("by its processor time", found.work_s)):
        middle, late = statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000
        name = f"search «free on» at {many_things.THINGS:,} things, {what}"
        rows.append((f"{name}: p50", f"{middle:.0f} ms", "", True))
        rows.append((f"{name}: p95", f"{late:.0f} ms", "<= 150 ms", late <= 150))
    return rows


def _hands(folder: Path) -> list[Row]:
    with _instance(folder) as instance:
        found = hands.measure(instance)
    return [
        ("clicks from a lesson plan's page to a booked kit", f"{found.clicks}", "<= 4", found.booked and found.clicks <= 4),
        ("taps of a complete return of 12 components", f"{found.taps}", "<= 5", found.returned and found.taps <= 5),
    ]  # fmt: skip
