"""The figures of the desk: right, few questions, nobody named, and the same after the names are gone."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from desk_acts import Acts

from plugins.physical_loans import bookings, forgetting
from plugins.physical_loans.figures import Use, figures, school_year_of
from repository.models import Organisation
from repository.spreadsheets import read_sheets

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
SUMMER = datetime(2027, 7, 1, 10, tzinfo=UTC)


@pytest.fixture
def on_a_day_in_summer(monkeypatch):
    """Pages see a day after all loans of the tests."""
    for place in ("repository.http.now", "repository.work.now"):
        monkeypatch.setattr(place, lambda: SUMMER)


@pytest.fixture
def year(at, staff, desk, ana, rui, make_thing):
    """A term: robots lent to Ana and Rui, once late and one cable short; probes that nobody wanted."""
    acts = Acts(at, staff, desk)
    robots = make_thing('=Robôs; "de chão"', parts={"cabo": 2}, category="robot")
    make_thing("Sondas", category="sensor")
    first = acts.out(ana, robots)
    cable = robots.components[0].id
    acts.back(first, counts={robots.copies[0].id: {cable: 1}})
    second = acts.book(rui, robots, 16)
    acts.do("hand_out", second, moment=datetime(2027, 3, 15, 16, tzinfo=UTC))
    acts.back(second, moment=datetime(2027, 3, 22, 16, tzinfo=UTC))
    third = acts.book(ana, robots, 23)
    with at(ana) as work:
        bookings.cancel(work, bookings.get(work, third))
    return acts


def read(at, staff, year=None):
    with at(staff, SUMMER) as work:
        return figures(work, year)


def test_loans_are_counted_by_thing_category_school_and_month(at, staff, year, centre):
    found = read(at, staff)
    lent = {"loans": 2, "units": 2, "late": 1}
    assert list(found.things) == [Use('=Robôs; "de chão"', **lent)]
    assert list(found.categories) == [Use("robot", **lent)]
    assert list(found.schools) == [Use(centre.name, **lent)]
    assert {use.name: use.loans for use in found.months if use.loans} == {"3": 2}
    assert next(use.name for use in found.months) == "9"
    assert (found.total.loans, found.total.late) == (2, 1)


def test_what_nobody_wanted_and_what_went_missing_is_named(at, staff, year):
    found = read(at, staff)
    assert [(each.title, each.copies, each.last) for each in found.idle] == [("Sondas", 1, None)]
    assert [(each.part, each.missing, each.open) for each in found.missing] == [("cabo", 1, 1)]


def test_another_year_is_empty_and_an_unknown_one_is_the_present(at, staff, year):
    assert read(at, staff, 1999).year == 2026
    assert school_year_of(datetime(2026, 8, 31, tzinfo=UTC)) == 2025
    assert school_year_of(datetime(2026, 9, 1, tzinfo=UTC)) == 2026


def test_the_figures_are_the_same_when_the_names_are_gone(at, staff, year):
    before = read(at, staff)
    with at(moment=SUMMER + timedelta(days=900)) as work:
        assert forgetting.anonymise_old(work, 30) > 0
    assert read(at, staff) == before


def test_a_desk_counts_its_own_only(at, make_person, year, work_as, centre):
    with work_as() as work:
        other = Organisation(kind="cluster", name="Agrupamento do Sul", parent_id=centre.id)
        work.session.add(other)
    elsewhere = make_person("Zita", "staff", organisation=other)
    found = read(at, elsewhere)
    assert (found.total.loans, list(found.things), list(found.idle)) == (0, [], [])


def test_the_figures_take_as_many_questions_for_many_loans_as_for_few(at, staff, year, make_thing, count_queries):
    with at(staff, SUMMER) as work, count_queries() as few:
        figures(work)
    for number in range(4):
        make_thing(f"Mais {number}", copies=3)
    with at(staff, SUMMER) as work, count_queries() as many:
        figures(work)
    assert len(many) == len(few) <= 9


@pytest.mark.usefixtures("on_a_day_in_summer")
def test_the_page_begins_with_a_sentence_and_names_nobody(sign_in, staff, year, ana):
    page = sign_in(staff).get("/loans/figures").text
    assert "Houve 2 empréstimos de 1 material. 1 voltou fora do prazo." in page
    main = page.partition("<main")[2]
    assert "Ana" not in main
    assert "Rui" not in main
    assert "março" in main


@pytest.mark.usefixtures("on_a_day_in_summer")
def test_each_table_is_there_for_spreadsheets_and_runs_nothing(sign_in, staff, year):
    browser = sign_in(staff)
    page = browser.get("/loans/figures").text
    for name in ("things", "categories", "schools", "months", "idle", "missing"):
        assert f"/loans/figures/{name}.csv" in page
        answer = browser.get(f"/loans/figures/{name}.csv?year=2026")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
        (sheet,) = read_sheets(browser.get(f"/loans/figures/{name}.xlsx?year=2026").data, 500)
        assert [len(row) for row in rows] == [len(rows[0])] * len(rows)
        assert len(sheet.lines) == len(rows) > 1
        assert name not in answer.headers["Content-Disposition"], "a name in the program's words"
    assert "'=Robôs" in browser.get("/loans/figures/things.csv").text
    assert browser.get("/loans/figures/people.csv").status_code == 404


@pytest.mark.parametrize("path", ["/loans/figures", "/loans/figures/things.csv", "/loans/figures/things.xlsx"])
def test_only_those_who_work_at_a_desk_see_the_figures(client, sign_in, ana, path):
    assert client.get(path).status_code in (302, 403)
    assert sign_in(ana).get(path).status_code == 403


@pytest.mark.usefixtures("on_a_day_in_summer")
def test_a_house_that_lends_nothing_yet_says_so(sign_in, staff):
    page = sign_in(staff).get("/loans/figures")
    assert page.status_code == 200
    assert "Neste ano letivo ainda não saiu nada." in page.text
