"""The core's own suite: it knows no plugin. What needs one is tested beside that plugin, or in tests/journeys."""

from pathlib import Path
from types import ModuleType

import pytest

from repository import registry

SHIPPED = {path.parent.name for path in Path(__file__).parents[2].glob("plugins/*/plugin.py")}


@pytest.fixture
def plugins() -> list[str]:
    """No plugin at all: the core must be green without any."""
    return []


@pytest.fixture(autouse=True)
def no_plugin_that_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test of the core that loads a plugin of ours; the processes it starts see none either."""
    load = registry._import

    def guarded(name: str) -> ModuleType:
        if name in SHIPPED:
            raise AssertionError(f"a test of the core asked for the plugin {name!r}")
        return load(name)

    monkeypatch.setattr(registry, "_import", guarded)
    monkeypatch.setenv("REPOSITORY_PLUGINS", "")
