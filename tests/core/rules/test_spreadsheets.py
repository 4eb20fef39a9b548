"""Workbooks as people make them: titles, merged cells, dates, lost zeros, several sheets, and hostile ones."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.cell_range import CellRange

from repository import spreadsheets
from repository.errors import Invalid, TooLarge
from repository.spreadsheets import write_workbook
from repository.tables import read_table, read_tables


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(rows, merged=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    return saved(book)


def test_a_workbook_reads_as_the_same_table_as_its_csv():
    assert (
        read_table(workbook([["Ref.", "Título"], ["A-1", "Frações"]])).rows
        == read_table("Ref.;Título\nA-1;Frações".encode()).rows
    )


def test_days_numbers_and_codes_come_as_people_write_them():
    book = Workbook()
    sheet = book.active
    sheet.append(["Dia", "Momento", "Horas", "Grupo", "Código", "Sócio"])
    sheet.append([date(2026, 9, 14), datetime(2026, 9, 14, 18, 30), 12.5, 110.0, 7, True])
    sheet["E2"].number_format = "0000"
    row = read_table(saved(book)).rows[0].cells
    assert list(row.values()) == ["14/09/2026", "14/09/2026 18:30", "12,5", "110", "0007", "sim"]


def test_titles_above_the_header_and_empty_rows_below_are_no_rows_and_numbers_are_the_spreadsheets_own():
    table = read_table(
        workbook(
            [["Plano 2026/2027", None], [None, None], ["Ref.", "Título"], ["A", "Um"], [None, " "], ["B", "Dois"]],
            ["A1:B1"],
        )
    )
    assert table.header == ("Ref.", "Título")
    assert [(row.number, row.cells["Ref."]) for row in table.rows] == [(4, "A"), (6, "B")]


def test_a_header_of_two_merged_rows_becomes_one_word_a_column():
    rows = [
        ["Ref.", "Datas", None, "Formador", None, "Formando", None],
        [None, "Início", "Fim", "Nome", "E-mail", "Nome", "E-mail"],
        ["A", "1/9/2026", "2/9/2026", "x", "y", "z", "w"],
    ]
    table = read_table(workbook(rows, ["A1:A2", "B1:C1", "D1:E1", "F1:G1"]))
    assert table.header == (
        "Ref.", "Início", "Fim", "Formador Nome", "Formador E-mail", "Formando Nome", "Formando E-mail",
    )  # fmt: skip
    assert table.rows[0].number == 3


def test_a_wide_word_over_one_row_of_header_does_not_swallow_the_first_row():
    table = read_table(workbook([["Ref.", "Formador", None], ["A", "Rita", "Prof."], ["B", "Ivo", ""]], ["B1:C1"]))
    assert [row.cells["Formador"] for row in table.rows] == ["Rita", "Ivo"]


def test_a_cell_merged_down_says_the_same_in_each_row():
    table = read_table(workbook([["Título", "Turma"], ["Robótica", "1"], [None, "2"]], ["A2:A3"]))
    assert [row.cells["Título"] for row in table.rows] == ["Robótica", "Robótica"]


def test_each_visible_sheet_that_says_something_is_a_table():
    book = Workbook()
    book.active.title = "Capa"
    for name, hidden in (("Turmas", False), ("Notas", True)):
        sheet = book.create_sheet(name)
        sheet.append(["Ref.", "Título"])
        sheet.append([name, "x"])
        sheet.sheet_state = "hidden" if hidden else "visible"
    assert [table.sheet for table in read_tables(saved(book))] == ["Turmas"]


def test_what_is_written_reads_back_and_runs_nothing():
    data = write_workbook([("Folha", [["Ref.", "Nota"], ["007", "=1+1"]])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read_table(data).rows[0].cells == {"Ref.": "007", "Nota": "=1+1"}


def test_numbers_are_written_as_numbers_and_codes_as_text():
    sheet = load_workbook(io.BytesIO(write_workbook([("Folha", [["Ref.", "Vezes"], ["007", 7]])]))).active
    assert [cell.value for cell in sheet[2]] == ["007", 7]
    assert sheet["B2"].data_type == "n"


def repacked(data, name, change):
    """Return the workbook with one member changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
    return target.getvalue()


PLAIN = workbook([["Ref.", "Título"], ["A", "Um"]])


