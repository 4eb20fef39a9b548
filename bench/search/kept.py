"""Documents and indexes kept in a folder from one run to the next: building them takes longer than asking."""

import json
import pickle
import resource
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


def built(folder: Path, engine: Engine, documents: Sequence[Document]) -> float:
    """Have the engine build, or open what it has built here before; return the seconds that building took."""
    path = folder / _BUILT.format(engine.name.replace(" ", "-"))
    if path.exists():
        engine.open()
        return float(json.loads(path.read_text("utf-8")))
    seconds = spent(lambda: engine.build(documents))
    path.write_text(json.dumps(seconds), "utf-8")
    return seconds


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
