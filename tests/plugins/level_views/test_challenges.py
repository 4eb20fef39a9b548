"""Challenges: posed without a name, answered by materials and kits, wanted first, shown in their level."""

import re

import pytest

from plugins.level_views import challenges
from plugins.level_views.models import Challenge, ChallengeAnswer, SameProblem
from repository import accounts
from repository.errors import Invalid, NotAllowed
from repository.forgetting import forget
from repository.own_data import own_data
from repository.work import ANONYMOUS, open_work

FRACTIONS = {"title": "Frações como parte de um todo", "text": "Contam as partes.", "levels": ["1ceb", "2ceb"]}


@pytest.fixture
def posed(work_as, rui, admin):
    """A challenge that Rui put on the board."""
    with work_as(rui) as work:
        return challenges.pose(work, **FRACTIONS)


def test_a_difficulty_is_put_on_the_board_without_a_name_and_twice_is_once(sign_in, client, rui, work_as):
    browser = sign_in(rui)
    assert "Sem nomes de alunos" in browser.get("/levels/challenges/new").text
    first, again = (browser.post("/levels/challenges/new", data=FRACTIONS) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    page = client.get(first.location).text
    assert FRACTIONS["title"] in page
    assert "Procura-se resposta" in page
    assert "Rui" not in page
    with work_as() as work:
        assert work.session.query(Challenge).count() == 1


def test_the_same_sentence_with_something_else_tried_is_another_difficulty(sign_in, rui, work_as):
    browser = sign_in(rui)
    for text in ("Com dobragens.", "Com barras."):
        assert browser.post("/levels/challenges/new", data=FRACTIONS | {"text": text}).status_code == 303
    with work_as() as work:
        assert {row.text for row in work.session.query(Challenge)} == {"Com dobragens.", "Com barras."}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": "  "}, "Diga a dificuldade numa frase."),
        ({"title": "x" * 161}, "Use no máximo 160 letras."),
        ({"text": "x" * 2001}, "Use no máximo 2000 letras."),
        ({"levels": []}, "Escolha pelo menos um nível."),
        ({"levels": ["nenhum"]}, "Escolha pelo menos um nível."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, rui, change, words):
    refused = sign_in(rui).post("/levels/challenges/new", data=FRACTIONS | change)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Contam as partes." in refused.text or "text" in change


def test_what_is_proposed_says_its_level_and_type_and_that_of_the_challenges_levels_comes_first(
    sign_in, ana, posed, publish
):
    made = [("pre", "worksheet"), ("sec", "experiment"), ("2ceb", "lesson_plan")]
    publish(*((f"Frações {level}", {"level": [level], "type": type_}) for level, type_ in made))
    page = sign_in(ana).get(f"/levels/challenges/{posed.id}?look=frações").text
    choices = re.findall(r'<label class="check">.*?</label>', page)
    assert len(choices) == 3
    assert re.sub(r"<[^>]+>|\s+", " ", choices[0]).split()[:5] == ["Frações", "2ceb", "2.º", "ciclo", "Planificação"]


def test_a_material_answers_and_its_page_says_so(sign_in, client, ana, posed, make_item):
    item = make_item(ana, "Dobrar papel")
    browser = sign_in(ana)
    for said in (f"http://localhost/items/{item.id}?x=1", str(item.id)):
        answer = browser.post(
            f"/levels/challenges/{posed.id}/answer", data={"item": said, "note": "Com tiras de papel."}
        )
        assert answer.status_code == 303
    page = client.get(f"/levels/challenges/{posed.id}").text
    assert "Uma resposta" in page
    assert page.count("Com tiras de papel.") == 1
    panel = re.search(
        r'<section class="([^"]+)" aria-labelledby="level-views-challenges">.*?</section>',
        client.get(f"/items/{item.id}").text,
        re.S,
    )
    assert FRACTIONS["title"] in panel[0]
    assert "noprint" in panel[1].split()  # what leads elsewhere is of no use on paper


@pytest.mark.parametrize("said", ["", "nada", "99999", "/items/99999", "-1", "1e9"])
def test_what_is_no_published_item_is_no_answer(sign_in, ana, posed, make_item, said):
    draft, known = make_item(ana, "Por acabar", publish=False), make_item(ana, "Dobrar papel")
    for one in (said, str(draft.id)):
        refused = sign_in(ana).post(
            f"/levels/challenges/{posed.id}/answer",
            data={"item": one, "note": "Fica escrito.", "look": f"/items/{known.id}"},
        )
        assert refused.status_code == 422
        assert "Procure e escolha um material" in refused.text
        assert "Fica escrito." in refused.text


def test_an_answer_is_looked_for_by_words_or_address_and_chosen_from_a_list(sign_in, client, ana, posed, publish):
    item, hidden = publish(("Dobrar papel", {}), ("Papel dos colegas", {"audience": "members"}))
    url = f"/levels/challenges/{posed.id}"
    browser = sign_in(ana)
    for words in ("papel", f"http://localhost/items/{item.id}"):
        shown = browser.get(url, query_string={"look": words}).text
        assert f'name="item" value="{item.id}"' in shown
        assert (f'value="{hidden.id}"' in shown) is (words == "papel")
    assert "Nada com «helicóptero»" in browser.get(url, query_string={"look": "helicóptero"}).text
    assert "Nada com «/items/99999»" in browser.get(url, query_string={"look": "/items/99999"}).text
    assert 'name="look"' not in client.get(url).text


def test_an_answer_that_a_visitor_may_not_see_is_neither_shown_nor_counted(sign_in, client, ana, rui, posed, make_item):
    item = make_item(ana, "Só para colegas", audience="members")
    sign_in(ana).post(f"/levels/challenges/{posed.id}/answer", data={"item": str(item.id)})
    assert "Só para colegas" not in client.get(f"/levels/challenges/{posed.id}").text
    assert "Procura-se resposta" in client.get("/levels/challenges").text
    assert "Só para colegas" in sign_in(rui).get(f"/levels/challenges/{posed.id}").text


def test_i_have_this_problem_counts_each_person_once_and_can_be_taken_back(sign_in, client, ana, rui, posed):
    url = f"/levels/challenges/{posed.id}"
    for _ in range(2):
        sign_in(ana).post(f"{url}/same", data={"same": "1"})
    sign_in(rui).post(f"{url}/same", data={"same": "1"})
    assert "2 docentes têm este problema" in client.get(url).text
    for _ in range(2):
        sign_in(ana).post(f"{url}/same", data={"same": "0"})
    assert "1 docente tem este problema" in client.get(url).text


def test_the_board_begins_with_what_nobody_answered_and_most_people_have(work_as, ana, rui, posed, make_item, client):
    item = make_item(ana, "Dobrar papel")
    with work_as(ana) as work:
        challenges.answer(work, posed.id, str(item.id), "")
        few = challenges.pose(work, "Ler enunciados", "", ["sec"])
        many = challenges.pose(work, "Chegar sem falar português", "", ["1ceb"])
        work.session.flush()
        challenges.set_same(work, many.id, True)
    found = re.findall(r'<h2 class="third"><a [^>]*>(.*?)</a>', client.get("/levels/challenges").text)
    assert found == [many.title, few.title, posed.title]
    of_level = re.findall(r'<h2 class="third"><a [^>]*>(.*?)</a>', client.get("/levels/challenges?level=1ceb").text)
    assert of_level == [many.title, posed.title]


def test_a_level_shows_its_challenges(page, posed, publish):
    publish(("Um", {"level": ["1ceb"]}), ("Dois", {"level": ["sec"]}))
    assert FRACTIONS["title"] in page("/levels/1ceb")
    assert FRACTIONS["title"] not in page("/levels/sec")
    assert "Tem uma dificuldade sem resposta?" in page("/levels/sec")


def test_who_posed_it_or_staff_takes_it_off_the_board_and_back(sign_in, client, ana, rui, staff, posed):
    url = f"/levels/challenges/{posed.id}"
    assert sign_in(ana).post(f"{url}/hide").status_code == 403
    for person in (rui, staff):
        browser = sign_in(person)
        assert browser.post(f"{url}/hide").status_code == 303
        assert client.get(url).status_code == 404
        assert "Saiu do quadro." in browser.get("/levels/challenges").text
        assert browser.post(f"{url}/show").status_code == 303
        assert client.get(url).status_code == 200


def test_who_gave_an_answer_or_staff_takes_it_back(sign_in, ana, rui, staff, posed, make_item, work_as):
    item = make_item(ana, "Dobrar papel")
    with work_as(ana) as work:
        given = challenges.answer(work, posed.id, str(item.id), "")
    url = f"/levels/challenges/{posed.id}/answers/{given.id}/take-back"
    assert sign_in(rui).post(url).status_code == 403
    for person in (staff, ana):
        assert sign_in(person).post(url).status_code == 303
    with work_as() as work:
        assert work.session.query(ChallengeAnswer).count() == 0


def test_a_visitor_reads_and_writes_nothing(client, posed, services):
    url = f"/levels/challenges/{posed.id}"
    assert client.get(url).status_code == client.get("/levels/challenges").status_code == 200
    for act in ("answer", "same", "hide", "show", "answers/1/take-back"):
        assert client.post(f"{url}/{act}").status_code in (302, 401)
    with pytest.raises(NotAllowed), open_work(services, ANONYMOUS) as work:
        challenges.set_same(work, posed.id, True)
    with pytest.raises(NotAllowed), open_work(services, ANONYMOUS) as work:
        challenges.pose(work, **FRACTIONS)


def test_an_account_that_ends_leaves_the_board_and_is_counted_no_more(work_as, rui, ana, posed, make_item):
    item = make_item(ana, "Dobrar papel")
    with work_as(rui) as work:
        challenges.answer(work, posed.id, str(item.id), "")
        challenges.set_same(work, posed.id, True)
    with work_as(rui) as work:
        told = own_data(work, accounts.get_user(work, rui.id))["plugins"]["level_views"]
        assert told == {"challenges": [FRACTIONS["title"]], "answers": [item.id], "same_problem": [posed.id]}
    with work_as(rui) as work:
        forget(work, accounts.get_user(work, rui.id), keep_name_on_materials=True)
    with work_as() as work:
        assert [row.author_id for row in work.session.query(Challenge)] == [None]
        assert [row.user_id for row in work.session.query(ChallengeAnswer)] == [None]
        assert work.session.query(SameProblem).count() == 0


def test_the_board_is_read_in_the_same_few_queries_however_long_it_is(client, work_as, ana, posed, count_queries):
    client.get("/levels/challenges")
    with count_queries() as few:
        client.get("/levels/challenges")
    with work_as(ana) as work:
        for n in range(9):
            challenges.pose(work, f"Dificuldade {n}", "", ["sec"])
    with count_queries() as many:
        client.get("/levels/challenges")
    assert len(many) == len(few)


def test_a_level_that_does_not_exist_is_refused_by_the_rule(work_as, ana):
    with pytest.raises(Invalid), work_as(ana) as work:
        challenges.pose(work, "Uma", "", ["nenhum"])


def test_a_search_that_finds_nothing_leads_to_the_board_with_what_was_looked_for(sign_in, client, rui):
    asked = "/search?q=zarabatana&level=1ceb"
    assert 'href="/levels/challenges?level=1ceb"' in client.get(asked).text
    browser = sign_in(rui)
    link = re.search(r'href="(/levels/challenges/new[^"]*)"', browser.get(asked).text)
    form = browser.get(link[1].replace("&amp;", "&")).text
    assert 'value="zarabatana"' in form
    assert re.search(r'value="1ceb"[^>]* checked', form)
    assert "/levels/challenges/new" not in browser.get("/search").text


@pytest.mark.parametrize("first", ["rui", "staff"])
def test_what_the_centre_takes_off_the_board_its_author_does_not_put_back(work_as, rui, staff, posed, first):
    with work_as({"rui": rui, "staff": staff}[first]) as work:
        challenges.hide(work, posed.id)
    for person in (staff, rui):
        with work_as(person) as work:
            challenges.hide(work, posed.id)
    with work_as(rui) as work, pytest.raises(NotAllowed, match="O centro tirou"):
        challenges.hide(work, posed.id, hidden=False)
    with work_as(staff) as work:
        challenges.hide(work, posed.id, hidden=False)
    with work_as(rui) as work:  # what the author takes off after that is the author's to put back
        challenges.hide(work, posed.id)
        challenges.hide(work, posed.id, hidden=False)
        assert challenges.find(work, posed.id).hidden_at is None


def test_an_answer_that_is_there_already_is_said_and_what_was_written_stays(sign_in, ana, rui, posed, make_item):
    item = make_item(ana, "Dobrar papel")
    url = f"/levels/challenges/{posed.id}/answer"
    assert sign_in(ana).post(url, data={"item": str(item.id), "note": "Com tiras."}).status_code == 303
    for person in (ana, rui):
        said = {"item": str(item.id), "note": "Com barras.", "look": f"/items/{item.id}"}
        refused = sign_in(person).post(url, data=said)
        assert refused.status_code == 422
        assert "já está entre as respostas" in refused.text
        assert 'value="Com barras."' in refused.text
        assert "Anular" not in refused.text


UNSEEN = "\x00\x01\u202e\u200b\u3000\u200d \u200d"


def test_characters_that_nobody_sees_are_no_title_and_are_not_kept(work_as, rui, posed, make_item, ana):
    item = make_item(ana, "Dobrar papel")
    with work_as(rui) as work:
        with pytest.raises(Invalid, match="Diga a dificuldade"):
            challenges.pose(work, UNSEEN, "", ["1ceb"])
        row = challenges.pose(work, "o\x00k\u202e \x01 sim", "Um\r\n\r\ndois\u202e\x00", ["1ceb"])
        assert (row.title, row.text) == ("ok sim", "Um\r\n\r\ndois")
        assert challenges.answer(work, posed.id, str(item.id), UNSEEN).note == ""


def test_the_board_counts_no_answer_that_is_licensed_for_the_centre_alone(work_as, ana, posed, make_item):
    item = make_item(ana, "Dobrar papel", licence="INT")
    with work_as(ana) as work:
        challenges.answer(work, posed.id, str(item.id), "")
    with work_as() as work:
        assert [one.answers for one in challenges.board(work)] == [0]


def test_where_a_discipline_of_a_level_is_empty_one_asks_for_it_by_name(app, services, work_as, ana):
    with app.test_request_context(), work_as(ana) as work:
        ((_, address),) = services.hook.places_to_ask(work=work, filters={"level": ("2ceb",), "discipline": ("CN",)})[0]
    assert address == "/levels/challenges/new?level=2ceb&title=Procura-se+material:+Ci%C3%AAncias+Naturais"
