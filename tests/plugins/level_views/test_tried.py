"""Tried it: notes without a name, what only the authors read, thanks, and a question that is asked once."""

import re
from datetime import timedelta
from html import unescape

import pytest

from plugins.level_views import asking, tried
from plugins.level_views.models import Asking, TriedNote
from plugins.level_views.tried import Said
from repository import accounts, items
from repository.errors import Invalid, NotAllowed, NotFound
from repository.forgetting import forget
from repository.models import Item, Organisation, User
from repository.own_data import own_data
from repository.work import ANONYMOUS, open_work

SAID = {
    "level": "1ceb",
    "class_type": "22 alunos",
    "worked": "Dobrar primeiro.",
    "changed": "Em pares.",
    "question": "Porquê oitavos?",
    "strength": "As tiras.",
    "suggestion": "Menos perguntas.",
}
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def item(ana, make_item):
    return make_item(ana, "Dobrar papel")


@pytest.fixture
def note(work_as, rui, item):
    """What Rui told of Ana's material."""
    with work_as(rui) as work:
        return tried.tell(work, item.id, Said(**SAID))


@pytest.fixture
def used(work_as, rui, item):
    """Rui took Ana's material along yesterday."""
    with work_as() as work:
        asking.used(work, work.session.get_one(Item, item.id), rui.id)
    wait(work_as, timedelta(days=1))


def wait(work_as, long):
    """Let what was used have been used so long ago."""
    with work_as() as work:
        for row in work.session.query(Asking):
            row.used_at -= long


def test_a_note_stands_on_the_items_page_without_a_name_and_twice_is_once(sign_in, client, rui, item, work_as):
    browser = sign_in(rui)
    for _ in range(2):
        assert browser.post(f"/levels/tried/{item.id}", data=SAID).status_code == 303
    page = client.get(f"/items/{item.id}").text
    assert "1 colega experimentou" in page
    assert page.count("Dobrar primeiro.") == 1
    assert "Rui" not in page
    browser.post(f"/levels/tried/{item.id}", data=SAID | {"worked": "Dobrar duas vezes."})
    page = client.get(f"/items/{item.id}").text
    assert "Dobrar duas vezes." in page
    assert "Dobrar primeiro." not in page
    with work_as() as work:
        assert work.session.query(TriedNote).count() == 1


def test_where_no_plugin_knows_of_names_nothing_is_asked(sign_in, rui, item):
    told = sign_in(rui).post(f"/levels/tried/{item.id}", data=SAID | {"worked": "Menos com o Tiago Silva."})
    assert told.status_code == 303


def test_what_is_for_the_authors_is_read_by_them_and_whoever_wrote_it_and_not_even_by_staff(
    sign_in, client, ana, rui, staff, make_person, item, note
):
    for person, reads in ((ana, True), (staff, False), (rui, True), (make_person("Eva"), False)):
        assert ("Porquê oitavos?" in sign_in(person).get(f"/items/{item.id}").text) is reads
    assert "Porquê oitavos?" not in client.get(f"/items/{item.id}").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": ""}, "Escolha o nível em que experimentou."),
        ({"level": "nenhum"}, "Escolha o nível em que experimentou."),
        ({"worked": " ", "changed": ""}, "Conte numa frase o que resultou ou o que mudou."),
        ({"worked": "x" * 601}, "Use no máximo 600 letras."),
        ({"class_type": "x" * 121}, "Use no máximo 120 letras."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, rui, item, change, words):
    refused = sign_in(rui).post(f"/levels/tried/{item.id}", data=SAID | change)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Menos perguntas." in refused.text


def test_the_form_proposes_a_level_only_where_it_is_the_persons_and_the_items(
    sign_in, work_as, rui, item, make_item, ana
):
    with work_as() as work:
        work.session.get_one(User, rui.id).group_code = "110"
    other = make_item(ana, "Para o 3.º ciclo", level=["3ceb"])
    chosen = [
        re.search(r'<option value="(\w*)" selected', sign_in(rui).get(f"/levels/tried/{id_}").text)
        for id_ in (make_item(ana, "Tiras", level=["1ceb"]).id, other.id)
    ]
    assert chosen[0][1] == "1ceb"
    assert chosen[1] is None or chosen[1][1] == ""


