"""Pages of visitors, handed over again from memory until anything in the house changes.

Who brings no cookie and no token is told what every such visitor is told, and to make a page costs a hundred times what
it costs to hand it over. A page goes as soon as anybody, in this process or another, has committed anything, and in any
case after half a minute, because pages also speak of today.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Request, request
from werkzeug.routing import Rule

from repository.http import actor, services
from repository.work import ANONYMOUS, Services

LIFE = timedelta(seconds=30)
MOST_BYTES = 16 * 1024 * 1024
LONGEST_QUERY = 512  # bytes of an address after the "?"; nobody asks twice for what is longer
OVERHEAD = 4_000  # bytes that a page takes besides its own: its headers, for the most part
MAKING = "partilha.making"  # in the WSGI environment of a request whose answer may be kept

P = ParamSpec("P")
Act = Callable[[Request], None]


@dataclass
class Making:
    """What is noted of a page while it is made: the state of the house before, or None for a page that is not kept."""

    state: Hashable = None
    acts: list[Act] = field(default_factory=list)
    request: Request | None = None


@dataclass(frozen=True)
class Kept:
    """An answer as it was sent, what was found at its address, and what is to be done whenever it is sent."""

    state: Hashable
    made_at: datetime
    headers: Sequence[tuple[str, str]]
    body: bytes
    acts: Sequence[Act] = ()
    rule: Rule | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, its address included."""
        return len(self.body) + LONGEST_QUERY + OVERHEAD


class Pages:
    """The pages kept by one application, the longest unasked of them going first when room is short."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most_bytes, self._bytes = most_bytes, 0

    def get(self, key: Hashable, state: Callable[[], Hashable], moment: datetime) -> Kept | None:
        """Return the page if it is young enough and `state`, asked only for a page that is there, is still the same."""
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            return None
        good = found.state == state() and timedelta() <= moment - found.made_at < LIFE
        with self._lock:
            if self._kept.get(key) is found:
                if good:
                    self._kept.move_to_end(key)
                else:
                    self._drop(key)
        return found if good else None

    def keep(self, key: Hashable, page: Kept) -> None:
        """Keep a page, and let go of others until there is room."""
        with self._lock:
            if key in self._kept:
                self._drop(key)
            self._kept[key] = page
            self._bytes += page.size
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        self._bytes -= self._kept.pop(key).size


def prepare(app: Flask) -> None:
    """Give the application its memory of pages."""
    app.extensions["remembered_pages"] = Pages()


def remembered(page: Callable[P, Any]) -> Callable[P, Any]:
    """Let a page that only reads be handed over again to visitors; put it below the route.

    What the page does besides, such as counting, it does by `each_time`. A page that sets a cookie is not kept.
    """

    @wraps(page)
    def shown(*args: P.args, **known: P.kwargs) -> Any:
        making: Making | None = request.environ.get(MAKING)
        if making is not None and actor() is ANONYMOUS:  # a plugin may know people by something else
            making.state, making.request = state_of(services()), request._get_current_object()  # type: ignore[attr-defined]
        return page(*args, **known)

    return shown


def each_time(act: Act) -> None:
    """Do something with this request now, and with each to which this very page is handed over again from memory.

    There the function gets the request as its argument, and nothing else of Flask's.
    """
    act(request._get_current_object())  # type: ignore[attr-defined]
    making: Making | None = request.environ.get(MAKING)
    if making is not None:
        making.acts.append(act)


def keep_for_nobody() -> None:
    """Say that what is being made holds something that is meant for this one answer."""
    request.environ.pop(MAKING, None)


def state_of(services: Services) -> Hashable:
    """Return a mark of what pages are made of, taken before anything is read: a later change makes it another.

    What is stored comes into force a few seconds after another process has stored it, with new words of the house. And
    while the index's newest state is being opened, the one before still answers.
    """
    return services.sessions.state(), services.vocabularies, services.search.answering()
