"""The territory switch, the shelf of a group at a school, adaptations side by side."""

import re

import pytest

from plugins.level_views import adopting, places
from plugins.level_views.models import Adoption
from plugins.materials.adaptations import adapt
from repository import accounts, items, organisations
from repository.errors import Invalid, NotAllowed, NotFound
from repository.forgetting import forget
from repository.models import Organisation, User
from repository.own_data import own_data

CHIP = r'<a class="chip[^"]*" href="([^"]*)">((?:Escola|Agrupamento|Concelho|Todo)[^<]*)'


@pytest.fixture
def plugins() -> list[str]:
    return ["materials", "level_views"]


@pytest.fixture
def territory(centre, work_as):
    """Two councils; in the one a cluster with two schools, in the other a cluster alone."""
    with work_as() as work:
        council = Organisation(kind="council", name="Vale Fundo")
        other = Organisation(kind="council", name="Monte Alto")
        work.session.add_all([council, other])
        work.session.flush()
        cluster = Organisation(kind="cluster", name="AE do Vale", parent_id=centre.id, council_id=council.id)
        far = Organisation(kind="cluster", name="AE do Monte", parent_id=centre.id, council_id=other.id)
        work.session.add_all([cluster, far])
        work.session.flush()
        school = Organisation(kind="school", name="EB da Ponte", parent_id=cluster.id)
        near = Organisation(kind="school", name="EB da Fonte", parent_id=cluster.id)
        work.session.add_all([school, near])
    return {"council": council, "cluster": cluster, "far": far, "school": school, "near": near}


@pytest.fixture
def people(make_person, territory, work_as):
    """Teachers of group 110, one at each place."""
    made = {name: make_person(name.title(), organisation=territory[name]) for name in ("school", "near", "far")}
    with work_as() as work:
        for person in made.values():
            work.session.get_one(User, person.id).group_code = "110"
    return made


@pytest.fixture
def made(people, make_item, run_jobs):
    """One material of each teacher."""
    found = {name: make_item(person, f"Folha de {name}", group=["110"]) for name, person in people.items()}
    run_jobs()
    return found


def titles(page: str) -> set[str]:
    return set(re.findall(r"Folha de \w+", page))


def test_each_step_of_the_territory_shows_its_own(page, made, territory):
    for name, found in {
        "school": {"school"},
        "cluster": {"school", "near"},
        "council": {"school", "near"},
        "far": {"far"},
    }.items():
        shown = page(f"/levels/1ceb?place={territory[name].id}")
        assert titles(shown) == {f"Folha de {one}" for one in found}, name
    assert titles(page("/levels/1ceb")) == titles(page("/levels/1ceb?place=nonsense")) == {
        "Folha de school", "Folha de near", "Folha de far",
    }  # fmt: skip


def test_a_person_switches_from_the_school_to_the_centre_on_a_level_and_in_a_search(sign_in, people, made, territory):
    browser = sign_in(people["school"])
    for url, last in (
        ("/levels/1ceb", "/levels/1ceb"),
        ("/search?q=folha&level=1ceb", "/search?q=folha&amp;level=1ceb"),
    ):
        chips = re.findall(CHIP, browser.get(url).text)
        assert [words for _, words in chips] == [
            "Escola: EB da Ponte", "Agrupamento: AE do Vale", "Concelho: Vale Fundo", "Todo o centro",
        ]  # fmt: skip
        found = [len(titles(browser.get(address.replace("&amp;", "&")).text)) for address, _ in chips]
        assert found == [1, 2, 2, 3]
        assert chips[-1][0] == last


def test_a_place_without_anything_says_so_and_leads_to_the_whole_centre(page, made, territory):
    shown = page(f"/levels/sec?place={territory['far'].id}")
    assert "Neste território ainda não: veja em todo o centro." in shown


def test_the_council_can_be_filtered_by_and_follows_the_school_when_it_moves(
    page, made, territory, work_as, admin, run_jobs
):
    council = territory["council"].id
    assert "Vale Fundo" in page("/search")
    assert titles(page(f"/search?council={council}")) == {"Folha de school", "Folha de near"}
    with work_as(admin) as work:
        far = work.session.get_one(Organisation, territory["far"].id)
        organisations.change(work, far, council, name=far.name)
    run_jobs()
    assert len(titles(page(f"/search?council={council}"))) == 3


def test_a_group_adopts_and_its_shelf_and_marks_say_so(sign_in, client, people, made, territory, work_as):
    school, item = territory["school"], made["far"]
    browser = sign_in(people["school"])
    assert "Adotar no grupo 110" in browser.get(f"/items/{item.id}").text
    for _ in range(2):
        assert browser.post(f"/levels/adopt/{item.id}", data={"place": school.id}).status_code == 303
    shelf = client.get(f"/levels/shelf/{school.id}/110").text
    assert shelf.index("Folha de far") < shelf.index("Feito aqui, para este grupo") < shelf.index("Folha de school")
    assert "Adotado pelo seu grupo" in browser.get("/search").text
    assert "Adotado pelo seu grupo" not in client.get("/search").text
    assert "Adotado pelo seu grupo" not in sign_in(people["far"]).get("/search").text
    assert "Grupo 110 · EB da Ponte" in client.get(f"/items/{item.id}").text
    with work_as() as work:
        assert work.session.query(Adoption).count() == 1


