"""How the server takes bodies in: to the instance's own disk, and past it when there is no room.

The server reads a whole body before the application sees the request. A body that cannot be kept is still read to its
end: a browser shows an answer only once it has sent everything, and a connection that is cut while it sends gives it
none.
"""

from contextlib import suppress
from functools import partial
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from repository.files.blobs import FULL
from repository.web.bodies import LOST, Lost, largest, room_for
from repository.work import Services


class Body(OverflowableBuffer):
    """The bytes of a body, in memory while they are few and then on disk; `lost` says why none of them were kept."""

    def __init__(self, overflow: int, limit: int) -> None:
        super().__init__(overflow)
        self.limit = limit
        self.received = 0
        self.lost: Lost | None = None

    def append(self, data: bytes) -> None:
        """Keep `data`, or let it pass by from the moment on that the limit or the disk is reached."""
        self.received += len(data)
        if self.received > self.limit:
            self.lose(Lost.SIZE)
        if self.lost is not None:
            return
        try:
            super().append(data)
        except OSError as error:
            if error.errno not in FULL:
                raise
            self.lose(Lost.ROOM)

    def lose(self, why: Lost) -> None:
        """Give up what was kept, for the first reason that comes up."""
        if self.lost is None:
            self.lost = why
            with suppress(OSError):  # closing writes what a full disk has not taken
                self.close()
            self.buf, self.strbuf, self.overflowed = None, b"", False


class Parser(HTTPRequestParser):
    """Reads requests; what their heads announce is compared with the limit and the disk before it comes."""

    def __init__(self, services: Services, adj: Any) -> None:
        super().__init__(adj)
        self.services = services
        self.body: Body | None = None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and prepare for the body that it announces."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        self.body = self.body_rcv.buf = Body(self.adj.inbuf_overflow, largest(self.services))
        if self.content_length > self.body.limit:
            self.body.lose(Lost.SIZE)
        elif self.content_length > self.adj.inbuf_overflow and self.content_length > room_for(self.services):
            self.body.lose(Lost.ROOM)


class Task(WSGITask):
    """Hands a request to the application, and says whether its body was lost."""

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment."""
        environ: dict[str, Any] = super().get_environment()
        body = self.request.body
        if body is not None and body.lost is not None:
            environ[LOST] = body.lost
        return environ


def channel_for(services: Services) -> type[HTTPChannel]:
    """Return the kind of connection that a server of this instance has."""

    class Channel(HTTPChannel):
        parser_class = partial(Parser, services)
        task_class = Task

    return Channel
