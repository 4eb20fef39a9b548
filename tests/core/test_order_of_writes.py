"""What the database or the pointer of the index names is on the disk before it is named."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from repository import incoming, indexing, items
from repository.models import User
from repository.work import Services


@pytest.fixture
def calls(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The flushes, renames and commits of this process, in order."""
    made: list[tuple[str, str]] = []
    fsync = os.fsync

    def flush(descriptor: int) -> None:
        made.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def named(move: Any) -> Any:
        def noted(source: Any, target: Any, **known: Any) -> None:
            made.append(("rename", str(target)))
            move(source, target, **known)

        return noted

    monkeypatch.setattr(os, "fsync", flush)
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, named(getattr(os, name)))
    event.listen(services.sessions.engine, "commit", lambda _connection: made.append(("commit", "")))
    return made


def test_t53_content_is_flushed_named_and_its_folder_flushed_before_the_row_is_committed(
    services: Services, ana: User, work_as: Any, actor_for: Any, calls: list[tuple[str, str]]
) -> None:
    with work_as(ana) as work:
        item = items.create_draft(work)
    calls.clear()
    file = incoming.take_in(services, actor_for(ana), item.id, BytesIO(b"Um texto"), "ficha.txt")
    path = services.blobs.path(file.sha256)
    renamed = calls.index(("rename", str(path)))
    flushed = [at for at, (what, where) in enumerate(calls) if what == "fsync" and Path(where).parent != path.parent]
    folder = calls.index(("fsync", str(path.parent)))
    committed = next(at for at, (what, _) in enumerate(calls) if what == "commit" and at > renamed)
    assert flushed[0] < renamed < folder < committed


def test_t53_a_new_index_is_flushed_before_it_is_pointed_to(
    services: Services, ana: User, make_item: Any, calls: list[tuple[str, str]]
) -> None:
    make_item(ana)
    calls.clear()
    indexing.rebuild(services, [])
    index = services.instance / "index"
    pointed = calls.index(("rename", str(index / "current")))
    flushed = {Path(where) for what, where in calls[:pointed] if what == "fsync"}
    (folder,) = {path.parent for path in flushed if path.suffix == ".seg"}
    assert flushed >= {folder, index / "current.new", *(path for path in folder.iterdir() if path.stat().st_size)}
    assert ("fsync", str(index)) in calls[pointed:]
