"""Staff's and public pages of training actions, without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.training_actions import actions, collecting, participants
from plugins.training_actions.models import Action, Edition, Participant
from repository.models import AuditEntry, Item, User
from repository.work import Services, now

Make = Callable[..., Any]


@pytest.fixture
def hers(staff: User, app: Any, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of somebody of the centre's staff."""
    return sign_in(staff)


def one(services: Services, model: Any, **known: Any) -> Any:
    with services.sessions.reading() as session:
        return session.scalars(select(model).filter_by(**known)).one()


def test_an_action_and_its_edition_are_made_by_form(hers: FlaskClient, services: Services) -> None:
    said = {
        "title": " Matemática  com as mãos ", "modality": "OF", "accreditation": "ccpfc/acc - 128450/26",
        "contact": "12,5", "own_work": "25", "regime": "presencial", "area": "b", "levels": ["1ceb"], "groups": ["110"],
    }  # fmt: skip
    answer = hers.post("/actions/manage/new", data=said)
    assert answer.status_code == 303
    action = one(services, Action)
    assert (action.title, action.accreditation) == ("Matemática com as mãos", "CCPFC/ACC-128450/26")
    assert (action.contact_quarters, action.own_work_quarters, action.groups) == (50, 100, ["110"])
    assert action.organisation_id is not None
    said = {"name": "turma 1", "starts_on": "2026-09-14", "closes_at": "2026-11-30", "reminders": "1, 7",
            "d0-title": "Sequência", "d0-count": "2", "d1-title": "", "d2-title": "Relato", "d2-by_group": "1"}  # fmt: skip
    assert hers.post(answer.location, data=said).status_code == 303
    with services.sessions.reading() as session:
        edition = session.scalars(select(Edition)).one()
        assert (edition.school_year, edition.reminders) == (2026, [7, 1])
        assert edition.closes_at is not None
        assert edition.closes_at.isoformat() == "2026-11-30T23:59:59+00:00"
        assert [(d.title, d.count, d.by_group) for d in edition.deliverables] == [
            ("Sequência", 2, False), ("Relato", 1, True),
        ]  # fmt: skip


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_each_field(hers: FlaskClient) -> None:
    answer = hers.post("/actions/manage/new", data={"title": "Robótica", "contact": "muitas", "area": "z"})
    assert answer.status_code == 422
    assert 'value="Robótica"' in answer.text
    assert 'id="f-contact-e"' in answer.text
    assert 'id="f-area-e"' in answer.text
    assert hers.post("/actions/manage/new", data={"title": ""}).status_code == 422


def test_an_edition_that_ends_before_it_begins_is_refused(hers: FlaskClient, edition: Edition) -> None:
    url = f"/actions/manage/editions/{edition.id}/edit"
    answer = hers.post(url, data={"starts_on": "2026-09-14", "ends_on": "2026-09-01"})
    assert answer.status_code == 422
    assert "O fim vem antes do início." in answer.text


@pytest.mark.parametrize("field", ["starts_on", "ends_on", "closes_at"])
@pytest.mark.parametrize("day", ["0001-01-01", "31/12/9999"])
def test_a_year_that_cannot_be_meant_is_refused_beside_its_field(
    hers: FlaskClient, edition: Edition, field: str, day: str
) -> None:
    answer = hers.post(f"/actions/manage/editions/{edition.id}/edit", data={field: day})
    assert answer.status_code == 422
    assert f"O ano de «{day}» não pode ser" in answer.text


def test_what_each_should_bring_keeps_its_row_when_it_is_renamed(
    hers: FlaskClient, edition: Edition, services: Services
) -> None:
    url = f"/actions/manage/editions/{edition.id}/edit"
    hers.post(url, data={"d0-title": "Relato"})
    first = one(services, Edition).id and one(services, Edition)
    with services.sessions.reading() as session:
        row = session.get_one(Edition, first.id).deliverables[0]
    hers.post(url, data={"d0-id": row.id, "d0-title": "Relato final"})
    with services.sessions.reading() as session:
        assert [(d.id, d.title) for d in session.get_one(Edition, first.id).deliverables] == [(row.id, "Relato final")]


