"""Pages of visitors, handed over again from memory until anything in the house changes.

Who brings no cookie and no token is told what every such visitor is told, and to make a page costs a hundred times what
it costs to hand it over. A page goes as soon as anybody, in this process or another, has committed anything, and in any
case after half a minute, because pages also speak of today.
"""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, current_app, g, make_response, request, session
from flask_babel import get_locale

from repository.http import actor, services, takes_gzip
from repository.work import ANONYMOUS, now

LIFE = timedelta(seconds=30)
MOST_BYTES = 16 * 1024 * 1024
LARGEST = 512 * 1024  # of one page
LONGEST_QUERY = 512  # bytes of an address after the "?"; nobody asks twice for what is longer
OVERHEAD = 2_000  # bytes that a page takes besides its own
GZIP_LEVEL = 6

P = ParamSpec("P")
Act = Callable[[], None]


@dataclass(frozen=True)
class Kept:
    """A page as it was made: its bytes, compressed, and what is to be done whenever it is shown."""

    state: Hashable
    made_at: datetime
    content_type: str
    packed: bytes
    acts: Sequence[Act]

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, its address included."""
        return len(self.packed) + LONGEST_QUERY + OVERHEAD


class Pages:
    """The pages kept by one application, the longest unasked of them going first when room is short."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most_bytes, self._bytes = most_bytes, 0

    def get(self, key: Hashable, state: Hashable, moment: datetime) -> Kept | None:
        """Return the page if nothing has changed since, and if it is young enough."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found.state != state or not timedelta() <= moment - found.made_at < LIFE:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return found

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
        if not _by_visitor():
            return page(*args, **known)
        kept: Pages = current_app.extensions["remembered_pages"]
        key = (request.path, request.query_string, str(get_locale()))
        state = _state()
        found = kept.get(key, state, now())
        if found is None:
            return _made(page(*args, **known), kept, key, state)
        for act in found.acts:
            act()
        return _answer(found)

    return shown


def each_time(act: Act) -> None:
    """Do something now, and whenever this very page is handed over again from memory."""
    act()
    g.setdefault("each_time", []).append(act)


def _state() -> Hashable:
    """Return a mark of what pages are made of, taken before anything is read: a later change makes it another.

    What is stored comes into force a few seconds after another process has stored it, with new words of the house.
    """
    return services().sessions.state(), services().vocabularies


def _by_visitor() -> bool:
    headers = request.headers
    bare = request.method == "GET" and "Cookie" not in headers and "Authorization" not in headers
    bare = bare and len(request.query_string) <= LONGEST_QUERY
    return bare and actor() is ANONYMOUS  # a plugin may know people by something else


def _made(said: Any, kept: Pages, key: Hashable, state: Hashable) -> Response:
    """Return what the page said as an answer, and keep it where it may be kept."""
    answer = make_response(said)
    plain = answer.get_data()
    if answer.status_code != 200 or session or session.modified or len(plain) > LARGEST:
        return answer
    packed = gzip.compress(plain, GZIP_LEVEL, mtime=0)
    page = Kept(state, now(), answer.content_type, packed, g.get("each_time", ()))
    kept.keep(key, page)
    return _answer(page)


def _answer(page: Kept) -> Response:
    packed = takes_gzip()
    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
    return Response(
        page.packed if packed else gzip.decompress(page.packed), 200, headers, content_type=page.content_type
    )
