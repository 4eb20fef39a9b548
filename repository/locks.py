"""Locks of an instance: one server, one worker. The system drops a lock when its process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from repository.errors import Conflict


class InstanceLock:
    """An exclusive lock on a file of the instance folder; the file holds the number of the process that has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._fd is not None

    def acquire(self) -> bool:
        """Take the lock if nobody has it, and return whether it is held now."""
        if self._fd is not None:
            return True
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd
        return True

    def require(self, words: str) -> None:
        """Take the lock. Raises Conflict with `words` when another process has it."""
        if not self.acquire():
            raise Conflict(words)

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would let two processes lock two files."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def serve_lock(instance: Path) -> InstanceLock:
    """Return the lock of the one server of an instance."""
    return InstanceLock(instance / "serve.lock")


def worker_lock(instance: Path) -> InstanceLock:
    """Return the lock of the one process that runs jobs and writes the index."""
    return InstanceLock(instance / "worker.lock")
