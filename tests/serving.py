"""The server that ships, in a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from repository.app import create_app
from repository.cli.serve import make_server
from repository.work import Services


@contextmanager
def serving(services: Services) -> Iterator[tuple[str, int]]:
    """Serve the instance on a free port of loopback within the block; yield the host and the port.

    What is being answered when the block ends is answered to its end, so that the instance can be closed afterwards.
    """
    server = make_server(create_app(services=services), "127.0.0.1", 0)
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            server.asyncore.loop(timeout=1, map=server._map, use_poll=True, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield "127.0.0.1", server.effective_port
    finally:
        server.task_dispatcher.shutdown(timeout=60)  # an answer needs the loop to leave the house
        stopping.set()
        server.pull_trigger()
        thread.join()
        server.asyncore.close_all(server._map)
