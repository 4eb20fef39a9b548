"""What many ask for at the same moment is worked out once: two hundred people who want the last kit read one answer."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

FRESH_S = 1.0
MOST = 200


class Recent:
    """Answers of the last moments by what was asked; who asks the same meanwhile waits for the first one's answer."""

    def __init__(self, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._lock = threading.Lock()
        self._turns: dict[Hashable, threading.Lock] = {}
        self._answers: dict[Hashable, tuple[float, Hashable, Any]] = {}

    def get(self, asked: Hashable, work_out: Callable[[], Any], state: Hashable = None) -> Any:
        """Return the answer to `asked`, worked out now unless that was begun a moment ago.

        With the `state` that the house is in, it counts only if it is of that state, or was begun after this was asked:
        it is then no older than one's own would be.
        """
        now = time.monotonic()
        with self._lock:
            turn = self._turns.setdefault(asked, threading.Lock())
        with turn:
            begun, of_state, answer = self._answers.get(asked, (-1.0, None, None))
            if asked in self._answers and begun >= (now - self._fresh_s if of_state == state else now):
                return answer
            begun = time.monotonic()
            answer = work_out()
            with self._lock:
                if len(self._answers) >= MOST:
                    self._turns.clear()
                    self._answers.clear()
                self._answers[asked] = begun, state, answer
            return answer