def test_nobody_tells_of_their_own_of_a_draft_or_of_what_they_may_not_see(work_as, services, ana, rui, make_item, item):
    draft = make_item(ana, "Por acabar", publish=False)
    with pytest.raises(NotAllowed), work_as(ana) as work:
        tried.tell(work, item.id, Said(**SAID))
    with pytest.raises(NotAllowed), open_work(services, ANONYMOUS) as work:
        tried.tell(work, item.id, Said(**SAID))
    for id_ in (draft.id, 99999):
        with pytest.raises(NotFound), work_as(rui) as work:
            tried.tell(work, id_, Said(**SAID))


def test_who_wrote_a_note_takes_it_away_and_puts_it_back_and_nobody_else_does(sign_in, client, ana, rui, item, note):
    url = f"/levels/tried/notes/{note.id}"
    assert sign_in(ana).post(f"{url}/take-away").status_code == 403
    browser = sign_in(rui)
    assert browser.post(f"{url}/take-away").status_code == 303
    assert "Dobrar primeiro." not in client.get(f"/items/{item.id}").text
    assert browser.post(f"{url}/put-back").status_code == 303
    assert "Dobrar primeiro." in client.get(f"/items/{item.id}").text


def test_the_undo_of_a_changed_note_brings_back_what_it_said_and_twice_is_once(sign_in, client, rui, item, note):
    browser = sign_in(rui)
    browser.post(f"/levels/tried/{item.id}", data=SAID | {"worked": "Dobrar duas vezes.", "suggestion": ""})
    assert f'action="/levels/tried/notes/{note.id}/restore"' in browser.get(f"/items/{item.id}").text
    for _ in range(2):
        assert browser.post(f"/levels/tried/notes/{note.id}/restore").status_code == 303
        page = client.get(f"/items/{item.id}").text
        assert "Dobrar primeiro." in page
        assert "Dobrar duas vezes." not in page
    assert "Menos perguntas." in browser.get(f"/items/{item.id}").text


def test_only_whoever_wrote_a_note_restores_it_and_not_while_the_centre_hides_it(work_as, rui, ana, staff, item, note):
    with work_as(rui) as work:
        tried.tell(work, item.id, Said(**SAID | {"worked": "Dobrar duas vezes."}))
    with pytest.raises(NotAllowed), work_as(ana) as work:
        tried.restore(work, note.id)
    with work_as(staff) as work:
        tried.hide(work, note.id, "Tem o nome de um aluno")
    with pytest.raises(NotAllowed), work_as(rui) as work:
        tried.restore(work, note.id)


def test_what_a_note_said_before_is_kept_for_a_day_only(services, work_as, rui, item, note):
    with work_as(rui) as work:
        tried.tell(work, item.id, Said(**SAID | {"worked": "Sem o nome do aluno."}))
    asking.forget_old(services, [{}])
    with work_as(rui) as work:
        row = work.session.get_one(TriedNote, note.id)
        assert row.before["worked"] == "Dobrar primeiro."
        row.told_at = work.now - timedelta(days=1)
    asking.forget_old(services, [{}])
    with work_as(rui) as work:
        assert work.session.get_one(TriedNote, note.id).before == {}


def test_a_report_of_a_note_names_it(sign_in, client, make_person, item, note):
    page = sign_in(make_person("Eva")).get(f"/items/{item.id}").text
    address = unescape(
        re.search(r'href="(/report[^"]*)"[^>]*>Comunicar um problema<span class="vh"> com esta nota', page)[1]
    )
    assert "Sobre a nota de" in (form := client.get(address).text)
    assert "«Dobrar primeiro.»" in form


def test_the_notes_of_a_page_are_read_in_the_same_few_queries(work_as, client, make_person, item, note, count_queries):
    client.get(f"/items/{item.id}")
    with count_queries() as few:
        client.get(f"/items/{item.id}")
    for name in ("Eva", "Gil", "Zé"):
        with work_as(make_person(name)) as work:
            tried.tell(work, item.id, Said(**SAID | {"worked": f"Com {name}."}))
    with count_queries() as many:
        assert "Com Eva." in client.get(f"/items/{item.id}").text
    assert len(many) == len(few)


