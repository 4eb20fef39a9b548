"""The plugin alone, and a search of Rui's that is kept."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch
from repository.models import User


@pytest.fixture
def plugins() -> list[str]:
    """The plugin that these tests are about."""
    return ["saved_searches"]


@pytest.fixture
def kept(work_as: Callable[..., Any], rui: User) -> SavedSearch:
    """Rui keeps a search for fractions and wants mail every day."""
    with work_as(rui) as work:
        row = saving.save(work, "q=fra%C3%A7%C3%B5es")
        saving.set_mail(work, row.id, "daily")
    return row
