"""What is counted: each thing once in the sum, by the school year, and of the part of the house that is asked for."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Date, column, select

from plugins.reports.gaps import gaps
from plugins.reports.grids import by_one, by_two
from plugins.reports.scopes import _usual, asked
from repository.api import Figure, Invalid, NotAllowed, NotFound, ReportScope, school_year_of
from repository.models import Item, Organisation


def rows_of(name):
    return lambda tally, wanted: by_one(tally, name, wanted.year, "pt")


def test_an_item_of_two_levels_counts_in_each_and_once_in_the_sum(services, ana, make_item, seen_by):
    both = make_item(ana, "Frações", level=["1ceb", "2ceb"], group=["110"])
    make_item(ana, "Só um rascunho", publish=False)
    services.counts.note(both.id, "downloaded", both.published_at)
    services.counts.write(services)
    grid = seen_by(None, rows_of("level"))
    assert {row: (grid.cells[row, "published"], grid.cells[row, "downloaded"]) for row in grid.rows} == {
        "1ceb": (1, 1), "2ceb": (1, 1),
    }  # fmt: skip
    assert (grid.total["published"], grid.total["downloaded"], grid.total["seen"]) == (1, 1, 0)


def test_a_school_year_begins_in_september():
    assert [school_year_of(day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [2025, 2026]
    scope = ReportScope(frozenset(), 2024, 2026)
    question = select(scope.year_of(column("day", Date))).where(scope.within(column("day", Date)))
    said = str(question.compile(compile_kwargs={"literal_binds": True}))
    for begin in ("2024-09-01", "2025-09-01", "2026-09-01", "2027-09-01"):
        assert begin in said


def test_until_december_the_year_that_has_ended_is_told_first():
    assert _usual(datetime(2026, 11, 25, tzinfo=UTC), [2026, 2025]) == 2025
    assert _usual(datetime(2027, 1, 4, tzinfo=UTC), [2026, 2025]) == 2026
    assert _usual(datetime(2026, 11, 25, tzinfo=UTC), [2026]) == 2026


def test_what_has_no_value_has_a_row_of_its_own_at_the_end(told, seen_by):
    told({"": 30, "500": 5})
    grid = seen_by(None, rows_of("group"))
    assert list(grid.rows) == ["500", ""]
    assert grid.cells["", "people"] == 30


def test_a_median_is_no_sum(seen_by):
    assert seen_by(None, rows_of("shelf")).total["days"] == 2


def test_years_stand_beside_each_other(services, ana, make_item, seen_by, work_as, year):
    item = make_item(ana)
    with work_as() as work:
        work.session.get_one(Item, item.id).published_at = datetime(year - 1, 10, 1, tzinfo=UTC)
    for moment in (datetime(year - 1, 10, 1, tzinfo=UTC), datetime(year, 9, 2, tzinfo=UTC)):
        services.counts.note(item.id, "seen", moment)
    services.counts.write(services)
    grid = seen_by(None, lambda tally, wanted: by_two(tally, ("level", "year"), "seen", None, "pt"), year=year)
    assert [grid.cells["1ceb", str(each)] for each in (year - 1, year)] == [1, 1]


@pytest.mark.parametrize("sides", [("level", "level"), ("level", "nothing"), ("discipline", "group")])
def test_what_makes_no_sense_together_is_refused(seen_by, sides):
    with pytest.raises(Invalid):
        seen_by(None, lambda tally, wanted: by_two(tally, sides, "people", wanted.year, "pt"))


def test_staff_of_a_cluster_see_what_is_theirs(school, ana, make_item, make_person, seen_by, work_as):
    theirs, _other = make_item(ana, "Deles"), make_item(ana, "De outros")
    with work_as() as work:
        work.session.get_one(Item, theirs.id).organisation_id = school.id
    head = make_person("Zita", "staff", organisation=school)
    assert seen_by(head, rows_of("level")).total["published"] == 1
    assert seen_by(None, rows_of("level")).total["published"] == 2
    council = seen_by(None, rows_of("council"), place_id=school.council_id)
    assert [council.words[row] for row in council.rows] == ["Vila do Rio"]


def test_nobody_sees_a_place_that_is_not_theirs(school, make_person, work_as, centre, ana):
    with work_as() as work:
        elsewhere = Organisation(kind="cluster", name="Agrupamento do Sul", parent_id=centre.id)
        work.session.add(elsewhere)
    head = make_person("Zita", "staff", organisation=school)
    with work_as(head) as work, pytest.raises(NotFound):
        asked(work, place_id=elsewhere.id)
    with work_as(ana) as work, pytest.raises(NotAllowed):
        asked(work)


def test_a_part_of_a_discipline_fills_it_and_only_what_is_taught_can_lack(ana, make_item, seen_by):
    make_item(ana, "Matemática A", level=["sec"], discipline=["MATA"])
    found = seen_by(None, lambda tally, wanted: gaps(tally.work, wanted.scope))
    assert found.counts["MAT", "sec"] == 1
    assert ("MAT", "sec") not in found.empty
    assert "MAT" in found.empty_of("1ceb")
    assert ("FIL", "1ceb") not in found.counts


def test_a_figure_names_nobody():
    assert Figure._fields == ("year", "number", "item_id", "of")
