"""One bad file fails alone, and nothing stays behind."""

import os
import random
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import file_samples
import pytest

from repository.files import examine
from repository.files.examine import FAILURES, Examiner, Limits
from repository.files.kinds import KINDS
from repository.files.names import extension

ROOT = Path(__file__).resolve().parents[3]
EVIL = """
import ctypes, os, sys, time
from repository.files import extract, worker

def read_evil(path):
    word = path.read_text().strip()
    if word == "abort":
        os.abort()
    if word == "segfault":
        ctypes.string_at(0)
    if word == "memory":
        bytearray(10**10)
    if word == "spin":
        while True:
            pass
    if word == "hang":
        time.sleep(1000)
    if word == "leave":
        os._exit(0)
    if word == "unforeseen":
        raise KeyError("palavra secreta")
    if word == "deep":
        return read_evil(path)
    if word == "print":
        print("palavra secreta", flush=True)
        os.write(2, b"palavra secreta")
    if word == "nonsense":
        os.write(worker.answers_fd, b"{[\\n")
    if word == "long":
        while True:
            os.write(worker.answers_fd, b"x" * 65536)
    if word == "write":
        (path.parent / "big").write_bytes(bytes(3_000_000))
    return extract.Reading(title="bom", pages=("bom texto",))

real = worker._private_output
def noted():
    worker.answers_fd = real()
    return worker.answers_fd
worker._private_output = noted
extract.READERS["text/plain"] = read_evil
worker.main()
"""


@pytest.fixture(scope="module")
def examiner():
    with Examiner() as examiner:
        yield examiner


def look(examiner, path, derived, **options):
    return examiner.examine(path, path.name, derived, **options)


@pytest.mark.parametrize("name", file_samples.SAMPLES)
def test_a_good_file_is_examined_without_failure(examiner, tmp_path, name):
    found = look(examiner, file_samples.make(name, tmp_path), tmp_path / "derived" / "aa", previews=True)
    assert found.failure is None
    assert found.sniffed.media_type == KINDS[extension(name)].media_type
    assert found.extraction is not None
    assert found.extraction.title
    assert found.thumbnail == (tmp_path / "derived" / "aa" / "thumb.webp").exists()
    assert found.previews == (1 if name == "guia.pdf" else 0)


def test_a_refused_file_is_not_read(examiner, tmp_path):
    (tmp_path / "a.exe").write_bytes(b"MZ\x90\0" + bytes(100))
    found = look(examiner, tmp_path / "a.exe", tmp_path / "derived")
    assert (found.sniffed.problem, found.extraction, found.failure) == ("program", None, None)


def test_a_locked_pdf_fails_and_one_that_only_forbids_printing_does_not(examiner, tmp_path):
    locked = look(examiner, file_samples.pdf(tmp_path / "a.pdf", password="x"), tmp_path / "derived")
    assert (locked.sniffed.problem, locked.failure) == ("encrypted", "encrypted")
    free = look(examiner, file_samples.pdf(tmp_path / "b.pdf", owner="x"), tmp_path / "derived")
    assert (free.sniffed.problem, free.failure, free.thumbnail) == (None, None, True)


def test_bombs_fail_as_bombs(examiner, tmp_path):
    bomb = file_samples.odf(tmp_path / "a.odt", extra={"Pictures/x": bytes(50_000_000)})
    assert look(examiner, bomb, tmp_path / "derived").failure == "bomb"
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    odd = file_samples.odf(tmp_path / "b.odt", doctype=doctype, body="<text:p>&e;</text:p>")
    assert look(examiner, odd, tmp_path / "derived").failure == "bomb"


FLIPPED = ["guia.pdf", "guia.docx", "aula.pptx", "contas.xlsx", "guia.odt", "livro.epub", "foto.png", "foto.jpg",
           "foto.webp", "guia.rtf"]  # fmt: skip


@pytest.mark.parametrize("name", FLIPPED)
def test_t27_flipped_bits_never_reach_the_parent(examiner, tmp_path, name):
    chance = random.Random(name)
    good = file_samples.make(name, tmp_path).read_bytes()
    for number in range(20):
        data = bytearray(good)
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(data)
        found = look(examiner, path, tmp_path / "derived", previews=True)
        assert found.failure is None or found.failure in FAILURES
    assert look(examiner, tmp_path / name, tmp_path / "derived").failure is None


