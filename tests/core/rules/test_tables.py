"""Cells that a spreadsheet would take for a formula are given as text."""

import pytest

from repository.errors import TooLarge
from repository.tables import csv_lines, decode, read_table, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")'])
def test_t34_a_cell_that_begins_like_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "text"), [(None, ""), (7, "7"), ("a=b", "a=b"), ("", "")])
def test_other_cells_stay_as_they_are(value, text):
    assert safe_cell(value) == text


def test_a_table_begins_with_the_mark_that_spreadsheets_know_utf8_by_and_quotes_what_must_be_quoted():
    assert "".join(csv_lines([["é", 'a;"b"\nc'], ["=x", None]])) == '\ufeffé;"a;""b""\nc"\r\n\'=x;\r\n'


def test_a_header_of_absurdly_many_columns_is_refused():
    with pytest.raises(TooLarge):
        read_table(b"a" + b";" * 500_000 + b"\nb")


@pytest.mark.parametrize(
    "text",
    [
        "inventário;título\nA1;Robô de chão\n",
        "INVENTÁRIO;TÍTULO\nA1;INFORMAÇÃO\n",
        "Nome;Escola\nInês;À experiência, à tarde\n",
        "N.º;Ação\n1;Ótimo\n",
    ],
)
@pytest.mark.parametrize("encoding", ["cp850", "windows-1252", "utf-8", "utf-16"])
def test_portuguese_is_read_in_the_encodings_that_spreadsheets_and_old_programs_write(text, encoding):
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize(
    "text", ["Preço;Nota\n12 €;fim…\n", "Custo\n12\xa0€\n", "Nota\nfoi assim…\n", "Nota\n“sim” – d’água\n", "a\nÉ\n"]
)
def test_signs_of_windows_are_not_taken_for_letters_of_an_old_code_page(text):
    assert decode(text.encode("windows-1252")) == text


def test_a_number_has_the_comma_of_a_country_whose_spreadsheets_part_columns_by_semicolons():
    assert "".join(csv_lines([["dias", 2.5, 3]])).endswith("dias;2,5;3\r\n")
