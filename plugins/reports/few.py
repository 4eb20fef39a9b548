"""Where few people stand behind a number it is not told, nor what would let anybody work it out."""

from collections.abc import Hashable, Iterable, Mapping

FEWEST = 3  # people behind a number that is told
Cell = tuple[Hashable, Hashable]


def is_few(people: float) -> bool:
    """Return whether so many people are too few to be told of; nobody is nobody's deed."""
    return 0 < people < FEWEST


def hidden_of(people: Mapping[Hashable, float]) -> set[Hashable]:
    """Return which rows of a column are not told, where the sum of all is known: one alone would follow from the rest."""
    hidden = {row for row, number in people.items() if is_few(number)}
    others = [row for row, number in people.items() if row not in hidden and number]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda row: (people[row], str(row))))
    return hidden


def hidden_in(people: Mapping[Cell, float]) -> set[Cell]:
    """Return which cells of a table are not told, so that none follows from the sum of its row or of its column."""
    hidden = {cell for cell, number in people.items() if is_few(number)}
    lines = [*_lines(people, 0), *_lines(people, 1)]
    changed = bool(hidden)
    while changed:
        changed = False
        for cells in lines:
            others = [cell for cell in cells if cell not in hidden and people[cell]]
            if len(hidden.intersection(cells)) == 1 and others:
                hidden.add(min(others, key=lambda cell: (people[cell], str(cell))))
                changed = True
    return hidden


def _lines(cells: Iterable[Cell], side: int) -> list[set[Cell]]:
    found: dict[Hashable, set[Cell]] = {}
    for cell in cells:
        found.setdefault(cell[side], set()).add(cell)
    return list(found.values())