@pytest.mark.parametrize("tab", ["", "/materials", "/people", "/history"])
def test_every_tab_of_an_edition_opens(
    tab: str, hers: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make
) -> None:
    who = join(edition, "Álvaro Pimentel", "alvaro@teste.invalid", school="EB1 do Choupal")
    bring(edition, ana, who, title="Azulejos")
    page = hers.get(f"/actions/manage/editions/{edition.id}{tab}")
    assert page.status_code == 200
    assert "Matemática com as mãos, turma 1" in page.text
    assert "1 de 1 entregaram" in page.text
    told = {
        "": "Álvaro Pimentel",
        "/materials": "Azulejos",
        "/people": "alvaro@teste.invalid",
        "/history": "Criou a turma",
    }
    assert told[tab] in page.text


def test_who_still_owes_something_stands_first(
    hers: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make
) -> None:
    ready, late = join(edition, "Ana Amado"), join(edition, "Zita Vaz")
    bring(edition, ana, ready)
    page = hers.get(f"/actions/manage/editions/{edition.id}").text
    assert page.index(late.name) < page.index("Ana Amado")
    assert "1 de 2 entregaram" in page


def test_a_removed_person_comes_back_and_what_they_brought_stays(
    hers: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make, services: Services
) -> None:
    who = join(edition, "Joana Teles")
    item = bring(edition, ana, who)
    page = hers.post(f"/actions/manage/people/{who.id}/remove", follow_redirects=True).text
    assert "Joana Teles saiu da turma. O que entregou fica." in page
    assert one(services, Participant).removed_at is not None
    assert hers.get(f"/items/{item.id}").status_code == 200
    assert hers.post(f"/actions/manage/people/{who.id}/remove").status_code == 303  # asked twice
    hers.post(f"/actions/manage/people/{who.id}/restore")
    assert one(services, Participant).removed_at is None


def test_a_removed_edition_keeps_its_materials_and_comes_back(
    hers: FlaskClient, client: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make
) -> None:
    item = bring(edition, ana, join(edition, "Joana Teles"))
    url = f"/actions/manage/editions/{edition.id}"
    assert "Feito na ação" in client.get(f"/items/{item.id}").text
    page = hers.post(f"{url}/remove", follow_redirects=True).text
    assert "Turma retirada. Os materiais ficam." in page
    assert f"{url}/restore" in page
    assert hers.get(url).status_code == 404
    page = client.get(f"/items/{item.id}")
    assert page.status_code == 200
    assert "Feito na ação" not in page.text
    hers.post(f"{url}/restore")
    assert hers.get(url).status_code == 200


def test_a_removed_action_leaves_the_lists_and_comes_back(
    hers: FlaskClient, client: FlaskClient, edition: Edition
) -> None:
    hers.post(f"/actions/manage/actions/{edition.action_id}/remove")
    assert client.get(f"/actions/{edition.action_id}").status_code == 404
    assert "Matemática com as mãos" not in hers.get("/actions/manage").text
    hers.post(f"/actions/manage/actions/{edition.action_id}/restore")
    assert client.get(f"/actions/{edition.action_id}").status_code == 200


def test_names_and_addresses_stay_out_of_the_audit_trail(
    hers: FlaskClient, edition: Edition, services: Services
) -> None:
    hers.post(
        f"/actions/manage/editions/{edition.id}/people/new", data={"name": "Nuno Sequeira", "email": "n@teste.invalid"}
    )
    who = one(services, Participant)
    hers.post(f"/actions/manage/people/{who.id}", data={"name": "Nuno J. Sequeira", "email": "nj@teste.invalid"})
    with services.sessions.reading() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("training.participant"))).all()
    assert [row.action for row in rows] == ["training.participant_added", "training.participant_changed"]
    assert not any(word in str((row.before, row.after)) for row in rows for word in ("Nuno", "teste.invalid"))
    assert sorted(rows[1].before["fields"]) == ["email", "name"]


def test_others_have_no_door_to_the_staffs_pages(
    edition: Edition, ana: User, client: FlaskClient, sign_in: Make
) -> None:
    url = f"/actions/manage/editions/{edition.id}"
    assert client.get(url).status_code == 302
    hers = sign_in(ana)
    for path in ("/actions/manage", url, "/actions/manage/new", "/actions/manage/import", f"{url}/people/new"):
        assert hers.get(path).status_code == 403
    assert hers.post(f"{url}/remove").status_code == 403


