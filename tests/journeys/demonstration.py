"""The demonstration centre with a few of its materials: loaded, and its jobs done, once for the processes of all tests."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from plugins.moderation.models import Review
from repository import jobs
from repository.demo import demo_materials, load
from repository.models import Job
from repository.work import Services, now
from tests.conftest import PASSWORD

FEW = ("2c-domino-fracoes-equivalentes", "1c-fracoes-a-dobrar-papel", "d-rubricas-em-cinco-passos")
OLD = "1c-o-mapa-da-nossa-sala"  # came of no action
OWN, ADAPTED = len(FEW) + 1, 2


def only_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the centre have four materials of its own; they are enough for tests."""
    chosen = [material for material in demo_materials() if material.slug in (*FEW, OLD)]
    monkeypatch.setattr(load, "demo_materials", lambda: chosen)


def copy_of(basetemp: Path, make_services: Callable[..., Services], folder: Path) -> Path:
    """Copy the loaded centre into `folder`; whoever comes first loads it, and the others wait for it."""
    shared = basetemp.parent if "PYTEST_XDIST_WORKER" in os.environ else basetemp
    template = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _fill(make_services(), template)
    return Path(shutil.copytree(template, folder))


def _fill(services: Services, template: Path) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        only_few(monkeypatch)
        load.load(services, PASSWORD)
    _work(services)
    services.search.engine.close()
    services.sessions.engine.dispose()
    whole = template.with_suffix(".part")  # a load that fails leaves no centre
    shutil.copytree(services.instance, whole)
    whole.rename(template)


def _work(services: Services) -> None:
    """Do all jobs; checks that came before the look into the files are put off, and done at once."""
    kinds = jobs.job_kinds(services.hook)
    for _ in range(3):
        while jobs.run_next(services, kinds):
            pass
        with services.sessions.writing() as session:
            if session.scalar(select(Review.item_id).where(Review.checked_at.is_(None)).limit(1)) is None:
                return
            session.execute(update(Job).values(run_after=now()))
