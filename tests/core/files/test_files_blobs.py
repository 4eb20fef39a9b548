"""The blob store keeps whole files or nothing."""

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from repository.errors import Invalid, NotFound, TooLarge, Unavailable
from repository.files.blobs import BlobStore

DATA = b"ficha de trabalho" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "instance")


def test_a_received_file_is_kept_under_its_digest(store):
    blob = store.receive(io.BytesIO(DATA), limit=None)
    assert (blob.sha256, blob.size) == (DIGEST, len(DATA))
    assert store.path(DIGEST) == store.root / "blobs" / DIGEST[:2] / DIGEST
    with store.open(DIGEST) as file:
        assert file.read() == DATA
    assert store.exists(DIGEST)
    assert store.verify(DIGEST)
    assert list(store.digests()) == [DIGEST]
    assert not list(store.partial.iterdir())


def test_files_and_folders_are_closed_to_strangers_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        store = BlobStore(tmp_path / "instance")
        store.receive(io.BytesIO(DATA), limit=None)
    finally:
        os.umask(before)
    assert store.path(DIGEST).stat().st_mode & 0o777 == 0o640
    assert store.path(DIGEST).parent.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(("extra", "kept"), [(-1, True), (0, True), (1, False)])
def test_t19_a_file_up_to_the_limit_is_kept_and_one_byte_more_is_not(store, extra, kept):
    limit = 1024 * 1024
    data = b"x" * (limit + extra)
    if kept:
        assert store.receive(io.BytesIO(data), limit=limit).size == len(data)
    else:
        with pytest.raises(TooLarge) as refused:
            store.receive(io.BytesIO(data), limit=limit)
        assert "1 MB" in str(refused.value)
        assert list(store.digests()) == []
    assert not list(store.partial.iterdir())


def test_t53_bytes_are_flushed_before_the_name_and_the_name_before_the_answer(store, monkeypatch):
    done: list[tuple[str, ...]] = []
    names = {}
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(fd):
        done.append(("fsync", os.readlink(f"/proc/self/fd/{fd}")))
        real_fsync(fd)

    def rename(old, new):
        done.append(("rename", str(old), str(new)))
        names[str(old)] = str(new)
        real_rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    store.receive(io.BytesIO(DATA), limit=None)
    ((temp, final),) = names.items()
    assert final == str(store.path(DIGEST))
    assert Path(temp).parent == store.partial
    folder = len(done) - 1 - done[::-1].index(("fsync", str(store.path(DIGEST).parent)))
    assert done.index(("fsync", temp)) < done.index(("rename", temp, final)) < folder
    assert ("fsync", str(store.blobs)) in done[:folder]


def test_the_same_file_twice_is_one_blob_and_young_again(store):
    store.receive(io.BytesIO(DATA), limit=None)
    os.utime(store.path(DIGEST), (1, 1))
    assert store.age(DIGEST) > 1000
    store.receive(io.BytesIO(DATA), limit=None)
    assert store.age(DIGEST) < 1000
    assert list(store.digests()) == [DIGEST]
    assert not list(store.partial.iterdir())


def test_a_blob_cut_short_from_outside_is_noticed_and_healed_by_the_same_file(store):
    store.receive(io.BytesIO(DATA), limit=None)
    store.path(DIGEST).write_bytes(DATA[:100])
    assert not store.verify(DIGEST)
    store.receive(io.BytesIO(DATA), limit=None)
    assert store.verify(DIGEST)


def test_a_full_disk_is_said_clearly_and_leaves_nothing(store, monkeypatch):
    def full(fd, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable) as refused:
        store.receive(io.BytesIO(DATA), limit=None)
    monkeypatch.undo()
    assert "disco" in str(refused.value)
    assert list(store.digests()) == []
    assert not list(store.partial.iterdir())


def test_a_disk_that_is_full_when_flushing_is_said_too(store, monkeypatch):
    def full(fd):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        store.receive(io.BytesIO(DATA), limit=None)
    assert not list(store.partial.iterdir())


def test_a_stream_that_breaks_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        store.receive(Broken(DATA), limit=None)
    assert not list(store.partial.iterdir())
    assert list(store.digests()) == []


@pytest.mark.parametrize("name", ["", "abc", "../" * 22, DIGEST.upper(), DIGEST[:-1] + "/", DIGEST + "\n", "é" * 64])
def test_only_a_digest_names_a_blob(store, name):
    with pytest.raises(Invalid):
        store.path(name)
    with pytest.raises(Invalid):
        store.open(name)


def test_what_is_not_kept_is_not_found(store):
    assert not store.exists(DIGEST)
    assert not store.verify(DIGEST)
    assert not store.remove(DIGEST)
    with pytest.raises(NotFound):
        store.open(DIGEST)
    with pytest.raises(NotFound):
        store.age(DIGEST)


def test_a_young_blob_is_not_removed_by_a_collector(store):
    store.receive(io.BytesIO(DATA), limit=None)
    assert not store.remove(DIGEST, unused_for=3600)
    assert store.exists(DIGEST)
    assert store.remove(DIGEST)
    assert not store.exists(DIGEST)


def test_a_finished_file_is_adopted(store):
    finished = store.partial / "x.data"
    finished.write_bytes(DATA)
    assert store.adopt(finished).sha256 == DIGEST
    assert store.verify(DIGEST)
    assert not finished.exists()


def test_old_leftovers_are_swept_and_uploads_in_progress_are_not(store):
    old, young, other = (store.partial / name for name in ("receiving-a", "receiving-b", "c.data"))
    for path in (old, young, other):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    assert store.sweep_partial(3600) == 1
    assert sorted(path.name for path in store.partial.iterdir()) == ["c.data", "receiving-b"]


def test_a_reserve_can_be_kept_and_dropped(store):
    store.keep_reserve(2)
    assert store.reserve.stat().st_blocks * 512 >= 2 * 1024 * 1024
    store.keep_reserve(2)
    assert store.drop_reserve()
    assert not store.drop_reserve()
    assert not store.reserve.exists()


RECEIVE_AND_DIE = """
import io, os, signal, sys
from pathlib import Path
from repository.files import blobs
left = int(sys.argv[2])
def dying(real):
    def call(*args, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)
    return call
for name in ("write", "fsync", "rename", "fchmod", "utime", "open", "close", "unlink"):
    setattr(os, name, dying(getattr(os, name)))
store = blobs.BlobStore(Path(sys.argv[1]))
for number in range(3):
    blob = store.receive(io.BytesIO(os.urandom(1_500_000)), limit=None)
    print(blob.sha256, flush=True)
"""


@pytest.mark.parametrize("step", [*range(1, 25, 2), 30, 37])
def test_a_kill_at_any_step_leaves_no_torn_blob_and_loses_none_that_was_answered(tmp_path, step):
    child = subprocess.run(
        [sys.executable, "-c", RECEIVE_AND_DIE, str(tmp_path), str(step)], capture_output=True, cwd=ROOT, text=True
    )
    assert child.returncode == -signal.SIGKILL
    store = BlobStore(tmp_path)
    assert all(store.verify(digest) for digest in store.digests())
    assert set(child.stdout.split()) <= set(store.digests())
    store.sweep_partial(0)
    assert not list(store.partial.iterdir())
