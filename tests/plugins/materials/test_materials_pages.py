"""The pages of materials, without JavaScript: hand in, correct, adapt, withdraw, look at an old version."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image

from plugins.materials import drafts
from plugins.materials.commands import materials
from plugins.materials.problems import PROBLEMS, hidden_words
from repository import items
from repository.console import Console
from repository.files.examine import FAILURES
from repository.files.sniff import PROBLEMS as FOUND
from repository.models import Item, Job, State, User
from repository.work import Services
from tests.conftest import attach_text

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def hers(ana: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(ana)


@pytest.fixture
def draft(ana: User, work_as: Callable[..., Any]) -> Item:
    with work_as(ana) as work:
        return drafts.begin(work, drafts.Known(licence="CC-BY-SA-4.0"))


def state_of(services: Services, item_id: int) -> State:
    with services.sessions.reading() as session:
        return State(session.get_one(Item, item_id).state)


def test_a_material_is_handed_in_without_any_script(
    hers: FlaskClient, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    assert hers.get("/deposit").status_code == 200
    sent = {"files": [(BytesIO(b"# Barras e fatias\n\nUma ficha de fracoes."), "ficha.md"), (BytesIO(b"x"), "b.txt")]}
    begun = hers.post("/deposit", data=sent)
    assert begun.status_code == 303
    run_jobs()
    page = hers.get(begun.location)
    assert 'value="Barras e fatias"' in page.text
    assert "Lido na primeira página. Corrija se for preciso." in page.text
    form = {
        "act": "submit",
        "level": "",
        "year": ["", "3"],
        "minutes": "50",
        "restricted": "",
        "discipline": ["", "MAT"],
    }
    done = hers.post(begun.location, data=form)
    assert (done.status_code, done.location) == (303, f"{begun.location}/thanks")
    assert "Está entregue" in hers.get(done.location).text
    run_jobs()
    number = begun.location.rsplit("/", 1)[1]
    shown = client.get(f"/items/{number}")
    assert shown.status_code == 200
    assert "50 min" in shown.text
    assert "Barras e fatias" in client.get("/search?q=fatias&year=3").text


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, draft: Item) -> None:
    for answer in (client.get("/deposit"), client.post("/deposit")):
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login")
    for answer in (client.get(f"/deposit/{draft.id}"), client.post(f"/deposit/{draft.id}", data={"title": "x"})):
        assert answer.status_code == 404


def test_a_draft_is_its_owner_s(rui: User, sign_in: SignIn, draft: Item, services: Services) -> None:
    his = sign_in(rui)
    here = f"/deposit/{draft.id}"
    reads = [his.get(here), his.get(f"{here}/files"), his.get(f"{here}/thanks")]
    for answer in (*reads, his.post(here, data={"title": "meu"}), his.post(f"{here}/recover")):
        assert answer.status_code == 404
    assert state_of(services, draft.id) == State.DRAFT


def test_an_account_without_a_school_cannot_hand_in(make_person: Callable[..., User], sign_in: SignIn) -> None:
    visitor = sign_in(make_person("Vera", None))
    assert visitor.get("/deposit").status_code == 403
    assert visitor.post("/deposit").status_code == 403


def test_staff_mend_what_somebody_published_and_it_stays_hers(
    staff: User, ana: User, sign_in: SignIn, make_item: Callable[..., Item], services: Services
) -> None:
    item, desk = make_item(ana, "Frasões"), sign_in(staff)
    begun = desk.post(f"/items/{item.id}/edit")
    assert desk.get(begun.location).status_code == 200
    assert begun.location in desk.get(f"/items/{item.id}").text, "the version that was begun is led to"
    sent = desk.post(begun.location, data={"act": "submit", "title": "Frações", "level": ["", "1ceb"]})
    assert sent.status_code == 303, sent.text
    assert desk.get(sent.location).status_code == 200
    with services.sessions.reading() as session:
        now = session.get_one(Item, item.id)
        assert (now.title, now.version, now.owner_id) == ("Frações", 2, ana.id)


def test_a_version_that_is_begun_is_open_to_those_who_look_after_the_item_and_to_nobody_else(
    ana: User, rui: User, staff: User, sign_in: SignIn, make_item: Callable[..., Item]
) -> None:
    item = make_item(ana)
    begun = sign_in(ana).post(f"/items/{item.id}/edit").location
    assert [sign_in(who).get(begun).status_code for who in (ana, staff, rui)] == [200, 200, 404]


def test_a_draft_that_does_not_exist_is_not_found(hers: FlaskClient) -> None:
    for address in ("/deposit/999", "/deposit/999999999999999999999", "/items/999/versions/1"):
        assert hers.get(address).status_code == 404


def test_mistakes_come_back_with_what_was_typed(hers: FlaskClient, draft: Item) -> None:
    form = {"act": "submit", "title": "x" * 301, "minutes": "cinquenta", "challenge": "Turma mista", "link": "ftp://a"}
    answer = hers.post(f"/deposit/{draft.id}", data=form)
    assert answer.status_code == 422
    assert 'href="#f-title"' in answer.text
    assert 'value="cinquenta"' in answer.text
    assert 'value="ftp://a"' in answer.text
    assert "x" * 301 in answer.text
    assert "Turma mista" in hers.get(f"/deposit/{draft.id}").text, "the rest is kept"


def test_each_level_and_the_mark_of_inclusion_is_offered_and_kept(
    hers: FlaskClient, draft: Item, services: Services
) -> None:
    url = f"/deposit/{draft.id}"
    offered = re.findall(r'name="level" value="(\w+)"', hers.get(url).text)
    assert offered == [term.code for term in services.vocabularies.levels]
    assert "inc" in offered
    hers.post(url, data={"act": "autosave", "title": "Prancha", "level": ["", "inc"]})
    assert re.search(r'name="level" value="inc"[^>]*checked', hers.get(url).text)


def test_what_is_missing_is_said_and_the_draft_stays(hers: FlaskClient, draft: Item, services: Services) -> None:
    answer = hers.post(f"/deposit/{draft.id}", data={"act": "submit"})
    assert answer.status_code == 422
    for sentence in ("Dê um título", "pelo menos um nível", "pelo menos um ficheiro"):
        assert sentence in answer.text
    assert state_of(services, draft.id) == State.DRAFT


def test_handing_in_twice_hands_in_once(hers: FlaskClient, draft: Item, services: Services) -> None:
    form = {"act": "submit", "title": "Uma vez", "level": ["", "1ceb"], "files": (BytesIO(b"x"), "x.txt")}
    assert hers.post(f"/deposit/{draft.id}", data=form).status_code == 303
    again = {"act": "submit", "title": "Uma vez", "level": ["", "1ceb"], "files": (BytesIO(b"x"), "x.txt")}
    assert hers.post(f"/deposit/{draft.id}", data=again).status_code == 409
    assert hers.get(f"/deposit/{draft.id}").location.endswith("/thanks")
    with services.sessions.reading() as session:
        item = session.get_one(Item, draft.id)
        assert (item.version, len(item.files)) == (1, 1)


def test_a_link_alone_can_be_handed_in(hers: FlaskClient, draft: Item, services: Services) -> None:
    form = {
        "act": "submit",
        "title": "Um sítio",
        "level": ["", "sec"],
        "link": "https://exemplo.invalid/",
        "licence": "EXT",
    }
    assert hers.post(f"/deposit/{draft.id}", data=form).status_code == 303
    assert state_of(services, draft.id) == State.PUBLISHED


def test_the_page_keeps_a_field_by_itself_and_says_so(hers: FlaskClient, draft: Item) -> None:
    kept = hers.post(f"/deposit/{draft.id}", data={"act": "autosave", "summary": "Duas frases."})
    assert kept.status_code == 200
    assert re.fullmatch(r"Guardado às \d\d:\d\d", kept.json["saved"])
    wrong = hers.post(f"/deposit/{draft.id}", data={"act": "autosave", "minutes": "x"}).json
    assert list(wrong["errors"]) == ["minutes"]
    assert "Duas frases." in hers.get(f"/deposit/{draft.id}").text


def test_files_are_ordered_renamed_removed_and_brought_back(
    hers: FlaskClient, ana: User, draft: Item, services: Services, work_as: Callable[..., Any]
) -> None:
    here = f"/deposit/{draft.id}"
    with work_as(ana) as work:
        ids = [attach_text(work, services, work.session.get_one(Item, draft.id), n, f"{n}.txt").id for n in "abc"]

    def names() -> list[str]:
        with services.sessions.reading() as session:
            return [file.name for file in session.get_one(Item, draft.id).files]

    assert hers.post(here, data={"act": f"up:{ids[1]}"}).status_code == 303
    assert names() == ["b.txt", "a.txt", "c.txt"]
    hers.post(here, data={"act": "order", "order": [str(ids[2]), str(ids[0]), "x"]}, headers={"X-Part": "files"})
    assert names() == ["c.txt", "a.txt", "b.txt"]
    hers.post(here, data={f"name-{ids[0]}": "Guião"})
    assert names() == ["c.txt", "Guião.txt", "b.txt"]
    removed = hers.post(here, data={"act": f"remove:{ids[1]}"}, headers={"X-Part": "files"}).json
    assert "b.txt» foi retirado" in removed["html"]
    assert names() == ["c.txt", "Guião.txt"]
    hers.post(here, data={"act": f"put_back:{ids[1]}"})
    assert names() == ["c.txt", "Guião.txt", "b.txt"]


def test_the_files_of_another_draft_are_out_of_reach(
    hers: FlaskClient, rui: User, draft: Item, services: Services, make_item: Callable[..., Item]
) -> None:
    his = make_item(rui)
    hers.post(f"/deposit/{draft.id}", data={"act": f"remove:{his.files[0].id}", f"name-{his.files[0].id}": "meu"})
    with services.sessions.reading() as session:
        assert [file.name for file in session.get_one(Item, his.id).files] == ["ficha.txt"]


def test_a_deleted_draft_can_be_brought_back(hers: FlaskClient, draft: Item, services: Services) -> None:
    answer = hers.post(f"/deposit/{draft.id}", data={"act": "discard", "title": "Guardado antes"})
    assert (answer.status_code, answer.location) == (303, "/deposit")
    assert f'action="/deposit/{draft.id}/recover"' in hers.get("/deposit").text
    assert state_of(services, draft.id) == State.DISCARDED
    for _ in range(2):
        assert hers.post(f"/deposit/{draft.id}/recover").status_code == 303
    assert "Guardado antes" in hers.get(f"/deposit/{draft.id}").text


def test_a_file_over_the_limit_does_not_take_the_others_along(
    hers: FlaskClient, draft: Item, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.settings.change("max_file_mb", 1)
    monkeypatch.setattr("repository.incoming.MB", 1000)
    sent = [(BytesIO(b"x" * 1001), "grande.txt"), (BytesIO(b"y"), "pequeno.txt")]
    answer = hers.post(f"/deposit/{draft.id}", data={"act": "upload", "files": sent})
    assert answer.status_code == 422
    assert "grande.txt" in answer.text
    with services.sessions.reading() as session:
        assert [file.name for file in session.get_one(Item, draft.id).files] == ["pequeno.txt"]


def test_a_plain_form_names_what_is_not_taken_and_loses_neither_words_nor_good_files(
    hers: FlaskClient, draft: Item, services: Services
) -> None:
    sent = [(BytesIO(b"MZ" + bytes(99)), "jogo.exe"), (BytesIO(b"y"), "bom.txt"), (BytesIO(b""), "nada.pdf")]
    said = {"act": "submit", "title": "Escrito à mão", "files": sent}
    answer = hers.post(f"/deposit/{draft.id}", data=said)
    assert answer.status_code == 422
    assert "«jogo.exe»: É um programa" in answer.text
    assert "«nada.pdf»: O ficheiro está vazio" in answer.text
    assert 'value="Escrito à mão"' in answer.text
    with services.sessions.reading() as session:
        kept = session.get_one(Item, draft.id)
        assert ([file.name for file in kept.files], kept.title) == (["bom.txt"], "Escrito à mão")


def test_the_first_form_says_on_the_draft_s_page_what_was_not_taken(hers: FlaskClient) -> None:
    sent = [(BytesIO(b"MZ" + bytes(99)), "jogo.exe"), (BytesIO(b"y"), "bom.txt")]
    page = hers.post("/deposit", data={"files": sent}, follow_redirects=True).text
    assert "«jogo.exe» não entrou: É um programa" in page
    assert "bom.txt" in page


def test_each_problem_of_a_file_has_its_words() -> None:
    assert set(PROBLEMS) == set(FOUND) | set(FAILURES)
    assert len(hidden_words(["gps", "author", "other"])) == 2


def test_a_damaged_file_is_kept_and_explained(hers: FlaskClient, draft: Item, run_jobs: Callable[[], int]) -> None:
    hers.post(f"/deposit/{draft.id}", data={"act": "upload", "files": (BytesIO(b"%PDF-1.4\n1 0 obj"), "cortado.pdf")})
    run_jobs()
    part = hers.get(f"/deposit/{draft.id}/files").json
    assert not part["pending"]
    assert "Guardado, com aviso" in part["html"]


@pytest.fixture
def kept_apart(
    ana: User, services: Services, work_as: Callable[..., Any], run_jobs: Callable[[], int]
) -> tuple[Item, int]:
    """A published test with an open file and, as its first file, answers for teachers only: a picture with pages."""
    picture = BytesIO()
    Image.new("RGB", (60, 60), "red").save(picture, "PNG")
    with work_as(ana) as work:
        item = drafts.begin(work, drafts.Known(licence="CC-BY-4.0"))
        answers = attach_text(work, services, item, "respostas: palavrasecreta", "respostas.txt")
        attach_text(work, services, item, "perguntas abertas", "teste.txt")
        items.describe(work, item, {"title": "Teste", "level": ["3ceb"]})
        drafts.set_restricted(work, item, {answers.id})
        items.submit(work, item)
    run_jobs()
    folder = services.instance / "derived" / answers.sha256[:2] / answers.sha256
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("thumb.webp", "page-1.webp"):
        (folder / name).write_bytes(picture.getvalue())
    with work_as() as work:
        file = work.session.get_one(Item, item.id).files[0]
        file.has_thumbnail, file.preview_count = True, 1
    return item, answers.id


@pytest.mark.parametrize(
    ("who", "role", "verified", "may"),
    [(None, None, False, False), ("Rita", "teacher", False, False), ("Vasco", "teacher", True, True),
     ("Ana", None, False, True), ("Sara", "staff", False, True)],
)  # fmt: skip
def test_answers_open_only_for_teachers_who_are_known_to_teach(
    who: str | None, role: str | None, verified: bool, may: bool, kept_apart: tuple[Item, int], client: FlaskClient,
    ana: User, make_person: Callable[..., User], sign_in: SignIn,
) -> None:  # fmt: skip
    item, answers = kept_apart
    browser = client
    if who:
        browser = sign_in(ana if who == "Ana" else make_person(who, role, verified=verified))
    wanted = 200 if may else 404
    for address in ("", "/view", "/thumbnail", "/pages/1"):
        with browser.get(f"/files/{answers}{address}") as got:
            assert got.status_code == wanted, address
    page = browser.get(f"/items/{item.id}").text
    assert (f"/files/{answers}" in page) == may
    assert may or "palavrasecreta" not in page
    version = browser.get(f"/items/{item.id}/versions/1").text
    assert (f"/files/{answers}" in version) == may


def test_answers_come_out_through_no_search_card_or_interface(
    kept_apart: tuple[Item, int], make_person: Callable[..., User], sign_in: SignIn, client: FlaskClient
) -> None:
    item, answers = kept_apart
    for browser in (client, sign_in(make_person("Vasco", verified=True))):
        assert f"/items/{item.id}" not in browser.get("/search?q=palavrasecreta").text
        found = browser.get("/search?q=perguntas").text
        assert f"/items/{item.id}" in found
        assert f"/files/{answers}" not in found
    assert client.get("/api/v1/items?q=palavrasecreta").json["total"] == 0
    assert "palavrasecreta" not in client.get(f"/api/v1/items/{item.id}").text


def test_a_new_version_takes_over_only_when_it_is_handed_in(
    hers: FlaskClient, client: FlaskClient, ana: User, make_item: Callable[..., Item]
) -> None:
    item = make_item(ana, title="Primeira versão")
    first, second = (hers.post(f"/items/{item.id}/edit").location for _ in range(2))
    assert first == second, "the version already begun is continued"
    hers.post(first, data={"act": "save", "title": "Segunda versão"})
    assert "Primeira versão" in client.get(f"/items/{item.id}").text
    assert hers.post(first, data={"act": "submit"}).status_code == 303
    assert f"/items/{item.id}" in hers.get(f"{first}/thanks").text
    shown = client.get(f"/items/{item.id}").text
    assert "Segunda versão" in shown
    assert f"/items/{item.id}/versions/1" in shown
    old = client.get(f"/items/{item.id}/versions/1").text
    assert "Primeira versão" in old
    file_url = re.findall(r"/files/\d+", old)[0]
    with client.get(file_url) as got:
        assert got.text == "Texto do ficheiro"


def test_what_a_version_changed_is_told_in_the_list_of_versions(
    hers: FlaskClient, client: FlaskClient, ana: User, make_item: Callable[..., Item]
) -> None:
    item = make_item(ana)
    for words in ("Corrigido o <b>3</b>", "Letra maior"):
        draft = hers.post(f"/items/{item.id}/edit").location
        page = hers.get(draft).text
        assert re.search(r'<textarea[^>]*name="changes"[^>]*>\s*</textarea>', page), "each version begins with no words"
        too_long = hers.post(draft, data={"act": "submit", "changes": "x" * 501})
        assert too_long.status_code == 422
        assert "Use no máximo 500 caracteres." in too_long.text
        assert "x" * 501 in too_long.text
        assert hers.post(draft, data={"act": "submit", "changes": words}).status_code == 303
    shown = client.get(f"/items/{item.id}").text
    assert "Corrigido o &lt;b&gt;3&lt;/b&gt;" in shown
    assert shown.index("Letra maior") < shown.index("Corrigido o")
    assert "Corrigido o &lt;b&gt;3" in client.get(f"/items/{item.id}/versions/2").text
    assert "O que mudou" not in client.get(f"/items/{item.id}/versions/1").text


def test_the_persons_own_page_names_the_last_drafts_and_leads_to_all(
    hers: FlaskClient, ana: User, make_item: Callable[..., Item]
) -> None:
    for n in range(5):
        make_item(ana, title=f"Rascunho {n}", publish=False)
    assert "Ver todos os rascunhos" not in hers.get("/me").text
    make_item(ana, title="O sexto", publish=False)
    panel = hers.get("/me").text.partition("Por entregar</h2>")[2].partition("</section>")[0]
    assert "O sexto" in panel
    assert "Rascunho 0" not in panel
    assert "Ver todos os rascunhos" in panel
    assert "Rascunho 0" in hers.get("/deposit").text


def test_a_first_version_and_an_adaptation_are_not_asked_what_changed(
    hers: FlaskClient, ana: User, make_item: Callable[..., Item]
) -> None:
    first = hers.post("/deposit").location
    adapted = hers.post(f"/items/{make_item(ana).id}/adapt").location
    for address in (first, adapted):
        assert 'name="changes"' not in hers.get(address).text


def test_adapting_credits_the_source_in_the_citation(
    rui: User, sign_in: SignIn, ana: User, client: FlaskClient, make_item: Callable[..., Item]
) -> None:
    source = make_item(ana, licence="CC-BY-SA-4.0")
    his = sign_in(rui)
    begun = his.post(f"/items/{source.id}/adapt")
    assert begun.status_code == 303
    page = his.get(begun.location).text
    assert set(re.findall(r'name="licence" value="([^"]+)"', page)) == {"CC-BY-SA-4.0"}
    his.post(begun.location, data={"act": "submit", "title": "Versão curta", "note": "Uma aula só"})
    number = begun.location.rsplit("/", 1)[1]
    shown = client.get(f"/items/{number}").text
    assert "Adaptado de «Frações com barras» (CC BY-SA)." in shown
    assert "Versão curta" in client.get(f"/items/{source.id}").text


def test_what_may_not_be_adapted_says_so(rui: User, sign_in: SignIn, ana: User, make_item: Callable[..., Item]) -> None:
    item = make_item(ana, licence="CC-BY-ND-4.0")
    his = sign_in(rui)
    answer = his.post(f"/items/{item.id}/adapt")
    assert answer.status_code == 403
    assert "não deixa partilhar adaptações" in answer.text
    assert "/adapt" not in his.get(f"/items/{item.id}").text


def test_withdrawing_is_undone_with_one_button(
    hers: FlaskClient, client: FlaskClient, ana: User, make_item: Callable[..., Item]
) -> None:
    item = make_item(ana)
    for _ in range(2):
        assert hers.post(f"/items/{item.id}/withdraw").status_code == 303
    assert f'action="/items/{item.id}/restore"' in hers.get(f"/items/{item.id}").text
    assert client.get(f"/items/{item.id}").status_code == 404
    for _ in range(2):
        assert hers.post(f"/items/{item.id}/restore").status_code == 303
    assert client.get(f"/items/{item.id}").status_code == 200


@pytest.mark.parametrize("act", ["edit", "adapt", "withdraw", "restore"])
def test_acts_on_an_item_are_refused_to_strangers(
    act: str, client: FlaskClient, rui: User, sign_in: SignIn, ana: User, make_item: Callable[..., Item]
) -> None:
    item = make_item(ana)
    hidden = make_item(ana, publish=False)
    assert client.post(f"/items/{item.id}/{act}").status_code in (302, 303, 403)
    assert sign_in(rui).post(f"/items/{hidden.id}/{act}").status_code == 404
    if act in ("edit", "withdraw"):
        assert sign_in(rui).post(f"/items/{item.id}/{act}").status_code == 403


def test_a_person_s_page_lists_what_waits_to_be_handed_in(hers: FlaskClient, draft: Item) -> None:
    assert f"/deposit/{draft.id}" in hers.get("/me").text
    assert f"/deposit/{draft.id}" in hers.get("/deposit").text


def test_files_can_be_examined_again_from_the_command_line(
    ana: User, services: Services, make_item: Callable[..., Item], run_jobs: Callable[[], int]
) -> None:
    item = make_item(ana)
    make_item(ana, text="outro")
    run_jobs()

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(materials, ["re-examine", *arguments], obj=Console(lambda: services))

    def waiting() -> int:
        with services.sessions.reading() as session:
            return session.query(Job).filter_by(name="files.examine").count()

    assert run("--item", str(item.id)).exit_code == 0
    assert waiting() == 1
    assert "2 files" in run().output
    assert waiting() == 2, "a file that waits already waits once"
    assert run("--item", "999").exit_code == 1


@pytest.mark.parametrize(("licence", "offered"), [("CC-BY-SA-4.0", True), ("CC-BY-ND-4.0", False)])
def test_a_visitor_sees_that_a_material_may_be_adapted_and_is_asked_to_sign_in(
    client, ana, make_item, licence, offered
):
    item = make_item(ana, licence=licence)
    page = client.get(f"/items/{item.id}").text
    assert (f'href="/login?next=/items/{item.id}"' in page and "Adaptar este material" in page) is offered
