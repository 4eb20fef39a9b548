"""What a file says of itself is in sight behind a personal link: on the page of the draft, and on the receipt."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from plugins.training_actions import links
from plugins.training_actions.models import Participant
from repository.models import Item
from repository.work import SYSTEM, open_work

TEXT = (
    "Frações com barras\n\n"
    "Os alunos dobram tiras de papel e comparam metades, quartos e oitavos para verem que são partes do mesmo todo.\n"
)
SENTENCE = "Os alunos dobram tiras de papel"


@pytest.fixture
def brought(client: Any, services: Any, edition: Any, join: Any, run_jobs: Any) -> str:
    """The path of a draft with one file that has been read."""
    joana = join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")
    with open_work(services, SYSTEM) as work:
        path = f"/u/{links.token_of(services, work.session.get_one(Participant, joana.id))}"
    page = client.post(path, data={"files": [(BytesIO(TEXT.encode()), "ficha.txt")]}).location
    run_jobs()
    return page


def stored(services: Any) -> Any:
    with services.sessions.reading() as session:
        return session.scalar(select(Item))


def test_the_summary_that_was_read_in_the_file_stands_in_the_form_and_on_the_receipt(
    client: Any, services: Any, brought: str
) -> None:
    assert SENTENCE in client.get(brought).text
    assert client.get(f"{brought}/files").json["proposals"]["summary"].startswith(SENTENCE)
    item = stored(services)
    said = {"act": "submit", "shown": "title summary", "title": item.title, "summary": item.summary}
    answer = client.post(brought, data=said)
    assert answer.status_code == 303, answer.text
    receipt = client.get(answer.location).text
    assert SENTENCE in receipt
    assert "Lido no ficheiro. Se não estiver bem, escolha «Corrigir»." in receipt


def test_a_corrected_summary_is_the_persons_own_and_an_emptied_one_stays_empty(
    client: Any, services: Any, brought: str
) -> None:
    client.post(brought, data={"act": "save", "shown": "title summary", "summary": "Tiras de papel em partes iguais."})
    item = stored(services)
    assert (item.summary, "summary" in item.proposed) == ("Tiras de papel em partes iguais.", False)
    receipt = client.get(client.post(brought, data={"act": "submit", "title": "Frações"}).location).text
    assert "Tiras de papel em partes iguais." in receipt
    assert "Lido no ficheiro" not in receipt
    again = client.post(f"{brought}/correct").location
    client.post(again, data={"act": "submit", "shown": "", "summary": ""})
    assert stored(services).summary == ""
    assert "Resumo" not in client.get(brought).text


def test_handing_in_before_the_file_is_read_again_does_not_empty_a_summary_that_the_page_had_not_shown(
    client: Any, services: Any, brought: str
) -> None:
    client.post(brought, data={"act": "submit", "shown": "title", "title": "Frações", "summary": ""})
    assert stored(services).summary.startswith(SENTENCE)


def test_a_summary_that_is_too_long_is_said_beside_its_field_with_what_was_typed(client: Any, brought: str) -> None:
    page = client.post(brought, data={"act": "save", "summary": "palavra " * 600})
    assert page.status_code == 422
    assert 'href="#f-summary"' in page.text
    assert "palavra palavra" in page.text
