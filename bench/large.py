"""The serving process of a large centre: how soon it is ready, and its memory after 300 searches of 20,000 items.

The items have the titles, words and frequencies of `bench.search.corpus`, put in by bulk inserts; the index is the
worker's own. Nothing is taken from the engine alone: database, pages and what is remembered of them count too.
"""

import random
import time
import urllib.parse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.instance import begin, busy_s, command, serving
from bench.search.corpus import documents
from bench.search.questions import Question, questions
from bench.serving import get
from repository.models import File, FileState, FileText, Item, ItemTerm
from repository.search import SearchDocument
from repository.work import SYSTEM, Services, Work, open_work

ITEMS, AT_ONCE = 20_000, 500
STILL_S = 2.0  # a server that has done nothing for so long has preloaded what it will
PATIENCE_S = 120.0
Row = tuple[str, str, str, bool]


def measure(folder: Path) -> list[Row]:
    """Fill an instance, serve it, and ask."""
    services, _ = begin(folder)
    first = _filled(services)
    services.close()
    command(folder, "worker", "--until-idle")
    asked = questions(first)
    with serving(folder) as server:
        spent_s = busy_s(server.process.pid)
        _wait_until_still(server.process.pid)
        preloaded = server.memory_mb()
        for question in asked:
            get(f"{server.url}/search?{_typed(question)}")
        memory = server.memory_mb()
    return [
        (f"ready after its start, {ITEMS:,} items ({spent_s:.1f} s of processor)", f"{server.ready_s:.1f} s", "<= 3 s",
         server.ready_s <= 3),
        (f"serving process, {ITEMS:,} items, everything preloaded", f"{preloaded:.0f} MB", "", True),
        (f"serving process, {ITEMS:,} items, after {len(asked)} searches", f"{memory:.0f} MB", "<= 350 MB",
         memory <= 350),
    ]  # fmt: skip


def _filled(services: Services) -> list[SearchDocument]:
    """Put the items in, and return some of the documents that they were made of."""
    made, some = documents(ITEMS), []
    with open_work(services, SYSTEM) as work:
        chance = random.Random(3)
        while batch := list(islice(made, AT_ONCE)):
            _put(work, batch, chance)
            some += batch[:50]
    return some


def _put(work: Work, batch: Sequence[SearchDocument], chance: random.Random) -> None:
    plain: dict[str, Any] = {"state": "published", "licence": "CC-BY-4.0", "type": "worksheet"}
    work.session.execute(insert(Item), [
        plain | {"id": one.id, "title": one.title, "summary": one.summary, "keywords": one.keywords.split(),
                 "created_at": one.date, "updated_at": one.date, "published_at": one.date}
        for one in batch
    ])  # fmt: skip
    known = work.services.vocabularies
    work.session.execute(insert(ItemTerm), [
        {"item_id": one.id, "vocabulary": name, "code": chance.choice(terms).code}
        for one in batch
        for name, terms in (("level", list(known.levels)), ("discipline", list(known.disciplines)))
    ])  # fmt: skip
    work.session.execute(insert(File), [
        {"id": one.id, "item_id": one.id, "name": "ficha.txt", "size": len(one.text), "sha256": f"{one.id:064x}",
         "state": FileState.READY, "created_at": one.date}
        for one in batch
    ])  # fmt: skip
    work.session.execute(insert(FileText), [{"file_id": one.id, "page": 1, "text": one.text} for one in batch])


def _typed(question: Question) -> str:
    """The question as an address has it; the facets of the corpus are others than those of a centre."""
    return urllib.parse.urlencode({"q": question.request.q, "page": question.page})


def _wait_until_still(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    before = -1.0
    while (busy := busy_s(pid)) - before > 0.1 and time.monotonic() < deadline:
        before = busy
        time.sleep(STILL_S)
