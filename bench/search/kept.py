"""Documents and indexes kept in a folder from one run to the next: building them takes longer than asking."""

import json
import pickle
import resource
import shutil
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from bench.search.corpus import documents
from bench.search.engines import Document, Engine, ready
from repository.search import SearchDocument

_DOCUMENTS, _BUILT = "documents.pickle", "built-{}.json"


def held(folder: Path, size: int, words_each: int) -> list[Document]:
    """The documents of a run, made once for each folder."""
    path = folder / _DOCUMENTS
    if path.exists():
        return [Document(SearchDocument(**own), row) for own, row in pickle.loads(path.read_bytes())]
    made = [ready(document) for document in documents(size, words_each)]
    path.write_bytes(pickle.dumps([(_plain(document.own), document.row) for document in made]))
    return made


def built(kept: Path, folder: Path, engine: Engine, documents: Sequence[Document]) -> float:
    """Have the engine build in `folder`, or copy what it has built before from `kept`; return what building took."""
    took = kept / _BUILT.format(engine.name.replace(" ", "-"))
    if took.exists():
        shutil.copytree(_index(kept, engine), _index(folder, engine), dirs_exist_ok=True)
        engine.open()
        return float(json.loads(took.read_text("utf-8")))
    seconds = spent(lambda: engine.build(documents))
    if kept != folder:
        shutil.copytree(_index(folder, engine), _index(kept, engine), dirs_exist_ok=True)
    took.write_text(json.dumps(seconds), "utf-8")
    return seconds


def _index(folder: Path, engine: Engine) -> Path:
    return folder / engine.folder


def spent(act: Callable[[], None]) -> float:
    """The seconds of processor time, of other processes that it started and waited for, too."""
    started = _processor_time()
    act()
    return _processor_time() - started


def _processor_time() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _plain(document: SearchDocument) -> dict[str, Any]:
    return {field.name: getattr(document, field.name) for field in fields(document)}
