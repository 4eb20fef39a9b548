"""What comes back to the person: the centre's reason, and what they opened again themselves."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugins.moderation import decisions, questions
from plugins.moderation.fingerprints import fingerprint
from plugins.training_actions import links
from plugins.training_actions.models import Edition, Participant
from repository.models import Item, State
from repository.work import SYSTEM, Services, open_look, open_work

REASON = "A terceira página é de um manual."


@pytest.fixture
def plugins() -> list[str]:
    """Training actions in a house that decides before it publishes."""
    return ["materials", "training_actions", "moderation"]


@pytest.fixture
def mine(services: Services, edition: Edition, join: Any) -> str:
    """The address of a participant's page."""
    joana = join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")
    with open_look(services, SYSTEM) as work:
        return f"/u/{links.token_of(services, work.session.get_one(Participant, joana.id))}"


@pytest.fixture
def draft(client: FlaskClient, mine: str) -> str:
    """The address of what she handed in."""
    known = {"files": [(BytesIO(b"Texto"), "ficha.txt")]}
    begun = client.post(mine, data=known, content_type="multipart/form-data").location
    said = {"act": "submit", "title": "Frações com barras", "level": "1ceb", "licence": "CC-BY-4.0"}
    assert client.post(begun, data=said).status_code == 303
    return begun


def number(draft: str) -> int:
    return int(draft.rpartition("/")[2])


def test_what_was_sent_back_says_why_at_the_top_of_both_pages(
    client: FlaskClient, services: Services, mine: str, draft: str
) -> None:
    with open_work(services, SYSTEM) as work:
        seen = fingerprint(work.session.get_one(Item, number(draft)))
        decisions.decide(work, number(draft), "return", seen=seen, note=REASON)
    home, page = client.get(mine).text, client.get(draft).text
    assert REASON in home
    assert "Por corrigir" in home
    assert "Pergunta para si" not in home
    assert page.index(REASON) < page.index('id="entrega"')


def test_only_an_open_question_reads_as_one(client: FlaskClient, services: Services, mine: str, draft: str) -> None:
    assert "Pergunta para si" not in client.get(mine).text
    with open_work(services, SYSTEM) as work:
        questions.ask(work, number(draft), "De onde vêm as fotografias?")
    assert "Pergunta para si" in client.get(mine).text


def test_what_is_opened_to_be_corrected_says_so_and_goes_back_as_it_was(
    client: FlaskClient, services: Services, draft: str
) -> None:
    assert client.post(f"{draft}/correct").status_code == 303
    page = client.get(draft).text
    assert "Já não está entregue. Carregue em Entregar quando acabar." in page
    assert "Deixar como estava" in page
    assert client.post(draft, data={"act": "submit"}).status_code == 303
    with services.sessions.reading() as session:
        item = session.get_one(Item, number(draft))
        assert (item.state, item.title) == (State.SUBMITTED, "Frações com barras")


def test_a_first_draft_was_never_handed_in(client: FlaskClient, mine: str) -> None:
    assert "Já não está entregue" not in client.get(client.post(mine).location).text
