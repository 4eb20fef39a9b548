"""Where few people stand behind a number it is not told, nor what would give it away at one glance.

Who reckons with several tables can still work some numbers out. To hide all that follows from all tables would leave
little to read, and only the team of the centre sees them.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

FEWEST = 3  # people behind a number that is told
Cell = tuple[str, str]
Hidden = dict[str, set[str]]


class Row(NamedTuple):
    """How many people a row of a table has, and which figures they are in, a bit for each: rows of tables can be compared."""

    people: float
    figures: int


Tables = Mapping[str, Mapping[str, Row]]


def is_few(people: float) -> bool:
    """Return whether so many people are too few to be told of; nobody is nobody's deed."""
    return 0 < people < FEWEST


def hidden_rows(tables: Tables, whole: float) -> Hidden:
    """Return which rows of each table are not told, where all are about the same people and the sum of all is known.

    The tables agree: what one hides none of the others tells in one row, or in some that make it up.
    """
    hidden = {name: {row for row, told in rows.items() if is_few(told.people)} for name, rows in tables.items()}
    while _hide_more(tables, whole, hidden):
        pass
    return hidden


def _hide_more(tables: Tables, whole: float, hidden: Hidden) -> bool:
    """Hide what gives a hidden row away, and return whether there was anything."""
    more = False
    for name, rows in tables.items():
        # Where somebody is in two rows nobody knows what is left of the sum, and one row alone follows from nothing.
        adds_up = sum(row.people for row in rows.values()) == whole
        if adds_up and _follow([rows[row].people for row in hidden[name]]):
            more |= _hide_least(rows, _told(rows, hidden[name]), hidden[name])
        for row in sorted(hidden[name]):
            for other in tables.keys() - {name}:
                telling = _made_up_of(tables[other], hidden[other], rows[row].figures)
                more |= _hide_least(tables[other], telling, hidden[other])
    return more


def _follow(numbers: Collection[float]) -> bool:
    """Return whether hidden numbers follow from their sum: there is only one, or each can only be one."""
    return len(numbers) == 1 or sum(numbers) == len(numbers) > 0


def _told(rows: Mapping[str, Row], hidden: Collection[str]) -> list[str]:
    return [row for row, told in rows.items() if row not in hidden and told.people]


def _made_up_of(rows: Mapping[str, Row], hidden: Collection[str], figures: int) -> list[str]:
    """Return the told rows of a table that have these figures between them and no others; none where they do not."""
    inside = [row for row in _told(rows, hidden) if not rows[row].figures & ~figures]
    together = reduce(or_, (rows[row].figures for row in inside), 0)
    return inside if together == figures else []


def _hide_least(rows: Mapping[str, Row], among: Collection[str], hidden: set[str]) -> bool:
    if among:
        hidden.add(min(among, key=lambda row: (rows[row].people, row)))
    return bool(among)


def hidden_in(people: Mapping[Cell, float], rows: Collection[str] = (), columns: Collection[str] = ()) -> set[Cell]:
    """Return which cells of a table are not told, so that none follows from the sum of its row or of its column.

    `rows` and `columns` are those whose sum is not told in the tables of one dimension: no cells add up to it here.
    """
    hidden = {cell for cell, number in people.items() if is_few(number)}
    lines = [*_lines(people, 0).items(), *_lines(people, 1).items()]
    secret = [cells for (side, line), cells in lines if line in (rows, columns)[side]]
    changed = True
    while changed:
        changed = False
        for _, cells in lines:
            others = [cell for cell in cells if cell not in hidden and people[cell]]
            unknown = [people[cell] for cell in hidden.intersection(cells)]
            if others and (_follow(unknown) or (not unknown and cells in secret)):
                hidden.add(min(others, key=lambda cell: (people[cell], str(cell))))
                changed = True
    return hidden


def _lines(cells: Iterable[Cell], side: int) -> dict[tuple[int, str], set[Cell]]:
    found: dict[tuple[int, str], set[Cell]] = {}
    for cell in cells:
        found.setdefault((side, cell[side]), set()).add(cell)
    return found