def test_entities_that_multiply_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    evil = repacked(PLAIN, "xl/worksheets/sheet1.xml", lambda old: bomb + old.partition(b"?>")[2])
    with pytest.raises(Invalid):
        read_table(evil)


def test_a_workbook_that_swells_is_refused():
    with pytest.raises(TooLarge):
        read_table(repacked(PLAIN, "xl/worksheets/sheet1.xml", lambda old: old + b" " * 30_000_000))


def test_a_row_that_calls_itself_the_millionth_is_refused():
    far = repacked(
        PLAIN,
        "xl/worksheets/sheet1.xml",
        lambda old: (
            old.replace(b'<row r="2"', b'<row r="900000000"')
            .replace(b'r="A2"', b'r="A900000000"')
            .replace(b'r="B2"', b'r="B900000000"')
        ),
    )
    with pytest.raises(TooLarge):
        read_table(far)


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a zip", PLAIN[: len(PLAIN) // 2], b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_workbook_is_refused_in_words(data):
    with pytest.raises(Invalid, match="folha de cálculo"):
        read_table(data)


def test_a_zip_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Invalid, match="folha de cálculo"):
        read_table(target.getvalue())


def test_a_csv_with_a_title_above_its_header_is_read():
    table = read_table("Plano de formação;;\n;;\nRef.;Título;Início\n1;Um;2\n;;\n".encode("windows-1252"))
    assert (table.header, table.rows[0].number) == (("Ref.", "Título", "Início"), 4)


def sheet_of(rows):
    source, target = workbook([["x"]]), io.BytesIO()
    said = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, f"{said}</worksheet>" if name.endswith("sheet1.xml") else old.read(name))
    return target.getvalue()


ROWS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'


def texts_made(monkeypatch, data):
    """Return how many cells were turned into text, and the table or the refusal."""
    made, text = [], spreadsheets._text
    monkeypatch.setattr(spreadsheets, "_text", lambda cell: made.append(1) or text(cell))
    try:
        answer = read_table(data)
    except TooLarge as error:
        answer = error
    return len(made), answer


def test_a_cell_in_the_last_corner_is_refused_without_the_million_rows_before_it(monkeypatch):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    made, answer = texts_made(monkeypatch, sheet_of(ROWS + far))
    assert isinstance(answer, TooLarge)
    assert made < 10


@pytest.mark.parametrize(
    "far", ['<row r="1048576"/>', '<row r="1048576"><c r="XFD1048576" s="0"/></row>', '<row r="1000000000000"/>']
)
def test_what_lies_far_away_and_says_nothing_is_no_row(monkeypatch, far):
    _, table = texts_made(monkeypatch, sheet_of(ROWS + far))
    assert [row.number for row in table.rows] == [2]


def sparse(*cells, sheets=1, merged=()):
    """Return a workbook of equal sheets with a header and a few cells that lie far apart."""
    book = Workbook()
    book.remove(book.active)
    for _ in range(sheets):
        sheet = book.create_sheet()
        sheet.append(["Ref.", "Título"])
        for row, column in cells:
            sheet.cell(row, column, "x")
        for number in range(merged[1] if merged else 0):
            sheet.merged_cells.ranges.add(CellRange(merged[0].format(row=2 + number)))
    return saved(book)


@pytest.mark.parametrize(
    "data",
    [
        sparse((199_999, 200)),
        sparse((19_999, 40), sheets=3),
        sparse((199_999, 1), merged=("A{row}:A199999", 40)),
        sparse((49_999, 1), merged=("A{row}:A49999", 12), sheets=4),
    ],
    ids=["a cell far away", "over several sheets", "merged again and again", "over several sheets, too"],
)
def test_a_few_cells_that_would_be_millions_are_refused_before_anybody_makes_them(data):
    assert len(data) < 20_000
    with pytest.raises(TooLarge, match="cresce demais"):
        read_tables(data)


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\ud800", "\x00", "\x1f"])
def test_a_character_that_no_workbook_holds_is_left_out_and_all_else_is_written(odd):
    _, row = load_workbook(io.BytesIO(write_workbook([(f"Um{odd}", [["Nome"], [f"a{odd}é\U0001f98a"]])]))).active.rows
    assert row[0].value == "aé\U0001f98a"


def test_a_sheet_may_be_called_what_no_sheet_may_be_called():
    book = load_workbook(io.BytesIO(write_workbook([("Nível/ano: [a*?\\]", [["x"]])])))
    assert book.sheetnames == ["Nível ano   a    "]
