"""An inventory from a table: read as people write it, shown before it is done, done whole or not at all, and only once."""

import json
import zipfile
from io import BytesIO

import pytest

from plugins.physical_loans import columns, import_inventory, importing, parts, reading
from plugins.physical_loans.models import Copy, CopyState, Thing
from repository.api import DomainError, Invalid, write_workbook
from repository.errors import TooLarge
from repository.models import Item

TABLE = (
    "N.º de inventário;Designação;Tipo;Nível;Ano;Qtd;Localização;Pertence a;Estado de conservação;Situação;Peso;Valor;"
    "Verificado em;Componentes\r\n"
    "ROB-01;Robôs de chão;Robôs de chão e primeiros robôs;1.º ciclo;1|2;1;Armário 2;;bom;disponível;4,2 kg;1.250,00 €;"
    "14/09/2026;6 Robô*; 1 Base;\r\n"
).replace("6 Robô*; 1 Base;", '"6 Robô*; 1 Base; 12 Pilhas (gasta-se)"') + (
    "ROB-02;Robôs de chão;;;;;Armário 3;Município inventado;usado;uso no local;;;;\r\n"
    "LIV-01;Livros do rio;books;2.º ciclo;5;28;;;;;;;;\r\n"
)


def run(at, who, text, *, do=True):
    """Plan a table, and do it unless a row is wrong; return the plan."""
    source = importing.read(text.encode() if isinstance(text, str) else text)
    with at(who) as work:
        planned = import_inventory.plan(work, source)
        if do and not any(row.problems for row in planned.rows):
            import_inventory.carry_out(work, planned)
    return planned


def outcomes(planned):
    return [row.outcome for row in planned.rows]


class TestTable:
    def test_things_copies_and_parts_come_in_and_are_published(self, at, desk, staff):
        assert outcomes(run(at, staff, TABLE)) == ["new", "new", "new"]
        with at() as work:
            robots = work.session.query(Thing).join(Item).filter(Item.title == "Robôs de chão").one()
            first, second = robots.copies
            assert (robots.category, robots.weight, robots.item.state) == ("robot", None, "published")
            assert (first.weight, first.value, first.place) == (4200, 125000, "Armário 2")
            assert (second.owner, second.condition, second.state) == ("Município inventado", "worn", CopyState.ON_SITE)
            listed = [(p.name, p.expected, p.essential, p.consumable) for p in parts.of_thing(work, robots.item_id)]
            assert listed == [("Robô", 6, True, False), ("Base", 1, False, False), ("Pilhas", 12, False, True)]
            assert work.session.query(Copy).filter_by(inventory="LIV-01").one().stock == 28

    def test_the_same_table_twice_changes_nothing(self, at, desk, staff):
        run(at, staff, TABLE)
        assert outcomes(run(at, staff, TABLE)) == ["unchanged"] * 3
        with at() as work:
            assert work.session.query(Copy).count() == 3
            assert work.session.query(Item).filter_by(kind="physical").count() == 2

    def test_a_changed_cell_changes_that_copy_and_missing_rows_remove_nothing(self, at, desk, staff):
        run(at, staff, TABLE)
        planned = run(at, staff, "Inventário;Título;Local\nROB-01;Robôs de chão;Sala 7\n")
        assert [(name, after) for name, _, after in planned.rows[0].changes] == [("place", "Sala 7")]
        with at() as work:
            assert work.session.query(Copy).filter_by(inventory="ROB-01").one().place == "Sala 7"
            assert work.session.query(Copy).count() == 3

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (";Robôs;;", "Falta o número"),
            ("A-1;;;", "Falta o título"),
            ("A-1;Robôs;muitos;", "não é um número inteiro"),
            ("A-1;Robôs;0;", "entre 1 e"),
            ("A-1;Robôs;1;Outro balcão", "Não há nenhum balcão"),
        ],
    )
    def test_a_wrong_row_is_named_with_its_number_and_nothing_comes_in(self, at, desk, staff, row, words):
        planned = run(at, staff, f"Inventário;Título;Quantidade;Balcão\nOK-1;Globos;1;\n{row}\n")
        wrong = planned.rows[1]
        assert (wrong.number, wrong.outcome) == (3, "error")
        assert words in str(wrong.problems[0])
        with at() as work:
            assert work.session.query(Copy).count() == 0

    def test_all_that_is_wrong_with_a_row_is_told_at_once(self, at, desk, staff):
        planned = run(at, staff, "Inventário;Título;Quantidade;Balcão;Peso\nA-1;Robôs;0;Outro;muito\n")
        said = " ".join(str(problem) for problem in planned.rows[0].problems)
        assert len(planned.rows[0].problems) == 3, said
        assert "entre 1 e" in said
        assert "Não há nenhum balcão" in said

    def test_a_number_given_twice_and_a_copy_of_another_title_are_refused(self, at, desk, staff):
        run(at, staff, TABLE)
        planned = run(at, staff, "Inventário;Título\nX-1;Globos\nX-1;Globos\nROB-01;Livros do rio\n")
        assert outcomes(planned) == ["new", "error", "error"]
        assert "«Robôs de chão»" in str(planned.rows[2].problems[0])

    def test_rows_of_one_title_that_contradict_each_other_are_refused(self, at, desk, staff):
        planned = run(at, staff, "Inventário;Título;Nível\nX-1;Globos;1.º ciclo\nX-2;Globos;Secundário\n")
        assert outcomes(planned) == ["new", "error"]

    def test_a_table_without_the_column_it_needs_says_which(self, at, desk, staff):
        with pytest.raises(Invalid) as refusal:
            run(at, staff, "Coisa;Sítio\nGlobo;Sala 1\n")
        assert "N.º de inventário" in str(refusal.value)

    def test_a_workbook_may_list_the_parts_on_a_sheet_of_their_own(self, at, desk, staff):
        sheets = [
            ("Inventário", [["Inventário", "Título", "Nível"], ["X-1", "Mala da energia", "2.º ciclo"]]),
            ("Peças", [["Título", "Peça", "Quantidade", "Essencial"], ["Mala da energia", "Medidor", "6", "sim"]]),
        ]
        run(at, staff, write_workbook(sheets))
        with at() as work:
            thing = work.session.query(Thing).one()
            assert [(p.name, p.expected, p.essential) for p in parts.of_thing(work, thing.item_id)] == [
                ("Medidor", 6, True)
            ]

    def test_a_title_without_a_level_comes_in_and_waits_to_be_published(self, at, desk, staff):
        run(at, staff, "Inventário;Título\nX-1;Globos\n")
        with at() as work:
            assert work.session.query(Item).filter_by(title="Globos").one().state == "draft"