def test_staff_of_one_cluster_do_not_manage_anothers(
    make_person: Make, sign_in: Make, make_edition: Make, work_as: Make, centre: Any, app: Any
) -> None:
    from repository import organisations

    with work_as() as work:
        mine = organisations.add(work, "cluster", "AE da Várzea", parent_id=centre.id)
        other = organisations.add(work, "cluster", "AE do Alto", parent_id=centre.id)
    hers = sign_in(make_person("Berta", "staff", organisation=mine))
    own, foreign = make_edition("Minha", mine.id), make_edition("Alheia", other.id)
    page = hers.get("/actions/manage").text
    assert "Minha" in page
    assert "Alheia" not in page
    assert hers.get(f"/actions/manage/editions/{own.id}").status_code == 200
    assert hers.get(f"/actions/manage/editions/{foreign.id}").status_code == 403
    assert hers.post(f"/actions/manage/editions/{foreign.id}/remove").status_code == 403


def test_the_list_says_how_each_stands_and_is_filtered(hers: FlaskClient, make_edition: Make) -> None:
    make_edition("Aberta agora")
    make_edition("Quase a fechar", closes_at=now() + timedelta(days=3))
    make_edition("Já fechada", closes_at=now() - timedelta(days=1), starts_on=None)
    page = hers.get("/actions/manage").text
    assert "Fecha em 3 dias" in page
    assert "Fechada" in page
    closed = hers.get("/actions/manage?state=closed").text
    assert "Já fechada" in closed
    assert "Quase a fechar" not in closed
    assert "Quase a fechar" in hers.get("/actions/manage?q=quase").text
    assert "Nenhuma ação assim" in hers.get("/actions/manage?year=2019").text


def test_the_list_of_500_actions_asks_the_database_as_often_as_that_of_five(
    hers: FlaskClient, services: Services, edition: Edition, join: Make, count_queries: Make, work_as: Make, centre: Any
) -> None:
    join(edition, "Ana")
    hers.get("/actions/manage")
    with count_queries() as few:
        hers.get("/actions/manage")
    with work_as() as work:
        for n in range(500):
            action = actions.add_action(work, {"title": f"Ação {n}"}, centre.id)
            held = actions.add_edition(work, action, {"reference": f"R{n}"})
            participants.add_participant(work, held, {"name": "Rui"})
    with count_queries() as many:
        page = hers.get("/actions/manage?page=3")
    assert page.text.count("<tr>") == 51
    assert 'aria-current="page"' in page.text
    assert len(many) <= len(few) + 1
    with count_queries() as public:
        hers.get("/actions")
    assert len(public) <= len(few)


def test_the_public_page_names_only_who_agreed_and_shows_what_may_be_seen(
    client: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make
) -> None:
    join(edition, "Helena Prates", role="trainer", named=True)
    shy = join(edition, "Inês Vaz")
    bring(edition, ana, shy, title="Azulejos", level=["1ceb"])
    bring(edition, ana, shy, title="Tangram", level=["2ceb"])
    bring(edition, ana, shy, title="Só da casa", audience="members")
    bring(edition, ana, shy, title="Ainda rascunho", publish=False)
    page = client.get(f"/actions/{edition.action_id}").text
    assert "Helena Prates" in page
    assert "Inês Vaz" not in page
    assert "Azulejos" in page
    assert "Tangram" in page
    assert "Só da casa" not in page
    assert "Ainda rascunho" not in page
    narrowed = client.get(f"/actions/{edition.action_id}?level=2ceb").text
    assert "Tangram" in narrowed
    assert "Azulejos" not in narrowed
    assert "2 materiais" in client.get("/actions").text


def test_the_feed_is_atom_and_holds_what_anybody_may_see(
    client: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make, sign_in: Make
) -> None:
    who = join(edition, "Inês Vaz")
    bring(edition, ana, who, title="Azulejos & <linhas>")
    bring(edition, ana, who, title="Só da casa", audience="members")
    for browser in (client, sign_in(ana)):
        answer = browser.get(f"/actions/{edition.action_id}/feed.xml")
        assert answer.mimetype == "application/atom+xml"
        feed = ElementTree.fromstring(answer.data)
        titles = feed.findall("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title")
        assert [title.text for title in titles] == ["Azulejos & <linhas>"]


