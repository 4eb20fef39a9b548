"""The desk's pages of what is lent: who is let in, what a form does, and what comes back when it is refused."""

import re
from io import BytesIO

import pytest

from plugins.physical_loans import catalogue, copies, parts
from plugins.physical_loans.models import Component, Copy, CopyState, Shortage, Thing
from repository import attachments, items
from repository.models import Item, State, User

FORM = {"title": "Mala da energia", "level": ["2ceb"], "category": "suitcase", "audience": "public", "weight": "9,3 kg"}


@pytest.fixture
def browser(sign_in, staff):
    """A browser in which the desk is signed in."""
    return sign_in(staff)


@pytest.fixture
def kit(make_thing):
    """A thing with two copies and parts."""
    return make_thing("Barras Cuisenaire", copies=2, parts={"Barra": 74, "Saco": 13}, category="maths", weight=4200)


def first_copy(at, thing) -> Copy:
    with at() as work:
        return work.session.query(Copy).filter_by(thing_id=thing.item_id).order_by(Copy.inventory).first()


class TestDoor:
    PAGES = (
        "/loans/things", "/loans/things/new", "/loans/things/import", "/loans/things/labels", "/loans/things/stocktakes",
        "/loans/things/import/template.csv",
    )  # fmt: skip

    @pytest.mark.parametrize("page", PAGES)
    def test_the_desks_pages_are_for_those_who_work_there(self, client, sign_in, ana, browser, desk, page):
        assert client.get(page).status_code in (302, 403)
        assert sign_in(ana).get(page).status_code == 403
        assert browser.get(page).status_code == 200

    def test_a_things_own_pages_are_not_found_by_others(self, sign_in, ana, browser, at, kit):
        copy = first_copy(at, kit)
        for page in (f"/loans/things/{kit.item_id}", f"/loans/things/{kit.item_id}/edit",
                     f"/loans/things/copies/{copy.id}"):  # fmt: skip
            assert sign_in(ana).get(page).status_code in (403, 404), page
            assert browser.get(page).status_code == 200, page

    def test_a_teacher_changes_nothing_by_posting(self, sign_in, ana, at, kit):
        copy, teacher = first_copy(at, kit), sign_in(ana)
        answers = [
            teacher.post("/loans/things/new", data=FORM),
            teacher.post(f"/loans/things/{kit.item_id}/edit", data=FORM),
            teacher.post(f"/loans/things/{kit.item_id}/hide"),
            teacher.post(f"/loans/things/{kit.item_id}/parts", data={"p0-name": "Nada", "p0-expected": "1"}),
            teacher.post(f"/loans/things/copies/{copy.id}/state", data={"act": "write_off"}),
            teacher.post(f"/loans/things/copies/{copy.id}/note", data={"kind": "checked"}),
            teacher.post("/loans/things/labels", data={"copy": copy.id}),
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}
        with at() as work:
            assert work.session.get_one(Item, kit.item_id).title == "Barras Cuisenaire"
        assert first_copy(at, kit).state == CopyState.AVAILABLE


