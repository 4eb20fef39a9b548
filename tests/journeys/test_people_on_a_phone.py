"""The tables of an edition's people on a phone: neither the page nor the table scrolls sideways, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from plugins.training_actions import actions, participants
from repository.models import Organisation, User
from repository.work import SYSTEM, Services, open_work

WIDER = """() => [document.documentElement, ...document.querySelectorAll(".scroll")]
  .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => `${box.className}: ${box.scrollWidth}`)"""


@pytest.fixture
def plugins() -> list[str]:
    """The plugins that these journeys need, and no others."""
    return ["materials", "training_actions"]


@pytest.fixture
def edition_id(services: Services, centre: Organisation) -> int:
    """An edition of people with long names, addresses and schools."""
    with open_work(services, SYSTEM) as work:
        action = actions.add_action(work, {"title": "Matemática com as mãos"}, centre.id)
        edition = actions.add_edition(work, action, {"name": "turma 1"})
        work.session.flush()
        for name in ("Maria Constança Vasconcelos Albuquerque", "Rui Sá"):
            email = f"{name.replace(' ', '.').lower()}@agrupamento.da.serra.invalid"
            school = "Agrupamento de Escolas da Serra do Caramulo e Vale"
            known = {"name": name, "email": email, "school": school, "group_code": "110"}
            participants.add_participant(work, edition, known)
        work.session.flush()
        return edition.id


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_the_people_of_an_edition_fit_on_a_phone(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], staff: User, edition_id: int, width: int
) -> None:
    page = open_page()
    sign_in_page(page, staff)
    page.set_viewport_size({"width": width, "height": 900})
    for tab in ("people", "collect"):
        page.goto(f"/actions/manage/editions/{edition_id}{'' if tab == 'collect' else '/people'}")
        assert page.evaluate(WIDER) == [], tab
    page.goto(f"/actions/manage/editions/{edition_id}/people")
    row = page.get_by_role("row").filter(has_text="Rui Sá")
    expect(row.get_by_text("rui.sá@agrupamento.da.serra.invalid · Agrupamento")).to_be_visible()
    expect(row.get_by_role("button", name="Tirar da turma")).to_be_visible()
