"""Writing an index in a process of its own: a writer in a thread would take turns at the interpreter with whoever asks.

Two ends of a pipe carry Python's own pickles between this process and its child. The child waits for a task, answers
with None, with `MORE` when it wants more documents, or with the error it met, and leaves when it has had nothing to do
for a while, or when this process ends, however that happens.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import repository

from .document import SearchDocument
from .fields import SearchField

MORE = "more"
AT_ONCE, CHARACTERS = 100, 2_000_000  # documents handed over together, and about as much text
PATIENCE_S = 600.0  # far more than any one answer takes, that to the last documents of a large house too
GRACE_S = 5.0  # for the child to clean up after itself
_HOME = Path(repository.__file__).resolve().parent.parent
_CHILD = ("-P", "-m", "repository.search.writing_process")


class WriterApart:
    """The writer of one index. Threads wait for each other; the child starts with the first task."""

    def __init__(self, path: Path, fields: tuple[SearchField, ...], lock_seconds: float) -> None:
        """As for the engine that the child makes of them."""
        self._engine = (path.absolute(), fields, lock_seconds)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the present child, or None when there is none."""
        process = self._process
        return process.pid if process else None

    def update(self, documents: Collection[SearchDocument], deleted: Collection[int]) -> None:
        """What the engine's `update` does, and raises; ChildProcessError when the child cannot do its work."""
        with self._lock:
            _raise(self._begin("update", tuple(documents), frozenset(deleted)))

    def rebuild(self, documents: Iterable[SearchDocument]) -> None:
        """What the engine's `rebuild` does, and raises; ChildProcessError when the child cannot do its work."""
        chunks = _chunks(documents)
        with self._lock:
            answer = self._begin("rebuild")
            try:
                while answer == MORE:
                    answer = self._told(next(chunks, ()))
            except BaseException:  # the documents could not be read; it is not to take the first part for all of them
                self._end()
                raise
            _raise(answer)

    def close(self) -> None:
        """End the child; a later task starts another."""
        with self._lock:
            self._end()

    def _begin(self, *task: Any) -> Any:
        """The first answer to a task. A child that has left meanwhile is replaced, once."""
        if self._link is not None:
            with suppress(ChildProcessError):
                return self._told(task)
        self._start()
        return self._told(task)

    def _start(self) -> None:
        self._link, theirs = Pipe()
        _give_up_sending(self._link, PATIENCE_S)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, *_CHILD, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={
                    "PYTHONPATH": str(_HOME),
                    "PYTHONUTF8": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "TMPDIR": tempfile.gettempdir(),
                },
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # what ends the server from its terminal must not end a commit half-way
            )
        # It leaves by itself when it has nothing to do, and somebody has to take note.
        threading.Thread(target=self._process.wait, name="index-writer", daemon=True).start()
        self._told(self._engine)

    def _told(self, words: Any) -> Any:
        """What the child answers; one that does not answer is ended."""
        assert self._link is not None
        try:
            self._link.send(words)
            if self._link.poll(PATIENCE_S):
                return self._link.recv()
        except (EOFError, OSError) as error:
            self._end()
            raise ChildProcessError("the process that writes the index is gone") from error
        self._end()
        raise ChildProcessError("the process that writes the index does not answer")

    def _end(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _chunks(documents: Iterable[SearchDocument]) -> Iterator[tuple[SearchDocument, ...]]:
    """Some at a time, fewer where they are long: both ends hold what is on its way, and hold it twice."""
    some: list[SearchDocument] = []
    held = 0
    for document in documents:
        some.append(document)
        held += len(document.text)
        if len(some) == AT_ONCE or held >= CHARACTERS:
            yield tuple(some)
            some, held = [], 0
    if some:
        yield tuple(some)


def _give_up_sending(link: Connection, seconds: float) -> None:
    """Have what cannot be sent for so long raise OSError: a child that does not listen leaves the pipe full."""
    with socket.socket(fileno=os.dup(link.fileno())) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6)))


def _raise(answer: Any) -> None:
    if isinstance(answer, BaseException):
        raise answer
