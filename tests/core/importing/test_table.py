"""The table of an import: any encoding, separator and order of columns; all of its rows or none."""

import pytest

from repository.models import State
from tests.core.importing.conftest import outcomes

HEADER = (
    "Ficheiro;Título;Resumo;Nível de ensino;Ano;Grupo;Disciplina;Tipo;Licença;Língua;Palavras-chave;Autor(es);E-mail"
)
ROW = (
    "a.txt;Frações;Um resumo;1.º ciclo;3;110;Matemática;Ficha de trabalho;CC BY;Português;barras|metade;Ana Sá|Rui Paz;"
    "ana@teste.invalid"
)


@pytest.fixture
def files(folder):
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"Texto do ficheiro {name} com frações e barras. " * 5, "utf-8")
    return folder


@pytest.fixture
def with_table(bring_in, files, tmp_path):
    """Import the three files with this table."""

    def run(text, *words, encoding="utf-8", name="tabela.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return bring_in(files, "--csv", str(tmp_path / name), *words)

    return run


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_all_columns_are_read_in_any_encoding_and_with_any_separator(with_table, kept, ana, encoding, separator):
    text = f"{HEADER}\r\n{ROW}\r\n".replace(";", separator)
    told = with_table(text, encoding=encoding)
    assert told["code"] == 0, told["errors"]
    (item,) = kept()
    assert (item.title, item.summary, item.type, item.licence) == ("Frações", "Um resumo", "worksheet", "CC-BY-4.0")
    assert [item.codes(name) for name in ("level", "year", "group", "discipline")] == [
        ["1ceb"],
        ["3"],
        ["110"],
        ["MAT"],
    ]
    assert (item.language, item.keywords) == ("pt-PT", ["barras", "metade"])
    assert [(credit.name, credit.user_id) for credit in item.credits] == [("Ana Sá", ana.id), ("Rui Paz", None)]


def test_columns_come_in_any_order_and_english_names_serve_too(with_table, kept):
    with_table("title,licence,file\nFrações,CC0,a.txt\n")
    assert (kept()[0].title, kept()[0].licence) == ("Frações", "CC0-1.0")


def test_files_that_the_table_does_not_name_are_left_out(with_table, kept):
    told = outcomes(with_table("ficheiro;título\na.txt;Frações\n"))
    assert told == {"a.txt": "added", "b.txt": "skipped", "sub/c.txt": "skipped"}


def test_rows_of_one_title_and_author_are_one_item_with_several_files(with_table, kept):
    with_table("ficheiro;título;autor;ano\na.txt;Frações;Ana;3\nsub/c.txt;Frações;Ana;4\nb.txt;Frações;Rui;3\n")
    first, second = kept()
    assert [file.name for file in first.files] == ["a.txt", "c.txt"]
    assert first.codes("year") == ["3", "4"]
    assert [file.name for file in second.files] == ["b.txt"]


def test_importing_a_table_again_adds_nothing_not_even_for_items_of_several_files(with_table, kept):
    table = "ficheiro;título;autor\na.txt;Frações;Ana\nsub/c.txt;Frações;Ana\nb.txt;Frações;Rui\n"
    with_table(table)
    told = with_table(table)
    assert told["counts"]["unchanged"] == 3
    assert len(kept()) == 2


def test_a_quoted_cell_may_hold_lines_and_separators(with_table, kept):
    with_table('ficheiro;resumo;título\na.txt;"Duas linhas;\ne um ""ponto"" e vírgula";Frações\nb.txt;;Outro\n')
    assert kept()[0].summary == 'Duas linhas;\ne um "ponto" e vírgula'


def test_every_wrong_row_is_named_and_nothing_is_imported(with_table, kept, services):
    told = with_table(
        "ficheiro;nível;licença;autor;e-mail\n"
        "a.txt;1.º ciclo;CC BY;;\n"
        "nada.txt;1.º ciclo;CC BY;;\n"
        "b.txt;9.º ciclo;Copyright;;\n"
        ";1.º ciclo;;;\n"
        "a.txt;;;;\n"
        "sub/c.txt;;;Ana;a@b.pt|c@d.pt\n"
    )
    assert told["code"] == 1
    for words in (
        "Linha 4: «9.º ciclo»",
        "Linha 4: «Copyright»",
        "Linha 5: falta o nome do ficheiro",
        "Linha 7: há mais endereços",
    ):
        assert words in told["errors"]
    assert kept() == []
    assert list(services.blobs.digests()) == []


def test_files_that_are_missing_or_named_twice_stop_the_import_by_row(with_table, kept):
    told = with_table("ficheiro\na.txt\nnada.txt\na.txt\n")
    assert told["code"] == 1
    assert "Linha 3: o ficheiro «nada.txt» não está na pasta." in told["errors"]
    assert "Linha 4: o ficheiro «a.txt» já está na linha 2." in told["errors"]
    assert kept() == []


def test_rows_are_counted_as_a_spreadsheet_counts_them(with_table):
    told = with_table('ficheiro;resumo\na.txt;"uma\nduas\ntrês"\nnada.txt;x\n')
    assert "Linha 3: o ficheiro «nada.txt»" in told["errors"]


def test_publishing_asks_each_row_for_what_it_needs(with_table, kept):
    told = with_table("ficheiro;ano;licença\na.txt;3;CC BY\nb.txt;;CC BY\nsub/c.txt;4;\n", "--publish")
    assert "Linha 3: falta o nível de ensino." in told["errors"]
    assert "Linha 4: falta a licença." in told["errors"]
    assert kept() == []
    assert with_table("ficheiro;ano\na.txt;3\n", "--publish", "--licence", "CC0")["code"] == 0
    assert kept()[0].state == State.PUBLISHED


def test_the_column_of_files_must_be_there_and_unknown_columns_are_named(with_table, kept):
    told = with_table("título;resumo\nFrações;x\n")
    assert (told["code"], "Falta a coluna «ficheiro»" in told["errors"], "título" in told["errors"]) == (
        1,
        True,
        True,
    )
    told = with_table("ficheiro;Observações da direção\na.txt;x\n")
    assert (told["code"], "'Observações da direção'" in told["errors"]) == (0, True)


def test_two_columns_for_one_thing_are_refused(with_table):
    told = with_table("ficheiro;ano;Ano de escolaridade\na.txt;3;4\n")
    assert (told["code"], "ano" in told["errors"], "Ano de escolaridade" in told["errors"]) == (1, True, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vazia"),
        (b"\n\n", "vazia"),
        (b"PK\x03\x04spreadsheet", "folha de cálculo"),
        (b"ficheiro\0;x\na.txt;y\n", "tabela de texto"),
        (b'ficheiro;t\xedtulo\na.txt;"sem fim\n', "Linha 2"),
        (b"ficheiro;titulo\na.txt;um;dois\n", "Linha 2"),
        (b"\xff\xfef\0i", "codificação"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(with_table, kept, data, words):
    told = with_table(data)
    assert (told["code"], words in told["errors"]) == (1, True), told["errors"]
    assert "Traceback" not in told["errors"]
    assert kept() == []


def test_file_names_meet_in_whatever_form_and_case_they_are_written(bring_in, folder, tmp_path, kept):
    (folder / "frac\u0327o\u0303es.txt").write_text("Texto com frações. " * 5)
    (folder / "Plano.TXT").write_text("Texto com um plano. " * 5)
    (tmp_path / "t.csv").write_text("ficheiro;título\nfrações.txt;Um\nplano.txt;Dois\n")
    assert bring_in(folder, "--csv", str(tmp_path / "t.csv"))["code"] == 0
    assert [item.title for item in kept()] == ["Um", "Dois"]


def test_a_name_that_two_folders_have_needs_its_path(bring_in, folder, tmp_path):
    for place in ("x", "y"):
        (folder / place).mkdir()
        (folder / place / "a.txt").write_text(f"Texto {place} " * 20)
    (tmp_path / "t.csv").write_text("ficheiro\na.txt\n")
    told = bring_in(folder, "--csv", str(tmp_path / "t.csv"))
    assert "em mais do que uma pasta" in told["errors"]
    (tmp_path / "t.csv").write_text("ficheiro\nx\\a.txt\n")
    assert bring_in(folder, "--csv", str(tmp_path / "t.csv"))["code"] == 0


def test_a_table_inside_the_folder_is_found_by_its_name_and_is_no_material(bring_in, files, kept):
    (files / "metadados.csv").write_text("ficheiro;título\na.txt;Frações\n")
    told = outcomes(bring_in(files, "--csv", "metadados.csv"))
    assert told == {"a.txt": "added", "b.txt": "skipped", "sub/c.txt": "skipped"}


def test_a_column_that_no_plugin_keeps_is_said(with_table):
    told = with_table("ficheiro;título;ação\na.txt;Um;AF-12\n")
    assert "action" in next(line["words"] for line in told["files"] if line["item_id"])
