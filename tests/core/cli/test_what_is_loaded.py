"""What a server loads before it answers: each heavy library is a wait at every start."""

import subprocess
import sys

from repository.settings import ALL_PLUGINS

HEAVY = {"fpdf", "fontTools", "openpyxl", "docx", "pptx", "kreuzberg", "lxml", "pypdfium2"}


def test_no_library_for_papers_and_workbooks_is_loaded_before_it_is_used():
    plugins = [f"plugins.{name}.plugin" for name in ALL_PLUGINS]
    code = f"import sys, repository.cli, {', '.join(plugins)}; print(*sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.split() == []