class TestThing:
    def test_a_thing_is_added_with_its_usual_parts_and_copies_and_published(self, browser, at, desk):
        answer = browser.post("/loans/things/new", data=FORM | {"proposed": "1"})
        assert answer.status_code == 303
        thing_id = int(answer.location.split("/")[3])
        answer = browser.post(
            f"/loans/things/{thing_id}/copies/new",
            data={"inventory": "ENE-01", "count": "3", "stock": "1", "desk": desk.id, "owner": "Agência inventada"},
        )
        assert answer.status_code == 303
        page = browser.post(f"/loans/things/{thing_id}/show", follow_redirects=True)
        assert "ENE-03" in page.text
        with at() as work:
            thing = work.session.get_one(Thing, thing_id)
            assert (thing.item.state, thing.weight) == ("published", 9300)
            assert {copy.owner for copy in thing.copies} == {"Agência inventada"}
            assert next(part.name for part in parts.of_thing(work, thing_id)) == "Mala"

    def test_a_refused_form_comes_back_with_what_was_typed(self, browser, desk):
        answer = browser.post("/loans/things/new", data=FORM | {"title": "", "weight": "pesado", "summary": "Objetos."})
        assert answer.status_code == 422
        assert "Não se percebe o número «pesado»" in answer.text
        assert "Objetos." in answer.text

    def test_a_thing_without_a_level_is_not_published_and_the_page_says_what_is_missing(self, browser, desk):
        answer = browser.post("/loans/things/new", data=FORM | {"level": []})
        thing_id = answer.location.split("/")[3]
        answer = browser.post(f"/loans/things/{thing_id}/show")
        assert answer.status_code == 422
        assert "nível de ensino" in answer.text

    def test_parts_are_edited_in_place(self, browser, at, kit):
        with at() as work:
            ids = [part.id for part in parts.of_thing(work, kit.item_id)]
        data = {
            "p0-id": ids[0], "p0-name": "Barra", "p0-expected": "70", "p0-essential": "1",
            "p1-id": ids[1], "p1-name": "Saco", "p1-expected": "13", "p1-out": "1",
            "p2-id": "", "p2-name": "Guião", "p2-expected": "1",
            "p3-id": "", "p3-name": "", "p3-expected": "",
        }  # fmt: skip
        assert browser.post(f"/loans/things/{kit.item_id}/parts", data=data).status_code == 303
        with at() as work:
            kept = [(part.name, part.expected, part.essential) for part in parts.of_thing(work, kit.item_id)]
        assert kept == [("Barra", 70, True), ("Guião", 1, False)]

    def test_a_file_joins_a_published_thing_and_is_seen_on_its_page(self, browser, client, at, kit, run_jobs):
        sent = {"files": (BytesIO(b"Como se usa a caixa."), "guia.txt"), "licence": "CC-BY-SA-4.0"}
        answer = browser.post(f"/loans/things/{kit.item_id}/files", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 303
        assert "guia.txt" in client.get(f"/items/{kit.item_id}").text

    def test_a_file_is_taken_off_and_the_others_stay_however_often_it_is_asked(self, browser, client, at, kit):
        page = f"/loans/things/{kit.item_id}"
        both = [(BytesIO(b"Como se usa a caixa."), "guia.txt"), (BytesIO(b"Outra coisa."), "plano.txt")]
        sent = {"files": both, "licence": "CC-BY-SA-4.0"}
        browser.post(f"{page}/files", data=sent, content_type="multipart/form-data")
        address = re.search(
            rf'action="({page}/files/\d+/remove)"(?:(?!</form>).)*guia.txt', browser.get(page).text, re.S
        )
        for _ in range(2):
            assert browser.post(address[1]).status_code == 303
        shown = client.get(f"/items/{kit.item_id}").text
        assert "guia.txt" not in shown
        assert "plano.txt" in shown
        assert client.post(address[1]).status_code in (302, 401, 403)

    def test_the_list_filters_and_asks_the_database_as_often_for_many_as_for_few(
        self, browser, at, make_thing, staff, count_queries
    ):
        make_thing("Autómato andante", category="robot")
        with count_queries() as few:
            page = browser.get("/loans/things")
        assert "Autómato andante" in page.text
        for number in range(12):
            make_thing(f"Globo {number}", category="maps")
        with count_queries() as many:
            page = browser.get("/loans/things")
        assert len(many) == len(few), (len(few), len(many))
        assert "Autómato" not in browser.get("/loans/things?category=maps").text
        assert "Globo 3" in browser.get("/loans/things?q=globo").text
        assert "Não há nada assim no inventário" in browser.get("/loans/things?how=repair").text


class TestCopy:
    def test_a_copy_is_sent_to_repair_and_its_log_says_why(self, browser, at, kit):
        copy = first_copy(at, kit)
        data = {"act": "repair", "why": "motor partido", "cost": "12,50"}
        page = browser.post(f"/loans/things/copies/{copy.id}/state", data=data, follow_redirects=True)
        assert "motor partido" in page.text
        assert "12,50" in page.text
        assert first_copy(at, kit).state == CopyState.REPAIR

    def test_an_act_that_does_not_lead_on_is_refused(self, browser, at, kit):
        copy = first_copy(at, kit)
        assert browser.post(f"/loans/things/copies/{copy.id}/state", data={"act": "find"}).status_code == 303
        assert browser.post(f"/loans/things/copies/{copy.id}/state", data={"act": "back"}).status_code == 303
        assert browser.post(f"/loans/things/copies/{copy.id}/state", data={"act": "explode"}).status_code == 404

    def test_two_people_who_edit_one_copy_do_not_overwrite_each_other(self, browser, at, kit, desk):
        copy = first_copy(at, kit)
        data = {"inventory": copy.inventory, "stock": "1", "desk": desk.id, "version": copy.version}
        assert browser.post(f"/loans/things/copies/{copy.id}/edit", data=data | {"place": "Sala 1"}).status_code == 303
        answer = browser.post(f"/loans/things/copies/{copy.id}/edit", data=data | {"place": "Sala 2"})
        assert answer.status_code == 409
        assert "Sala 2" in answer.text
        assert first_copy(at, kit).place == "Sala 1"

    def test_a_label_leads_visitors_to_the_thing_and_the_desk_to_the_copy(self, client, browser, at, kit):
        copy = first_copy(at, kit)
        assert client.get(f"/loans/c/{copy.label}").status_code in (302, 303)
        assert f"/items/{kit.item_id}" in client.get(f"/loans/c/{copy.label}").location
        assert browser.get(f"/loans/c/{copy.label}", follow_redirects=True).status_code == 200
        assert client.get("/loans/c/XXXX-XXXX").status_code == 404


class TestItemPage:
    def test_visitors_see_what_is_in_the_box_and_what_to_know_before(self, client, at, kit):
        page = client.get(f"/items/{kit.item_id}").text
        for words in ("O que vem na caixa", "Barra", "74", "Antes de levar", "4,2 kg", "Lista de conferência"):
            assert words in page, words
        assert "Gerir exemplares" not in page

    def test_what_is_missing_is_said_with_the_box_it_is_missing_in(self, client, at, kit):
        copy_id = first_copy(at, kit).id
        with at() as work:
            copy = work.session.get_one(Copy, copy_id)
            part = work.session.query(Component).filter_by(thing_id=kit.item_id, name="Saco").one()
            work.session.add(Shortage(copy_id=copy.id, component_id=part.id, missing=2, since=work.now))
        page = client.get(f"/items/{kit.item_id}").text
        assert f"Na caixa {copy.inventory} faltam 2 × Saco, desde" in page

    def test_the_page_of_what_is_used_on_site_says_so(self, client, at, kit, staff):
        with at(staff) as work:
            for copy in catalogue.get(work, kit.item_id).copies:
                copies.set_state(work, copy, "keep_on_site")
        assert "Usa-se onde está" in client.get(f"/items/{kit.item_id}").text

    def test_the_checklist_of_one_box_is_for_anybody_who_sees_the_thing(self, client, at, kit):
        copy = first_copy(at, kit)
        page = client.get(f"/loans/things/{kit.item_id}/checklist?copy={copy.inventory}")
        assert page.status_code == 200
        assert copy.inventory in page.text
        assert client.get("/loans/things/9999/checklist").status_code == 404

    def test_a_kit_is_found_by_the_words_of_its_kind_and_by_what_is_in_the_box(self, client, kit, run_jobs):
        run_jobs()
        for words in ("cuisenaire", "matemática", "saco"):
            assert f"/items/{kit.item_id}" in client.get(f"/search?kind=physical&q={words}").text, words
        assert f"/items/{kit.item_id}" in client.get("/search?category=maths").text


def test_a_person_without_a_desk_is_told_to_make_one_first(browser: object, at: object) -> None:
    """A thing belongs to a desk's organisation, so the first desk comes first."""
    answer = browser.post("/loans/things/new", data=FORM)  # type: ignore[attr-defined]
    assert answer.status_code == 422
    assert "Crie primeiro um balcão" in answer.text


def test_custodians_are_named_by_their_address(browser, at, kit, desk, ana) -> None:
    copy = first_copy(at, kit)
    data = {"inventory": copy.inventory, "stock": "1", "desk": desk.id, "custodian": ana.email}
    assert browser.post(f"/loans/things/copies/{copy.id}/edit", data=data).status_code == 303
    with at() as work:
        custodian = work.session.get_one(User, work.session.get_one(Copy, copy.id).custodian_id)
        assert custodian.name == "Ana"
    wrong = data | {"custodian": "ninguem@teste.invalid"}
    answer = browser.post(f"/loans/things/copies/{copy.id}/edit", data=wrong)
    assert answer.status_code == 422


def test_a_kit_is_asked_for_before_its_pictures_and_files(client, make_thing, at, services, run_jobs):
    thing = make_thing()
    with at() as work:
        item = items.get(work, thing.item_id)
        item.state = State.DRAFT
        attachments.attach(work, item, services.blobs.receive(BytesIO(b"Um desafio"), limit=None), "guiao.txt")
        item.state = State.PUBLISHED
    run_jobs()
    page = client.get(f"/items/{thing.item_id}").text
    book, month, files = (
        page.index(words) for words in ("Reservar para uma aula", "Quando está livre", 'id="ficheiros"')
    )
    assert book < month < files
