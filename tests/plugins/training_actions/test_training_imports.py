"""Tables of actions and of people: ugly spreadsheets, doubts, errors, and everything or nothing."""

import io
import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from plugins.training_actions import import_actions, import_people, importing
from plugins.training_actions.commands import actions as command
from plugins.training_actions.models import Action, Edition, Participant
from repository.console import Console
from repository.errors import Invalid
from repository.models import Organisation, User
from repository.tables import read_table
from repository.work import Services

Make = Callable[..., Any]
HEAD = [
    "Ref.",
    "Ação de formação",
    "Registo de acreditação",
    "Modalidade",
    "Duração",
    "Início",
    "Fim",
    "Formador(es)",
    "Turma",
]
ROW = ["VM-OF-07", "Matemática com as mãos", "CCPFC/ACC-128450/26", "Oficina de formação", "25h + 25h", "14/09/2026",
       "14/11/2026", "Helena Prates", "turma 1"]  # fmt: skip


def workbook(rows: list[list[Any]]) -> bytes:
    """Return an XLSX with one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv_file(*rows: list[str], encoding: str = "utf-8") -> bytes:
    """Return a CSV as Portuguese Excel writes it."""
    return "".join(";".join(row) + "\r\n" for row in rows).encode(encoding)


@pytest.fixture
def take(services: Services, work_as: Make, centre: Organisation) -> Make:
    """Import a table as the centre; return the planned rows, applied unless one is wrong or `dry`."""

    def taken(data: bytes, edition: Edition | None = None, key: str = "", *, dry: bool = False) -> list[Any]:
        module: Any = import_people if edition else import_actions
        table = importing.read(data, module.NAMES)
        with work_as() as work:
            if edition:
                target = work.session.get_one(Edition, edition.id)
                planned, _ = import_people.plan(work, target, table, key or "email", services.vocabularies)
                if not dry and not any(row.problems for row in planned):
                    import_people.carry_out(work, target, planned)
                return planned
            rows, _ = import_actions.plan(work, table, key or "reference", services.vocabularies)
            if not dry and not any(row.problems for row in rows):
                import_actions.carry_out(work, rows, centre.id)
            return rows

    return taken


def outcomes(planned: list[Any]) -> list[str]:
    return [row.outcome for row in planned]


def rows_of(services: Services, model: Any) -> list[Any]:
    with services.sessions.reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


# Actions and editions


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8-sig", "utf-8", "utf-16"])
def test_a_csv_of_portuguese_excel_becomes_an_action_an_edition_and_its_trainer(
    take: Make, services: Services, encoding: str
) -> None:
    assert outcomes(take(csv_file(HEAD, ROW, encoding=encoding))) == ["new"]
    action, edition, trainer = (
        rows_of(services, Action)[0],
        rows_of(services, Edition)[0],
        rows_of(services, Participant)[0],
    )
    assert (action.title, action.modality, action.contact_quarters, action.own_work_quarters) == (
        "Matemática com as mãos", "OF", 100, 100,
    )  # fmt: skip
    assert (edition.reference, edition.name, edition.starts_on, edition.school_year) == (
        "VM-OF-07", "turma 1", date(2026, 9, 14), 2026,
    )  # fmt: skip
    assert (trainer.name, trainer.role, trainer.named) == ("Helena Prates", "trainer", False)


def test_a_second_run_changes_nothing_and_only_what_differs_is_told(take: Make, services: Services) -> None:
    take(csv_file(HEAD, ROW))
    assert outcomes(take(csv_file(HEAD, ROW))) == ["unchanged"]
    moved = [*ROW[:6], "21/11/2026", *ROW[7:]]
    (row,) = take(csv_file(HEAD, moved))
    assert (row.outcome, row.changes) == ("changed", [("ends_on", date(2026, 11, 14), date(2026, 11, 21))])
    assert [len(rows_of(services, model)) for model in (Action, Edition, Participant)] == [1, 1, 1]


def test_empty_cells_and_missing_rows_delete_nothing(take: Make, services: Services) -> None:
    take(csv_file(HEAD, ROW))
    other = ["X-1", "Robótica", "", "", "", "", "", "", ""]
    take(csv_file(HEAD, other, ["VM-OF-07", *[""] * 8]))
    assert {action.title for action in rows_of(services, Action)} == {"Matemática com as mãos", "Robótica"}
    assert rows_of(services, Action)[0].accreditation == "CCPFC/ACC-128450/26"


def test_several_editions_of_one_number_are_one_action(take: Make, services: Services) -> None:
    second = ["VM-OF-08", *ROW[1:5], "12/01/2027", "10/03/2027", "Rui Sá", "turma 2"]
    assert outcomes(take(csv_file(HEAD, ROW, second))) == ["new", "new"]
    assert len(rows_of(services, Action)) == 1
    assert [edition.reference for edition in rows_of(services, Edition)] == ["VM-OF-07", "VM-OF-08"]
    assert outcomes(take(csv_file(HEAD, ROW, second), key="accreditation")) == ["unchanged", "unchanged"]
    assert outcomes(take(csv_file(HEAD, ROW, second), key="title")) == ["unchanged", "unchanged"]


def test_rows_that_contradict_each_other_about_one_action_are_refused(take: Make) -> None:
    second = ["VM-OF-08", *ROW[1:4], "12h", *ROW[5:]]
    planned = take(csv_file(HEAD, ROW, second))
    assert outcomes(planned) == ["new", "error"]
    assert "linha 2" in str(planned[1].problems[0])


def test_a_reference_used_again_in_another_year_is_another_edition(take: Make, services: Services) -> None:
    take(csv_file(HEAD, ROW))
    later = [*ROW[:5], "13/09/2027", "14/11/2027", *ROW[7:]]
    assert outcomes(take(csv_file(HEAD, later))) == ["new"]
    assert len(rows_of(services, Action)) == 1
    assert len(rows_of(services, Edition)) == 2


def test_zeros_that_a_spreadsheet_ate_do_not_make_another_edition(take: Make, services: Services) -> None:
    take(csv_file(["Ref.", "Título"], ["007", "Robótica"]))
    assert outcomes(take(workbook([["Ref.", "Título"], [7, "Robótica"]]))) == ["unchanged"]
    assert [edition.reference for edition in rows_of(services, Edition)] == ["007"]


def test_one_wrong_row_keeps_everything_out_and_each_is_told_with_its_number(take: Make, services: Services) -> None:
    bad = ["VM-OF-09", "Outra", "", "Seminário mágico", "12,3", "31/02/2026", "", "", ""]
    planned = take(csv_file(HEAD, ROW, bad))
    assert [(row.number, row.outcome) for row in planned] == [(2, "new"), (3, "error")]
    assert [problem.field for problem in planned[1].problems] == ["Modalidade", "Duração", "Início"]
    assert rows_of(services, Action) == []


def test_a_refusal_of_the_rules_while_applying_keeps_everything_out(take: Make, services: Services) -> None:
    bad = ["VM-OF-09", "Outra", "", "", "", "14/09/2026", "01/09/2026", "", ""]
    with pytest.raises(Invalid, match=r"Linha 3: O fim vem antes do início\."):
        take(csv_file(HEAD, ROW, bad))
    assert rows_of(services, Action) == []


def test_a_row_that_says_the_same_edition_again_is_one_with_it(take: Make, services: Services) -> None:
    less = [*ROW[:2], *[""] * 3, *ROW[5:6], "", "", "turma 1"]
    planned = take(csv_file(HEAD, less, ROW, ROW, less))
    assert outcomes(planned) == ["new", "unchanged", "unchanged", "unchanged"]
    assert [(row.same_as, str(row.notes[0])) for row in planned[2:]] == [
        (2, "Diz o mesmo que a linha 2: conta uma vez."),
        (2, "Diz o mesmo que a linha 2: conta uma vez."),
    ]
    assert [len(rows_of(services, model)) for model in (Action, Edition, Participant)] == [1, 1, 1]
    assert rows_of(services, Edition)[0].ends_on == date(2026, 11, 14)  # which only a later row tells
    assert outcomes(take(csv_file(HEAD, ROW, ROW))) == ["unchanged", "unchanged"]


def test_a_row_that_contradicts_an_earlier_one_of_its_edition_is_told_where(take: Make, services: Services) -> None:
    other = [*ROW[:6], "21/11/2026", *ROW[7:]]
    planned = take(csv_file(HEAD, ROW, ROW, other))
    assert outcomes(planned) == ["new", "unchanged", "error"]
    assert [(p.field, str(p)) for p in planned[2].problems] == [
        ("Fim", "Contradiz a linha 2, que é da mesma pessoa ou turma.")
    ]
    assert rows_of(services, Action) == []


def test_the_plan_of_a_centre_as_people_make_it_in_excel(take: Make, services: Services) -> None:
    book = Workbook()
    book.active.title = "Capa"
    book.active.append(["Centro de Formação"])
    sheet = book.create_sheet("Plano")
    sheet.append(["PLANO DE FORMAÇÃO 2026/2027"])
    sheet.merge_cells("A1:I1")
    sheet.append([])
    sheet.append(["N.º", "Designação", "N.º de registo", "Datas", None, "Duração", "Destinatários", "Formador", "Obs."])
    sheet.append([None, None, None, "Início", "Fim"])
    for cells in ("A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4", "H3:H4", "I3:I4"):
        sheet.merge_cells(cells)
    day = date(2026, 9, 14)
    sheet.append(
        [1, "Robótica", "CCPFC/ACC-1234/26", day, 46340, 25, "Grupos 110 e 230", "Ana Costa e Rui Sá", "sala 2"]
    )
    sheet.append([2, None, None, date(2027, 1, 11), None, None, None, "Eva Luz"])
    sheet.merge_cells("B5:B6")
    sheet.merge_cells("C5:C6")
    sheet.append([None] * 9)
    target = io.BytesIO()
    book.save(target)
    planned = take(target.getvalue())
    assert [(row.number, row.outcome) for row in planned] == [(5, "new"), (6, "new")]
    (action,) = rows_of(services, Action)
    assert (action.title, action.groups, action.contact_quarters) == ("Robótica", ["110", "230"], 100)
    first, second = rows_of(services, Edition)
    assert (first.reference, first.starts_on, first.ends_on) == ("1", day, date(2026, 11, 14))
    assert (second.reference, second.starts_on) == ("2", date(2027, 1, 11))
    assert [who.name for who in rows_of(services, Participant)] == ["Ana Costa", "Rui Sá", "Eva Luz"]


# People


PEOPLE = ["Nome do formando", "E-mail", "Escola", "GR"]


def test_people_come_with_school_and_group_and_a_second_run_adds_none(
    take: Make, services: Services, edition: Edition, work_as: Make, centre: Organisation
) -> None:
    table = csv_file(
        PEOPLE,
        ["Joana Teles", "joana@teste.invalid", "Centro de teste", "110 - 1.º ciclo"],
        ["Nuno Sequeira", "", "", ""],
    )
    assert outcomes(take(table, edition)) == ["new", "new"]
    joana, nuno = rows_of(services, Participant)
    assert (joana.group_code, joana.organisation_id, nuno.organisation_id) == ("110", centre.id, None)
    assert outcomes(take(table, edition)) == ["unchanged", "unchanged"]
    assert outcomes(take(table, edition, "name")) == ["unchanged", "unchanged"]


def test_two_people_of_one_name_stay_two(take: Make, services: Services, edition: Edition) -> None:
    table = csv_file(PEOPLE[:2], ["Ana Silva", "ana1@teste.invalid"], ["Ana Silva", "ana2@teste.invalid"])
    for key in ("email", "name", "email"):
        take(table, edition, key)
    assert sorted(who.email for who in rows_of(services, Participant)) == ["ana1@teste.invalid", "ana2@teste.invalid"]
    doubtful = csv_file(PEOPLE[:2], ["Ana Silva", "ana1@teste.invalid"], ["Ana Silva", ""])
    assert outcomes(take(doubtful, edition))[1] == "error"
    assert outcomes(take(csv_file(PEOPLE[:1], ["Ana Silva"]), edition, "name")) == ["error"]


def test_a_row_that_says_the_same_person_again_is_one_with_it(take: Make, services: Services, edition: Edition) -> None:
    joana = ["Joana Teles", "joana@teste.invalid", "", "110"]
    again = ["JOANA TELES", "Joana@teste.invalid", "AE da Várzea", ""]
    table = csv_file(PEOPLE, joana, joana, again, ["Nuno Sá", "", "", ""], ["Nuno Sá", "", "", ""])
    assert outcomes(take(table, edition)) == ["new", "unchanged", "unchanged", "new", "unchanged"]
    assert [(who.name, who.school) for who in rows_of(services, Participant)] == [
        ("Joana Teles", "AE da Várzea"),
        ("Nuno Sá", ""),
    ]
    assert set(outcomes(take(table, edition))) == {"unchanged"}


def test_a_row_that_contradicts_an_earlier_one_of_its_person_is_told_where(
    take: Make, services: Services, edition: Edition
) -> None:
    joana = ["Joana Teles", "joana@teste.invalid", "AE da Várzea", "110"]
    planned = take(csv_file(PEOPLE, joana, [*joana[:3], "230"]), edition)
    assert outcomes(planned) == ["new", "error"]
    assert planned[1].problems[0].field == "GR"
    assert "linha 2" in str(planned[1].problems[0])
    assert rows_of(services, Participant) == []


def test_an_address_shared_by_two_joins_neither_to_the_other(
    take: Make, services: Services, edition: Edition, join: Make
) -> None:
    join(edition, "Rita Melo", "familia@teste.invalid")
    planned = take(csv_file(PEOPLE[:2], ["Paulo Melo", "familia@teste.invalid"]), edition)
    assert outcomes(planned) == ["error"]
    assert "Rita Melo" in str(planned[0].problems[0])
    (row,) = take(csv_file(PEOPLE[:2], ["Paulo Melo", "familia@teste.invalid"]), edition, "name")
    assert row.outcome == "new"
    assert "mesmo endereço" in str(row.notes[0])
    assert len(rows_of(services, Participant)) == 2


def test_another_spelling_is_told_before_it_changes_anything(
    take: Make, services: Services, edition: Edition, join: Make
) -> None:
    join(edition, "José Tavares", "jose@teste.invalid")
    (row,) = take(csv_file(PEOPLE[:2], ["José Manuel Tavares", "JOSE@teste.invalid"]), edition)
    assert (row.outcome, row.changes) == ("changed", [("name", "José Tavares", "José Manuel Tavares")])
    (row,) = take(csv_file(PEOPLE[:2], ["Jose M. Tavares", "outro@teste.invalid"]), edition)
    assert row.outcome == "new"
    assert "José Manuel Tavares" in str(row.notes[0])
    assert len(rows_of(services, Participant)) == 2


def test_an_account_is_joined_by_its_address_unless_two_share_it(
    take: Make, services: Services, edition: Edition, ana: User, rui: User
) -> None:
    table = csv_file(
        PEOPLE[:2], ["Ana", "ANA@teste.invalid"], ["Rui Um", "rui@teste.invalid"], ["Rui Dois", "rui@teste.invalid"]
    )
    take(table, edition, "name")
    assert {who.name: who.user_id for who in rows_of(services, Participant)} == {
        "Ana": ana.id,
        "Rui Um": None,
        "Rui Dois": None,
    }


def test_who_is_not_in_the_table_stays_in_the_edition(
    take: Make, services: Services, edition: Edition, join: Make
) -> None:
    join(edition, "Fica Aqui", "fica@teste.invalid")
    take(csv_file(PEOPLE[:2], ["Nova Pessoa", "nova@teste.invalid"]), edition)
    assert [who.removed_at for who in rows_of(services, Participant)] == [None, None]


# The page and the command


@pytest.fixture
def hers(staff: User, app: Any, sign_in: Make) -> FlaskClient:
    """The browser of somebody of the centre's staff."""
    return sign_in(staff)


