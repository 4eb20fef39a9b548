"""A short text that seems to name a pupil is asked about before others read it, and whoever wrote it decides."""

import re

import pytest

from plugins.level_views import challenges, tried
from plugins.level_views.models import Challenge, ChallengeAnswer, TriedNote
from repository import accounts, items
from repository.errors import Doubtful
from repository.models import Item, User

NOTE = {
    "level": "1ceb",
    "class_type": "22 alunos",
    "worked": "Resultou, menos com o Tiago Silva.",
    "changed": "Em pares.",
}
POSED = {"title": "Ler até ao fim", "text": "A Mariana desiste logo.", "levels": ["1ceb"]}
CONFIRM = "Não dá a conhecer ninguém: fica assim"


@pytest.fixture
def plugins():
    """The views, and what knows of names."""
    return ["level_views", "moderation"]


@pytest.fixture
def item(ana, make_item, work_as):
    made = make_item(ana, "Dobrar papel")
    with work_as() as work:
        return items.publish(work, work.session.get_one(Item, made.id))


def token_in(page):
    return re.search(r'name="confirmed" value="([^"]+)"', page)[1]


def count(work_as, table):
    with work_as() as work:
        return work.session.query(table).count()


def test_a_note_that_names_a_pupil_is_asked_about_and_what_was_typed_stays(sign_in, client, rui, item, work_as):
    browser = sign_in(rui)
    for _ in range(2):
        asked = browser.post(f"/levels/tried/{item.id}", data=NOTE)
        assert asked.status_code == 422
        assert '<a href="#f-worked">Parece o nome de um aluno: «Tiago Silva».</a>' in asked.text
        assert CONFIRM in asked.text
        assert NOTE["worked"] in asked.text
        assert NOTE["changed"] in asked.text
    assert count(work_as, TriedNote) == 0
    first = asked.text.index('type="submit">Já mudei o texto: fica com as mudanças')
    assert first < asked.text.index('name="confirmed"'), "the Enter key presses the first button"


@pytest.mark.parametrize("form", ["note", "challenge", "answer"])
def test_while_the_question_stands_its_two_answers_take_the_place_of_the_button_that_would_ask_again(
    sign_in, ana, rui, item, work_as, form
):
    with work_as(ana) as work:
        posed = challenges.pose(work, "Ler até ao fim", "", ["1ceb"])
    url, said, button = {
        "note": (f"/levels/tried/{item.id}", NOTE, "Pôr na página"),
        "challenge": ("/levels/challenges/new", POSED, "Pôr no quadro"),
        "answer": (f"/levels/challenges/{posed.id}/answer", {"item": item.id, "note": "Foi com a Inês."}, "Juntar"),
    }[form]
    page = sign_in(rui).post(url, data=said).text
    assert f'type="submit">{button}<' not in page
    assert 'class="btn main" type="submit"' not in page.partition("Só uma pergunta")[2].partition("</form>")[0]
    answers = re.findall(r'<button class="btn" type="submit"[^>]*>([^<]+)', page.partition("Só uma pergunta")[2])
    assert answers[:2] == ["Já mudei o texto: fica com as mudanças", CONFIRM]


def test_one_press_confirms_the_note_and_twice_is_once(sign_in, client, rui, item, work_as):
    browser = sign_in(rui)
    token = token_in(browser.post(f"/levels/tried/{item.id}", data=NOTE).text)
    for _ in range(2):
        assert browser.post(f"/levels/tried/{item.id}", data=NOTE | {"confirmed": token}).status_code == 303
    assert client.get(f"/items/{item.id}").text.count("Tiago Silva") == 1
    assert count(work_as, TriedNote) == 1


def test_what_was_not_confirmed_is_asked_about_and_what_was_is_not_asked_again(sign_in, rui, item):
    browser = sign_in(rui)
    token = token_in(browser.post(f"/levels/tried/{item.id}", data=NOTE).text)
    more = NOTE | {"changed": "Falem com a mãe: 912 345 678.", "confirmed": token}
    asked = browser.post(f"/levels/tried/{item.id}", data=more)
    assert asked.status_code == 422
    assert "Parece um número de telemóvel: «912 345 678»." in asked.text
    more["confirmed"] = token_in(asked.text)
    assert browser.post(f"/levels/tried/{item.id}", data=more).status_code == 303
    changed = more | {"suggestion": "Mais tempo.", "confirmed": ""}
    assert browser.post(f"/levels/tried/{item.id}", data=changed).status_code == 303, "nothing new names anybody"


