"""The demonstration centre: its organisations, its people and its training actions, all invented."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class DemoOrganisation:
    """A centre, council, cluster or school; `parent` and `council` are keys of other organisations."""

    key: str
    kind: str
    name: str
    short_name: str
    parent: str | None
    council: str | None


@dataclass(frozen=True)
class DemoPerson:
    """An invented person with a demonstration account; `organisation` is the key of the school or the centre.

    `told` is who the person is, in words, where the accounts are listed; the role where nothing else is said.
    """

    key: str
    name: str
    email: str
    role: str
    organisation: str
    group: str | None
    featured: bool
    told: str


@dataclass(frozen=True)
class DemoAction:
    """A training action of the centre: its key, name, modality, hours, year and the groups it addresses."""

    key: str
    reference: str
    name: str
    modality: str
    hours: int
    school_year: str
    trainers: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class DemoCentre:
    """The whole centre: parents come before children; `people` marked `featured` are the accounts shown to visitors."""

    notice: str
    organisations: tuple[DemoOrganisation, ...]
    people: tuple[DemoPerson, ...]
    actions: tuple[DemoAction, ...]

    def organisation(self, key: str) -> DemoOrganisation:
        """Return one organisation; KeyError when there is none."""
        return {each.key: each for each in self.organisations}[key]

    def person(self, key: str) -> DemoPerson:
        """Return one person; KeyError when there is none."""
        return {each.key: each for each in self.people}[key]

    def action(self, key: str) -> DemoAction:
        """Return one training action; KeyError when there is none."""
        return {each.key: each for each in self.actions}[key]


@cache
def demo_centre() -> DemoCentre:
    """Read the demonstration centre from its data file."""
    told = tomllib.loads(files("repository.demo").joinpath("centre.toml").read_text("utf-8"))
    return DemoCentre(
        notice=told["notice"],
        organisations=tuple(
            DemoOrganisation(
                key=each["key"],
                kind=each["kind"],
                name=each["name"],
                short_name=each.get("short_name", each["name"]),
                parent=each.get("parent"),
                council=each.get("council"),
            )
            for each in told["organisations"]
        ),
        people=tuple(
            DemoPerson(
                key=each["key"],
                name=each["name"],
                email=each["email"],
                role=each["role"],
                organisation=each["organisation"],
                group=each.get("group"),
                featured=each.get("featured", False),
                told=each.get("told", each["role"].replace("_", " ")),
            )
            for each in told["people"]
        ),
        actions=tuple(
            DemoAction(
                key=each["key"],
                reference=each["reference"],
                name=each["name"],
                modality=each["modality"],
                hours=each["hours"],
                school_year=each["school_year"],
                trainers=tuple(each["trainers"]),
                groups=tuple(each["groups"]),
            )
            for each in told["actions"]
        ),
    )
