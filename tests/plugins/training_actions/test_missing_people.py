"""Who has not delivered: counted rightly, reminded once, and taken along as a table."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from plugins.training_actions import links, missing, progress
from plugins.training_actions.actions import set_deliverables
from plugins.training_actions.missing import Standing
from plugins.training_actions.models import Author, Contribution, Deliverable, Edition, Participant, Reminder
from repository import accounts, mail
from repository.models import Item, Mail, State, User
from repository.work import SYSTEM, Services, now, open_look, open_work


@pytest.fixture
def three(edition: Edition, join: Callable[..., Participant]) -> list[Participant]:
    """Three participants, and a trainer who is not counted."""
    join(edition, "Teresa Nunes", "teresa@escola.invalid", role="trainer")
    return [join(edition, name, f"{name.lower()}@escola.invalid") for name in ("Ana", "Bela", "Celso")]


@pytest.fixture
def want(services: Services, edition: Edition) -> Callable[..., list[int]]:
    """Say what the edition asks for; return the ids."""

    def wanted(*rows: dict[str, Any]) -> list[int]:
        with open_work(services, SYSTEM) as work:
            found = work.session.get_one(Edition, edition.id)
            set_deliverables(work, found, rows)
            work.session.flush()
            return [row.id for row in found.deliverables]

    return wanted


@pytest.fixture
def brought(services: Services, edition: Edition) -> Callable[..., int]:
    """Put an item in a state under the names of these people, for a deliverable or none."""

    def bring(*people: Participant, state: State = State.SUBMITTED, deliverable: int | None = None) -> int:
        with open_work(services, SYSTEM) as work:
            item = Item(
                kind="digital",
                state=state,
                title="x",
                keywords=[],
                proposed=[],
                created_at=work.now,
                updated_at=work.now,
            )
            work.session.add(item)
            work.session.flush()
            known = {"edition_id": edition.id, "deliverable_id": deliverable, "created_at": work.now}
            work.session.add(Contribution(item_id=item.id, **known))
            work.session.flush()
            rows = [Author(item_id=item.id, participant_id=who.id, position=n) for n, who in enumerate(people)]
            work.session.add_all(rows)
            return item.id

    return bring


@pytest.fixture
def standings(services: Services, edition: Edition) -> Callable[[], dict[str, Standing]]:
    """Return how everybody stands, by name."""

    def asked() -> dict[str, Standing]:
        with open_look(services, SYSTEM) as work:
            lines = missing.lines_of(work, work.session.get_one(Edition, edition.id))
            return {line.participant.name: line.standing for line in lines}

    return asked


def mails(services: Services) -> list[Mail]:
    with services.sessions.reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def close(services: Services, edition: Edition, moment: datetime, **values: Any) -> None:
    with open_work(services, SYSTEM) as work:
        found = work.session.get_one(Edition, edition.id)
        found.closes_at = moment
        for name, value in values.items():
            setattr(found, name, value)


def test_without_deliverables_one_material_is_all(three: Any, brought: Any, standings: Any) -> None:
    brought(three[0])
    assert standings() == {"Ana": Standing.ALL, "Bela": Standing.NONE, "Celso": Standing.NONE}


def test_a_part_is_not_all(three: Any, want: Any, brought: Any, standings: Any) -> None:
    plan, tale = want({"title": "Sequência", "count": 2}, {"title": "Relato"})
    brought(three[0], deliverable=plan)
    for deliverable in (plan, plan, tale):
        brought(three[1], deliverable=deliverable)
    assert standings() == {"Ana": Standing.PART, "Bela": Standing.ALL, "Celso": Standing.NONE}


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.DISCARDED, State.WITHDRAWN, State.DECLINED, State.CHANGES_REQUESTED]
)
def test_what_is_not_handed_in_or_not_kept_does_not_count(three: Any, brought: Any, standings: Any, state: Any) -> None:
    brought(three[0], state=state)
    assert standings()["Ana"] == Standing.NONE


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.PUBLISHED])
def test_what_was_handed_in_counts_before_anybody_has_read_it(
    three: Any, brought: Any, standings: Any, state: Any
) -> None:
    brought(three[0], state=state)
    assert standings()["Ana"] == Standing.ALL


def test_group_work_counts_for_all_and_work_of_one_s_own_for_the_first(
    three: Any, want: Any, brought: Any, standings: Any
) -> None:
    together, alone = want({"title": "Projeto", "by_group": True}, {"title": "Reflexão"})
    brought(three[0], three[1], deliverable=together)
    brought(three[0], three[1], deliverable=alone)
    assert standings() == {"Ana": Standing.ALL, "Bela": Standing.PART, "Celso": Standing.NONE}


def test_what_was_brought_for_nothing_in_particular_fills_what_is_wanted(
    three: Any, want: Any, brought: Any, standings: Any
) -> None:
    want({"title": "Sequência"}, {"title": "Relato"})
    brought(three[0])
    brought(three[1])
    brought(three[1])
    assert standings() == {"Ana": Standing.PART, "Bela": Standing.ALL, "Celso": Standing.NONE}


def test_a_large_edition_is_counted_in_few_questions(
    services: Services, edition: Edition, join: Any, brought: Any, count_queries: Any
) -> None:
    for n in range(40):
        brought(join(edition, f"Pessoa {n:02}"))
    with count_queries() as asked, open_look(services, SYSTEM) as work:
        assert len(missing.lines_of(work, work.session.get_one(Edition, edition.id))) == 40
    assert len(asked) <= 6


def test_all_who_lack_something_are_reminded_in_one_press_each_recorded(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any, want: Any, brought: Any
) -> None:
    plan, tale = want({"title": "Sequência"}, {"title": "Relato"})
    brought(three[0], deliverable=plan)
    brought(three[1], deliverable=plan)
    brought(three[1], deliverable=tale)
    answer = sign_in(staff).post(f"/actions/manage/editions/{edition.id}/remind", follow_redirects=True)
    assert "2 lembretes enviados." in answer.text
    sent = mails(services)
    assert [letter.address for letter in sent] == ["ana@escola.invalid", "celso@escola.invalid"]
    assert "– Relato" in sent[0].body
    assert "Sequência" not in sent[0].body
    with open_look(services, SYSTEM) as work:
        assert links.address_of(services, work.session.get_one(Participant, three[0].id)) in sent[0].body
        assert len(work.session.scalars(select(Reminder)).all()) == 2


def test_a_reminder_sent_twice_by_hand_writes_to_nobody_twice_within_the_hour(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any, join: Any
) -> None:
    browser, address = sign_in(staff), f"/actions/manage/editions/{edition.id}/remind"
    browser.post(address)
    join(edition, "Dina", "dina@escola.invalid")
    again = browser.post(address, follow_redirects=True).text
    assert len(mails(services)) == 4
    assert "1 lembrete enviado. 3 pessoas já tinham recebido um há menos de uma hora." in again
    with open_work(services, SYSTEM) as work:
        for row in work.session.scalars(select(Reminder)):
            row.sent_at = work.now - timedelta(minutes=61)
    assert "4 lembretes enviados." in browser.post(address, follow_redirects=True).text


def test_nobody_is_reminded_after_the_closing_date(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any
) -> None:
    close(services, edition, now() - timedelta(hours=1), reminders=[7, 1, 0])
    answer = sign_in(staff).post(f"/actions/manage/editions/{edition.id}/remind")
    assert answer.status_code == 409
    missing.remind_due(services, [{}])
    assert mails(services) == []


def test_automatic_reminders_are_sent_once_however_often_the_job_runs(
    services: Services, edition: Edition, three: Any, brought: Any
) -> None:
    brought(three[0])
    close(services, edition, now() + timedelta(days=8), reminders=[7, 1])
    missing.remind_due(services, [{}])
    assert mails(services) == []
    moment = now() + timedelta(days=6, hours=12)
    close(services, edition, moment, reminders=[7, 1])
    missing.remind_due(services, [{}])
    missing.remind_due(services, [{}, {}])
    assert [letter.address for letter in mails(services)] == ["bela@escola.invalid", "celso@escola.invalid"]
    brought(three[1])
    missing.remind_due(services, [{}])
    assert len(mails(services)) == 2


def test_a_reminder_that_was_missed_is_not_sent_beside_a_later_one(
    services: Services, edition: Edition, three: Any
) -> None:
    close(services, edition, now() + timedelta(hours=12), reminders=[7, 3, 1])
    missing.remind_due(services, [{}])
    with services.sessions.reading() as session:
        assert {row.days for row in session.scalars(select(Reminder))} == {1}
    assert len(mails(services)) == 3


def test_who_has_stopped_reminders_gets_none(services: Services, edition: Edition, three: Any) -> None:
    with open_work(services, SYSTEM) as work:
        mail.stop(work, mail.digest_of("ana@escola.invalid"), missing.KIND)
    close(services, edition, now() + timedelta(hours=12), reminders=[1])
    missing.remind_due(services, [{}])
    assert [letter.address for letter in mails(services)] == ["bela@escola.invalid", "celso@escola.invalid"]


def test_nobody_without_an_address_or_with_a_revoked_link_is_written_to(
    services: Services, edition: Edition, join: Any, three: Any
) -> None:
    join(edition, "Dina")
    with open_work(services, SYSTEM) as work:
        links.revoke(work, work.session.get_one(Participant, three[0].id))
        work.session.get_one(Participant, three[1].id).removed_at = work.now
    close(services, edition, now() + timedelta(hours=12), reminders=[1])
    missing.remind_due(services, [{}])
    assert [letter.address for letter in mails(services)] == ["celso@escola.invalid"]


def test_the_edition_s_page_says_who_lacks_what_and_how_far_each_has_come(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any, brought: Any
) -> None:
    brought(three[0])
    brought(three[1], state=State.DRAFT)
    page = sign_in(staff).get(f"/actions/manage/editions/{edition.id}").text
    assert page.index("Celso") < page.index(">Ana")
    assert "Lembrar 2 pessoas" in page
    assert "começou a" in page
    assert "Enviar 4 ligações" in page


def test_links_are_mailed_once_to_those_who_have_none(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any
) -> None:
    browser = sign_in(staff)
    for _ in range(2):
        browser.post(f"/actions/manage/editions/{edition.id}/links")
    assert len(mails(services)) == 4
    assert all(not letter.kind for letter in mails(services))


def test_links_that_no_server_takes_are_said_to_wait(sign_in: Any, staff: User, edition: Edition, three: Any) -> None:
    answer = sign_in(staff).post(f"/actions/manage/editions/{edition.id}/links", follow_redirects=True).text
    assert "4 ligações enviadas. Ficam à espera: falta indicar o servidor de correio nas definições." in answer


def test_the_links_of_all_pressed_twice_are_said_to_have_been_sent_just_before(
    services: Services, sign_in: Any, staff: User, edition: Edition, three: Any
) -> None:
    browser, address = sign_in(staff), f"/actions/manage/editions/{edition.id}/links"
    browser.post(address)
    again = browser.post(address, follow_redirects=True).text
    assert "0 ligações enviadas. 4 tinham sido enviadas há pouco." in again


def test_one_person_s_link_pressed_twice_is_mailed_once_and_a_new_link_at_once(
    services: Services, sign_in: Any, staff: User, three: Any
) -> None:
    browser, address = sign_in(staff), f"/actions/manage/people/{three[0].id}/link"
    browser.post(address)
    assert "há menos de um minuto" in browser.post(address, follow_redirects=True).text
    assert len(mails(services)) == 1
    browser.post(f"{address}/revoke")
    browser.post(f"{address}/open")
    assert "Ligação enviada." in browser.post(address, follow_redirects=True).text
    assert len(mails(services)) == 2


def test_the_table_of_who_delivered_opens_in_spreadsheets_and_runs_nothing(
    sign_in: Any, staff: User, edition: Edition, join: Any, brought: Any, want: Any
) -> None:
    plan = want({"title": "Sequência"})[0]
    brought(join(edition, "=1+1", "x@escola.invalid"), deliverable=plan)
    browser = sign_in(staff)
    table = browser.get(f"/actions/manage/editions/{edition.id}/missing.csv")
    assert table.data.startswith(b"\xef\xbb\xbf")
    assert "'=1+1;x@escola.invalid;;Tudo;1/1;1" in table.text
    book = openpyxl.load_workbook(BytesIO(browser.get(f"/actions/manage/editions/{edition.id}/missing.xlsx").data))
    rows = list(book.active.values)  # type: ignore[union-attr]
    assert rows[0][:5] == ("Nome", "Endereço", "Escola", "Entrega", "Sequência")
    assert rows[1][3] == "Tudo"


def test_the_api_tells_who_is_missing_to_those_who_manage(
    services: Services, client: Any, staff: User, ana: User, edition: Edition, three: Any, brought: Any, want: Any
) -> None:
    plan, _tale = want({"title": "Sequência"}, {"title": "Relato"})
    brought(three[0], deliverable=plan)
    with open_work(services, SYSTEM) as work:
        tokens = [accounts.issue_token(work, work.session.get_one(User, who.id), "t", ["read"]) for who in (staff, ana)]
    address = f"/api/v1/editions/{edition.id}/missing"
    told = client.get(address, headers={"Authorization": f"Bearer {tokens[0]}"}).json
    assert told["counts"] == {"all": 0, "part": 1, "none": 2}
    assert told["people"][0]["name"] == "Ana"
    assert [gap["title"] for gap in told["people"][0]["missing"]] == ["Relato"]
    assert client.get(address, headers={"Authorization": f"Bearer {tokens[1]}"}).status_code == 403
    assert client.get(address).status_code in (401, 403)


def test_only_those_who_manage_the_edition_reach_its_links(
    client: Any, sign_in: Any, ana: User, staff: User, edition: Edition, three: Any
) -> None:
    addresses = [
        f"/actions/manage/editions/{edition.id}/links.pdf",
        f"/actions/manage/editions/{edition.id}/missing.csv",
        f"/actions/manage/people/{three[0].id}/link",
    ]
    teacher, office = sign_in(ana), sign_in(staff)
    for address in addresses:
        assert client.get(address).status_code == 302
        assert teacher.get(address).status_code == 403
        answer = office.get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


def test_staff_copy_end_and_reopen_a_link(
    services: Services, sign_in: Any, client: Any, staff: User, three: Any
) -> None:
    browser, address = sign_in(staff), f"/actions/manage/people/{three[0].id}/link"
    with open_look(services, SYSTEM) as work:
        old = links.address_of(services, work.session.get_one(Participant, three[0].id))
    assert old in browser.get(address).text
    assert "Já não abre nada" in browser.post(f"{address}/revoke", follow_redirects=True).text
    assert client.get(old.partition("/u/")[1] + old.partition("/u/")[2]).status_code == 404
    browser.post(f"{address}/open")
    page = browser.get(address).text
    assert "/u/" in page
    assert old not in page


def test_a_deliverable_that_goes_away_leaves_what_was_brought_for_it(
    services: Services, three: Any, want: Any, brought: Any, standings: Any
) -> None:
    plan = want({"title": "Sequência"})[0]
    brought(three[0], deliverable=plan)
    want()
    with services.sessions.reading() as session:
        assert session.get(Deliverable, plan) is None
    assert standings()["Ana"] == Standing.ALL


def test_the_head_of_an_edition_counts_people_as_the_list_below_it_does(services, edition, three, want, brought):
    plan, _report = want({"title": "Plano", "count": 1}, {"title": "Relato", "count": 1})
    brought(three[0], deliverable=plan)
    brought(three[0], deliverable=plan)
    brought(three[1])
    with open_look(services, SYSTEM) as work:
        counts = missing.counts_of(missing.lines_of(work, work.session.get_one(Edition, edition.id)))
        assert progress.progress_of(work, [edition.id])[edition.id] == progress.Progress(all=0, part=2, none=1)
        assert list(counts.values()) == [0, 2, 1]