class TestCells:
    @pytest.mark.parametrize(
        ("text", "name", "expected"),
        [("6 Robô", "Robô", 6), ("6x Robô", "Robô", 6), ("Robô (6)", "Robô", 6), ("Robô x 6", "Robô", 6), ("Robô", "Robô", 1),
         ("12 Pilhas AAA", "Pilhas AAA", 12), ("1 Caixa com 51 átomos", "Caixa com 51 átomos", 1)],
    )  # fmt: skip
    def test_parts_are_understood_as_people_write_them(self, text, name, expected):
        part = columns.part_of(text)
        assert (part["name"], part["expected"]) == (name, expected)

    @pytest.mark.parametrize("text", ["12", "*", "(gasta-se)"])
    def test_a_part_without_a_name_is_refused(self, text):
        with pytest.raises(Invalid):
            columns.part_of(text)

    @pytest.mark.parametrize(
        ("text", "value"), [("4,2 kg", 4200), ("350 g", 350), ("4.2", 4200), ("2", 2000), ("0,35kg", 350)]
    )
    def test_weights_are_grams(self, text, value):
        assert reading.grams(text) == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [("129,50 €", 12950), ("1.250,00", 125000), ("1.250", 125000), ("99", 9900), ("1,250.00", 125000)],
    )
    def test_amounts_are_cents(self, text, value):
        assert reading.cents(text) == value

    @pytest.mark.parametrize("text", ["caro", "-4", "4,,", "1e9", "9" * 20])
    def test_what_is_no_number_is_refused(self, text):
        with pytest.raises(Invalid):
            reading.cents(text)

    @pytest.mark.parametrize("text", ["14/09/2026", "14-9-26", "2026-09-14", "46279"])
    def test_days_are_read_as_people_and_spreadsheets_write_them(self, text):
        assert reading.day(text).isoformat() == "2026-09-14"

    @pytest.mark.parametrize("text", ["31/02/2026", "ontem", ""])
    def test_a_day_that_is_none_is_refused(self, text):
        with pytest.raises(DomainError):
            reading.day(text)


