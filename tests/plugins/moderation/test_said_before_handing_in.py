"""What checks find in the files is said to the authors while they can still change it, and keeps nobody from handing in."""

from io import BytesIO
from typing import Any

import pytest

from plugins.materials import drafts
from repository.findings import early_findings
from repository.hookspecs import Check, Finding
from repository.models import Item, State

PUPILS = "Pauta da turma\n1  Ana Silva\n2  Bruno Costa\n3  Eva Reis\nNIF 245 678 913\n"
WARNING = "Veja isto antes de entregar."


@pytest.fixture
def draft(ana: Any, work_as: Any) -> Item:
    with work_as(ana) as work:
        return drafts.begin(work, drafts.Known(licence="CC-BY-SA-4.0"))


def bring(browser: Any, draft: Item, text: str) -> None:
    files = {"act": "upload", "files": [(BytesIO(text.encode()), "Pauta turma 5B.txt")]}
    assert browser.post(f"/deposit/{draft.id}", data=files).status_code == 303


def test_the_deposit_page_warns_of_pupils_as_soon_as_the_file_was_read(
    ana: Any, sign_in: Any, draft: Item, run_jobs: Any
) -> None:
    hers = sign_in(ana)
    bring(hers, draft, PUPILS)
    assert WARNING not in hers.get(f"/deposit/{draft.id}").text, "nobody has read it yet"
    run_jobs()
    for page in (hers.get(f"/deposit/{draft.id}").text, hers.get(f"/deposit/{draft.id}/files").json["html"]):
        assert WARNING in page
        assert "parece uma lista de alunos" in page
        assert "tem um número de contribuinte" in page
        assert "Bruno" not in page


def test_a_warning_keeps_nobody_from_handing_in_and_stays_in_sight_afterwards(
    services: Any, ana: Any, sign_in: Any, draft: Item, run_jobs: Any
) -> None:
    hers = sign_in(ana)
    bring(hers, draft, PUPILS)
    run_jobs()
    done = hers.post(f"/deposit/{draft.id}", data={"act": "submit", "title": "Leitura", "level": ["", "1ceb"]})
    assert done.status_code == 303
    with services.sessions.reading() as session:
        assert session.get_one(Item, draft.id).state == State.SUBMITTED
    receipt = hers.get(done.location).text
    assert "parece uma lista de alunos" in receipt
    assert "Nos ficheiros que entregou" in receipt
    assert WARNING not in receipt, "it is handed in already"
    assert "pode entregar" not in receipt


def test_a_sound_file_is_not_warned_of(ana: Any, sign_in: Any, draft: Item, run_jobs: Any) -> None:
    hers = sign_in(ana)
    bring(hers, draft, "A turma lê o texto em pares.")
    run_jobs()
    assert WARNING not in hers.get(f"/deposit/{draft.id}").text


def test_only_early_checks_speak_to_authors_and_a_broken_one_hides_no_other(
    ana: Any, work_as: Any, make_item: Any, draft: Item, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(words: str) -> Any:
        return lambda *_known: [Finding(words)]

    def broken(*_known: Any) -> Any:
        raise RuntimeError("broken")

    checks = [
        Check("broken", "", broken, early=True),
        Check("late", "", say("late")),
        Check("a", "", say("early"), True),
    ]
    monkeypatch.setattr("repository.findings.checks_of", lambda _services: checks)
    item = make_item(ana, publish=False)
    run_jobs()
    with work_as(ana) as work:
        assert early_findings(work, work.session.get_one(Item, draft.id)) == [], "there is no file to speak of"
        assert [found.reason for found in early_findings(work, work.session.get_one(Item, item.id))] == ["early"]
