"""Arrays worth keeping, up to a number of bytes; those not asked for the longest go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

OVERHEAD = 500  # bytes for a key, a tuple and two array objects


class ByteStore:
    """A store for many threads. What is larger than the whole store is simply not kept."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes."""
        self.limit = limit
        self.used = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """What was put under `key`, or None."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key: Hashable, value: T, size: int | None = None) -> T:
        """Keep `value`, an array or a tuple of arrays unless its `size` is told, and return it."""
        taken = (size_of(value) if size is None else size) + OVERHEAD
        if taken > self.limit:
            return value
        with self._lock:
            if key in self._kept:
                self.used -= self._kept.pop(key)[1]
            self._kept[key] = (value, taken)
            self.used += taken
            while self.used > self.limit:
                self.used -= self._kept.popitem(last=False)[1][1]
        return value


def size_of(value: Any) -> int:
    """The bytes of an array, or of all arrays in a tuple."""
    arrays = [value] if isinstance(value, np.ndarray) else value
    return sum(array.nbytes for array in arrays if any(array.strides))  # one number repeated takes no room
