"""Who may know whom: the contracts of setup.cfg, checked with the tests so that a wrong import is seen at once."""

from pathlib import Path

from importlinter import cli

ROOT = Path(__file__).parents[2]


def test_every_import_keeps_the_contracts(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    code = cli.lint_imports(config_filename="setup.cfg", no_cache=True)
    assert code == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out
