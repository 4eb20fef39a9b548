"""An index written by a process of its own: the same index, the same errors, and nothing left behind by a kill."""

import gc
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from search_samples import PUBLIC, ask, document

from repository.search import IndexBusy, IndexMissing, SearchDocument, apart
from repository.search import whoosh_files as files
from repository.search.whoosh_engine import WhooshEngine

DOCUMENTS = [document(n, f"mapa {n}", text="rios e serras", level="sec") for n in range(1, 250)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    """An engine whose writer is another process; no index yet."""
    made = WhooshEngine(tmp_path / "index", lock_seconds=5.0)
    made.write_apart()
    yield made
    made.close()


def child_of(engine: WhooshEngine) -> int:
    assert engine._apart is not None
    assert engine._apart.pid is not None
    return engine._apart.pid


def opened_in(folder: Path) -> list[str]:
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return [os.readlink(link) for link in links if os.path.islink(link) and os.readlink(link).startswith(str(folder))]


def test_what_another_process_writes_is_what_this_one_would(engine: WhooshEngine, tmp_path: Path) -> None:
    here = WhooshEngine(tmp_path / "here")
    for one in (engine, here):
        one.rebuild(iter([*DOCUMENTS, document(3, "segundo")]))
        one.update([document(300, "vale do mapa"), document(2, "serra"), document(5, "fora")], [5, 7])
    assert child_of(engine) != os.getpid()
    assert engine.ids() == here.ids() == {*range(1, 250), 300} - {5, 7}
    for question in ("mapa", "serra", '"vale do mapa"', "rio*"):
        found, expected = (one.search(ask(question, per_page=300), PUBLIC) for one in (engine, here))
        assert (found.ids, found.total, found.facets) == (expected.ids, expected.total, expected.facets)
    here.close()


def test_errors_of_the_other_process_are_raised_here(engine: WhooshEngine, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        engine.update([document(1, "x")])
    engine.rebuild([])
    hasty = WhooshEngine(tmp_path / "index", lock_seconds=0.0)
    hasty.write_apart()
    with files.IndexFolder(tmp_path / "index", {}).locked(0.0):
        for write in (lambda: hasty.update([document(1, "x")]), lambda: hasty.rebuild(DOCUMENTS)):
            with pytest.raises(IndexBusy):
                write()
    hasty.update([document(1, "x")])
    assert engine.ids() == {1}
    hasty.close()


def test_an_error_that_no_pickle_can_carry_arrives_in_words(engine: WhooshEngine, monkeypatch: Any) -> None:
    failing = (
        "import repository.search.writing_process as child\n"
        "class Odd(Exception):\n    def __init__(self, one, two): super().__init__(f'{one} {two}')\n"
        "def fail(*given): raise Odd('que', 'estranho')\n"
        "child.WhooshEngine.rebuild = fail\nchild.main()"
    )
    monkeypatch.setattr(apart, "_CHILD", ("-P", "-c", failing))
    with pytest.raises(RuntimeError, match="Odd: que estranho"):
        engine.rebuild([])


def test_a_killed_writer_is_replaced_and_its_task_done(engine: WhooshEngine) -> None:
    engine.rebuild(DOCUMENTS)
    killed = child_of(engine)
    os.kill(killed, signal.SIGKILL)
    engine.update([document(500, "rio")])
    assert 500 in engine.ids()
    assert child_of(engine) != killed


def test_a_writer_that_does_not_answer_is_replaced_and_its_task_done(engine: WhooshEngine, monkeypatch: Any) -> None:
    engine.rebuild(DOCUMENTS)
    stopped = child_of(engine)
    os.kill(stopped, signal.SIGSTOP)
    monkeypatch.setattr(apart, "GRACE_S", 0.0)
    answer = apart.Connection.poll

    def poll_without_patience(self: Any, timeout: float) -> bool:
        return answer(self, 0.0 if child_of(engine) == stopped else timeout)

    monkeypatch.setattr(apart.Connection, "poll", poll_without_patience)
    engine.update([document(500, "rio")])
    assert 500 in engine.ids()
    assert child_of(engine) != stopped


def test_a_writer_that_takes_nothing_is_replaced_and_its_task_done(engine: WhooshEngine) -> None:
    engine.rebuild(DOCUMENTS)
    stopped = child_of(engine)
    os.kill(stopped, signal.SIGSTOP)
    assert engine._apart is not None
    assert engine._apart._link is not None
    apart._give_up_sending(engine._apart._link, 0.1)
    engine.update([document(500, "rio", text="mais do que um tubo leva " * 100_000)])
    assert 500 in engine.ids()
    assert child_of(engine) != stopped


def test_a_writer_that_all_processes_of_a_service_are_ended_with_ends_with_the_server_only(
    engine: WhooshEngine,
) -> None:
    engine.rebuild(DOCUMENTS)
    child = child_of(engine)
    os.kill(child, signal.SIGTERM)
    engine.update([document(500, "rio")])
    assert child_of(engine) == child


class Odd(str):
    """A type that the other process knows nothing of."""

    __slots__ = ()
    __module__ = "nowhere"


def test_what_the_other_process_cannot_read_is_an_error_in_words(engine: WhooshEngine, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules[__name__])
    engine.rebuild(DOCUMENTS)
    child = child_of(engine)
    for write in (lambda: engine.update([document(1, Odd("x"))]), lambda: engine.rebuild([document(1, Odd("x"))])):
        with pytest.raises(ModuleNotFoundError, match="nowhere"):
            write()
    assert engine.count() == len(DOCUMENTS)
    assert child_of(engine) == child


def test_long_documents_are_handed_over_few_at_a_time() -> None:
    long = [document(n, "x", text="a" * (apart.CHARACTERS // 2)) for n in range(5)]
    assert [len(some) for some in apart._chunks(long)] == [2, 2, 1]
    assert [len(some) for some in apart._chunks(DOCUMENTS)] == [100, 100, 49]
    assert list(apart._chunks([])) == []


def test_a_writer_killed_while_it_builds_leaves_the_old_index(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.rebuild([document(1, "antigo")])

    def until_killed() -> Iterator[SearchDocument]:
        yield from DOCUMENTS
        os.kill(child_of(engine), signal.SIGKILL)
        yield document(600, "nunca")

    with pytest.raises(ChildProcessError):
        engine.rebuild(until_killed())
    assert engine.ids() == {1}
    engine.rebuild(DOCUMENTS)
    assert engine.count() == len(DOCUMENTS)
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1, "what was left is swept"


def test_documents_that_cannot_be_read_are_no_index(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.rebuild([document(1, "antigo")])

    def broken() -> Iterator[SearchDocument]:
        yield from DOCUMENTS
        raise LookupError("a base de dados não responde")

    with pytest.raises(LookupError, match="não responde"):
        engine.rebuild(broken())
    assert engine.ids() == {1}
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1, "it has cleaned up"
    engine.update([document(2, "depois")])
    assert engine.ids() == {1, 2}


def test_until_what_it_wrote_is_open_the_state_before_answers(engine: WhooshEngine, monkeypatch: Any) -> None:
    engine.rebuild(DOCUMENTS)
    assert engine.search(ask("novidade"), PUBLIC).total == 0
    before, write = engine.answering(), engine._apart.update  # type: ignore[union-attr]
    meanwhile = []

    def write_and_ask(documents: Any, deleted: Any) -> None:
        write(documents, deleted)
        assert engine.generation() != before
        meanwhile.append((engine.search(ask("novidade"), PUBLIC).total, engine.answering()))

    monkeypatch.setattr(engine._apart, "update", write_and_ask)
    engine.update([document(700, "novidade")])
    assert meanwhile == [(0, before)]
    assert engine.answering() == engine.generation(), "nobody who asks later has to open it"
    assert engine.search(ask("novidade"), PUBLIC).total == 1


def test_nothing_stays_open_after_closing(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.rebuild(DOCUMENTS)
    engine.update([document(1, "outro mapa")])
    engine.search(ask("mapa"), PUBLIC)
    engine.update([document(2, "outro mapa")])
    engine.search(ask("mapa"), PUBLIC)
    child = child_of(engine)
    assert opened_in(tmp_path)
    gc.disable()  # files are closed when nobody has them, and not when the collector comes by
    try:
        engine.close()
        assert opened_in(tmp_path) == []
    finally:
        gc.enable()
    assert not Path(f"/proc/{child}").exists()
    assert engine.search(ask("mapa"), PUBLIC).total == len(DOCUMENTS)


def test_it_leaves_when_there_is_nothing_to_do_and_another_takes_the_next_task(
    engine: WhooshEngine, monkeypatch: Any
) -> None:
    hurried = (
        "import repository.search.writing_process as child\n"
        "build, child.IDLE_S = child.WhooshEngine.rebuild, None\n"
        "def built(*given):\n    build(*given)\n    child.IDLE_S = 0.0\n"
        "child.WhooshEngine.rebuild = built\nchild.main()"
    )
    monkeypatch.setattr(apart, "_CHILD", ("-P", "-c", hurried))
    engine.rebuild(DOCUMENTS)
    first = child_of(engine)
    until = time.monotonic() + 60
    while Path(f"/proc/{first}").exists():  # not even as one that nobody has taken note of
        assert time.monotonic() < until
        time.sleep(0.01)
    engine.update([document(800, "rio")])
    assert 800 in engine.ids()
    assert child_of(engine) != first


PARENT = """
import sys, time
from pathlib import Path
from repository.search.whoosh_engine import WhooshEngine
engine = WhooshEngine(Path(sys.argv[1]))
engine.write_apart()
engine.rebuild([])
print(engine._apart.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_the_process_that_it_writes_for(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PARENT, str(tmp_path / "index")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    poller = select.poll()
    poller.register(child, select.POLLIN)  # a process that has ended can be read
    assert poller.poll(30_000)
    os.close(child)
