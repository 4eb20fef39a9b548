"""Reports beside a small plugin of the tests that counts what it is told, so that they need no other plugin."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.reports.scopes import Asked, asked
from plugins.reports.tally import Tally
from repository.api import Figure, school_year_of
from repository.models import Organisation, User
from repository.work import now
from tests.example_plugin.counting import plugin as counting


@pytest.fixture
def plugins() -> list[str]:
    """The plugin that these tests are about, and the one that counts."""
    return ["reports", "tests.example_plugin.counting"]


@pytest.fixture
def year() -> int:
    """The present school year: the only one of a house that has published nothing."""
    return school_year_of(now())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, year: int) -> Callable[..., None]:
    """Let there be so many people by group, or by (group, municipality), of whom so many brought something."""

    def tell(people: dict[Any, int], brought: dict[Any, int] | None = None) -> None:
        for name, numbers in (("PEOPLE", people), ("BROUGHT", brought or {})):
            figures = [Figure(year, number, of=_of(key)) for key, number in numbers.items()]
            monkeypatch.setattr(counting, name, figures)

    return tell


def _of(key: Any) -> dict[str, tuple[str, ...]]:
    group, council = key if isinstance(key, tuple) else (key, "")
    return {name: (value,) if value else () for name, value in (("group", group), ("council", council))}


@pytest.fixture
def seen_by(work_as: Callable[..., Any]) -> Callable[..., Any]:
    """Ask something of what a person may see: a function of a tally and of what was asked for."""

    def seen(user: User | None, ask: Callable[[Tally, Asked], Any], **known: Any) -> Any:
        with work_as(user) as work:
            wanted = asked(work, **known)
            return ask(Tally(work, wanted.scope), wanted)

    return seen


@pytest.fixture
def school(work_as: Callable[..., Any], centre: Organisation) -> Organisation:
    """A school of the centre in a municipality."""
    with work_as() as work:
        council = Organisation(kind="council", name="Vila do Rio")
        work.session.add(council)
        work.session.flush()
        made = Organisation(kind="cluster", name="Agrupamento do Rio", parent_id=centre.id, council_id=council.id)
        work.session.add(made)
    return made
