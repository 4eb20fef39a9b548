"""T28: a resumable upload ends in the same bytes, or in a refusal."""

import errno
import fcntl
import hashlib
import io
import os
import random
import threading

import pytest

from repository.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from repository.files.blobs import BlobStore
from repository.files.partial import PartialUploads

DATA = random.Random(1).randbytes(300_000)


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path)


@pytest.fixture
def uploads(store):
    return PartialUploads(store)


def begun(uploads, data=DATA):
    return uploads.create(length=len(data), name="aula.pdf", owner="user:1").id


class Breaks(io.BytesIO):
    """A connection that ends with an error instead of its last bytes."""

    def read(self, size=-1):
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


@pytest.mark.parametrize("seed", range(5))
def test_parts_broken_off_at_random_offsets_make_the_whole_file(store, uploads, seed):
    chance = random.Random(seed)
    id = begun(uploads)
    while (at := uploads.get(id, "user:1").offset) < len(DATA):
        part = DATA[at : at + chance.randint(1, 90_000)]
        again = PartialUploads(store)  # as after a restart
        if chance.random() < 0.5:
            assert again.append(id, at, io.BytesIO(part), "user:1").offset == at + len(part)
        else:
            with pytest.raises(ConnectionResetError):
                again.append(id, at, Breaks(part), "user:1")
    blob = uploads.finish(id, "user:1")
    assert blob.sha256 == hashlib.sha256(DATA).hexdigest()
    assert store.verify(blob.sha256)
    assert uploads.finish(id, "user:1") == blob
    uploads.discard(id, "user:1")
    assert not list(store.partial.iterdir())
    assert store.exists(blob.sha256)


def test_two_parts_at_one_offset_never_mix(uploads):
    id = begun(uploads)
    inside, leave = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size=-1):
            inside.set()
            leave.wait(10)
            return super().read(size)

    thread = threading.Thread(target=uploads.append, args=(id, 0, Slow(DATA[:1000]), "user:1"))
    thread.start()
    inside.wait(10)
    with pytest.raises(Conflict):
        uploads.append(id, 0, io.BytesIO(b"y" * 1000), "user:1")
    leave.set()
    thread.join()
    assert uploads.get(id, "user:1").offset == 1000
    with pytest.raises(Conflict):
        uploads.append(id, 0, io.BytesIO(b"y" * 1000), "user:1")
    uploads.append(id, 1000, io.BytesIO(DATA[1000:]), "user:1")
    assert uploads.finish(id, "user:1").sha256 == hashlib.sha256(DATA).hexdigest()


def test_a_part_that_comes_while_another_finishes_does_not_reach_the_blob(store, uploads, monkeypatch):
    id = begun(uploads)
    real = fcntl.flock
    blobs = []

    def finished_by_another_first(fd, kind):
        monkeypatch.setattr(fcntl, "flock", real)
        uploads.append(id, 0, io.BytesIO(DATA), "user:1")
        blobs.append(uploads.finish(id, "user:1"))
        real(fd, kind)

    monkeypatch.setattr(fcntl, "flock", finished_by_another_first)
    with pytest.raises(Conflict):
        uploads.append(id, 0, io.BytesIO(b"y" * 1000), "user:1")
    assert store.verify(blobs[0].sha256)
    assert store.path(blobs[0].sha256).stat().st_size == len(DATA)


def test_a_part_for_an_upload_discarded_meanwhile_is_not_said_to_be_kept(uploads, monkeypatch):
    id = begun(uploads)
    real = fcntl.flock

    def discarded_first(fd, kind):
        uploads.discard(id, "user:1")
        real(fd, kind)

    monkeypatch.setattr(fcntl, "flock", discarded_first)
    with pytest.raises(Conflict):
        uploads.append(id, 0, io.BytesIO(DATA), "user:1")


@pytest.mark.parametrize("offset", [-1, 1, 10**18])
def test_a_wrong_offset_is_a_conflict(uploads, offset):
    id = begun(uploads)
    with pytest.raises(Conflict):
        uploads.append(id, offset, io.BytesIO(DATA), "user:1")
    assert uploads.get(id, "user:1").offset == 0


def test_more_than_announced_is_refused_and_taken_back(uploads):
    id = begun(uploads)
    uploads.append(id, 0, io.BytesIO(DATA[:1000]), "user:1")
    with pytest.raises(TooLarge):
        uploads.append(id, 1000, io.BytesIO(DATA[1000:] + b"x"), "user:1")
    assert uploads.get(id, "user:1").offset == 1000


def test_an_announcement_over_the_limit_or_below_nothing_is_refused(uploads):
    with pytest.raises(TooLarge):
        uploads.create(length=11, name="a", owner="user:1", limit=10)
    with pytest.raises(Invalid):
        uploads.create(length=-1, name="a", owner="user:1")


def test_anothers_upload_is_not_found(uploads):
    id = begun(uploads)
    for attempt in (
        lambda: uploads.get(id, "user:2"),
        lambda: uploads.append(id, 0, io.BytesIO(DATA), "user:2"),
        lambda: uploads.finish(id, "user:2"),
        lambda: uploads.discard(id, "user:2"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert uploads.get(id, "user:1").offset == 0


@pytest.mark.parametrize("id", ["", "../../etc/passwd", "0" * 32, "g" * 32, "a" * 31 + "\n"])
def test_an_unknown_or_odd_id_is_not_found(uploads, id):
    with pytest.raises(NotFound):
        uploads.get(id, "user:1")


def test_an_unfinished_upload_cannot_be_finished(uploads):
    with pytest.raises(Conflict):
        uploads.finish(begun(uploads), "user:1")


def test_a_forgotten_upload_expires(store, uploads):
    old, young = begun(uploads), begun(uploads)
    for path in store.partial.glob(f"{old}.*"):
        os.utime(path, (1, 1))
    with pytest.raises(NotFound):
        uploads.get(old, "user:1")
    assert uploads.expire(3600) == 1
    assert {path.stem for path in store.partial.iterdir()} == {young}


def test_a_full_disk_gives_its_room_back_and_the_part_can_be_sent_again(uploads, monkeypatch):
    id = begun(uploads)
    uploads.append(id, 0, io.BytesIO(DATA[:1000]), "user:1")
    real = os.write

    def full(fd, data):
        real(fd, bytes(data[:10]))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable):
        uploads.append(id, 1000, io.BytesIO(DATA[1000:]), "user:1")
    monkeypatch.undo()
    assert uploads.get(id, "user:1").offset == 1000
    uploads.append(id, 1000, io.BytesIO(DATA[1000:]), "user:1")
    assert uploads.finish(id, "user:1").sha256 == hashlib.sha256(DATA).hexdigest()


def test_the_name_and_the_owner_survive_a_restart(store, uploads):
    id = uploads.create(length=5, name="ação \u202e.pdf", owner="user:1").id
    again = PartialUploads(store).get(id, "user:1")
    assert (again.name, again.owner, again.length, again.offset) == ("ação \u202e.pdf", "user:1", 5, 0)


def test_a_part_sent_again_while_the_file_is_taken_over_is_a_conflict_and_not_unknown(store, uploads):
    id = begun(uploads)
    uploads.append(id, 0, io.BytesIO(DATA), "user:1")
    store.adopt(store.partial / f"{id}.data")  # taken over, and not yet written down
    with pytest.raises(Conflict):
        uploads.append(id, 0, io.BytesIO(DATA), "user:1")
    with pytest.raises(NotFound):
        uploads.append(id, 0, io.BytesIO(DATA), "user:2")
