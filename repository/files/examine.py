"""Examining files from strangers: sniffed, read and pictured in a child process that may die alone."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType

import repository
from repository.errors import Unavailable
from repository.files.blobs import full_disk, make_folder
from repository.files.extraction import Extraction
from repository.files.kinds import UNKNOWN, known_extension
from repository.files.names import extension
from repository.files.sniff import PROBLEMS, Sniffed
from repository.words import N_

log = logging.getLogger(__name__)
FAILURES = ("timeout", "memory", "crashed", "bomb", "encrypted", "broken", "too_large")
UNCLEANED = (*FAILURES, "signed")
THUMBNAIL = "thumb.webp"
CHUNK = 1024 * 1024
WORKER = ("-P", "-m", "repository.files.worker")
GRACE = 2.0  # seconds for a child to leave by itself


@dataclass(frozen=True)
class Limits:
    """What one file may cost: address space in MB, CPU and wall-clock time in seconds, and the largest picture
    or answer written, in MB; `files_per_worker` is how many files one child reads before a fresh one takes over."""

    memory_mb: int = 700
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    output_mb: int = 64
    files_per_worker: int = 50


@dataclass(frozen=True)
class Examination:
    """What came of examining a file: `thumbnail` says whether thumb.webp was made, `previews` how many page-N.webp,
    `failure` is one of FAILURES or None. What was ready before a failure is there."""

    sniffed: Sniffed
    extraction: Extraction | None
    thumbnail: bool
    previews: int
    failure: str | None


class Examiner:
    """Hands files to a child process, one at a time; threads wait for each other.

    The child starts with the first file, lives for some files, and is replaced after any failure. It ends when this
    process ends, however that happens.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> "Examiner":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the present child, or None when there is none."""
        child = self._child
        return child.process.pid if child else None

    def start(self) -> None:
        """Start the child now, so that the first file does not wait for it."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        """End the child; a later `examine` starts another."""
        with self._lock:
            self._drop()

    def examine(self, path: Path, name: str, derived: Path, *, previews: bool = False) -> Examination:
        """Examine the file at `path`, given as `name`; pictures go to the folder `derived`, made when missing.

        Never raises for what is in the file; raises Unavailable when no child can be started or the disk is full.
        """
        make_folder(derived)
        task = {"path": str(path.absolute()), "name": name, "derived": str(derived.absolute()), "previews": previews}
        said, failure = self._hand_over(task)
        failure = failure or _failure(said.get("failure"), FAILURES)
        if failure:
            for part in derived.glob("*.part"):
                part.unlink(missing_ok=True)
        return _examination(said, name, failure)

    def clean(self, path: Path, name: str, out: Path) -> str | None:
        """Write a copy without hidden data to `out`; return None, or one of UNCLEANED when the file has to stay as it is.

        Raises Unavailable as `examine` does. Nothing of the file is trusted to be at `out` after a failure.
        """
        task: dict[str, object] = {"path": str(path.absolute()), "name": name, "clean": str(out.absolute())}
        said, failure = self._hand_over(task)
        return failure or _failure(said.get("failure"), UNCLEANED)

    def _hand_over(self, task: dict[str, object]) -> tuple[dict[str, object], str | None]:
        """Return what the child said about the task, and why it had to be given up, or None."""
        with self._lock:
            child = self._ready()
            said, failure = child.do(task)
            if failure is not None or child.files >= self.limits.files_per_worker:
                self._drop()
        if said.get("disk_full"):
            raise full_disk()
        if said.get("unforeseen"):
            log.error("a reader of files failed: %s", str(said["unforeseen"])[:200])
        return said, failure

    def _ready(self) -> "_Child":
        if self._child is None or not self._child.alive():
            self._drop()
            self._child = _Child(self.limits)
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """One child process and its pipes: a task is a line of JSON, its answers are lines of JSON up to "done"."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files = 0
        home = Path(repository.__file__).resolve().parent.parent
        environment = {
            "PYTHONPATH": str(home),
            "PYTHONUTF8": "1",
            "MALLOC_ARENA_MAX": "1",  # each arena would count 64 MB against the address space
            "OPENBLAS_NUM_THREADS": "1",
            "LANG": "C.UTF-8",
        }
        command = [sys.executable, *WORKER, json.dumps(asdict(limits))]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, and nothing of the file's
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=environment,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(N_("Os ficheiros não podem ser lidos agora. Tente mais tarde.")) from error

    def alive(self) -> bool:
        return self.process.poll() is None

    def do(self, task: dict[str, object]) -> tuple[dict[str, object], str | None]:
        """Return what the child said about the task, and why it had to be given up, or None."""
        self.files += 1
        deadline = time.monotonic() + self.limits.wall_seconds
        said: dict[str, object] = {}
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(task).encode() + b"\n")
            for line in self._lines(deadline):
                answer = json.loads(line)
                if "done" in answer:
                    return said, None
                said |= answer
        except TimeoutError:
            return said, "timeout"
        except _TooLong:
            return said, "too_large"
        except (ValueError, TypeError):
            log.warning("the reader of files answered nonsense")
            return said, "crashed"
        except OSError as error:
            log.warning("the reader of files is gone: %s", type(error).__name__)
        return said, self._cause()

    def _lines(self, deadline: float) -> Iterator[bytes]:
        """Yield the lines that the child writes; raise TimeoutError after `deadline`, end when it died."""
        assert self.process.stdout is not None
        buffer, left = bytearray(), self.limits.output_mb * CHUNK
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                chunk = os.read(self.process.stdout.fileno(), CHUNK)
                if not chunk:
                    return
                left -= len(chunk)
                if left < 0:
                    raise _TooLong
                buffer += chunk
                if b"\n" in chunk:
                    *lines, rest = bytes(buffer).split(b"\n")
                    buffer = bytearray(rest)
                    yield from lines

    def _cause(self) -> str:
        """Return the failure that the way the child ended tells of."""
        try:
            code = self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return "crashed"
        return {-signal.SIGXCPU: "timeout", -signal.SIGXFSZ: "too_large", MEMORY_EXIT: "memory"}.get(code, "crashed")

    def end(self) -> None:
        """Let the child leave, or make it."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process.kill()
        self.process.wait()


MEMORY_EXIT = 70
"""The exit code of a child that ran out of memory."""


class _TooLong(Exception):
    """The child says more than anybody wants to hear."""


def _examination(said: dict[str, object], name: str, failure: str | None) -> Examination:
    """Build the answer from what the child said, which is not trusted to have the right shape."""
    previews = said.get("previews")
    return Examination(
        sniffed=_sniffed(said.get("sniffed"), name),
        extraction=_extraction(said.get("extraction")),
        thumbnail=said.get("thumbnail") is True,
        previews=previews if isinstance(previews, int) else 0,
        failure=failure,
    )


def _failure(said: object, known: tuple[str, ...]) -> str | None:
    return None if said is None else str(said) if said in known else "crashed"


def _sniffed(said: object, name: str) -> Sniffed:
    if isinstance(said, dict) and all(isinstance(said.get(key), str) for key in ("media_type", "extension", "family")):
        problem = said.get("problem")
        return Sniffed(said["media_type"], said["extension"], said["family"], problem if problem in PROBLEMS else None)
    return Sniffed(UNKNOWN, known_extension(extension(name)) or "", "other", "broken")


def _extraction(said: object) -> Extraction | None:
    if not isinstance(said, dict):
        return None
    known: dict[str, object] = {}
    for field in fields(Extraction):
        value = said.get(field.name)
        if field.name in ("title", "summary"):
            known[field.name] = str(value or "")
        elif field.name == "language":
            known[field.name] = value if isinstance(value, str) else None
        elif field.name == "page_count":
            known[field.name] = value if isinstance(value, int) else None
        else:
            known[field.name] = tuple(str(part) for part in value) if isinstance(value, list) else ()
    return Extraction(**known)  # type: ignore[arg-type]
