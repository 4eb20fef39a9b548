"""Something back: a code that is right or plainly wrong, a page that says what is so today, and thanks once."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from plugins.training_actions import links, receipts
from plugins.training_actions.models import Contribution, Edition, Participant
from repository import items, reviewing
from repository.models import Item, Job, Mail, User
from repository.work import SYSTEM, Services, open_look, open_work


@pytest.fixture
def joana(edition: Edition, join: Callable[..., Participant]) -> Participant:
    """A participant."""
    return join(edition, "Joana Teles", "joana@escola.invalid", group_code="110")


@pytest.fixture
def published(services: Services, client: FlaskClient, joana: Participant) -> int:
    """A published contribution of hers; the item's id."""
    with open_look(services, SYSTEM) as work:
        path = f"/u/{links.token_of(services, work.session.get_one(Participant, joana.id))}"
    known = {"files": [(BytesIO(b"Texto"), "ficha.txt")]}
    begun = client.post(path, data=known, content_type="multipart/form-data")
    said = {"act": "submit", "title": "Frações com barras", "level": "1ceb", "licence": "CC-BY-4.0"}
    assert client.post(begun.location, data=said).status_code == 303
    return int(begun.location.rpartition("/")[2])


def code_of(services: Services, item_id: int) -> str:
    with services.sessions.reading() as session:
        return session.get_one(Contribution, item_id).receipt_code


def thanks(services: Services) -> list[Mail]:
    """Return the letters of thanks in the outbox."""
    with services.sessions.reading() as session:
        return list(session.scalars(select(Mail).where(Mail.kind == receipts.KIND)))


def test_a_code_is_read_however_it_is_typed() -> None:
    code = receipts.new_code()
    assert receipts.read_code(code) == code
    assert receipts.read_code(code.lower().replace("-", " ")) == code
    assert receipts.read_code(code.replace("0", "O").replace("1", "l")) == code


def test_one_wrong_sign_or_two_swapped_neighbours_are_always_noticed() -> None:
    code = receipts.new_code().replace("-", "")
    for place in range(len(code)):
        for sign in receipts.ALPHABET:
            if sign != code[place]:
                assert receipts.read_code(code[:place] + sign + code[place + 1 :]) is None
        swapped = code[:place] + code[place : place + 2][::-1] + code[place + 2 :]
        assert swapped == code or receipts.read_code(swapped) is None


