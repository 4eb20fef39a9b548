"""The demonstration's materials, and as many generated ones as make four hundred."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from zlib import crc32

from repository.demo.blocks import plain, texts_of
from repository.demo.material import DemoMaterial, demo_materials
from repository.indexing import WORDS, words_of_terms
from repository.search import SearchDocument
from repository.vocabularies import Vocabularies

LABELS = frozenset({"public"})
FORMS = ("ficha", "plano", "teste", "apresentacao", "jogo", "guiao")
FIRST_DAY = datetime(2025, 9, 1, tzinfo=UTC)
LANGUAGE = "pt-PT"

Values = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Material:
    """A material under its lasting name, as the index takes it."""

    slug: str
    document: SearchDocument


def materials() -> list[Material]:
    """All materials, the same at every call; which one is newer has nothing to do with what it is about."""
    known = Vocabularies.load()
    return _numbered(known, [*(_of_demonstration(material) for material in demo_materials()), *_generated(known)])


def generated(every: int) -> list[Material]:
    """The generated materials of each topic out of so many: a small part, for a quick look."""
    known = Vocabularies.load()
    return _numbered(known, list(_generated(known, every)))


def _numbered(known: Vocabularies, told: list[tuple[str, dict[str, str], Values]]) -> list[Material]:
    return [
        Material(slug, _document(known, number, facts, values))
        for number, (slug, facts, values) in enumerate(sorted(told, key=lambda one: crc32(one[0].encode())), 1)
    ]


def _document(known: Vocabularies, number: int, facts: Mapping[str, str], values: Values) -> SearchDocument:
    return SearchDocument(
        id=number,
        values=values,
        texts={WORDS.name: words_of_terms(known, values)},
        date=FIRST_DAY + timedelta(hours=number),
        labels=LABELS,
        language=values["language"][0],
        **facts,
    )


def _of_demonstration(material: DemoMaterial) -> tuple[str, dict[str, str], Values]:
    open_files = [file for file in material.files if not file.restricted]
    facts = {
        "title": material.title,
        "summary": material.summary,
        "keywords": " ".join(material.keywords),
        "text": "\n".join(plain(text) for file in open_files for block in file.blocks for text in texts_of(block)),
    }
    values = {
        "kind": ("digital",),
        "level": material.levels,
        "year": material.years,
        "group": material.groups,
        "discipline": material.disciplines,
        "type": (material.type,),
        "licence": (material.licence,),
        "language": (material.language,),
    }
    return material.slug, facts, values


def _generated(known: Vocabularies, every: int = 1) -> Iterator[tuple[str, dict[str, str], Values]]:
    forms = _data("forms")
    for place, (topic, told) in list(enumerate(_data("topics").items()))[::every]:
        for n, usual in enumerate(FORMS):
            name = "experiencia" if told.get("practical") and usual == "guiao" else usual
            yield f"{topic}/{name}", _facts(forms[name], told, place, n), _values(known, forms[name]["type"], told)


def _facts(form: Mapping[str, Any], topic: Mapping[str, Any], place: int, n: int) -> dict[str, str]:
    """The words of a material; the sentence that only its file says is the topic's `n`th."""
    said, name = form[topic.get("language", LANGUAGE)], topic["name"]
    titles = said["titles"]
    title = titles[(place + n) % len(titles)].format(name=name, Name=name[:1].upper() + name[1:])
    return {
        "title": title,
        "summary": f"{topic['about']} {said['summary']}",
        "keywords": " ".join(topic["keywords"]),
        "text": "\n".join([title, topic["about"], topic["inside"][n], ", ".join(topic["keywords"])]),
    }


def _values(known: Vocabularies, type_: str, topic: Mapping[str, Any]) -> Values:
    levels = dict.fromkeys(filter(None, map(known.level_of_year, topic["years"])))
    groups = [
        term.code
        for term in known.groups
        if set(term.codes("disciplines")) & set(topic["disciplines"]) and set(term.codes("levels")) & set(levels)
    ]
    return {
        "kind": ("digital",),
        "level": tuple(levels),
        "year": tuple(topic["years"]),
        "group": tuple(groups[:1]),
        "discipline": tuple(topic["disciplines"]),
        "type": (type_,),
        "licence": ("CC-BY-4.0",),
        "language": (topic.get("language", LANGUAGE),),
    }


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / f"{name}.toml").read_text("utf-8"))
