"""Searches in a level look as its view says; administrators order, rename and hide; the first page leads there."""

import re

import pytest
from sqlalchemy import select

from plugins.level_views import views
from plugins.level_views.models import ViewChoice
from plugins.level_views.views import Wanted
from repository.errors import Invalid, NotAllowed
from repository.items import reindex
from repository.models import AuditEntry

FORM = {
    f"place-{code}": str(place) for place, code in enumerate(["pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc"], 1)
}


def legends(page: str) -> list[str]:
    return re.findall(r"<legend>(.*?)</legend>", page)


def test_results_in_a_level_have_its_filters_in_its_order(page, publish):
    publish(("Um", {"level": ["sec"], "discipline": ["BG"]}), ("Dois", {"level": ["1ceb"], "discipline": ["MAT"]}))
    assert legends(page("/search?level=sec"))[:3] == ["Disciplina", "Nível", "Tipo"]
    assert legends(page("/search?level=1ceb"))[:3] == ["Nível", "Disciplina", "Tipo"]


@pytest.mark.parametrize(
    ("code", "drawn"),
    [
        ("1ceb", 'class="cards dim pictures big"'),
        ("2ceb", 'class="cards dim"'),
        ("sec", "results brief"),
        ("adu", '"results dim"'),
    ],
)
def test_results_in_a_level_are_drawn_as_its_cards(page, publish, code, drawn):
    publish(("Um", {"level": [code]}))
    assert drawn in page(f"/search?level={code}")


def test_results_lead_back_to_the_level_they_are_in(page, publish):
    publish(("Um", {"level": ["sec"]}))
    assert 'href="/levels/sec"' in page("/search?level=sec")
    assert "Ir para a página «Secundário»" in page("/search?level=sec&q=um")
    assert "Ir para a página" not in page("/search?level=sec&level=3ceb")
    assert "Ir para a página" not in page("/search?q=um")


def test_kits_come_first_in_the_1st_cycle_and_hide_nothing(page, publish, work_as):
    kit, *_ = publish(("Blocos", {}), ("Ficha nova", {}), ("Ficha novíssima", {}))
    with work_as() as work:
        work.session.get_one(type(kit), kit.id).kind = "physical"
    publish(("Outra ficha", {}))
    with work_as() as work:
        reindex(work, work.session.get_one(type(kit), kit.id))
    publish()
    order = re.findall(r'card-h"><a [^>]*>(.*?)</a>', page("/search?level=1ceb"))
    assert order == ["Blocos", "Outra ficha", "Ficha novíssima", "Ficha nova"]
    by_date = re.findall(r'card-h"><a [^>]*>(.*?)</a>', page("/search?level=1ceb&sort=date"))
    assert by_date == ["Outra ficha", "Ficha novíssima", "Ficha nova", "Blocos"]


def test_the_first_page_leads_to_the_levels_in_the_centres_order(page, publish, work_as, admin):
    publish(("Um", {"level": ["sec"]}))
    doors = re.findall(r'class="door" data-level="(\w+)" href="(/levels/\w+)"', page("/"))
    assert [code for code, _ in doors] == ["pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc"]
    with work_as(admin) as work:
        views.arrange(work, [Wanted("sec", 1, "Ensino secundário e profissional"), Wanted("inc", 2, hidden=True)])
    first = page("/")
    assert re.findall(r'class="door" data-level="(\w+)"', first)[0] == "sec"
    assert "Ensino secundário e profissional" in first
    assert "/levels/inc" not in first


def test_an_administrator_orders_renames_and_hides(sign_in, admin, client, work_as):
    browser = sign_in(admin)
    assert "Esconder um nível não esconde os seus materiais" in browser.get("/admin/levels").text
    said = FORM | {"place-adu": "0", "name-adu": " Adultos  e RVCC ", "hidden-pre": "1"}
    for _ in range(2):
        answer = browser.post("/admin/levels", data=said)
        assert answer.status_code == 303, answer.text
    with work_as() as work:
        assert [one.view.code for one in views.all_views(work)] == ["adu", "pre", "1ceb", "2ceb", "3ceb", "sec", "inc"]
        assert views.get(work, "adu").own_name == "Adultos e RVCC"
        entries = work.session.scalars(select(AuditEntry).filter_by(action="level_views.arranged")).all()
        assert len(entries) == work.session.query(ViewChoice).count() == 7, "sent twice, it is done once"
    assert client.get("/levels/pre").status_code == 404
    assert "Adultos e RVCC" in client.get("/levels").text
    assert "mudou a ordem, o nome ou a visibilidade de um nível" in browser.get("/admin/audit").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, admin):
    browser = sign_in(admin)
    refused = browser.post("/admin/levels", data=FORM | {"name-sec": "x" * 61, "name-adu": "Gente crescida"})
    assert refused.status_code == 422
    assert "O nome tem no máximo 60 letras." in refused.text
    assert "Gente crescida" in refused.text
    everything = browser.post("/admin/levels", data=FORM | {f"hidden-{name[6:]}": "1" for name in FORM})
    assert everything.status_code == 422
    assert "Deixe pelo menos um nível à vista." in everything.text


@pytest.mark.parametrize("who", ["nobody", "ana", "staff"])
def test_only_administrators_order_the_levels(request, client, sign_in, who, work_as, admin):
    person = None if who == "nobody" else request.getfixturevalue(who)
    browser = sign_in(person) if person else client
    for answer in (browser.get("/admin/levels"), browser.post("/admin/levels", data=FORM)):
        assert answer.status_code in (302, 403)
    if person:
        with pytest.raises(NotAllowed), work_as(person) as work:
            views.arrange(work, [Wanted("sec", 1)])


def test_hiding_all_or_too_long_a_name_is_refused_by_the_rule_too(work_as, admin):
    with pytest.raises(Invalid), work_as(admin) as work:
        views.arrange(work, [Wanted("sec", 1, "x" * 61)])


def test_a_name_that_the_centre_gave_is_escaped(page, work_as, admin, publish):
    publish(("Um", {"level": ["sec"]}))
    with work_as(admin) as work:
        views.arrange(work, [Wanted("sec", 1, "<script>alert(1)</script>")])
    for url in ("/", "/levels", "/levels/sec", "/search?level=sec"):
        assert "<script>alert" not in page(url)


@pytest.mark.parametrize(("code", "place"), [("sec", 1), ("sec", 3), ("pre", 7), ("2ceb", 6), ("adu", 6)])
def test_a_view_gets_the_very_place_that_was_typed(sign_in, admin, work_as, code, place):
    sign_in(admin).post("/admin/levels", data=FORM | {f"place-{code}": str(place)})
    with work_as(admin) as work:
        assert [shown.view.code for shown in views.all_views(work)].index(code) + 1 == place


def test_a_place_that_is_no_number_is_refused_beside_its_field(sign_in, admin):
    answer = sign_in(admin).post("/admin/levels", data=FORM | {"place-sec": "abc"})
    assert answer.status_code == 422
    assert answer.text.count("Escreva o lugar em algarismos: 1 é o primeiro.") == 2  # above the form, and at the field
    assert 'value="abc"' in answer.text
