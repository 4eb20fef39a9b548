"""The child process of `apart`: an engine that does what it is told through a pipe."""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection

from .apart import MORE
from .document import SearchDocument
from .whoosh_engine import WhooshEngine

IDLE_S = 120.0  # it holds some tens of megabytes, and is there again in half a second
POLITENESS = 5  # of its share of the processor: who asks comes first


def main() -> None:
    """Do one task after the other until there has been none for a while, or nobody is there to give any."""
    os.nice(POLITENESS)
    # The one who stops a service tells all its processes; this one ends with the server.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with Connection(int(sys.argv[1])) as link, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        path, fields, lock_seconds = link.recv()
        engine = WhooshEngine(path, fields, lock_seconds=lock_seconds)
        link.send(None)
        while link.poll(IDLE_S):
            link.send(_done(engine, link))


def _done(engine: WhooshEngine, link: Connection) -> Exception | None:
    """Do the task that comes, and return what went wrong."""
    try:
        what, *given = link.recv()
        if what == "update":
            engine.update(*given)
        else:
            engine.rebuild(_coming(link))
    except (EOFError, ConnectionError):
        raise  # nobody is there any more
    except Exception as error:
        return _portable(error)
    return None


def _coming(link: Connection) -> Iterator[SearchDocument]:
    """The documents that the other end hands over, some at a time; none are the end."""
    while True:
        link.send(MORE)
        some: tuple[SearchDocument, ...] = link.recv()
        if not some:
            return
        yield from some


def _portable(error: Exception) -> Exception:
    """The error as it can be sent: one that cannot be made again from its pickle becomes its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - ours
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


if __name__ == "__main__":
    main()
