"""What a file says of itself is proposed where nobody has written: its school year and what kind of material it is."""

from types import SimpleNamespace
from typing import Any

import pytest

from repository.models import Item, State
from repository.proposing import propose, type_in, years_in
from repository.vocabularies import Vocabularies

KNOWN = Vocabularies.load()


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Ficha de trabalho do 4.º ano", ["4"]),
        ("Matemática, 3.º e 4.º anos", ["3", "4"]),
        ("7º ano / 8º ano", ["7", "8"]),
        ("12.º  Ano de escolaridade", ["12"]),
        ("Plano para o 1.º ano, o 2.º ano e o 3.º ano", []),
        ("Os alunos têm 4 anos", []),
        ("O 13.º ano de serviço, em 2024.º", []),
        ("1.º ciclo", []),
    ],
)
def test_the_years_of_which_a_text_speaks(text: str, years: list[str]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    ("text", "least", "code"),
    [
        ("Ficha de trabalho: frações", 1, "worksheet"),
        ("FICHAS DE TRABALHO", 2, "worksheet"),
        ("Planificação da unidade", 1, "lesson_plan"),
        ("Uma ficha sobre rios", 2, ""),
        ("Desafichar", 1, ""),
        ("Os rios de Portugal", 1, ""),
    ],
)
def test_the_type_that_a_text_names(text: str, least: int, code: str) -> None:
    assert type_in(text, KNOWN, least) == code


def said(title: str = "Barras", *pages: str, summary: str = "") -> Any:
    return SimpleNamespace(title=title, summary=summary, language=None, keywords=(), pages=pages)


def draft() -> Item:
    return Item(state=State.DRAFT, title="", summary="", language="", type="", keywords=[], proposed=[], terms=[])


def test_the_first_page_proposes_the_year_with_its_level_and_the_type() -> None:
    item = draft()
    propose(item, "barras.docx", said("Barras", "Ficha de trabalho\n4.º ano\nPinta três quartos."), KNOWN, first=True)
    assert (item.type, item.codes("year"), item.codes("level")) == ("worksheet", ["4"], ["1ceb"])
    assert set(item.proposed) == {"title", "type", "year", "level"}


def test_the_title_counts_before_the_name_of_the_file_and_that_before_the_page() -> None:
    item = draft()
    propose(item, "ficha_5.º_ano.docx", said("Barras no 6.º ano", "4.º ano"), KNOWN, first=True)
    assert (item.codes("year"), item.type) == (["6"], "worksheet")


@pytest.mark.parametrize(
    ("summary", "taken"),
    [
        ("1 Ana Silva · 2 Bruno Costa · 3 Eva Reis", False),
        ("Nome · Nota · Ana Silva · 14 · Bruno Costa · 12", False),
        ("Pinta três quartos · Compara as barras · Explica", True),
        ("Uma ficha para comparar barras em 3 passos.", True),
    ],
)
def test_a_table_is_proposed_as_no_summary(summary: str, taken: bool) -> None:
    item = draft()
    propose(item, "a.docx", said("Barras", summary=summary), KNOWN, first=True)
    assert bool(item.summary) is taken


def test_what_a_person_has_chosen_is_not_touched() -> None:
    item = draft()
    item.type = "game"
    propose(item, "a.docx", said("Ficha de trabalho", "4.º ano"), KNOWN, first=True)
    assert item.type == "game"
    assert "type" not in item.proposed
