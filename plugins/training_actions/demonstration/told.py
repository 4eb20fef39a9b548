"""What the data files of the demonstration say, and the invented people that they make up."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from repository.api import fold

HERE = "plugins.training_actions.demonstration"
MARK = "(demonstração)"


@dataclass(frozen=True)
class Person:
    """An invented participant: no such person, school or address exists."""

    name: str
    email: str
    school: str
    group: str


@cache
def centre() -> dict[str, Any]:
    """Return what actions.toml says."""
    return tomllib.loads(files(HERE).joinpath("actions.toml").read_text("utf-8"))


@cache
def handed_in() -> tuple[Mapping[str, Any], ...]:
    """Return the materials that wait for a decision, in the order of the files and of what stands in them."""
    folder = files(HERE).joinpath("handed_in")
    sources = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    told = [tomllib.loads(path.read_text("utf-8")) for path in sources]
    return tuple({"edition": each["edition"]} | material for each in told for material in each["materials"])


def people_of(reference: str, groups_of: Mapping[str, Sequence[str]]) -> list[Person]:
    """Return the invented participants of an edition, of the groups its action addresses; always the same ones."""
    number = 0
    for action in centre()["actions"]:
        for edition in action["editions"]:
            if edition["reference"] == reference:
                return list(_people(number, edition["people"], groups_of[action["key"]]))
            number += edition["people"]
    return []


def _people(first: int, count: int, groups: Sequence[str]) -> Iterator[Person]:
    given, surnames, schools = centre()["given"], centre()["surnames"], centre()["schools"]
    for number in range(first, first + count):
        # 40 names and 37 surnames have no common divisor: no two people are called alike.
        own, middle, last = given[number % 40], surnames[(number + 17) % 37], surnames[number % 37]
        group = groups[number % len(groups)]
        places = [school["name"] for school in schools if group in school["groups"]]
        names = [own, last] if number % 3 else [own, middle, last]
        address = fold(f"{own}.{last}").replace(" ", "")
        yield Person(" ".join([*names, MARK]), f"{address}@exemplo.invalid", places[number % len(places)], group)
