"""What is written in files of its own, beside the catalogues, is there in every language."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from repository.naming import ASKED, VOCABULARY_OF

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "sv", "de")
PORTUGUESE = sorted(
    path
    for part in ("repository", "plugins")
    for path in (ROOT / part).rglob("*")
    if path.is_file() and "pt_PT" in (path.stem, path.parent.name)
)
TABLES = sorted(path for part in ("repository", "plugins") for path in (ROOT / part).rglob("*.toml"))


def in_other(path: Path, language: str) -> Path:
    """Return where a Portuguese text stands in another language."""
    return Path(str(path).replace("pt_PT", language))


def shape(path: Path) -> Counter[str]:
    """Return what a text is made of, whatever its words: headings, lists, tables, links; or the kinds of its rows."""
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        return Counter(re.findall(r"^\[\[(\w+)\]\]", text, re.MULTILINE))
    marks = re.findall(r"^(#+ |- |\d\. |\|)|(?<=\]\()([^)]+)", text, re.MULTILINE)
    return Counter("".join(mark) for mark in marks)


def rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a table that says something in Portuguese."""
    if isinstance(table, dict):
        if isinstance(table.get("pt"), str):
            yield table
        table = list(table.values())
    if isinstance(table, list):
        for part in table:
            yield from rows(part)


def test_there_are_texts_to_look_at():
    assert len(PORTUGUESE) >= 6
    assert sum(1 for path in TABLES for _ in rows(tomllib.loads(path.read_text("utf-8")))) > 300


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PORTUGUESE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_portuguese_text_is_there_in_every_language_with_the_same_parts(path, language):
    other = in_other(path, language)
    assert other.is_file()
    assert other.read_text("utf-8") != path.read_text("utf-8")
    assert shape(other) == shape(path)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_label_in_a_table_has_its_words_in_every_language(path):
    lacking = [
        (row["pt"], language)
        for row in rows(tomllib.loads(path.read_text("utf-8")))
        for language in LANGUAGES
        if not str(row.get(language, "")).strip()
    ]
    assert lacking == []


@pytest.mark.parametrize("language", ["pt_PT", *LANGUAGES])
def test_what_the_page_about_the_search_offers_to_type_is_understood(language, services):
    vocabularies = services.vocabularies
    page = (ROOT / "repository/texts" / language / "pesquisa.md").read_text("utf-8")
    typed = re.findall(r'`([a-z]+):"?([^"`]+)"?`', page)
    asked = [(VOCABULARY_OF[ASKED[name]], value) for name, value in typed if ASKED.get(name) in VOCABULARY_OF]
    assert {kind for kind, _ in asked} == {"years", "levels", "disciplines", "types", "languages", "groups"}
    assert [value for kind, value in asked if not vocabularies[kind].find(value)] == []