def test_staff_hides_a_note_with_a_reason_that_its_author_reads_and_that_telling_again_does_not_undo(
    sign_in, client, ana, rui, staff, item, note
):
    url = f"/levels/tried/notes/{note.id}"
    assert sign_in(ana).post(f"{url}/hide", data={"why": "Não gosto"}).status_code == 403
    refused = sign_in(staff).post(f"{url}/hide", data={"why": " "})
    assert refused.status_code == 422
    assert "Diga porquê" in refused.text
    assert sign_in(staff).post(f"{url}/hide", data={"why": "Tem o nome de um aluno"}).status_code == 303
    assert "Dobrar primeiro." not in client.get(f"/items/{item.id}").text
    assert "Tem o nome de um aluno" in sign_in(rui).get(f"/items/{item.id}").text
    again = sign_in(rui).post(f"/levels/tried/{item.id}", data=SAID)
    assert again.status_code == 403
    assert sign_in(staff).post(f"{url}/show").status_code == 303
    assert "Dobrar primeiro." in client.get(f"/items/{item.id}").text


def test_thanks_count_each_person_once_and_nobody_thanks_themselves(sign_in, client, ana, rui, item):
    for _ in range(2):
        assert sign_in(rui).post(f"/levels/tried/{item.id}/thanks", data={"thanks": "1"}).status_code == 303
    assert sign_in(ana).post(f"/levels/tried/{item.id}/thanks", data={"thanks": "1"}).status_code == 403
    assert "1 agradeceu" in client.get(f"/items/{item.id}").text
    sign_in(rui).post(f"/levels/tried/{item.id}/thanks", data={"thanks": "0"})
    assert "agradeceu" not in client.get(f"/items/{item.id}").text


def test_authors_read_on_their_own_page_how_many_tried_and_thanked_in_the_same_few_queries(
    sign_in, ana, rui, make_item, make_person, item, note, work_as, count_queries
):
    browser = sign_in(ana)
    assert "1 colega experimentou" in browser.get("/me").text
    with count_queries() as few:
        browser.get("/me")
    more = [make_item(ana, f"Material {n}") for n in range(3)]
    with work_as(rui) as work:
        for one in more:
            tried.tell(work, one.id, Said(**SAID))
            tried.thank(work, one.id, True)
    with work_as(ana) as work:
        assert [(one.tried, one.thanks) for one in tried.heard(work)] == [(1, 1)] * 3 + [(1, 0)]
    with count_queries() as many:
        browser.get("/me")
    # Each further line of «Os meus materiais» asks for its own parts; the counts themselves do not grow.
    said = [sql for sql in map(str, many) if "level_views" in sql]
    assert len(said) == len([sql for sql in map(str, few) if "level_views" in sql])


def test_a_download_of_a_signed_in_person_is_asked_about_once_and_can_be_sent_away(
    services, sign_in, rui, ana, item, work_as
):
    with services.sessions.reading() as session:
        file = f"/files/{session.get_one(Item, item.id).files[0].id}"
    for person in (rui, ana):
        sign_in(person).get(file, headers=PERSON).close()
    services.counts.write(services)
    assert "Como correu?" not in sign_in(ana).get("/me").text
    wait(work_as, asking.SOONEST)
    browser = sign_in(rui)
    assert "Se já experimentou «Dobrar papel»" in browser.get("/me").text
    assert browser.post(f"/levels/tried/{item.id}/not-now").status_code == 303
    browser.get(file, headers=PERSON).close()
    services.counts.write(services)
    assert "Se já experimentou" not in browser.get("/me").text


def test_nobody_is_asked_before_the_lesson_but_who_brings_back_what_was_lent_is(work_as, rui, item):
    for kind, asked in (("digital", False), ("physical", True)):
        with work_as() as work:
            work.session.get_one(Item, item.id).kind = kind
            asking.used(work, work.session.get_one(Item, item.id), rui.id)
        with work_as(rui) as work:
            assert (asking.open_one(work) is not None, asking.is_open(work, item)) == (asked, asked)


def test_a_visitors_download_asks_nobody(services, client, item, work_as):
    with services.sessions.reading() as session:
        file = f"/files/{session.get_one(Item, item.id).files[0].id}"
    client.get(file, headers=PERSON).close()
    services.counts.write(services)
    with work_as() as work:
        assert work.session.query(Asking).count() == 0