@pytest.fixture
def evil(monkeypatch):
    monkeypatch.setattr(examine, "WORKER", ("-P", "-c", EVIL))
    with Examiner(Limits(cpu_seconds=1, wall_seconds=60, output_mb=1)) as examiner:
        yield examiner


@pytest.mark.parametrize(
    ("word", "failure"),
    [
        ("abort", "crashed"),
        ("segfault", "crashed"),
        ("leave", "crashed"),
        ("nonsense", "crashed"),
        ("memory", "memory"),
        ("spin", "timeout"),
        ("deep", "broken"),
        ("long", "too_large"),
        ("write", "too_large"),
    ],
)
def test_a_file_that_breaks_its_reader_fails_alone(evil, tmp_path, word, failure):
    bad, good = tmp_path / "mau.txt", tmp_path / "bom.txt"
    bad.write_text(word)
    good.write_text("bom")
    found = look(evil, bad, tmp_path / "derived")
    assert found.failure == failure
    assert found.sniffed.media_type == "text/plain"
    after = look(evil, good, tmp_path / "derived")
    assert (after.failure, after.extraction.title) == (None, "bom texto")


def test_a_file_that_hangs_is_given_up(monkeypatch, tmp_path):
    monkeypatch.setattr(examine, "WORKER", ("-P", "-c", EVIL))
    (tmp_path / "mau.txt").write_text("hang")
    with Examiner(Limits(wall_seconds=1)) as examiner:
        assert look(examiner, tmp_path / "mau.txt", tmp_path / "derived").failure == "timeout"


def test_nothing_of_a_file_is_printed_or_logged(evil, tmp_path, capfd, caplog):
    for word in ("print", "unforeseen"):
        (tmp_path / "a.txt").write_text(word)
        found = look(evil, tmp_path / "a.txt", tmp_path / "derived")
        assert found.failure == ("broken" if word == "unforeseen" else None)
    assert "secreta" not in "".join(capfd.readouterr()) + caplog.text
    assert "KeyError" in caplog.text


def test_a_child_is_replaced_after_some_files_and_when_it_was_killed(tmp_path):
    path = file_samples.make("notas.txt", tmp_path)
    with Examiner(Limits(files_per_worker=2)) as examiner:
        pids = []
        for _ in range(4):
            examiner.start()
            pids.append(examiner.pid)
            assert look(examiner, path, tmp_path / "derived").failure is None
        assert len(set(pids)) == 2
        examiner.start()
        pid = examiner.pid
        assert pid is not None
        child = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([child], [], [], 30)
        os.close(child)
        assert look(examiner, path, tmp_path / "derived").failure is None


def test_many_threads_may_ask(examiner, tmp_path):
    names = ["guia.pdf", "guia.docx", "foto.png", "notas.md"]
    found = {}

    def ask(name):
        folder = tmp_path / name
        folder.mkdir()
        found[name] = look(examiner, file_samples.make(name, folder), folder / "derived").sniffed.extension

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: extension(name) for name in names}


def test_a_full_disk_is_no_fault_of_the_file(monkeypatch, tmp_path):
    code = """
import errno
from repository.files import worker
def full(*args, **named):
    raise OSError(errno.ENOSPC, "No space left on device")
worker.thumbnail = full
worker.main()
"""
    monkeypatch.setattr(examine, "WORKER", ("-P", "-c", code))
    path = file_samples.make("notas.txt", tmp_path)
    with Examiner() as examiner, pytest.raises(examine.Unavailable):
        look(examiner, path, tmp_path / "derived")


PARENT = """
import sys
from pathlib import Path
from repository.files import examine
examine.WORKER = ("-P", "-c", sys.argv[2])
examiner = examine.Examiner()
examiner.start()
print(examiner.pid, flush=True)
examiner.examine(Path(sys.argv[1]), "a.txt", Path(sys.argv[1]).parent / "derived")
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("word", ["bom", "hang", "spin"])
def test_no_child_outlives_a_killed_parent(tmp_path, word):
    path = tmp_path / "a.txt"
    path.write_text(word)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path), EVIL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if word == "bom":
            assert parent.stdout.readline() == b"done\n"
        child = os.pidfd_open(pid)
        try:
            parent.send_signal(signal.SIGKILL)
            assert select.select([child], [], [], 30)[0], "the child is still there"
        finally:
            os.close(child)


def test_the_parent_never_loads_the_readers():
    code = "import sys, repository.files.examine; assert not {'pypdfium2', 'fpdf', 'docx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
