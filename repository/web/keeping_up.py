"""A serving process keeps up with what administrators choose in another process of the same house."""

import logging
import threading
from collections.abc import Hashable

from flask import Flask

from repository.house import load_stored
from repository.web.security import set_limits
from repository.work import Services

log = logging.getLogger(__name__)
EVERY_S = 5.0


class KeepingUp:
    """Reads settings, terms and synonyms again, a few seconds after anything in the house has changed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._state: Hashable = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeping-up", daemon=True)

    def start(self) -> None:
        """Begin to keep up."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def read(self) -> None:
        """Bring into force what is stored, if anything was committed since the last time."""
        services: Services = self.app.extensions["repository"]
        state = services.sessions.state()  # before anything is read: what is committed meanwhile is read the next time
        if state != self._state:
            load_stored(services)
            set_limits(self.app, services)
            self._state = state

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.read()
            except Exception:
                log.exception("what is stored could not be read; it is tried again")
