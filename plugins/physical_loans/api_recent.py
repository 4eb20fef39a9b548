"""What many ask for at the same moment is worked out once: two hundred people who want the last kit read one answer."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

FRESH_S = 1.0
MOST = 200


class Recent:
    """Answers of the last second by what was asked; who asks the same meanwhile waits for the first one's answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[Hashable, threading.Lock] = {}
        self._answers: dict[Hashable, tuple[float, Any]] = {}

    def get(self, asked: Hashable, work_out: Callable[[], Any]) -> Any:
        """Return the answer to `asked`, worked out now unless that was done within the last second."""
        with self._lock:
            turn = self._turns.setdefault(asked, threading.Lock())
        with turn:
            at, answer = self._answers.get(asked, (0.0, None))
            if time.monotonic() - at < FRESH_S and asked in self._answers:
                return answer
            answer = work_out()
            with self._lock:
                if len(self._answers) >= MOST:
                    self._turns.clear()
                    self._answers.clear()
                self._answers[asked] = time.monotonic(), answer
            return answer
