"""The views alone, and what the tests ask of their pages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from repository.models import Item, User


@pytest.fixture
def plugins() -> list[str]:
    """The plugin that these tests are about."""
    return ["level_views"]


@pytest.fixture
def publish(ana: User, make_item: Callable[..., Item], run_jobs: Callable[[], int]) -> Callable[..., list[Item]]:
    """Publish materials of Ana, given as title and values, and let the search know of them."""

    def made(*said: tuple[str, dict[str, Any]]) -> list[Item]:
        items = [make_item(ana, title, **values) for title, values in said]
        run_jobs()
        return items

    return made


@pytest.fixture
def page(client: FlaskClient) -> Callable[[str], str]:
    """Return the text of a page as a visitor sees it."""

    def text(url: str) -> str:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        return answer.text

    return text
