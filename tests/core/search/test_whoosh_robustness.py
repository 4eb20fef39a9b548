"""What happens to an index on disk: damage, strangers, kills, two writers, readers during a rebuild, a full disk."""

import errno
import gc
import json
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from search_samples import PUBLIC, ask, document

from repository.search import CORE_FIELDS, FieldKind, IndexBroken, IndexBusy, IndexMissing, SearchField
from repository.search import whoosh_files as files
from repository.search.whoosh_engine import WhooshEngine
from repository.search.whoosh_writing import MOST_OF_A_SIZE

DOCUMENTS = [document(n, f"mapa {n}", text="rios e serras " * 50, level="sec") for n in range(1, 60)]


def generation(folder: Path) -> Path:
    return folder / "index" / (folder / "index" / "current").read_text()


def segments(folder: Path) -> list[Path]:
    return sorted(generation(folder).glob("*.seg"))


def reopened(folder: Path, **more: Any) -> WhooshEngine:
    return WhooshEngine(folder / "index", lock_seconds=5.0, **more)


def remove_all(folder: Path) -> None:
    shutil.rmtree(folder / "index")


def remove_generation(folder: Path) -> None:
    shutil.rmtree(generation(folder))


def remove_contents_table(folder: Path) -> None:
    for path in generation(folder).glob("*.toc"):
        path.unlink()


def remove_segment(folder: Path) -> None:
    segments(folder)[0].unlink()


