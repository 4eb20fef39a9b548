"""The keystroke-level model of Card, Moran and Newell (1980): hands that drive a real page and count what they do.

Operators: K a key or a button of the mouse, P pointing, H a hand that moves between keyboard and mouse, M thinking.
M stands before each command and each decision, not before what follows of itself (the second key of a command, the
entry of a list that was just opened). Waiting for the machine is no operator.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

SECONDS = {"K": 0.28, "P": 1.1, "H": 0.4, "M": 1.35}


class Hands:
    """Somebody at a page, whose hand begins on the mouse; `counted` has the operators of each part of the work."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.counted: dict[str, Counter[str]] = {}
        self._part: Counter[str] = Counter()
        self._on_mouse = True

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside as one part of the work."""
        self._part = self.counted.setdefault(name, Counter())
        yield
        self._part = Counter()

    def think(self, times: int = 1) -> None:
        """Look at something and decide."""
        self._part["M"] += times

    def click(self, target: Locator, *, of_itself: bool = False) -> None:
        """Point at a command and press the button of the mouse."""
        if not of_itself:
            self.think()
        self._point()
        target.click()

    def _point(self) -> None:
        self._move(to_mouse=True)
        self._part["P"] += 1
        self._part["K"] += 1

    def _move(self, *, to_mouse: bool) -> None:
        if self._on_mouse != to_mouse:
            self._part["H"] += 1
        self._on_mouse = to_mouse

    def press(self, *keys: str) -> None:
        """Give a command by keys; "Control+Enter" is two."""
        self.think()
        self._move(to_mouse=False)
        self.page.wait_for_load_state()  # what listens for keys comes last
        for key in keys:
            self._part["K"] += len(key.split("+"))
            self.page.keyboard.press(key)

    def choose_files(self, target: Locator, *paths: Path) -> None:
        """Open the system's dialog, find the files there, and open them; the dialog shows the folder that was last used.

        One file is clicked twice; each further one is clicked with Control held, and Enter opens them all.
        """
        self.think()
        self._point()
        with self.page.expect_file_chooser() as dialog:
            target.click()
        self.think()
        for _ in paths:
            self._point()
        self._part["K"] += 1 if len(paths) == 1 else 2
        dialog.value.set_files(list(paths))

    def choose(self, target: Locator, label: str) -> None:
        """Open a list and choose an entry of it."""
        self.think()
        self._point()
        self._point()
        target.select_option(label=label)


def seconds(counted: Counter[str]) -> float:
    """Return how long the operators take, in seconds."""
    return sum(SECONDS[name] * times for name, times in counted.items())