@pytest.mark.parametrize("typed", ["", "x", "PQ7", "É" * 9, "0" * 40, "000-0000-01"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert receipts.read_code(typed) is None


def test_what_is_published_gets_a_code_and_thanks_once(
    services: Services, published: int, work_as: Any, run_jobs: Any
) -> None:
    code = code_of(services, published)
    assert receipts.read_code(code) == code
    receipts.thank(services, [{"item_id": published}])
    assert thanks(services) == [], "the ten minutes are not over"
    services.settings.change("training_thanks_minutes", 0)
    for _ in range(2):
        receipts.thank(services, [{"item_id": published}])
    letters = thanks(services)
    assert [letter.address for letter in letters] == ["joana@escola.invalid"]
    assert f"/receipts/{code}" in letters[0].body
    with work_as() as work:
        item = work.session.get_one(Item, published)
        items.withdraw(work, item)
        items.restore(work, item)
    run_jobs()
    assert code_of(services, published) == code
    assert len(thanks(services)) == 1


def test_what_is_only_restored_is_not_thanked_for(services: Services, published: int, work_as: Any) -> None:
    with work_as() as work:
        work.session.execute(delete(Job).where(Job.name == receipts.JOB))  # published long ago, with no thanks
        item = work.session.get_one(Item, published)
        items.withdraw(work, item)
        items.restore(work, item)
    with work_as() as work:
        assert work.session.scalars(select(Job).where(Job.name == receipts.JOB)).all() == []


def test_what_was_taken_back_in_time_is_never_mailed_and_its_receipt_has_no_date(
    client: FlaskClient, services: Services, published: int
) -> None:
    with open_work(services, SYSTEM) as work:
        reviewing.undo_publish(work, work.session.get_one(Item, published), None)
    services.settings.change("training_thanks_minutes", 0)
    receipts.thank(services, [{"item_id": published}])
    assert thanks(services) == []
    page = client.get(f"/receipts/{code_of(services, published)}").text
    assert "já não está publicado" in page
    assert "<dt>Aceite</dt>" not in page


def test_anybody_checks_what_was_accepted(client: FlaskClient, services: Services, published: int) -> None:
    page = client.get(f"/receipts/{code_of(services, published)}").text
    for words in ("Este recibo é verdadeiro.", "Frações com barras", "Joana Teles", "CC BY", "turma 1", "0 vezes"):
        assert words in page
    assert "Não é um certificado de horas" in page
    assert "joana@escola.invalid" not in page


def test_a_typed_code_leads_to_its_page_and_a_wrong_one_says_so(
    client: FlaskClient, services: Services, published: int
) -> None:
    code = code_of(services, published)
    assert client.get("/receipts", query_string={"code": code.lower()}).location == f"/receipts/{code}"
    assert client.get(f"/receipts/{code.lower()}").location == f"/receipts/{code}"
    assert client.get("/receipts", query_string={"code": "nada"}).status_code == 422
    other = receipts.shown("00000000" + receipts.check_sign("00000000"))
    assert client.get(f"/receipts/{other}").status_code == 404


def test_a_receipt_of_what_was_withdrawn_says_so_and_tells_nothing_of_it(
    client: FlaskClient, services: Services, published: int, work_as: Any
) -> None:
    with work_as() as work:
        items.withdraw(work, work.session.get_one(Item, published))
    page = client.get(f"/receipts/{code_of(services, published)}").text
    assert "já não está publicado" in page
    assert "Frações com barras" not in page
    assert "Joana" not in page


def test_a_receipt_of_what_is_for_members_tells_visitors_only_that_it_was_accepted(
    client: FlaskClient, sign_in: Any, services: Services, ana: User, published: int
) -> None:
    with open_work(services, SYSTEM) as work:
        work.session.get_one(Item, published).audience = "members"
    address = f"/receipts/{code_of(services, published)}"
    assert "Frações com barras" not in client.get(address).text
    assert "Frações com barras" in sign_in(ana).get(address).text


def test_the_receipt_on_paper_has_a_title_a_language_and_the_code(
    client: FlaskClient, services: Services, published: int
) -> None:
    code = code_of(services, published)
    answer = client.get(f"/receipts/{code}/receipt.pdf")
    assert answer.mimetype == "application/pdf"
    assert b"/Lang (pt-PT)" in answer.data
    document = pdfium.PdfDocument(answer.data)
    assert document.get_metadata_dict()["Title"] == "Recibo de um material partilhado"
    text = document[0].get_textpage().get_text_range()
    for words in (code, "Frações com barras", "Joana Teles", f"/receipts/{code}"):
        assert words in text
    assert len(document) == 1
    document.close()


def test_the_sheet_of_links_has_a_row_and_a_code_for_everybody(
    services: Services, sign_in: Any, staff: User, edition: Edition, join: Any
) -> None:
    people = [join(edition, f"Pessoa número {n}") for n in range(14)]
    answer = sign_in(staff).get(f"/actions/manage/editions/{edition.id}/links.pdf")
    document = pdfium.PdfDocument(answer.data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert document.get_metadata_dict()["Title"] == "Matemática com as mãos, turma 1"
    document.close()
    with open_look(services, SYSTEM) as work:
        for who in people:
            assert who.name in text
            assert links.token_of(services, work.session.get_one(Participant, who.id)).rstrip("-") in text


def test_a_person_finds_their_receipts_on_their_own_pages(
    client: FlaskClient, sign_in: Any, services: Services, ana: User, joana: Participant, published: int
) -> None:
    with open_work(services, SYSTEM) as work:
        who = work.session.get_one(Participant, joana.id)
        who.user_id = ana.id
        path = f"/u/{links.token_of(services, who)}"
    code = code_of(services, published)
    assert code in client.get(path).text
    assert code in sign_in(ana).get("/me").text
