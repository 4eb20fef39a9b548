"""The demonstration materials: read from `materials/*.toml`, one file a material, all of them original and in CC0."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from repository.demo.blocks import Block, parse
from repository.demo.centre import DemoCentre, demo_centre
from repository.vocabularies import Vocabularies

FORMATS = ("pdf", "docx", "pptx", "odt", "odp", "html", "png", "txt", "md")


@dataclass(frozen=True)
class DemoFile:
    """One file to be made: what it says (`blocks`), and what its head and foot show."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    restricted: bool
    for_pupils: bool
    level: str
    kicker: str
    authors: str
    licence: str
    language: str

    @property
    def format(self) -> str:
        """The format, told by the ending of the name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class DemoMaterial:
    """One material of the demonstration centre, in the codes of the vocabularies.

    `authors` are addresses of demonstration people; `adapts` is the slug of another material; `action` is the key of
    one of the centre's training actions; the first file is the main one.
    """

    slug: str
    title: str
    summary: str
    levels: tuple[str, ...]
    years: tuple[str, ...]
    groups: tuple[str, ...]
    disciplines: tuple[str, ...]
    type: str
    licence: str
    language: str
    keywords: tuple[str, ...]
    minutes: int | None
    grouping: str | None
    materials_needed: tuple[str, ...]
    challenge: str
    authors: tuple[str, ...]
    action: str | None
    adapts: str | None
    files: tuple[DemoFile, ...]


def demo_materials() -> list[DemoMaterial]:
    """Return all demonstration materials, ordered by slug."""
    return list(_materials())


@cache
def _materials() -> tuple[DemoMaterial, ...]:
    vocabularies, centre = Vocabularies.load(), demo_centre()
    folder = files("repository.demo").joinpath("materials")
    sources = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return tuple(
        _material(path.name.removesuffix(".toml"), tomllib.loads(path.read_text("utf-8")), vocabularies, centre)
        for path in sources
    )


def files_of(told: Mapping[str, Any], authors: str, vocabularies: Vocabularies) -> tuple[DemoFile, ...]:
    """Return the files of a material told as in `materials/*.toml`, signed by `authors`, which is one line."""
    language = told.get("language", "pt-PT")
    shared = {
        "level": told["levels"][0],
        "kicker": _kicker(told, vocabularies),
        "authors": authors,
        "licence": vocabularies.licences.short(told["licence"], language),
        "language": language,
    }
    return tuple(_file(entry, shared) for entry in told["files"])


def _material(slug: str, told: Mapping[str, Any], vocabularies: Vocabularies, centre: DemoCentre) -> DemoMaterial:
    authors = tuple(centre.person(key).email for key in told["authors"])
    names = ", ".join(centre.person(key).name for key in told["authors"])
    return DemoMaterial(
        slug=slug,
        title=told["title"],
        summary=told["summary"],
        levels=tuple(told["levels"]),
        years=tuple(told.get("years", ())),
        groups=tuple(told.get("groups", ())),
        disciplines=tuple(told.get("disciplines", ())),
        type=told["type"],
        licence=told["licence"],
        language=told.get("language", "pt-PT"),
        keywords=tuple(told.get("keywords", ())),
        minutes=told.get("minutes"),
        grouping=told.get("grouping"),
        materials_needed=tuple(told.get("materials_needed", ())),
        challenge=told.get("challenge", ""),
        authors=authors,
        action=told.get("action"),
        adapts=told.get("adapts"),
        files=files_of(told, names, vocabularies),
    )


def _file(told: Mapping[str, Any], shared: Mapping[str, str]) -> DemoFile:
    return DemoFile(
        name=told["name"],
        title=told["title"],
        blocks=parse(told["text"]),
        restricted=told.get("restricted", False),
        for_pupils=told.get("for_pupils", False),
        **shared,
    )


def _kicker(told: Mapping[str, Any], vocabularies: Vocabularies) -> str:
    """Say in one line where a file belongs: "3.º ciclo · 8.º ano · Matemática"."""
    language = told.get("language", "pt-PT")
    years = told.get("years", ()) if len(told["levels"]) == 1 else ()
    parts = [vocabularies.levels.short(code, language) for code in told["levels"][:3]]
    parts += (
        [vocabularies.years.label(code, language) for code in years]
        if len(years) <= 2 and len(told["levels"]) == 1
        else []
    )
    parts += [vocabularies.disciplines.label(code, language) for code in told.get("disciplines", ())[:2]]
    return " · ".join(part[:1].upper() + part[1:] for part in parts)
