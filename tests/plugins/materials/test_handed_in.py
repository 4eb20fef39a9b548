"""What was handed in and waits: its authors correct it or take it out, at once and with a way back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from repository import items
from repository.models import Item, State, User
from repository.reviewing import begin_review
from repository.work import Services


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    """Materials that wait for a decision."""
    return make_services(plugins=["materials", "moderation"])


@pytest.fixture
def hers(ana: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(ana)


@pytest.fixture
def waiting(ana: User, make_item: Callable[..., Item]) -> Item:
    return make_item(ana, "Barras e fatias")


@pytest.fixture
def state_of(services: Services) -> Callable[[int], State]:
    def state(item_id: int) -> State:
        with services.sessions.reading() as session:
            return State(session.get_one(Item, item_id).state)

    return state


def offers(page: str, act: str) -> bool:
    return f'action="/items/{act}"' in page


def test_what_waits_can_be_corrected_and_taken_out_wherever_its_author_meets_it(
    hers: FlaskClient, waiting: Item
) -> None:
    for address in (f"/items/{waiting.id}", f"/deposit/{waiting.id}/thanks", "/me"):
        page = hers.get(address).text
        assert offers(page, f"{waiting.id}/correct"), address
        assert offers(page, f"{waiting.id}/withdraw"), address


def test_correcting_opens_the_draft_again_and_handing_in_puts_it_back_into_the_queue(
    hers: FlaskClient, waiting: Item, state_of: Any
) -> None:
    for _ in range(2):
        assert hers.post(f"/items/{waiting.id}/correct").location == f"/deposit/{waiting.id}"
    assert state_of(waiting.id) == State.DRAFT
    assert "Está consigo outra vez" in hers.get(f"/deposit/{waiting.id}").text
    form = {"act": "submit", "title": "Barras, fatias e pizas"}
    assert hers.post(f"/deposit/{waiting.id}", data=form).location.endswith("/thanks")
    assert state_of(waiting.id) == State.SUBMITTED


def test_taking_out_is_undone_with_one_button_and_waits_again(hers: FlaskClient, waiting: Item, state_of: Any) -> None:
    for _ in range(2):
        assert hers.post(f"/items/{waiting.id}/withdraw").status_code == 303
    assert state_of(waiting.id) == State.DISCARDED
    assert offers(hers.get("/me").text, f"{waiting.id}/restore")
    for _ in range(2):
        assert hers.post(f"/items/{waiting.id}/restore").status_code == 303
    assert state_of(waiting.id) == State.SUBMITTED


def test_what_the_centre_has_begun_to_read_stays_and_says_why(
    hers: FlaskClient, waiting: Item, staff: User, work_as: Any, state_of: Any
) -> None:
    with work_as(staff) as work:
        begin_review(work, work.session.get_one(Item, waiting.id))
    for act in ("correct", "withdraw"):
        assert not offers(hers.get(f"/items/{waiting.id}").text, f"{waiting.id}/{act}")
        answer = hers.post(f"/items/{waiting.id}/{act}")
        assert "fale com o centro" in hers.get(answer.location).text
    assert "O centro já está a ler" in hers.get(f"/deposit/{waiting.id}/thanks").text
    assert state_of(waiting.id) == State.IN_REVIEW


def test_nobody_else_corrects_or_takes_out_what_waits(
    client: FlaskClient, rui: User, staff: User, sign_in: Any, waiting: Item, state_of: Any
) -> None:
    for act in ("correct", "withdraw"):
        here = f"/items/{waiting.id}/{act}"
        assert client.post(here).status_code in (302, 404)
        assert sign_in(rui).post(here).status_code == 404
        assert sign_in(staff).post(here).status_code == 403
        assert not offers(sign_in(staff).get(f"/items/{waiting.id}").text, f"{waiting.id}/{act}")
    assert state_of(waiting.id) == State.SUBMITTED


@pytest.fixture
def revised(waiting: Item, hers: FlaskClient, staff: User, work_as: Any) -> tuple[int, int]:
    """A published material with a new version that waits: the numbers of both."""
    with work_as(staff) as work:
        items.publish(work, work.session.get_one(Item, waiting.id))
    draft = hers.post(f"/items/{waiting.id}/edit").location
    assert hers.post(draft, data={"act": "submit", "title": "Segunda versão"}).status_code == 303
    return waiting.id, int(draft.rsplit("/", 1)[1])


def test_a_new_version_that_waits_is_told_on_the_material_s_page(
    hers: FlaskClient, client: FlaskClient, revised: tuple[int, int]
) -> None:
    item, draft = revised
    page = hers.get(f"/items/{item}").text
    assert "Há uma nova versão à espera do centro" in page
    assert f'href="/items/{draft}"' in page
    assert not offers(page, f"{item}/edit"), "nothing invites to begin one more"
    assert hers.post(f"/items/{item}/edit").location == f"/items/{draft}"
    assert "nova versão" not in client.get(f"/items/{item}").text
    assert offers(hers.get(f"/items/{draft}").text, f"{draft}/correct")


def test_a_new_version_taken_out_leaves_what_is_published_and_can_be_brought_back(
    hers: FlaskClient, revised: tuple[int, int], state_of: Any
) -> None:
    item, draft = revised
    assert hers.post(f"/items/{draft}/withdraw").location == f"/items/{item}"
    assert (state_of(item), state_of(draft)) == (State.PUBLISHED, State.DISCARDED)
    assert hers.post(f"/items/{draft}/restore").status_code == 303
    assert state_of(draft) == State.SUBMITTED


def test_a_version_that_was_published_is_not_handed_in_again_by_an_old_button(
    hers: FlaskClient, staff: User, work_as: Any, revised: tuple[int, int], state_of: Any
) -> None:
    _, draft = revised
    hers.post(f"/items/{draft}/withdraw")
    hers.post(f"/items/{draft}/restore")
    with work_as(staff) as work:
        items.publish(work, work.session.get_one(Item, draft))
    hers.post(f"/items/{draft}/restore")
    assert state_of(draft) == State.DISCARDED


def test_the_person_s_own_page_has_one_line_for_a_material_and_its_new_version(
    hers: FlaskClient, revised: tuple[int, int]
) -> None:
    item, draft = revised
    mine = hers.get("/me").text.partition('id="meus"')[2].partition("</section>")[0]
    assert re.findall(r'<a href="(/[^"]+)"[^>]*><b\b', mine) == [f"/items/{item}"]
    assert "nova versão à espera do centro" in mine
    assert f'href="/items/{draft}"' in mine


def test_the_person_s_own_page_asks_as_many_queries_for_six_that_wait_as_for_one(
    hers: FlaskClient, ana: User, waiting: Item, make_item: Callable[..., Item], count_queries: Any
) -> None:
    with count_queries() as one:
        hers.get("/me")
    for number in range(5):
        make_item(ana, f"Ficha {number}")
    with count_queries() as six:
        hers.get("/me")
    assert len(six) == len(one)