def test_a_confirmation_counts_for_its_person_its_field_and_its_place_alone(
    sign_in, ana, rui, make_person, make_item, item, work_as
):
    with work_as() as work:
        other = items.publish(work, work.session.get_one(Item, make_item(ana, "Cortar papel").id))
    with work_as(ana) as work:
        posed = challenges.pose(work, "Ler até ao fim", "", ["1ceb"])
    browser = sign_in(rui)
    told = NOTE | {"confirmed": token_in(browser.post(f"/levels/tried/{item.id}", data=NOTE).text)}
    assert browser.post(f"/levels/tried/{other.id}", data=told).status_code == 422, "another material"
    moved = told | {"worked": NOTE["changed"], "changed": NOTE["worked"]}
    assert browser.post(f"/levels/tried/{item.id}", data=moved).status_code == 422, "another field"
    answer = {"item": other.id, "note": NOTE["worked"], "confirmed": told["confirmed"]}
    assert browser.post(f"/levels/challenges/{posed.id}/answer", data=answer).status_code == 422, "another kind of text"
    posing = POSED | {"text": NOTE["worked"], "confirmed": told["confirmed"]}
    assert browser.post("/levels/challenges/new", data=posing).status_code == 422, "another kind of text"
    eva = sign_in(make_person("Eva"))
    assert eva.post(f"/levels/tried/{item.id}", data=told).status_code == 422, "another person"
    assert browser.post(f"/levels/tried/{item.id}", data=told).status_code == 303


def test_a_note_without_the_name_goes_up_at_once(sign_in, rui, item):
    browser = sign_in(rui)
    assert browser.post(f"/levels/tried/{item.id}", data=NOTE | {"confirmed": "nada"}).status_code == 422
    changed = NOTE | {"worked": "Resultou, menos com um aluno."}
    assert browser.post(f"/levels/tried/{item.id}", data=changed).status_code == 303


def test_a_text_sent_again_with_nothing_changed_is_told_why_the_question_stands(sign_in, rui, item):
    browser, why = sign_in(rui), "O que se perguntou ainda está no texto."
    first = browser.post(f"/levels/tried/{item.id}", data=NOTE)
    assert why not in first.text
    asked = re.search(r'name="asked" value="([^"]+)"', first.text)[1]
    again = browser.post(f"/levels/tried/{item.id}", data=NOTE | {"asked": asked})
    assert why in again.text
    another = NOTE | {"asked": asked, "worked": "Resultou, menos com a Inês."}
    assert why not in browser.post(f"/levels/tried/{item.id}", data=another).text, "what is asked about is another name"


def test_a_challenge_is_asked_about_and_one_press_confirms_it(sign_in, ana, work_as):
    browser = sign_in(ana)
    asked = browser.post("/levels/challenges/new", data=POSED)
    assert asked.status_code == 422
    assert '<a href="#f-text">Parece o nome de um aluno: «Mariana».</a>' in asked.text
    assert POSED["text"] in asked.text
    for _ in range(2):
        done = browser.post("/levels/challenges/new", data=POSED | {"confirmed": token_in(asked.text)})
        assert done.status_code == 303
    assert count(work_as, Challenge) == 1


def test_what_was_written_of_an_answer_stays_when_its_item_is_not_proposed_any_more(sign_in, ana, rui, item, work_as):
    with work_as(ana) as work:
        posed = challenges.pose(work, "Ler até ao fim", "", ["1ceb"])
    said = {"item": item.id, "look": "helicóptero", "note": "Foi com a Inês."}
    asked = sign_in(rui).post(f"/levels/challenges/{posed.id}/answer", data=said)
    assert asked.status_code == 422
    assert "Foi com a Inês." in asked.text
    assert CONFIRM in asked.text


def test_an_answer_is_asked_about_and_one_press_confirms_it(sign_in, ana, rui, item, work_as):
    with work_as(ana) as work:
        posed = challenges.pose(work, "Ler até ao fim", "", ["1ceb"])
    browser = sign_in(rui)
    url, said = (
        f"/levels/challenges/{posed.id}/answer",
        {"item": item.id, "look": f"/items/{item.id}", "note": "Foi com a Inês."},
    )
    asked = browser.post(url, data=said)
    assert asked.status_code == 422
    assert "Parece o nome de um aluno: «Inês»." in asked.text
    assert "Foi com a Inês." in asked.text
    for _ in range(2):
        assert browser.post(url, data=said | {"confirmed": token_in(asked.text)}).status_code == 303
    assert count(work_as, ChallengeAnswer) == 1


def test_the_api_says_what_was_noticed_and_takes_the_confirmation(client, rui, item, work_as):
    with work_as(rui) as work:
        secret = accounts.issue_token(work, work.session.get_one(User, rui.id), "Programa", ["deposit"], 30)
    headers = {"Authorization": f"Bearer {secret}"}
    asked = client.post(f"/api/v1/items/{item.id}/tried", json=NOTE, headers=headers)
    assert asked.status_code == 422
    assert asked.json["errors"] == [{"pointer": "/worked", "detail": "Parece o nome de um aluno: «Tiago Silva»."}]
    sent = NOTE | {"confirmed": asked.json["confirm"]}
    assert client.post(f"/api/v1/items/{item.id}/tried", json=sent, headers=headers).status_code == 200


def test_a_plugin_that_fails_keeps_nobody_from_writing(rui, item, work_as, monkeypatch):
    def fail(_text):
        raise RuntimeError("no names today")

    with work_as(rui) as work:
        monkeypatch.setattr("plugins.moderation.checks.short_texts._names", fail)
        tried.tell(work, item.id, tried.Said(**NOTE))
    with work_as() as work:
        assert work.session.query(TriedNote).count() == 1


def test_the_rule_itself_asks_whoever_calls_it(rui, item, work_as):
    with pytest.raises(Doubtful), work_as(rui) as work:
        tried.tell(work, item.id, tried.Said(**NOTE))
