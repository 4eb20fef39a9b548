"""Where few people stand behind a number it is not told, and nothing that is told lets anybody work it out."""

import random
from itertools import product

import pytest

from plugins.reports.few import FEWEST, Row, hidden_in, hidden_rows
from plugins.reports.grids import by_one, by_two, total_of
from plugins.reports.tally import YEAR
from repository.api import Figure
from repository.models import Organisation
from tests.example_plugin.counting import plugin as counting


def table(**rows):
    """Make a table of rows that share nobody: each row's figures as bits, so many people in each figure."""
    return {name: Row(sum(people), sum(1 << place for place in places)) for name, (people, places) in rows.items()}


def alone(**people):
    return table(**{name: ([number], [place]) for place, (name, number) in enumerate(people.items())})


def test_a_single_hidden_row_takes_another_with_it_because_the_sum_is_known():
    assert hidden_rows({"group": alone(a=1, b=40, c=12, d=0)}, 53) == {"group": {"a", "c"}}
    assert hidden_rows({"group": alone(a=1, b=2, c=12)}, 15) == {"group": {"a", "b"}}
    assert hidden_rows({"group": alone(a=FEWEST, b=0)}, FEWEST) == {"group": set()}


def test_hidden_rows_whose_sum_leaves_one_for_each_take_another_with_them():
    assert hidden_rows({"group": alone(a=1, b=1, c=5, d=9)}, 16) == {"group": {"a", "b", "c"}}
    assert hidden_in({("a", "x"): 1, ("a", "y"): 1, ("a", "z"): 5}) == {("a", "x"), ("a", "y"), ("a", "z")}


def test_where_somebody_is_in_two_rows_the_sum_gives_none_away():
    levels = table(pre=([9], [0]), first=([9, 20], [0, 1]), unsaid=([2], [2]))
    assert hidden_rows({"level": levels}, 31) == {"level": {"unsaid"}}


def test_what_one_table_hides_no_other_tells_in_one_row_or_in_several():
    groups = alone(g100=12, g110=30, g920=1)
    levels = table(pre=([12], [0]), first=([30], [1]), other=([1], [2]))
    councils = table(rio=([30, 1], [1, 2]), vila=([12], [0]))
    told = hidden_rows({"group": groups, "level": levels, "council": councils}, 43)
    assert told == {"group": {"g920", "g100"}, "level": {"other", "pre"}, "council": {"vila", "rio"}}
    schools = table(one=([6], [0]), two=([6], [1]), three=([30, 1], [2, 3]))
    groups = table(g100=([6, 6], [0, 1]), g110=([30], [2]), g920=([1], [3]))
    assert hidden_rows({"group": groups, "school": schools}, 43)["school"] == {"one", "two"}


@pytest.mark.parametrize("seed", range(20))
def test_no_cell_follows_from_the_sums_of_its_row_and_column(seed):
    chance = random.Random(seed)
    people = {cell: chance.choice((0, 0, 1, 2, 3, 9)) for cell in product("abcd", "wxyz")}
    hidden = hidden_in(people)
    assert hidden >= {cell for cell, number in people.items() if 0 < number < FEWEST}
    for side, name in (*((0, row) for row in "abcd"), *((1, column) for column in "wxyz")):
        line = [cell for cell in people if cell[side] == name]
        unknown = [cell for cell in line if cell in hidden]
        others = [cell for cell in line if cell not in hidden and people[cell]]
        assert len(unknown) != 1 or not others


@pytest.mark.parametrize("seed", range(10))
def test_cells_do_not_add_up_to_a_row_or_column_that_is_not_told(seed):
    chance = random.Random(seed)
    people = {cell: chance.choice((0, 3, 9)) for cell in product("abcd", "wxyz")}
    hidden = hidden_in(people, {"a"}, {"z"})
    for line in ([cell for cell in people if cell[0] == "a"], [cell for cell in people if cell[1] == "z"]):
        assert hidden.intersection(line) or not any(people[cell] for cell in line)


def test_years_beside_each_other_hide_what_the_table_of_each_year_hides(monkeypatch, seen_by, year):
    numbers = {year: {"110": 1, "500": 8, "510": 5}, year - 1: {"110": 6, "500": 7, "510": 9}}
    figures = [Figure(y, n, of={"group": (group,)}) for y, of in numbers.items() for group, n in of.items()]
    monkeypatch.setattr(counting, "PEOPLE", figures)
    crossed = seen_by(None, lambda tally, _: by_two(tally, ("group", YEAR), "people", None, "pt"))
    for y in numbers:
        of_year = seen_by(None, lambda tally, _, y=y: by_one(tally, "group", y, "pt"))
        told = {row: of_year.cells[row, "people"] for row in of_year.rows}
        assert told == {row: crossed.cells[row, str(y)] for row in crossed.rows}
        assert (None in told.values()) == (y == year)


def test_what_one_person_did_is_told_neither_beside_others_nor_alone(told, seen_by, year):
    told({"110": 1, "500": 8, "510": 5}, {"500": 6, "510": 5})
    grid = seen_by(None, lambda tally, _: by_one(tally, "group", year, "pt"))
    shown = {row: (grid.cells[row, "people"], grid.cells[row, "brought"]) for row in grid.rows}
    # Not even that the one of group 110 brought nothing; and 14 - 8 - 5 would be telling.
    assert shown == {"110": (None, None), "500": (8, 6), "510": (None, None)}
    assert grid.hides
    assert (grid.total["people"], grid.total["brought"]) == (14, 11)


def test_a_whole_of_two_people_is_not_told(told, seen_by, year):
    told({"110": 2}, {"110": 1})
    assert seen_by(None, lambda tally, _: [total_of(tally, name, year) for name in ("people", "brought")]) == [
        None,
        None,
    ]


def test_a_crossed_table_hides_by_the_people_behind_each_cell(told, seen_by, school, year):
    told({("110", "1"): 1, ("110", "2"): 9, ("500", "1"): 7, ("500", "2"): 8}, {("110", "2"): 1})
    grid = seen_by(None, lambda tally, _: by_two(tally, ("group", "council"), "brought", year, "pt"))
    assert set(grid.cells.values()) == {None}


def test_rows_that_are_not_told_do_not_stand_in_the_order_of_their_sizes(told, seen_by, work_as, year):
    with work_as() as work:
        made = [Organisation(kind="council", name=name) for name in ("Arcos", "Baixa", "Cima")]
        work.session.add_all(made)
        work.session.flush()
        first, *small = (str(council.id) for council in made)
    for numbers in ((1, 2), (2, 1)):
        people = {("110", first): 5} | {("110", place): number for place, number in zip(small, numbers, strict=True)}
        told(people, people)
        crossed = seen_by(None, lambda tally, _: by_two(tally, ("group", "council"), "people", year, "pt"))
        assert crossed.columns == [first, *small]
