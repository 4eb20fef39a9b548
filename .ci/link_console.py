"""Puts the command `repository` into the environment that runs this, without building or fetching anything more.

An editable install would do the same, with a build tool that no lock file pins.
"""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """#!{python}
from repository.__main__ import main

main()
"""

if sys.prefix == sys.base_prefix:
    sys.exit("this is meant for a virtual environment")
Path(sysconfig.get_path("purelib"), "partilha.pth").write_text(f"{ROOT}\n", "utf-8")
script = Path(sysconfig.get_path("scripts"), "repository")
script.write_text(SCRIPT.format(python=sys.executable), "utf-8")
script.chmod(0o755)
