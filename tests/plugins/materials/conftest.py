"""The materials alone: what is handed in is published at once."""

import pytest


@pytest.fixture
def plugins() -> list[str]:
    """The plugin that these tests are about."""
    return ["materials"]
