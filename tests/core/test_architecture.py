"""Who may know whom: the contracts of setup.cfg, checked with the tests so that a wrong import is seen at once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_keeps_the_contracts():
    # In a process of its own, because import-linter switches off the loggers that other tests read.
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = [sys.executable, "-c", command, "--config", "setup.cfg", "--no-cache"]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
    assert "0 broken" in told.stdout
