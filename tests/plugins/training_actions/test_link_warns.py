"""The personal page warns of pupils' data before it is handed in."""

from io import BytesIO
from typing import Any

import pytest

from plugins.training_actions import links
from plugins.training_actions.models import Participant
from repository.work import SYSTEM, open_work


@pytest.fixture
def plugins() -> list[str]:
    """With moderation, whose checks these are."""
    return ["materials", "training_actions", "moderation"]


def test_the_personal_page_warns_of_pupils_as_soon_as_the_file_was_read(
    client: Any, services: Any, edition: Any, join: Any, run_jobs: Any
) -> None:
    joana = join(edition, "Joana Teles", "joana@escola.invalid")
    with open_work(services, SYSTEM) as work:
        path = f"/u/{links.token_of(services, work.session.get_one(Participant, joana.id))}"
    words = b"Pauta da turma\n1  Ana Silva\n2  Bruno Costa\n3  Eva Reis\n"
    page = client.post(path, data={"files": [(BytesIO(words), "Pauta turma 5B.txt")]}).location
    assert "Veja isto antes de entregar." not in client.get(page).text
    run_jobs()
    for shown in (client.get(page).text, client.get(f"{page}/files").json["html"]):
        assert "Veja isto antes de entregar." in shown
        assert "parece uma lista de alunos" in shown
        assert "Bruno" not in shown