def carried_in(page: str) -> str:
    found = re.search(r'name="carried" value="([^"]*)"', page)
    assert found, page
    return unescape(found[1])


def test_the_page_shows_what_would_change_and_then_does_it(hers: FlaskClient, services: Services) -> None:
    sent = {"file": (io.BytesIO(workbook([HEAD, ROW])), "plano.xlsx"), "key": "reference"}
    page = hers.post("/actions/manage/import", data=sent)
    assert page.status_code == 200
    assert "Importar tudo" in page.text
    assert rows_of(services, Action) == []
    answer = hers.post(
        "/actions/manage/import", data={"carried": carried_in(page.text), "key": "reference", "do": "apply"}
    )
    assert (answer.status_code, answer.location) == (
        303,
        f"/actions/manage/editions/{rows_of(services, Edition)[0].id}",
    )
    assert [action.title for action in rows_of(services, Action)] == ["Matemática com as mãos"]


def test_a_table_of_several_editions_leads_to_the_list_of_all(hers: FlaskClient) -> None:
    other = ["VM-OF-08", *ROW[1:5], "15/09/2026", *ROW[6:]]
    page = hers.post("/actions/manage/import", data={"file": (io.BytesIO(csv_file(HEAD, ROW, other)), "plano.csv")})
    known = {"carried": carried_in(page.text), "key": "reference", "do": "apply"}
    assert hers.post("/actions/manage/import", data=known).location == "/actions/manage"