def test_the_search_is_narrowed_to_an_action_by_name(
    client: FlaskClient, edition: Edition, ana: User, join: Make, bring: Make, make_item: Make, run_jobs: Make
) -> None:
    bring(edition, ana, join(edition, "Inês Vaz"), title="Azulejos")
    make_item(ana, "Outra coisa")
    run_jobs()
    page = client.get(f"/search?action={edition.action_id}").text
    assert "Azulejos" in page
    assert "Outra coisa" not in page
    assert re.search(r"Ação de formação.*?Matemática com as mãos", page, re.DOTALL)


def test_an_item_belongs_to_the_collection_of_its_edition(
    services: Services, edition: Edition, ana: User, join: Make, bring: Make, work_as: Make
) -> None:
    item = bring(edition, ana, join(edition, "Inês Vaz"))
    with work_as() as work:
        actions.change_action(work, work.session.get_one(Action, edition.action_id), {"levels": ["1ceb"]})
        found = [
            c
            for answer in work.hook.item_collections(work=work, item=work.session.get_one(Item, item.id))
            for c in answer
        ]
    assert [(c.key, c.parent, c.label, c.expected) for c in found] == [
        (
            f"edition:{edition.id}",
            f"action:{edition.action_id}",
            "Matemática com as mãos, turma 1",
            {"level": ("1ceb",)},
        )
    ]


def test_the_audit_page_calls_editions_and_people_by_words(
    sign_in: Any, admin: User, edition: Edition, join: Any
) -> None:
    who = join(edition, "Joana Teles")
    page = sign_in(admin).get("/admin/audit").text
    assert f"<td>turma {edition.id}</td>" in page
    assert f"<td>pessoa de uma turma {who.id}</td>" in page
    assert ">turma</option>" in page
    assert "<td>edition" not in page


def test_a_group_of_one_of_the_people_is_what_the_action_s_items_may_be_for(
    services: Services, edition: Edition, ana: User, join: Make, bring: Make, work_as: Make
) -> None:
    item = bring(edition, ana, join(edition, "Inês Vaz", group_code="230"))
    join(edition, "Rui Sá", group_code="110")

    def expected() -> Any:
        with work_as() as work:
            (found,) = collecting.collections_of(work, work.session.get_one(Item, item.id))
            return found.expected.get("group")

    assert expected() is None  # what names no group expects none
    with work_as() as work:
        actions.change_action(work, work.session.get_one(Action, edition.action_id), {"groups": ["110"]})
    assert expected() == ("110", "230")
    with work_as() as work:
        participants.remove_participant(
            work, work.session.scalars(select(Participant).filter_by(name="Inês Vaz")).one()
        )
    assert expected() == ("110",)


def test_an_edition_that_closes_before_all_is_there_waits_on_the_own_page_of_who_manages_it(
    make_edition: Any, join: Any, staff: User, ana: User, sign_in: Any, count_queries: Any
) -> None:
    browser = sign_in(staff)
    soon, later = (
        make_edition(title, closes_at=now() + timedelta(days=days)) for title, days in (("Já", 2), ("Mais tarde", 30))
    )
    make_edition("Sem ninguém", closes_at=now() + timedelta(days=2))
    for edition in (soon, later):
        join(edition, "Joana Teles")
    page = browser.get("/me").text
    assert "Fecha em 2 dias: «Já, turma 1»" in page
    assert "Falta 1 de 1." in page
    assert f'href="/actions/manage/editions/{soon.id}"' in page
    assert "Mais tarde" not in page
    assert "Sem ninguém" not in page
    assert "«Já" not in sign_in(ana).get("/me").text
    with count_queries() as few:
        browser.get("/me")
    for number in range(4):
        join(make_edition(f"Outra {number}", closes_at=now() + timedelta(days=3)), "Rui Lopes")
    with count_queries() as many:
        page = browser.get("/me").text
    assert len(many) <= len(few)
    assert page.count("Ver quem falta") == 3, "the list of actions has all of them"
