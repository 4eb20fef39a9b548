"""A folder to import from, the command run on it, and what came of it."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from repository.cli import make_group
from repository.console import Console
from repository.files.examine import Examiner
from repository.importing import run
from repository.models import Item, State
from repository.work import Services


@pytest.fixture(autouse=True)
def lent_reader(monkeypatch: pytest.MonkeyPatch, examiner: Examiner) -> None:
    """Lend one reader of files to the threads of an import: the children they have otherwise take long to start."""
    lent = SimpleNamespace(examine=examiner.examine, close=lambda: None)
    monkeypatch.setattr(run, "Examiner", lambda: lent)


@pytest.fixture(autouse=True)
def portuguese_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands speak Portuguese, as the rules do."""
    monkeypatch.setenv("LC_ALL", "pt_PT.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to import from."""
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def bring_in(services: Services, ana: Any) -> Callable[..., dict[str, Any]]:
    """Run `import` for Ana with --json; return its report with `code` and `errors` beside."""

    def bring_in(source: Path, *words: str) -> dict[str, Any]:
        command = ["import", str(source), "--owner", ana.email, "--json", *words]
        done = CliRunner().invoke(make_group(services.hook), command, obj=Console(lambda: services))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        told = json.loads(done.stdout) if done.stdout.startswith("{") else {"files": [], "counts": {}}
        return told | {"code": done.exit_code, "errors": done.stderr}

    return bring_in


@pytest.fixture
def kept(services: Services) -> Callable[[], list[Item]]:
    """Return the items that are there now, in order, with everything that belongs to them loaded."""

    def kept() -> list[Item]:
        with services.sessions.reading() as session:
            found = list(session.scalars(select(Item).where(Item.state != State.DISCARDED).order_by(Item.id)))
            for item in found:
                _ = item.terms, item.credits, item.all_files
            return found

    return kept


def outcomes(told: dict[str, Any]) -> dict[str, str]:
    """Return what became of each file, by name."""
    return {line["file"]: line["outcome"] for line in told["files"]}
