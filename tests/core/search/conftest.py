"""Every engine under one fixture: a new engine adds a line to ENGINES and must pass the whole contract."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from repository.search import SearchEngine
from repository.search.scan_engine import ScanEngine
from repository.search.whoosh_engine import WhooshEngine

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {
    "whoosh": lambda folder: WhooshEngine(folder / "index", lock_seconds=5.0),
    "scan": lambda folder: ScanEngine(),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    """An empty index."""
    made = ENGINES[request.param](tmp_path)
    made.rebuild([])
    yield made
    made.close()


@pytest.fixture
def whoosh_engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    """A Whoosh engine without an index yet."""
    made = WhooshEngine(tmp_path / "index", lock_seconds=5.0)
    yield made
    made.close()