class TestPage:
    def send(self, browser, text, **more):
        sent = {"file": (BytesIO(text.encode("cp1252")), "inventario.csv"), **more}
        return browser.post("/loans/things/import", data=sent, content_type="multipart/form-data")

    def test_the_page_shows_what_would_be_done_and_then_does_it(self, sign_in, staff, at, desk):
        browser = sign_in(staff)
        page = self.send(browser, TABLE)
        assert page.status_code == 200
        assert "ROB-02 Robôs de chão" in page.text
        with at() as work:
            assert work.session.query(Copy).count() == 0
        carried = importing.carry(importing.read(TABLE.encode()))
        answer = browser.post("/loans/things/import", data={"carried": carried, "kind": "csv", "do": "apply"})
        assert answer.status_code == 303
        with at() as work:
            assert work.session.query(Copy).count() == 3

    def test_wrong_rows_come_back_as_a_table_that_says_why(self, sign_in, staff, desk):
        browser = sign_in(staff)
        bad = "Inventário;Título;Quantidade\nX-1;Globos;muitos\n"
        assert self.send(browser, bad).status_code == 422
        carried = importing.carry(importing.read(bad.encode()))
        answer = browser.post("/loans/things/import/errors", data={"carried": carried, "kind": "csv"})
        assert "muitos" in answer.text
        assert "erro" in answer.text

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_template_is_a_table_that_comes_in(self, sign_in, staff, at, desk, kind):
        data = sign_in(staff).get(f"/loans/things/import/template.{kind}").data
        assert outcomes(run(at, staff, data)) == ["new"]

    @pytest.mark.parametrize(
        "data", [{}, {"pasted": "   "}, {"carried": "[]"}, {"carried": "{"}, {"pasted": "só isto"}]
    )
    def test_no_table_is_refused_in_words(self, sign_in, staff, desk, data):
        assert sign_in(staff).post("/loans/things/import", data=data).status_code == 422


class TestCommand:
    def test_the_command_does_as_the_page_does(self, run_command, desk, at, tmp_path):
        file = tmp_path / "inventario.csv"
        file.write_text(TABLE, "utf-8")
        told = run_command(["loans", "import", str(file), "--dry-run", "--json"])
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["applied"] is False
        assert json.loads(told.output)["counts"]["new"] == 3
        assert run_command(["loans", "import", str(file)]).exit_code == 0
        with at() as work:
            assert work.session.query(Copy).count() == 3

    def test_wrong_rows_leave_the_house_as_it_was_and_the_command_fails(self, run_command, desk, at, tmp_path):
        file, errors = tmp_path / "inventario.csv", tmp_path / "erros.csv"
        file.write_text("Inventário;Título;Quantidade\nX-1;Globos;1\nX-2;Globos;muitos\n", "utf-8")
        told = run_command(["loans", "import", str(file), "--errors", str(errors)])
        assert told.exit_code == 1
        assert "X-2" in errors.read_text("utf-8")
        with at() as work:
            assert work.session.query(Copy).count() == 0

    @pytest.mark.parametrize(("lies", "refusal"), [(False, TooLarge), (True, Invalid)])
    def test_a_workbook_that_swells_is_refused_in_words_also_when_it_lies(
        self, run_command, desk, at, tmp_path, lies, refusal
    ):
        file = tmp_path / "inventario.xlsx"
        file.write_bytes(swelling(lies=lies))
        with pytest.raises(refusal):
            importing.read(file.read_bytes())
        told = run_command(["loans", "import", str(file)])
        assert (told.exit_code, type(told.exception)) == (1, SystemExit)
        assert len(told.output.splitlines()) == 1, "one sentence"
        with at() as work:
            assert work.session.query(Copy).count() == 0


def swelling(*, lies):
    """Return an inventory whose one sheet unpacks to 30 MB; one that lies declares the size that it had before."""
    plain, packed = BytesIO(write_workbook([("Inventário", [["Inventário", "Título"], ["X-1", "Globos"]])])), BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            sheet = info.filename == "xl/worksheets/sheet1.xml"
            new.writestr(
                info.filename, data.replace(b"<sheetData>", b"<sheetData>" + b" " * 30_000_000) if sheet else data
            )
            if sheet and lies:
                new.filelist[-1].file_size = len(data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Robôs de chão", "robot"),
        ("kits de robótica", "robot_kit"),
        ("Tablets", "computers"),
        ("Bee-Bot", "robot"),
        ("books", "books"),
        ("Ro", None),
        ("Cadeiras", None),
    ],
)
def test_a_kind_is_known_by_how_its_name_begins_or_by_what_people_call_it(text, code):
    if code is None:
        with pytest.raises(Invalid, match="não é um tipo"):
            columns._category(text)
    else:
        assert columns._category(text) == code