def test_who_told_is_asked_no_more_and_what_is_gone_is_not_asked_about(work_as, ana, rui, used, item):
    with work_as(rui) as work:
        assert asking.open_one(work).id == item.id
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    with work_as(rui) as work:
        assert asking.open_one(work) is None
    with work_as() as work:
        items.restore(work, work.session.get_one(Item, item.id))
    with work_as(rui) as work:
        tried.tell(work, item.id, Said(**SAID))
        asking.used(work, work.session.get_one(Item, item.id), rui.id)
        assert asking.open_one(work) is None


def test_after_a_month_what_was_used_and_what_was_taken_away_are_forgotten(services, work_as, rui, used, item, note):
    with work_as(rui) as work:
        tried.take_away(work, note.id)
        asking_row = Asking(user_id=rui.id, item_id=item.id, used_at=work.now - timedelta(days=31))
        work.session.merge(asking_row)
        work.session.get_one(TriedNote, note.id).taken_at = work.now - timedelta(days=31)
    asking.forget_old(services, [{}])
    with work_as() as work:
        assert work.session.query(Asking).count() == work.session.query(TriedNote).count() == 0


def test_a_question_sent_away_is_remembered_so_that_it_is_not_asked_again(services, work_as, rui, used, item):
    with work_as(rui) as work:
        asking.send_away(work, item.id)
        work.session.get_one(Asking, (rui.id, item.id)).used_at = work.now - timedelta(days=99)
    asking.forget_old(services, [{}])
    with work_as(rui) as work:
        asking.used(work, work.session.get_one(Item, item.id), rui.id)
        assert asking.open_one(work) is None


def test_an_account_that_ends_leaves_its_notes_without_it(work_as, rui, item, note):
    with work_as(rui) as work:
        tried.thank(work, item.id, True)
        told = own_data(work, accounts.get_user(work, rui.id))["plugins"]["level_views"]
        assert told == {"tried": [{"item": item.id} | SAID], "thanked": [item.id]}
    with work_as(rui) as work:
        forget(work, accounts.get_user(work, rui.id), keep_name_on_materials=True)
    with work_as() as work:
        assert [row.user_id for row in work.session.query(TriedNote)] == [None]
        assert tried.thanks_of(work, work.session.get_one(Item, item.id)) == 0


def test_a_visitor_writes_nothing(client, item, note):
    for act in (f"{item.id}", f"{item.id}/thanks", f"{item.id}/not-now"):
        assert client.post(f"/levels/tried/{act}").status_code in (302, 401)
    for act in ("take-away", "put-back", "hide", "show"):
        assert client.post(f"/levels/tried/notes/{note.id}/{act}").status_code in (302, 401)
    assert client.get(f"/levels/tried/{item.id}").status_code in (302, 401)


def test_a_note_on_what_a_person_may_not_see_is_not_there(work_as, ana, staff, item, note):
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    with pytest.raises((NotFound, NotAllowed)), work_as(ana) as work:
        tried.hide(work, note.id, "x")
    with pytest.raises(Invalid), work_as(staff) as work:
        tried.hide(work, note.id, "")


def test_staff_of_another_place_hide_no_note(sign_in, work_as, make_person, rui, item, note):
    with work_as() as work:
        far = Organisation(kind="centre", name="Outro centro")
        work.session.add(far)
    stranger = make_person("Gil", "staff", organisation=far)
    for way in ("hide", "show"):
        assert sign_in(stranger).post(f"/levels/tried/notes/{note.id}/{way}", data={"why": "x"}).status_code == 403
    with work_as(rui) as work:
        assert tried.notes_of(work, item)[0].hidden_at is None


def test_the_api_lists_notes_tells_one_and_keeps_what_is_for_the_authors_from_others(
    client, services, work_as, rui, ana, item
):
    with work_as(rui) as work:
        secret = accounts.issue_token(work, work.session.get_one(User, rui.id), "Programa", ["deposit"], 30)
    headers = {"Authorization": f"Bearer {secret}"}
    url = f"/api/v1/items/{item.id}/tried"
    for _ in range(2):
        told = client.post(url, json=SAID, headers=headers)
        assert told.status_code == 200, told.text
        assert told.json["mine"]
        assert told.json["question"] == SAID["question"]
    assert client.post(url, json=SAID | {"level": "nenhum"}, headers=headers).status_code == 422
    assert client.post(url, json=SAID).status_code == 401
    seen = client.get(url).json
    assert (seen["tried"], seen["thanks"]) == (1, 0)
    assert seen["notes"][0]["worked"] == SAID["worked"]
    assert seen["notes"][0]["question"] is None
