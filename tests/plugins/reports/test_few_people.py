"""Where few people stand behind a number it is not told, and nothing that is told lets anybody work it out."""

import random
from itertools import product

import pytest

from plugins.reports.few import FEWEST, hidden_in, hidden_of
from plugins.reports.grids import by_one, by_two, total_of


def test_a_single_hidden_row_takes_another_with_it_because_the_sum_is_known():
    assert hidden_of({"110": 1, "500": 40, "510": 12, "520": 0}) == {"110", "510"}
    assert hidden_of({"110": 1, "500": 2, "510": 12}) == {"110", "500"}
    assert hidden_of({"110": FEWEST, "500": 0}) == set()


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
