"""What people write about training actions, read leniently and never wrongly."""

from datetime import UTC, date, datetime

import pytest

from plugins.training_actions import reading
from plugins.training_actions.reading import Person
from repository.errors import Invalid
from repository.vocabularies import Vocabularies

KNOWN = Vocabularies.load()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CCPFC/ACC-136707/25", "CCPFC/ACC-136707/25"),
        (" ccpfc / acc - 136707 / 25 ", "CCPFC/ACC-136707/25"),
        ("ACC-136707/25", "CCPFC/ACC-136707/25"),
        ("CCPFC-ACC 136707/25", "CCPFC/ACC-136707/25"),
        ("dgae/1573/2025", "DGAE/1573/2025"),
        ("ACD 30_2024-25", "ACD 30_2024-25"),
        ("CFAEvr-ACD  53/2026", "CFAEvr-ACD 53/2026"),
    ],
)
def test_accreditation_numbers_get_their_usual_form_and_others_stay_as_written(written, meant):
    assert reading.accreditation(written) == meant


@pytest.mark.parametrize(
    "written",
    ["14/09/2026", "14-9-26", "14.09.2026", "2026-09-14", "46279", "46279,75", "14 set. 2026", "14 de setembro de 2026",
     "14/09/2026 18:30"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written):
    assert reading.day(written) == date(2026, 9, 14)


@pytest.mark.parametrize("written", ["31/02/2026", "setembro", "14/09", "2026", "110", "99999"])
def test_what_is_no_day_is_refused(written):
    with pytest.raises(Invalid):
        reading.day(written)


def test_a_closing_date_lasts_until_the_end_of_the_centres_day():
    assert reading.closing("30/06/2026") == datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC)
    assert reading.closing("30/11/2026 18h30") == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    with pytest.raises(Invalid):
        reading.closing("30/11/2026 25:00")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("25h + 25h", (100, 100)), ("50 (25+25)", (100, 100)), ("25", (100, None)), ("12,5 h", (50, None)),
     ("25 horas presenciais + 12,5 de trabalho autónomo", (100, 50)), ("1h30", (6, None)), ("3 horas", (12, None))],
)  # fmt: skip
def test_hours_are_kept_in_quarters(written, meant):
    assert reading.hours(written) == meant


@pytest.mark.parametrize("written", ["muitas", "12,3", "9999999"])
def test_hours_that_are_no_quarters_are_refused(written):
    with pytest.raises(Invalid):
        reading.hours(written)


@pytest.mark.parametrize(
    ("written", "meant"), [("2026/2027", 2026), ("2026/27", 2026), ("26/27", 2026), ("2026", 2026)]
)
def test_a_school_year_is_the_year_it_began(written, meant):
    assert reading.school_year(written) == meant


@pytest.mark.parametrize(("day", "year"), [(date(2026, 9, 1), 2026), (date(2027, 8, 31), 2026)])
def test_the_school_year_begins_in_september(day, year):
    assert reading.school_year_of(day) == year


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Presencial", "presencial"), ("b-Learning", "b-learning"), ("E-learning (síncrona)", "e-learning"),
     ("à distância", "e-learning"), ("Ensino a distância", "e-learning")],
)  # fmt: skip
def test_regimes_are_read_with_what_is_added(written, meant):
    assert reading.regime(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("b", "b"), ("G)", "g"), ("Área a", "a"), ("a) área da docência", "a"), ("Formação ética e deontológica", "f")],
)
def test_areas_are_read_by_letter_or_words(written, meant):
    assert reading.area(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("110", ["110"]), ("Docentes dos grupos 110 e 230", ["110", "230"]), ("100; 110", ["100", "110"]),
     ("Educadores e professores em geral", [])],
)  # fmt: skip
def test_groups_are_found_in_prose(written, meant):
    assert reading.groups_in(KNOWN["groups"], written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Helena Prates <h@teste.invalid>; Rui Sá", [Person("Helena Prates", "h@teste.invalid"), Person("Rui Sá")]),
        ("Ana Costa e Rui Sá", [Person("Ana Costa"), Person("Rui Sá")]),
        ("Ana Costa, Rui Sá e Eva Luz", [Person("Ana Costa"), Person("Rui Sá"), Person("Eva Luz")]),
        ("Maria Melo e Castro", [Person("Maria Melo e Castro")]),
        ("Prates, Helena", [Person("Prates, Helena")]),
        ("", []),
    ],
)
def test_trainers_of_one_cell_are_told_apart_where_that_is_sure(written, meant):
    assert reading.people(written) == meant


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("José Tavares", "JOSE  TAVARES", True),
        ("José Manuel Tavares", "José Tavares", True),
        ("José M. Tavares", "José Manuel Tavares", True),
        ("José Tavares", "Josefa Tavares", False),
        ("Ana Silva", "Rui Silva", False),
        ("Ana Maria", "Maria Ana", False),
        ("", "Ana", False),
    ],
)
def test_names_are_alike_only_when_they_may_be_of_one_person(one, other, same):
    assert reading.alike(one, other) is same


def test_references_are_the_same_without_the_zeros_a_spreadsheet_ate():
    assert reading.reference_key("007") == reading.reference_key("7") != reading.reference_key("70")
    assert reading.reference_key("VM-OF 07") == reading.reference_key("vm-of07")


@pytest.mark.parametrize("written", ["a@b", "a@teste.invalid; b@teste.invalid", "nome"])
def test_an_address_is_one_address(written):
    with pytest.raises(Invalid):
        reading.address(written)
