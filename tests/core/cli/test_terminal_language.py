"""The terminal refuses, and speaks of rows and files, in the language that the system names."""

import pytest

from repository.console import language

SPOKEN = [
    ({}, "en"),
    ({"LANG": "pt_PT.UTF-8"}, "pt"),
    ({"LANG": "pt_PT.UTF-8", "LC_MESSAGES": "sv_SE"}, "sv"),
    ({"LANG": "pt_PT.UTF-8", "LC_MESSAGES": "sv_SE", "LC_ALL": "de_DE@euro"}, "de"),
    ({"LANG": "de_AT", "LC_ALL": ""}, "de"),
    ({"LANG": "C.UTF-8"}, "en"),
    ({"LANG": "fr_FR"}, "en"),
    ({"LANG": "pt_PT", "LC_ALL": "POSIX"}, "en"),
]


@pytest.mark.parametrize(("environ", "spoken"), SPOKEN)
def test_the_first_variable_that_is_set_names_the_language_and_english_stands_for_all_others(environ, spoken):
    assert language(environ) == spoken


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("C", "hidden file or system file"),
        ("pt_PT", "ficheiro escondido ou de sistema"),
        ("sv_SE", "dold fil eller systemfil"),
        ("de_DE", "versteckte Datei oder Systemdatei"),
    ],
)
def test_each_file_of_an_import_is_told_in_the_language_of_the_terminal(run, ana, tmp_path, monkeypatch, locale, words):
    monkeypatch.setenv("LC_ALL", locale)
    source = tmp_path / "source"
    source.mkdir()
    (source / ".escondido").write_text("x")
    done = run("import", str(source), "--owner", ana.email)
    assert done.stdout.splitlines()[0] == f"skipped   .escondido   {words}"


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "C",
            "The table has mistakes and nothing was imported.\n"
            "Row 2: “9.º ciclo” is not known in level.\n"
            "Row 3: the name of the file is missing.\n",
        ),
        (
            "pt_PT",
            "A tabela tem erros e nada foi importado.\n"
            "Linha 2: «9.º ciclo» não se conhece em level.\n"
            "Linha 3: falta o nome do ficheiro.\n",
        ),
    ],
)
def test_each_wrong_row_of_a_table_is_told_in_the_language_of_the_terminal(
    run, ana, tmp_path, monkeypatch, locale, told
):
    monkeypatch.setenv("LC_ALL", locale)
    source, table = tmp_path / "source", tmp_path / "table.csv"
    source.mkdir()
    table.write_text("ficheiro;nível\na.txt;9.º ciclo\n;1.º ciclo\n", "utf-8")
    assert run("import", str(source), "--owner", ana.email, "--csv", str(table)).stderr == told
