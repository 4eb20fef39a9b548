"""My view: a person's own level opens, theirs comes gently first and says so, nothing is hidden, one click undoes it."""

import re

import pytest

from plugins.level_views import mine
from plugins.level_views.models import PersonChoice
from repository import accounts
from repository.errors import Invalid, NotAllowed
from repository.forgetting import forget
from repository.models import User
from repository.own_data import own_data
from repository.work import ANONYMOUS, open_work


@pytest.fixture
def teacher(rui, work_as):
    """Rui, who teaches Biology and Geology (group 520: 3rd cycle and secondary)."""
    with work_as() as work:
        work.session.get_one(User, rui.id).group_code = "520"
    return rui


def titles(page: str) -> list[str]:
    return [re.sub("<.*?>", "", words) for words in re.findall(r'<h2><a href="/items/\d+"[^>]*>(.*?)</a>', page)]


def test_the_level_of_ones_group_opens_and_all_levels_are_one_click_away(sign_in, teacher, client, admin):
    browser = sign_in(teacher)
    opened = browser.get("/levels")
    assert (opened.status_code, opened.location) == (302, "/levels/3ceb")
    page = browser.get("/levels/3ceb").text
    assert "O seu nível" in page
    assert 'href="/levels?all=1"' in page
    assert "Pré-escolar" in browser.get("/levels?all=1").text
    assert client.get("/levels").status_code == 200


def test_special_education_opens_at_inclusion_and_nobodys_group_at_all_levels(sign_in, rui, ana, work_as):
    with work_as() as work:
        work.session.get_one(User, rui.id).group_code = "910"
    assert sign_in(rui).get("/levels").location == "/levels/inc"
    assert sign_in(ana).get("/levels").status_code == 200


def test_a_hidden_level_does_not_open(sign_in, teacher, admin):
    sign_in(admin).post("/admin/levels", data={"hidden-3ceb": "1"})
    assert sign_in(teacher).get("/levels").location == "/levels/sec"


def test_ones_own_level_comes_first_and_nothing_is_hidden(sign_in, teacher, client, publish):
    publish(
        ("Células", {"level": ["3ceb"], "group": ["520"]}),
        ("Sementes", {"level": ["1ceb"]}),
        ("Flores", {"level": ["pre"]}),
    )
    page = sign_in(teacher).get("/search").text
    assert titles(page) == ["Células", "Flores", "Sementes"]
    assert "Primeiro: 3.º ciclo, Secundário, grupo 520. Nada fica escondido." in page
    assert titles(client.get("/search").text) == ["Flores", "Sementes", "Células"]
    assert "Nada fica escondido" not in client.get("/search").text


def test_one_click_shows_everything_alike_and_one_click_leads_back(sign_in, teacher, publish):
    publish(("Células", {"level": ["3ceb"]}), ("Sementes", {"level": ["1ceb"]}))
    browser = sign_in(teacher)
    away = re.search(r'<a href="([^"]+)">Ver tudo por igual</a>', browser.get("/search?type=worksheet&page=1").text)
    assert away
    alike = browser.get(away[1].replace("&amp;", "&")).text
    assert titles(alike) == ["Sementes", "Células"]
    assert '<input type="hidden" name="view" value="all">' in alike, "and it stays so while filters change"
    back = re.search(r'<a href="([^"]+)">Primeiro o que é dos meus níveis</a>', alike)
    assert back
    assert titles(browser.get(back[1].replace("&amp;", "&")).text) == ["Células", "Sementes"]


def test_among_equal_answers_to_words_ones_own_level_comes_first(sign_in, teacher, client, publish):
    publish(
        ("Ficha um", {"level": ["sec"], "text": "fotossíntese"}),
        ("Ficha dois", {"level": ["pre"], "text": "fotossíntese"}),
    )
    asked = "/search?q=fotossíntese"
    assert titles(sign_in(teacher).get(asked).text) == ["Ficha um", "Ficha dois"]
    assert titles(client.get(asked).text) == ["Ficha dois", "Ficha um"]


