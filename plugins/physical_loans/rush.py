"""Many want the same at once: whoever comes too late is refused by reading, and waits for no turn to write."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from repository.api import Unavailable

TRIES = 4
Done = TypeVar("Done")


def look_first(refuse: Callable[[], None], act: Callable[[], Done]) -> Done:
    """Return what `act` does, unless `refuse` refuses before; both again when the turn to write does not come.

    Meanwhile others had theirs, so that most can be told that it is taken. Raises Unavailable when it never comes.
    """
    for _ in range(TRIES - 1):
        refuse()
        with suppress(Unavailable):
            return act()
    refuse()
    return act()
