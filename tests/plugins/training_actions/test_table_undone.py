"""An import of a table is taken back as a whole, unless something was built on it; then it says what."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.training_actions import participants, table_undo
from plugins.training_actions.models import Action, Edition, Participant, TableImport
from repository.models import AuditEntry, User
from repository.work import Services, now

HEAD = "Ref.\tTítulo\tInício\tFormador\r\n"
ACTIONS = HEAD + "VM-1\tRobótica\t14/09/2026\tHelena Prates\r\nVM-2\tFrações\t15/09/2026\t\r\n"
PEOPLE = "Nome\tE-mail\tEscola\r\n"


@pytest.fixture
def hers(staff: User, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(staff)


@pytest.fixture
def take(hers: FlaskClient) -> Callable[..., str]:
    """Import a pasted table by the page; return the address that takes it back, as the next page offers it."""

    def taken(pasted: str, edition: Edition | None = None) -> str:
        known = {"edition": edition.id} if edition else {}
        page = hers.post("/actions/manage/import", data={"pasted": pasted} | known).text
        carried = re.search(r'name="carried" value="([^"]*)"', page)
        assert carried, page
        form = {"carried": unescape(carried[1]), "do": "apply"} | known
        answer = hers.post("/actions/manage/import", data=form, follow_redirects=True).text
        found = re.search(r'action="(/actions/manage/import/\d+/undo)"', answer)
        assert found, "the page offers no undo"
        return found[1]

    return taken


def there(services: Services, model: Any, name: str) -> list[Any]:
    with services.sessions.reading() as session:
        rows = session.scalars(select(model).where(model.removed_at.is_(None)).order_by(model.id))
        return [getattr(row, name) for row in rows]


def test_actions_editions_and_trainers_of_a_table_are_taken_back_once(
    hers: FlaskClient, services: Services, take: Any
) -> None:
    undo = take(ACTIONS)
    assert there(services, Action, "title") == ["Robótica", "Frações"]
    for _ in "ab":
        assert "Importação anulada" in hers.post(undo, follow_redirects=True).text
    for model in (Action, Edition, Participant):
        assert there(services, model, "id") == []
    with services.sessions.reading() as session:
        assert len(session.scalars(select(AuditEntry).filter_by(action="training.table_undone")).all()) == 1
    take(ACTIONS)  # and may come in again
    assert there(services, Action, "title") == ["Robótica", "Frações"]


def test_what_a_table_changed_says_what_it_said_before(
    hers: FlaskClient, services: Services, take: Any, edition: Edition, join: Any
) -> None:
    join(edition, "Joana Teles", "joana@escola.invalid", school="AE do Mar")
    undo = take(
        PEOPLE + "Joana Maria Teles\tjoana@escola.invalid\tAE da Serra\r\nRui Sá\trui@escola.invalid\t\r\n", edition
    )
    assert there(services, Participant, "name") == ["Joana Maria Teles", "Rui Sá"]
    hers.post(undo)
    assert there(services, Participant, "name") == ["Joana Teles"]
    assert there(services, Participant, "school") == ["AE do Mar"]
    undo = take("Ref.\tTítulo\tInício\tFim\r\nVM-OF-07\tMatemática com as mãos\t14/09/2026\t20/11/2026\r\n")
    assert there(services, Edition, "ends_on") == [date(2026, 11, 20)]
    hers.post(undo)
    assert there(services, Edition, "ends_on") == [None]


def test_an_import_on_which_something_was_built_is_not_taken_back_and_says_why(
    hers: FlaskClient, services: Services, take: Any, edition: Edition, bring: Any, ana: User, work_as: Any
) -> None:
    undo = take(PEOPLE + "Joana Teles\tjoana@escola.invalid\t\r\nRui Sá\t\t\r\n", edition)
    with work_as() as work:
        joana = work.session.scalars(select(Participant).filter_by(name="Joana Teles")).one()
    bring(edition, ana, joana)
    answer = hers.post(undo)
    assert answer.status_code == 409
    assert "Joana Teles já entregou materiais" in answer.text
    assert there(services, Participant, "name") == ["Joana Teles", "Rui Sá"]
    page = hers.get(f"/actions/manage/import?edition={edition.id}").text
    assert "2 linhas novas" in page
    assert "Joana Teles já entregou materiais" in page
    assert undo not in page


def test_links_that_went_out_people_who_came_later_and_later_changes_stand_in_the_way(
    services: Services, take: Any, edition: Edition, work_as: Any, hers: FlaskClient, join: Any
) -> None:
    undo = take(PEOPLE + "Joana Teles\tjoana@escola.invalid\t\r\n", edition)
    with work_as() as work:
        work.session.scalars(select(Participant)).one().link_sent_at = now()
    assert "já recebeu ou abriu a sua ligação" in hers.post(undo).text
    undo = take(ACTIONS)
    with services.sessions.reading() as session:
        made = session.scalars(select(Edition).order_by(Edition.id.desc())).first()
    join(made, "Veio Depois")
    assert "já se juntaram pessoas" in hers.post(undo).text
    undo = take(PEOPLE + "Joana Teles\tjoana@escola.invalid\tAE da Serra\r\n", edition)
    with work_as() as work:
        who = work.session.scalars(select(Participant).filter_by(name="Joana Teles")).one()
        participants.change_participant(work, who, {"school": "AE do Rio"})
    assert "mudado outra vez depois" in hers.post(undo).text
    assert there(services, Participant, "school")[0] == "AE do Rio"


def test_only_the_last_import_of_an_edition_can_be_taken_back_and_none_of_long_ago(
    services: Services, take: Any, edition: Edition, hers: FlaskClient, work_as: Any
) -> None:
    first = take(PEOPLE + "Joana Teles\tjoana@escola.invalid\t\r\n", edition)
    second = take(PEOPLE + "Rui Sá\trui@escola.invalid\t\r\n", edition)
    assert "houve outra importação depois" in hers.post(first).text
    with work_as() as work:
        for row in work.session.scalars(select(TableImport)):
            row.created_at = now() - timedelta(days=15)
    table_undo.forget_old(services, [{}])
    assert hers.post(second).status_code == 409
    assert "Anular esta importação" not in hers.get(f"/actions/manage/import?edition={edition.id}").text
    assert there(services, Participant, "name") == ["Joana Teles", "Rui Sá"]


def test_nobody_else_takes_an_import_back(
    take: Any, edition: Edition, ana: User, sign_in: Any, client: FlaskClient, services: Services
) -> None:
    undo = take(PEOPLE + "Joana Teles\tjoana@escola.invalid\t\r\n", edition)
    assert sign_in(ana).post(undo).status_code == 403
    assert client.post(undo).status_code in (302, 401)
    assert there(services, Participant, "name") == ["Joana Teles"]