@pytest.mark.parametrize("asked", ["/search?level=pre", "/search?sort=date", "/search?sort=title"])
def test_who_chooses_a_level_or_an_order_gets_just_that(sign_in, teacher, publish, asked):
    publish(("Células", {"level": ["3ceb", "pre"]}), ("Sementes", {"level": ["pre"]}))
    assert "Nada fica escondido" not in sign_in(teacher).get(asked).text


def test_the_first_page_puts_ones_own_door_first(sign_in, teacher, publish):
    publish(("Células", {"level": ["3ceb"]}))
    page = sign_in(teacher).get("/").text
    assert re.findall(r'class="door" data-level="(\w+)"', page)[:3] == ["3ceb", "sec", "pre"]
    assert page.count("O seu nível") == 2


def test_of_what_came_last_the_first_page_shows_first_what_is_for_ones_own_level(sign_in, teacher, client, publish):
    publish(("Células", {"level": ["3ceb"]}), *((f"Flor {n}", {"level": ["pre"]}) for n in range(3)))
    hers, anybodys = sign_in(teacher).get("/").text, client.get("/").text
    cards = r'<h3 class="card-h"><a [^>]*>([^<]*)'
    assert re.findall(cards, hers) == ["Células", "Flor 2", "Flor 1"]
    assert "Primeiro: 3.º ciclo" in hers
    assert re.findall(cards, anybodys) == ["Flor 2", "Flor 1", "Flor 0"]
    assert "Primeiro:" not in anybodys


def test_a_person_chooses_their_levels_and_twice_is_once(sign_in, teacher, work_as):
    browser = sign_in(teacher)
    assert "do seu grupo de recrutamento, o 520" in browser.get("/levels/mine").text
    for _ in range(2):
        assert browser.post("/levels/mine", data={"levels": ["adu", "pre"]}).status_code == 303
    with work_as(teacher) as work:
        assert mine.of(work) == mine.Mine(("pre", "adu"), "520", first=False, chosen=True)
        assert work.session.query(PersonChoice).count() == 1
    assert browser.get("/levels").location == "/levels/pre"
    assert "Nada fica escondido" not in browser.get("/search").text
    assert "Os meus níveis" in browser.get("/me").text


def test_levels_that_do_not_exist_are_refused(sign_in, teacher, work_as):
    refused = sign_in(teacher).post("/levels/mine", data={"levels": ["nenhum"]})
    assert 'id="f-levels" aria-invalid="true" aria-describedby="f-levels-e"' in refused.text
    assert refused.status_code == 422
    assert "Escolha níveis da lista." in refused.text
    with pytest.raises(Invalid), work_as(teacher) as work:
        mine.choose(work, ["nenhum"], True)


def test_a_visitor_has_no_levels_of_their_own(client, services, admin):
    assert client.get("/levels/mine").status_code == 302
    assert client.post("/levels/mine", data={"levels": ["pre"]}).status_code in (302, 401)
    with pytest.raises(NotAllowed), open_work(services, ANONYMOUS) as work:
        mine.choose(work, ["pre"], True)


def test_what_a_person_chose_is_theirs_to_take_and_goes_with_the_account(sign_in, teacher, work_as):
    sign_in(teacher).post("/levels/mine", data={"levels": ["pre"], "first": "1"})
    with work_as(teacher) as work:
        told = own_data(work, accounts.get_user(work, teacher.id))["plugins"]
        assert told == {"level_views": {"levels": ["pre"], "mine_first": True}}
    with work_as(teacher) as work:
        forget(work, accounts.get_user(work, teacher.id), keep_name_on_materials=True)
    with work_as() as work:
        assert work.session.query(PersonChoice).count() == 0


def test_what_comes_first_costs_no_query_of_its_own(sign_in, teacher, publish, count_queries):
    publish(("Células", {"level": ["3ceb"]}))
    browser = sign_in(teacher)
    browser.get("/search?view=all")
    with count_queries() as plain:
        browser.get("/search?view=all")
    with count_queries() as ranked:
        browser.get("/search")
    assert len(ranked) == len(plain)
