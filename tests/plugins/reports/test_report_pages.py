"""The pages of reports and their files: who may, what they show, what an empty house says, and how much they ask."""

import csv
import io
import re

import pypdfium2
import pytest

from plugins.reports.pages import tables
from plugins.reports.pages.of_year import MOST_ACTIONS, _foremost
from plugins.reports.pages.tables import Line, Table
from repository.models import User
from repository.spreadsheets import read_sheets

PAGES = ("/reports", "/reports/by/group", "/reports/cross?rows=group&columns=year&what=people", "/reports/gaps")
FILES = ("/reports/year.pdf", "/reports/year.xlsx", "/reports/by/level.csv", "/reports/cross.xlsx", "/reports/gaps.pdf")


@pytest.fixture
def browser(sign_in, staff):
    return sign_in(staff)


@pytest.fixture
def full(told, ana, make_item):
    """A year with people of three groups and a material."""
    told({"110": 1, "500": 8, "510": 5}, {"500": 6})
    return make_item(ana, "Frações", group=["110"], discipline=["MAT"])


def test_the_reports_are_one_click_from_the_own_page_of_those_who_may_read_them(sign_in, browser, ana):
    assert 'href="/reports">' in browser.get("/me").text.partition("<main")[2]
    assert "/reports" not in sign_in(ana).get("/me").text


@pytest.mark.parametrize("address", [*PAGES, *FILES])
def test_only_the_centres_staff_see_reports(app, client, sign_in, ana, address):
    assert client.get(address).status_code in (302, 403)
    assert sign_in(ana).get(address).status_code == 403


def test_a_new_centre_is_told_that_numbers_will_come(browser):
    page = browser.get("/reports/by/group").text
    assert "Ainda não há números" in page
    assert browser.get("/reports/year.pdf").data.startswith(b"%PDF")


def test_the_year_is_told_in_sentences_figures_pictures_and_tables(browser, full):
    page = browser.get("/reports").text
    assert "Publicou-se 1 material." in page
    assert 'role="img" aria-label="Gráfico de barras: 1.º ciclo 1."' in page
    assert "Ver como tabela" in page
    assert "Falta material em" in page
    assert "style=" not in page.partition("<main")[2].partition("</main")[0]


def test_few_people_are_told_on_no_page_and_in_no_file(browser, full):
    page = browser.get("/reports/by/group").text
    assert "… não se mostra" in page
    rows = list(csv.reader(io.StringIO(browser.get("/reports/by/group.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["Grupo de recrutamento", "Pessoas", "Trouxeram"]
    assert {row[0][:3]: row[1] for row in rows[1:]} == {"110": "…", "500": "8", "510": "…", "Tot": "14"}
    book = browser.get("/reports/by/group.xlsx")
    assert read_sheets(book.data, 100)[0].lines[1][1] == "…"


def test_the_workbook_of_a_year_has_a_sheet_for_each_table_that_the_page_leads_to(browser, full):
    sheets = [sheet.name for sheet in read_sheets(browser.get("/reports/year.xlsx").data, 100)]
    led_to = re.findall(r'href="/reports/by/[^"]*"[^>]*>([^<]*)<', browser.get("/reports").text)
    assert set(led_to) - {"Anos letivos", "Todos os números"} <= set(sheets)
    assert {"Ano letivo", "Disciplina"} <= set(sheets)


@pytest.mark.parametrize("address", FILES)
def test_each_report_is_a_file(browser, full, address):
    answer = browser.get(address)
    assert answer.status_code == 200
    ending = address.rpartition(".")[2]
    assert f'.{ending}"' in answer.headers["Content-Disposition"]
    assert answer.data.startswith({"pdf": b"%PDF", "xlsx": b"PK", "csv": "\ufeff".encode()}[ending])


@pytest.mark.parametrize(
    ("locale", "name"),
    [("pt_PT", "relatorio-grupo-de-recrutamento"), ("en", "report-recruitment-group"), ("de", "bericht-fachgruppe")],
)
def test_files_are_named_in_the_language_of_the_page_in_plain_letters(
    browser, staff, full, work_as, year, locale, name
):
    with work_as() as work:
        work.session.get_one(User, staff.id).locale = locale
    answer = browser.get("/reports/by/group.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}-{year}-{year + 1}.csv"'


def test_on_paper_no_word_of_a_heading_is_broken(browser, full):
    with pypdfium2.PdfDocument(browser.get("/reports/year.pdf").data) as sheets:
        told = " ".join(sheet.get_textpage().get_text_bounded() for sheet in sheets).split()
    assert {"Publicados", "Descarregados"} <= set(told)


@pytest.mark.parametrize(
    "address", ["/reports/by/nothing", "/reports/by/level.doc", "/reports/year.csv", "/reports?org=99"]
)
def test_what_there_is_not_is_not_found(browser, address):
    assert browser.get(address).status_code == 404


def test_a_cross_that_makes_no_sense_is_refused_beside_its_field(browser):
    answer = browser.get("/reports/cross?rows=level&columns=level&what=published")
    assert answer.status_code == 422
    assert "Escolha duas coisas diferentes para cruzar." in answer.text


def test_an_empty_place_leads_to_the_search_and_to_where_one_can_ask(browser, full):
    page = browser.get("/reports/gaps").text
    assert "/search?kind=digital&amp;level=1ceb&amp;discipline=MAT" in page
    assert 'href="/ask?level=2ceb">pedir' in page


def test_the_number_of_questions_does_not_grow(browser, full, ana, make_item, count_queries):
    with count_queries() as few:
        assert browser.get("/reports").status_code == 200
    for number in range(5):
        make_item(ana, f"Outro {number}", level=["sec"], group=["500"], discipline=["MAT"])
    with count_queries() as many:
        assert browser.get("/reports").status_code == 200
    assert len(few) == len(many) <= 30


def actions(names):
    lines = [Line(name, name or "Sem indicação", [1]) for name in names]
    return Table("", "", ["Publicados"], lines, [len(lines)])


def test_the_total_of_the_foremost_actions_is_that_of_the_lines_above_it_or_is_not_told():
    few = _foremost(actions(["Rios", "Frações", ""]))
    assert (sum(line.cells[0] for line in few.lines), few.total) == (3, [3])
    many = _foremost(actions([*(f"Ação {n}" for n in range(MOST_ACTIONS + 1)), ""]))
    assert (len(many.lines), many.total) == (MOST_ACTIONS, None)
    assert _foremost(actions([""])) is None


def test_what_is_not_said_is_named_where_the_words_stand_alone(browser, told):
    told({"": 30, ("500", "0601"): 8})
    assert "Sem indicação de grupo de recrutamento" in browser.get("/reports/by/group").text
    assert "Sem indicação de concelho" in browser.get("/reports/cross?rows=group&columns=council&what=people").text


def test_a_name_within_a_sentence_is_small_but_in_german(monkeypatch):
    assert tables.inside("Nível de ensino") == "nível de ensino"
    monkeypatch.setattr(tables, "language", lambda: "de")
    assert tables.inside("Bildungsstufe") == "Bildungsstufe"
