"""The pages, the command and the address of an intake: handed over, watched, given out, handed in, taken back."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from repository import accounts, items
from repository.cli import make_group
from repository.console import Console
from repository.models import Item, Organisation, State, User
from repository.work import SYSTEM, Actor, Services, open_work
from tests.plugins.training_actions.intake_house import Course, make_course
from tests.plugins.training_actions.test_intake_rules import FILES, LIST, text, zipped


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    return make_services(plugins=["materials", "training_actions"])


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "José Tavares", "Rui Lopes"])


@pytest.fixture
def sara(staff: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(staff)


def base(course: Course) -> str:
    return f"/actions/manage/editions/{course.edition_id}"


def send(browser: FlaskClient, course: Course, files: list[tuple[bytes, str]], table: bytes = b"") -> Any:
    data: dict[str, Any] = {"files": [(io.BytesIO(content), name) for content, name in files]}
    if table:
        data["table"] = (io.BytesIO(table), "formandos.csv")
    return browser.post(f"{base(course)}/intake", data=data, content_type="multipart/form-data")


def test_a_course_is_handed_over_given_out_and_handed_in(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    page = sara.get(base(course)).text
    assert "Juntar de uma vez" in page
    answer = send(sara, course, [(zipped(FILES), "turma.zip")])
    assert answer.status_code == 303
    where = answer.location
    assert "0 de 5 ficheiros lidos" in sara.get(where).text
    assert "hx-get" in sara.get(f"{where}/progress").text
    run_jobs()
    assert sara.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    page = sara.get(where).text
    assert "4 ligados" in page
    assert "Tabuleiro: 1 sem dono" in page
    name = re.search(r'name="(for-\d+)" value="other"', page)
    person = re.search(r'<option value="(\d+)">Rui Lopes', page)
    assert name
    assert person
    number = name[1].removeprefix("for-")
    given = sara.post(
        f"{base(course)}/tray", data={name[1]: "other", f"other-{number}": person[1]}, follow_redirects=True
    )
    assert "1 material ligado" in given.text
    done = sara.post(f"{base(course)}/hand-in", follow_redirects=True).text
    assert "4 materiais entregues" in done
    assert {item.state for item in course.items()} == {State.PUBLISHED}


def test_the_page_says_how_many_drafts_are_left_to_their_authors(
    course: Course, sara: FlaskClient, run_jobs: Any
) -> None:
    course.send({"Joana Teles - a.txt": text("a"), "José Tavares - b.txt": text("b")})
    run_jobs()
    with open_work(course.services, SYSTEM) as work:
        for item in course.items()[:1]:
            items.describe(work, work.session.get_one(Item, item.id), {"title": "Ainda a meio"})
    page = sara.get(f"{base(course)}/intake").text
    assert "1 rascunho com autor" in page
    told = sara.post(f"{base(course)}/hand-in", data={}, follow_redirects=True).text
    assert "1 material entregue." in told
    assert told.count("1 rascunho fica para os autores, porque mudou depois.") == 2  # said once, and shown from now on
    assert sorted(item.state for item in course.items()) == [State.DRAFT, State.PUBLISHED]


def test_new_people_are_shown_before_anything_is_done(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    where = send(sara, course, [(text("a"), "Inês Vaz - a.txt")], LIST).location
    page = sara.get(where).text
    assert "A lista traz uma pessoa nova" in page
    assert "Inês Vaz" in page
    run_jobs()
    assert course.items() == []
    assert sara.post(f"{where}/confirm").status_code == 303
    run_jobs()
    assert [item.credits[0].name for item in course.items()] == ["Inês Vaz"]


def test_a_whole_intake_is_taken_back_and_brought_back(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    where = send(sara, course, [(zipped(FILES), "turma.zip")]).location
    run_jobs()
    page = sara.post(f"{where}/undo", follow_redirects=True).text
    assert "Envio anulado: 4 materiais saíram." in page
    assert {item.state for item in course.items()} == {State.DISCARDED}
    assert sara.post(f"{where}/redo").status_code == 303
    assert {item.state for item in course.items()} == {State.DRAFT}


def test_a_draft_of_the_tray_is_discarded_and_fetched_back(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    send(sara, course, [(text("x"), "sem dono.txt")])
    run_jobs()
    (item,) = course.items()
    page = sara.post(f"{base(course)}/tray", data={"act": f"discard:{item.id}"}, follow_redirects=True).text
    assert "Apagado do tabuleiro." in page
    assert "Tabuleiro" not in page
    assert "Tabuleiro" in sara.post(f"{base(course)}/tray/{item.id}/recover", follow_redirects=True).text


def test_a_wrong_answer_is_put_back_into_the_tray(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    send(sara, course, [(text("x"), "Joana Teles - a.txt")])
    run_jobs()
    (item,) = course.items()
    page = sara.post(f"{base(course)}/tray/{item.id}/put", follow_redirects=True).text
    assert "Tabuleiro: 1 sem dono" in page
    assert f'name="for-{item.id}" value="' in page


@pytest.mark.parametrize(
    ("files", "words"),
    [([(b"isto nao e um zip", "turma.zip")], "não se consegue abrir"), ([(b"", "")], "Escolha um ZIP")],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    course: Course, sara: FlaskClient, files: list[tuple[bytes, str]], words: str
) -> None:
    answer = send(sara, course, files)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_list_that_is_no_table_is_said_beside_its_field(course: Course, sara: FlaskClient) -> None:
    answer = send(sara, course, [(text("a"), "a.txt")], b"coluna;outra\r\n1;2\r\n")
    assert answer.status_code == 422
    assert "f-table-e" in answer.text
    assert course.items() == []


def test_a_folder_keeps_its_paths(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    send(sara, course, [(text("a"), "Turma/Joana Teles/a.txt"), (text("b"), "Turma/../../b.txt")])
    run_jobs()
    assert [item.credits[0].name for item in course.items() if item.credits] == ["Joana Teles"]


def test_nobody_else_may_see_or_send(course: Course, ana: User, sign_in: Callable[[User], FlaskClient]) -> None:
    hers = sign_in(ana)
    assert hers.get(f"{base(course)}/intake").status_code == 403
    assert send(hers, course, [(text("a"), "a.txt")]).status_code == 403


def command(services: Services, *words: str) -> Any:
    return CliRunner().invoke(make_group(services.hook), ["actions", "intake", *words], obj=Console(lambda: services))


def test_the_command_rehearses_and_then_takes_in(course: Course, services: Services, tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(zipped(FILES))
    (tmp_path / "p.csv").write_bytes(LIST)
    words = [str(course.edition_id), str(tmp_path / "t.zip"), "--participants", str(tmp_path / "p.csv"), "--json"]
    dry = json.loads(command(services, *words, "--dry-run").output)
    assert (dry["new_people"], dry["dry_run"], course.items()) == (["Inês Vaz"], True, [])
    real = json.loads(command(services, *words).output)
    same = [{"file", "state", "authors", "reason"} & set(file) for file in real["files"]]
    assert len(same) == 6
    key = ("file", "state", "authors", "reason")
    assert [[f[k] for k in key] for f in real["files"]] == [[f[k] for k in key] for f in dry["files"]]
    again = json.loads(command(services, *words).output)
    assert again["counts"] == {"known": 5, "skipped": 1}


def test_the_command_says_what_is_wrong_in_a_sentence(course: Course, services: Services, tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(b"nada")
    done = command(services, str(course.edition_id), str(tmp_path / "t.zip"))
    assert (done.exit_code, "ZIP" in done.stderr) == (1, True)


def test_the_address_takes_a_course_once_and_tells_what_came_of_it(
    course: Course, staff: User, app: Any, work_as: Callable[..., Any], run_jobs: Any
) -> None:
    with work_as(staff) as work:
        secret = accounts.issue_token(work, staff, "", ("read", "deposit"))
    browser, path = app.test_client(), f"/api/v1/editions/{course.edition_id}/intake"
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "uma-vez"}
    sent, archive = [], zipped(FILES)
    for _ in range(2):
        data = {"files": (io.BytesIO(archive), "turma.zip"), "participants": (io.BytesIO(LIST), "p.csv")}
        sent.append(browser.post(path, data=data, headers=headers, content_type="multipart/form-data"))
    assert [answer.status_code for answer in sent] == [202, 202]
    assert sent[0].json["id"] == sent[1].json["id"]
    run_jobs()
    told = browser.get(path, headers={"Authorization": f"Bearer {secret}"}).json
    assert (told["state"], told["counts"]) == ("done", {"matched": 4, "skipped": 1, "unmatched": 1})
    assert browser.post(path, data={}, headers={"Authorization": "Bearer nada"}).status_code == 401


def test_two_answers_to_one_question_are_none(course: Course, sara: FlaskClient, run_jobs: Any) -> None:
    send(sara, course, [(text("x"), "sem dono.txt")])
    run_jobs()
    (item,) = course.items()
    people = re.findall(r'<option value="(\d+)">', sara.get(f"{base(course)}/intake").text)
    both = {f"for-{item.id}": people[0], f"other-{item.id}": people[1]}
    answer = sara.post(f"{base(course)}/tray", data=both)
    assert (answer.status_code, "Deixe só uma" in answer.text) == (422, True)
    chosen = sara.post(f"{base(course)}/tray", data={f"other-{item.id}": people[1]}, follow_redirects=True)
    assert "1 material ligado" in chosen.text


def test_more_loose_files_than_a_form_takes_are_answered_on_the_page_with_the_way_out(
    course: Course, sara: FlaskClient, ana: User, sign_in: Callable[[User], FlaskClient]
) -> None:
    files = [(b"x", f"Turma/{n}.txt") for n in range(1_001)]
    answer = send(sara, course, files)
    assert answer.status_code == 413
    assert "Junte-os num ZIP" in answer.text
    assert "f-files-e" in answer.text
    assert send(sign_in(ana), course, files).status_code == 403


def test_what_is_in_a_tray_waits_on_the_own_page_of_who_manages_actions(
    course: Course, sara: FlaskClient, run_jobs: Any, ana: User, sign_in: Callable[[User], FlaskClient]
) -> None:
    assert "sem dono" not in sara.get("/me").text
    send(sara, course, [(text("x"), "ninguém.txt"), (text("y"), "Joana Teles - a.txt")])
    run_jobs()
    page = sara.get("/me").text
    assert "1 material sem dono no tabuleiro" in page
    assert f'href="{base(course)}/intake"' in page
    assert "sem dono" not in sign_in(ana).get("/me").text