def truncate_segment(folder: Path) -> None:
    os.truncate(segments(folder)[0], segments(folder)[0].stat().st_size // 2)


def zero_segment(folder: Path) -> None:
    segments(folder)[0].write_bytes(bytes(segments(folder)[0].stat().st_size))


def empty_segment(folder: Path) -> None:
    os.truncate(segments(folder)[0], 0)


def truncate_contents_table(folder: Path) -> None:
    for path in generation(folder).glob("*.toc"):
        os.truncate(path, 20)


def garbage_meta(folder: Path) -> None:
    (generation(folder) / "meta.json").write_bytes(b"\xff{")


def garbage_pointer(folder: Path) -> None:
    (folder / "index" / "current").write_text("../../etc")


def binary_pointer(folder: Path) -> None:
    (folder / "index" / "current").write_bytes(b"\xff\x00")


def file_for_the_folder(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    (folder / "index").write_text("a file in its place")


def link_to_nowhere(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    (folder / "index").symlink_to(folder / "nowhere")


def folder_for_the_pointer(folder: Path) -> None:
    (folder / "index" / "current").unlink()
    (folder / "index" / "current" / "inside").mkdir(parents=True)


DAMAGES = [
    remove_all, remove_generation, remove_contents_table, remove_segment, truncate_segment, zero_segment, empty_segment,
    truncate_contents_table, garbage_meta, garbage_pointer, binary_pointer, file_for_the_folder, link_to_nowhere,
    folder_for_the_pointer,
]  # fmt: skip


@pytest.fixture
def collected() -> Iterator[None]:
    """What Whoosh lets go of without closing it is collected here, and not in another test, which would fail for it."""
    yield
    gc.collect()


def leaves_files(test: Callable[..., None]) -> Callable[..., None]:
    """Let a test leave files to the collector, as Whoosh does after a failure."""
    ignored = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    return ignored(pytest.mark.usefixtures("collected")(test))


@leaves_files
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_says_so_and_a_rebuild_heals_it(
    whoosh_engine: WhooshEngine, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    damage(tmp_path)
    fresh = reopened(tmp_path)
    for _ in range(2):
        with pytest.raises((IndexMissing, IndexBroken)):
            fresh.search(ask("mapa"), PUBLIC)
    with pytest.raises((IndexMissing, IndexBroken)):
        fresh.update([document(99, "novo")])
    fresh.rebuild(DOCUMENTS)
    assert fresh.search(ask("mapa"), PUBLIC).total == len(DOCUMENTS)
    fresh.update([document(99, "mapa novo")])
    assert fresh.ids() == {document.id for document in DOCUMENTS} | {99}
    fresh.close()


def test_what_stands_in_the_place_of_the_index_is_set_aside_and_kept(
    whoosh_engine: WhooshEngine, tmp_path: Path
) -> None:
    (tmp_path / "index").write_text("whoever put it here may want it")
    whoosh_engine.rebuild(DOCUMENTS)
    [aside] = tmp_path.glob("index.aside-*")
    assert aside.read_text() == "whoever put it here may want it"
    (tmp_path / "index" / "lock").unlink()
    (tmp_path / "index" / "lock" / "inside").mkdir(parents=True)
    whoosh_engine.update([document(99, "mapa novo")])
    assert [path.name for path in (tmp_path / "index").glob("lock.aside-*/*")] == ["inside"]
    assert 99 in whoosh_engine.ids()


@leaves_files
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_under_an_open_reader_gives_an_answer_or_an_error_and_no_crash(
    whoosh_engine: WhooshEngine, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    assert whoosh_engine.search(ask("mapa"), PUBLIC).total == len(DOCUMENTS)
    damage(tmp_path)
    for question in ("mapa", "rios serras", '"rios e serras"', "ma*", ""):
        with suppress(IndexMissing, IndexBroken):
            assert whoosh_engine.search(ask(question), PUBLIC).total == len(DOCUMENTS)
    whoosh_engine.rebuild(DOCUMENTS[:3])
    assert whoosh_engine.search(ask("rios"), PUBLIC).total == 3


class Canary:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


def poison(folder: Path, trace: Path) -> None:
    """Put a pickle that runs code wherever Whoosh would read one."""
    for path in (*generation(folder).glob("*.toc"), *segments(folder)):
        path.write_bytes(pickle.dumps(Canary(trace)))


@pytest.mark.parametrize("change", [{"schema": 0}, {"analysis": "another"}, {"fields": []}, {"more": 1}])
def test_an_index_made_by_another_version_is_never_unpickled(
    whoosh_engine: WhooshEngine, tmp_path: Path, change: dict[str, Any]
) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    trace = tmp_path / "executed"
    meta = generation(tmp_path) / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | change))
    poison(tmp_path, trace)
    foreign = reopened(tmp_path)
    for use in (lambda: foreign.search(ask(), PUBLIC), lambda: foreign.update([document(1, "x")]), foreign.ids):
        with pytest.raises(IndexBroken, match="another version"):
            use()
    foreign.rebuild(DOCUMENTS)
    assert foreign.count() == len(DOCUMENTS)
    assert not trace.exists()
    foreign.close()


def test_another_set_of_fields_means_another_index(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    more = (
        *CORE_FIELDS,
        SearchField("loans_available", FieldKind.BOOLEAN, facet=True),
        SearchField("isbn", FieldKind.TEXT),
    )
    other = reopened(tmp_path, fields=more)
    with pytest.raises(IndexBroken):
        other.count()
    other.rebuild([document(1, "mapa", loans_available="1", texts={"isbn": "978 0"})])
    assert other.search(ask("978", loans_available="1"), PUBLIC).ids == (1,)
    assert other.search(ask(), PUBLIC).facets["loans_available"][0].value == "1"
    other.close()


def test_the_folder_is_private_and_holds_one_generation(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    for _ in range(3):
        whoosh_engine.rebuild(DOCUMENTS[:2])
    index = tmp_path / "index"
    assert stat.S_IMODE(index.stat().st_mode) == 0o700
    assert stat.S_IMODE(generation(tmp_path).stat().st_mode) == 0o700
    assert {path.name for path in index.iterdir()} == {"current", "lock", generation(tmp_path).name}


def test_a_failed_rebuild_leaves_the_old_index_and_no_remains(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild(DOCUMENTS)

    def failing() -> Any:
        yield document(1, "mapa")
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        whoosh_engine.rebuild(failing())
    assert whoosh_engine.count() == len(DOCUMENTS)
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1


def test_remains_of_a_killed_rebuild_are_swept_by_the_next(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    orphan = tmp_path / "index" / "0123456789abcdef"
    orphan.mkdir()
    keep = tmp_path / "index" / "not-ours"
    keep.mkdir()
    whoosh_engine.rebuild(DOCUMENTS)
    assert not orphan.exists()
    assert keep.exists()


def test_many_small_commits_are_merged_and_lose_nothing(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild([])
    commits = MOST_OF_A_SIZE * 4 + 3
    for n in range(commits):
        whoosh_engine.update([document(n, f"mapa {n}"), document(1000, f"sempre {n}")])
        assert len(segments(tmp_path)) <= MOST_OF_A_SIZE * 2
    assert whoosh_engine.ids() == {*range(commits), 1000}
    assert whoosh_engine.search(ask("sempre"), PUBLIC).ids == (1000,)
    assert whoosh_engine.search(ask("mapa"), PUBLIC).total == commits


def test_deleted_documents_leave_the_disk(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    whoosh_engine.update([], [document.id for document in DOCUMENTS[:30]])
    assert whoosh_engine.count() == len(DOCUMENTS) - 30
    whoosh_engine.update([], [document.id for document in DOCUMENTS])
    assert segments(tmp_path) == []


def test_a_commit_of_another_engine_is_seen_at_once(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    reader = reopened(tmp_path)
    whoosh_engine.rebuild(DOCUMENTS)
    assert reader.count() == len(DOCUMENTS)
    whoosh_engine.update([document(500, "globo")], [1])
    assert reader.search(ask("globo"), PUBLIC).ids == (500,)
    assert 1 not in reader.ids()
    whoosh_engine.rebuild([document(7, "globo")])
    assert reader.search(ask("globo"), PUBLIC).ids == (7,)
    reader.close()


def test_a_second_writer_waits_its_turn_or_is_told(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    folder = files.IndexFolder(tmp_path / "index", {})
    with folder.locked(0.0):
        hasty = WhooshEngine(tmp_path / "index", lock_seconds=0.0)
        for write in (lambda: hasty.update([document(1, "x")]), lambda: hasty.rebuild([])):
            with pytest.raises(IndexBusy):
                write()
        assert hasty.count() == len(DOCUMENTS)
    hasty.update([document(600, "x")])
    assert 600 in whoosh_engine.ids()
    hasty.close()


def test_writers_in_many_threads_lose_nothing(whoosh_engine: WhooshEngine, tmp_path: Path) -> None:
    whoosh_engine.rebuild([])
    failures: list[BaseException] = []

    def write(first: int) -> None:
        engine = WhooshEngine(tmp_path / "index", lock_seconds=60.0)
        try:
            for n in range(first, first + 8):
                engine.update([document(n, f"mapa {n}")])
        except BaseException as error:
            failures.append(error)
        engine.close()

    run_together([lambda first=first: write(first) for first in (0, 100, 200)])
    assert failures == []
    assert whoosh_engine.ids() == {first + n for first in (0, 100, 200) for n in range(8)}


def run_together(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_readers_are_right_at_every_moment_of_updates_and_rebuilds(whoosh_engine: WhooshEngine) -> None:
    """Every state of the index holds all of `kept` and exactly one `moving` document."""
    kept = DOCUMENTS[:20]
    whoosh_engine.rebuild([*kept, document(700, "movel 0")])
    done = threading.Event()
    failures: list[object] = []
    answers: list[int] = []

    def read() -> None:
        while not done.is_set():
            try:
                moving, still = (whoosh_engine.search(ask(q, per_page=100), PUBLIC) for q in ("movel", "rios serras"))
                answers.append(1)
                if moving.total != 1 or set(still.ids) != {document.id for document in kept}:
                    failures.append((moving, still))
            except Exception as error:
                failures.append(error)

    def write() -> None:
        try:
            for n in range(1, 31):
                moved = document(700 + n, f"movel {n}")
                if n % 6:
                    whoosh_engine.update([moved, kept[n % 20]], [699 + n])
                else:
                    whoosh_engine.rebuild([*kept, moved])
        finally:
            done.set()

    run_together([read, read, read, write])
    assert failures == []
    assert answers


def test_no_segment_stays_open_when_a_later_one_of_its_commit_is_gone(
    whoosh_engine: WhooshEngine, tmp_path: Path
) -> None:
    """Python warns of a file that nobody closed, and the suite takes a warning for an error."""
    whoosh_engine.rebuild(DOCUMENTS)
    earlier = segments(tmp_path)
    whoosh_engine.update([document(900, "mapa 900")])
    whoosh_engine.close()
    (later,) = set(segments(tmp_path)) - set(earlier)
    later.unlink()
    engine = reopened(tmp_path)
    with pytest.raises(IndexBroken):
        engine.search(ask("mapa"), PUBLIC)
    engine.close()
    gc.collect()


@leaves_files
@pytest.mark.parametrize("call", range(0, 60, 3))
def test_a_full_disk_in_a_commit_keeps_the_old_state_and_frees_the_lock(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    whoosh_engine.rebuild(DOCUMENTS)
    assert whoosh_engine.count() == len(DOCUMENTS)
    calls = iter(range(10_000))
    real = files.StructFile.write

    def full(self: Any, *args: Any) -> Any:
        if next(calls) >= call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *args)

    with monkeypatch.context() as disk:
        disk.setattr(files.StructFile, "write", full)
        with pytest.raises(OSError, match="No space"):
            whoosh_engine.update([document(800, "cheio"), DOCUMENTS[0]], [2])
    assert whoosh_engine.ids() == {document.id for document in DOCUMENTS}
    whoosh_engine.update([document(801, "de novo")], [2])
    assert whoosh_engine.ids() == {document.id for document in DOCUMENTS} - {2} | {801}


def test_a_full_disk_in_a_rebuild_keeps_the_index_in_use(
    whoosh_engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whoosh_engine.rebuild(DOCUMENTS)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(files, "_flush", full)
        with pytest.raises(OSError, match="No space"):
            whoosh_engine.rebuild(DOCUMENTS[:1])
    assert whoosh_engine.count() == len(DOCUMENTS)
    whoosh_engine.rebuild(DOCUMENTS[:1])
    assert whoosh_engine.count() == 1


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from search_samples import document
from repository.search.whoosh_engine import WhooshEngine
engine = WhooshEngine(Path(sys.argv[1]))
first = int(sys.argv[3])
for batch in range(10_000):
    numbers = range(first + batch * 5, first + batch * 5 + 5)
    print("begin", batch, flush=True)
    engine.update([document(n, "mapa", text="rios " * 200) for n in numbers] + [document(1, f"fixo {first + batch}")])
    print("done", batch, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_batches_and_a_free_lock(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index", lock_seconds=5.0)
    engine.rebuild([document(1, "fixo 0")])
    acknowledged: set[int] = set()
    for kill in range(6):
        first = 10_000 * (kill + 1)
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            WRITER,
            str(tmp_path / "index"),
            str(Path(__file__).parent),
            str(first),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as writer:
            assert writer.stdout is not None
            stop_after = f"begin {2 + kill}"
            lines = [writer.stdout.readline().strip()]
            while lines[-1] != stop_after:
                lines.append(writer.stdout.readline().strip())
            writer.send_signal(signal.SIGKILL)
            lines += [line.strip() for line in writer.stdout]
        batches = [int(line.split()[1]) for line in lines if line.startswith("done")]
        acknowledged |= {first + batch * 5 + n for batch in batches for n in range(5)}
        present = engine.ids()
        assert acknowledged <= present
        assert all(
            sum(n in present for n in range(start, start + 5)) in (0, 5) for start in range(first, first + 100, 5)
        )
        assert engine.search(ask("fixo"), PUBLIC).ids == (1,)
        assert engine.search(ask("rios", per_page=1), PUBLIC).total == len(present) - 1
        engine.update([document(2, "a fechadura está livre")], [2])
    engine.close()


REBUILDER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from search_samples import document
from repository.search import whoosh_engine, whoosh_files, whoosh_writing
folder = Path(sys.argv[1])

def killed(owner, name, after):
    act = getattr(owner, name)
    def kill(*given):
        if after:
            act(*given)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, kill)

for owner, name, after in (
    (whoosh_engine, "write_all", False),
    (whoosh_writing, "write_lists", False),
    (whoosh_writing, "write_lists", True),
    (whoosh_files, "_flush", False),
    (Path, "rename", False),
    (Path, "rename", True),
):
    child = os.fork()
    if not child:
        killed(owner, name, after)
        whoosh_engine.WhooshEngine(folder).rebuild([document(n, "novo") for n in (1, 2)])
        os._exit(1)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status), whoosh_engine.WhooshEngine(folder).count(), flush=True)
"""


def test_a_rebuild_killed_before_its_switch_leaves_the_old_index_and_after_it_the_new_one(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(DOCUMENTS)
    assert engine.count() == len(DOCUMENTS)
    command = [sys.executable, "-W", "ignore", "-c", REBUILDER, str(tmp_path / "index"), str(Path(__file__).parent)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    old, new = f"{signal.SIGKILL:d} {len(DOCUMENTS)}", f"{signal.SIGKILL:d} 2"
    assert run.stdout.splitlines() == [old] * 5 + [new]
    assert engine.search(ask("novo"), PUBLIC).total == 2
    engine.rebuild(DOCUMENTS)
    assert engine.count() == len(DOCUMENTS)
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1, "what was left is swept"
    engine.close()


def test_a_replaced_document_is_gone_whether_or_not_its_segment_was_read_before(
    whoosh_engine: WhooshEngine, tmp_path: Path
) -> None:
    whoosh_engine.rebuild([document(1, "Mapa"), document(2, "Rio")])
    another = WhooshEngine(tmp_path / "index")
    another.update([document(1, "Serra")])  # which has read nothing
    another.close()
    assert whoosh_engine.search(ask("mapa"), PUBLIC).ids == ()
    whoosh_engine.update([document(1, "Vale")], [2])
    assert [whoosh_engine.search(ask(word), PUBLIC).ids for word in ("serra", "rio", "vale")] == [(), (), (1,)]
    assert whoosh_engine.ids() == {1}
