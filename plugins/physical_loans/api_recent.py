"""What many ask for at the same moment is worked out once: two hundred people who want the last kit read one answer."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

FRESH_S = 1.0
MOST = 200


class Recent:
    """Answers of the last moments by what was asked; who asks the same meanwhile waits for the first one's answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[Hashable, threading.Lock] = {}
        self._answers: dict[Hashable, tuple[float, Any]] = {}

    def get(self, asked: Hashable, work_out: Callable[[], Any], fresh_s: float = FRESH_S) -> Any:
        """Return the answer to `asked`, worked out now unless that was begun within the last `fresh_s` seconds.

        With 0 it counts only if it was begun after this was asked: it is then no older than one's own would be.
        """
        oldest = time.monotonic() - fresh_s
        with self._lock:
            turn = self._turns.setdefault(asked, threading.Lock())
        with turn:
            begun, answer = self._answers.get(asked, (-1.0, None))
            if begun >= oldest and asked in self._answers:
                return answer
            begun = time.monotonic()
            answer = work_out()
            with self._lock:
                if len(self._answers) >= MOST:
                    self._turns.clear()
                    self._answers.clear()
                self._answers[asked] = begun, answer
            return answer