def test_an_adoption_is_taken_back_by_undo_and_twice_is_once(sign_in, people, made, territory, work_as):
    browser = sign_in(people["school"])
    place = {"place": territory["school"].id}
    browser.post(f"/levels/adopt/{made['far'].id}", data=place)
    undo = re.search(r'action="(/levels/let-go/[^"]+place=[^"]+)"', browser.get(f"/items/{made['far'].id}").text)
    assert undo
    for _ in range(2):
        assert browser.post(undo[1].replace("&amp;", "&")).status_code == 303
    with work_as() as work:
        assert work.session.query(Adoption).count() == 0


def test_only_the_group_at_its_own_place_changes_its_shelf(sign_in, client, people, made, territory, ana, work_as):
    item, school = made["school"], territory["school"].id
    for person in (people["far"], ana):
        assert sign_in(person).post(f"/levels/adopt/{item.id}", data={"place": school}).status_code == 403
    assert client.post(f"/levels/adopt/{item.id}", data={"place": school}).status_code in (302, 401)
    assert sign_in(people["school"]).post(f"/levels/adopt/{item.id}", data={"place": "x"}).status_code == 403
    with pytest.raises(NotFound), work_as(people["school"]) as work:
        adopting.adopt(work, 99_999, school)


def test_what_is_not_published_is_not_adopted_and_what_is_withdrawn_leaves_the_shelf(
    people, made, territory, work_as, make_item, client
):
    school = territory["school"].id
    draft = make_item(people["school"], "Por acabar", publish=False)
    with pytest.raises(Invalid), work_as(people["school"]) as work:
        adopting.adopt(work, draft.id, school)
    with work_as(people["school"]) as work:
        adopting.adopt(work, made["far"].id, school)
    with work_as(people["far"]) as work:
        items.withdraw(work, items.get(work, made["far"].id))
    assert "Folha de far" not in client.get(f"/levels/shelf/{school}/110").text


@pytest.mark.parametrize("address", ["/levels/shelf/99999/110", "/levels/shelf/1/999", "/levels/beside/99999"])
def test_shelves_and_families_that_do_not_exist_are_not_found(client, admin, address):
    assert client.get(address).status_code == 404


def test_what_a_person_adopted_is_theirs_to_take_and_stays_with_the_group(people, made, territory, work_as):
    who = people["school"]
    with work_as(who) as work:
        adopting.adopt(work, made["far"].id, territory["school"].id)
    with work_as(who) as work:
        told = own_data(work, accounts.get_user(work, who.id))["plugins"]["level_views"]
        assert told == {"adopted": [made["far"].id]}
    with work_as(who) as work:
        forget(work, accounts.get_user(work, who.id), keep_name_on_materials=True)
    with work_as() as work:
        assert [row.user_id for row in work.session.query(Adoption)] == [None]


def test_an_original_and_its_adaptations_stand_side_by_side(client, people, made, work_as):
    source = made["school"]
    assert client.get(f"/levels/beside/{source.id}").status_code == 404
    with work_as(people["far"]) as work:
        draft = adapt(work, items.get(work, source.id))
        items.describe(work, draft, {"title": "Folha adaptada", "licence": "CC-BY-4.0"})
        items.submit(work, draft)
    page = client.get(f"/items/{draft.id}").text
    assert f'href="/levels/beside/{draft.id}"' in page
    beside = client.get(f"/levels/beside/{draft.id}").text
    assert beside.index("Folha de school") < beside.index("Folha adaptada")
    assert "O original e uma adaptação." in beside
    assert "Far" in beside


def test_the_council_of_an_item_is_that_of_its_school_or_of_what_is_above(work_as, made, territory):
    with work_as() as work:
        assert places.council_of(work, work.session.merge(made["near"])) == str(territory["council"].id)


def test_marks_of_adoption_cost_one_query_whatever_is_shown(sign_in, people, made, territory, work_as, count_queries):
    browser = sign_in(people["school"])
    browser.get("/search")
    with count_queries() as without:
        browser.get("/search")
    with work_as(people["school"]) as work:
        for item in made.values():
            adopting.adopt(work, item.id, territory["school"].id)
    with count_queries() as marked:
        browser.get("/search")
    assert len(marked) == len(without)


def test_nobody_adopts_without_a_group(work_as, ana, made, territory):
    with pytest.raises(NotAllowed), work_as(ana) as work:
        adopting.adopt(work, made["far"].id, territory["school"].id)
