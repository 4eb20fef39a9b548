"""Seen together: the kits that a lesson uses, the lessons that use a kit, the kits that a training action used."""

import pytest
from loans_samples import MONDAY, lesson
from sqlalchemy import func, select

from plugins.materials.models import MaterialDetail
from plugins.physical_loans import bookings, needs
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Need
from repository.errors import NotAllowed, NotFound
from repository.models import State
from repository.registry import collect


@pytest.fixture
def plugins():
    """The lending desk beside the digital materials, neither of which knows the other."""
    return ["materials", "physical_loans"]


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    """Pages see the Monday that the samples are made for."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: MONDAY)


def said(work):
    return work.session.scalar(select(func.count()).select_from(Need))


def test_the_author_says_which_kit_a_lesson_uses_and_both_pages_show_it(ana, client, sign_in, make_item, thing):
    plan = make_item(ana, "Plano com robôs")
    browser = sign_in(ana)
    for _ in range(2):
        answer = browser.post(f"/loans/needs/{plan.id}", data={"thing": thing.item_id, "quantity": "6"})
        assert answer.status_code == 303
    page = client.get(f"/items/{plan.id}", query_string={"day": "2027-03-09"}).get_data(as_text=True)
    assert "O kit que usa" in page
    assert "Livre: Terça-feira, 9 de março" in page
    assert f"/items/{thing.item_id}?quantity=6&amp;day=2027-03-09" in page
    assert "Plano com robôs" in client.get(f"/items/{thing.item_id}").get_data(as_text=True)


def test_a_taken_kit_is_said_to_be_taken_on_the_lessons_page_and_in_the_results(
    at, ana, rui, client, sign_in, make_item, thing, desk, run_jobs
):
    plan = make_item(ana, "Plano com robôs")
    with at(ana) as work:
        needs.say(work, work.session.merge(plan), work.session.merge(thing))
    with at(rui) as work:
        bookings.book(work, [Wish(thing.item_id, desk.id, lessons=(lesson(9),))], rui)
    run_jobs()
    page = client.get(f"/items/{plan.id}", query_string={"day": "2027-03-09"}).get_data(as_text=True)
    assert "Ocupado: Terça-feira, 9 de março" in page
    results = client.get("/search", query_string={"free": "2027-03-09"}).get_data(as_text=True)
    assert "O kit que usa está ocupado" in results
    assert "O kit que usa está livre" in client.get("/search", query_string={"free": "2027-03-16"}).get_data(
        as_text=True
    )


def test_the_kit_is_taken_back_and_that_can_be_undone(at, ana, sign_in, make_item, thing):
    plan = make_item(ana, "Plano")
    browser = sign_in(ana)
    browser.post(f"/loans/needs/{plan.id}", data={"thing": thing.item_id})
    for _ in range(2):
        assert browser.post(f"/loans/needs/{plan.id}/remove", data={"thing": thing.item_id}).status_code == 303
    with at() as work:
        assert said(work) == 0
    page = browser.get(f"/items/{plan.id}").get_data(as_text=True)
    assert f"/loans/needs/{plan.id}/{thing.item_id}/again" in page
    browser.post(f"/loans/needs/{plan.id}/{thing.item_id}/again")
    with at() as work:
        assert said(work) == 1


def test_only_the_authors_and_the_centre_say_what_a_lesson_uses(at, ana, rui, staff, client, sign_in, make_item, thing):
    plan = make_item(ana, "Plano")
    data = {"thing": thing.item_id}
    assert sign_in(rui).post(f"/loans/needs/{plan.id}", data=data).status_code == 403
    assert sign_in(rui).get(f"/loans/needs/{plan.id}").status_code == 403
    assert client.post(f"/loans/needs/{plan.id}", data=data).status_code == 302
    assert sign_in(rui).post(f"/loans/needs/{plan.id}/remove", data=data).status_code == 403
    with pytest.raises(NotAllowed), at(rui) as work:
        needs.say(work, work.session.merge(plan), work.session.merge(thing))
    with at() as work:
        assert said(work) == 0
    assert sign_in(ana).post(f"/loans/needs/{plan.id}", data={"thing": 9999}).status_code == 404


def test_a_kit_is_proposed_from_what_the_material_says_it_needs(at, ana, rui, sign_in, make_item, make_thing):
    make_thing("Robôs de chão para programar")
    make_thing("Barras Cuisenaire")
    plan = make_item(ana, "Plano")
    with at() as work:
        work.session.merge(MaterialDetail(item_id=plan.id, needs=["robôs de chão", "papel"]))
    with at(ana) as work:
        assert list(collect(work.hook.item_needs, work=work, item=work.session.merge(plan))) == [
            "robôs de chão",
            "papel",
        ]
    page = sign_in(ana).get(f"/items/{plan.id}").get_data(as_text=True)
    assert "Pelo que escreveu" in page
    assert "Robôs de chão para programar" in page
    assert "Barras Cuisenaire" not in page
    assert "Pelo que escreveu" not in sign_in(rui).get(f"/items/{plan.id}").get_data(as_text=True)


def test_kits_are_found_by_their_name(ana, sign_in, make_item, make_thing):
    make_thing("Robôs de chão")
    plan = make_item(ana, "Plano")
    browser = sign_in(ana)
    assert "Robôs de chão" in browser.get(f"/loans/needs/{plan.id}?q=robos").get_data(as_text=True)
    assert "Nenhum kit com esse nome" in browser.get(f"/loans/needs/{plan.id}?q=xadrez").get_data(as_text=True)


def test_a_collection_shows_the_kits_that_its_materials_use(at, app, ana, make_item, thing):
    plans = [make_item(ana, f"Plano {number}") for number in range(2)]
    with at(ana) as work:
        for plan in plans:
            needs.say(work, work.session.merge(plan), work.session.merge(thing))
    with app.test_request_context(), at() as work:
        ids = [plan.id for plan in plans]
        (panel,) = collect(work.hook.collection_panels, work=work, key="action:1", item_ids=ids)
        ((view, times),) = panel.context["lines"]
        assert (view.title, times) == ("Robôs de chão", 2)
        assert collect(work.hook.collection_panels, work=work, key="action:1", item_ids=[]) == []


def test_a_thing_that_cannot_be_seen_is_not_linked(at, ana, make_item, make_thing):
    plan, hidden = make_item(ana, "Plano"), make_thing("Escondido")
    with at() as work:
        work.session.merge(hidden).item.state = State.WITHDRAWN
    with pytest.raises(NotFound), at(ana) as work:
        needs.say(work, work.session.merge(plan), work.session.merge(hidden))