def test_cells_pasted_from_a_spreadsheet_are_a_table(hers: FlaskClient, services: Services, edition: Edition) -> None:
    pasted = "Nome\tE-mail\r\nJoana Teles\tjoana@teste.invalid\r\n\t\r\n"
    page = hers.post("/actions/manage/import", data={"edition": edition.id, "pasted": pasted})
    answer = hers.post(
        "/actions/manage/import",
        data={"edition": edition.id, "carried": carried_in(page.text), "key": "email", "do": "apply"},
    )
    assert answer.location.endswith("/people")
    assert [who.name for who in rows_of(services, Participant)] == ["Joana Teles"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_wrong_rows_come_back_as_a_file_that_can_be_corrected_and_sent_again(
    hers: FlaskClient, services: Services, kind: str
) -> None:
    rows = [HEAD, ROW, ["=1+1", *ROW[1:5], "amanhã", *ROW[6:]]]
    data = workbook(rows) if kind == "xlsx" else csv_file(*rows)
    page = hers.post("/actions/manage/import", data={"file": (io.BytesIO(data), f"plano.{kind}")})
    assert page.status_code == 422
    assert "Importar tudo" not in page.text
    known = {"carried": carried_in(page.text), "kind": kind, "key": "reference"}
    assert hers.post("/actions/manage/import", data=known | {"do": "apply"}).status_code == 422
    answer = hers.post("/actions/manage/import/errors", data=known)
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    table = read_table(answer.data)
    assert (table.header[-1], len(table.rows)) == ("erro", 1)
    cells = table.rows[0].cells
    assert cells["Ref."] == (
        "=1+1" if kind == "csv" else ""
    )  # a workbook keeps the value of a formula, which has none yet
    assert cells["erro"].endswith("Início: Não se percebe a data «amanhã». Escreva 14/09/2026.")
    assert rows_of(services, Action) == []


@pytest.mark.parametrize("what", ["actions", "participants"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_templates_are_tables_that_are_understood_as_they_are(
    hers: FlaskClient, take: Make, edition: Edition, what: str, kind: str
) -> None:
    answer = hers.get(f"/actions/manage/import/template/{what}.{kind}")
    assert answer.status_code == 200
    assert outcomes(take(answer.data, edition if what == "participants" else None, dry=True)) in (["new"], ["changed"])


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0old", "Só;isto\n".encode(), b"Ref.;T\xc3\xadtulo\n", b"a;b\n1;2\n"],
)
def test_what_is_no_table_is_refused_in_words(hers: FlaskClient, data: bytes) -> None:
    answer = hers.post("/actions/manage/import", data={"file": (io.BytesIO(data), "x.csv")})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("text", ["{", "[]", '{"header": ["a"], "rows": [[1]], "sheet": ""}', "[" * 100_000])
def test_a_form_that_was_tampered_with_is_refused(hers: FlaskClient, text: str) -> None:
    assert hers.post("/actions/manage/import", data={"carried": text}).status_code == 422


def run(services: Services, *words: str) -> Any:
    return CliRunner().invoke(command, ["import", *words], obj=Console(lambda: services))


def test_the_command_tells_row_by_row_and_applies_unless_asked_not_to(
    services: Services, centre: Organisation, tmp_path: Path
) -> None:
    file = tmp_path / "plano.csv"
    file.write_bytes(csv_file(HEAD, ROW, encoding="windows-1252"))
    told = json.loads(run(services, str(file), "--dry-run", "--json").stdout)
    assert (told["applied"], told["counts"]["new"], told["rows"][0]["row"]) == (False, 1, 2)
    assert rows_of(services, Action) == []
    assert "1 new" in run(services, str(file)).stdout
    assert rows_of(services, Action)[0].organisation_id == centre.id
    people = tmp_path / "lista.xlsx"
    people.write_bytes(workbook([["Nome", "Correio"], ["Joana Teles", "joana@teste.invalid"]]))
    edition = rows_of(services, Edition)[0]
    assert run(services, str(people), "--kind", "participants", "--edition", str(edition.id)).exit_code == 0
    assert [who.name for who in rows_of(services, Participant) if who.role == "participant"] == ["Joana Teles"]


def test_the_command_fails_with_a_sheet_of_errors(services: Services, centre: Organisation, tmp_path: Path) -> None:
    file, errors = tmp_path / "plano.csv", tmp_path / "erros.xlsx"
    file.write_bytes(csv_file(HEAD, [*ROW[:5], "amanhã", *ROW[6:]]))
    ran = run(services, str(file), "--errors", str(errors))
    assert ran.exit_code == 1
    assert "amanhã" in ran.stdout
    assert read_table(errors.read_bytes()).header[-1] == "erro"
    assert run(services, str(file), "--kind", "participants").exit_code == 2
