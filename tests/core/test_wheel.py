"""A wheel takes along every file of the program: pages, styles, words, migrations, the demonstration."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("repository", "plugins")
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
MADE = ("__pycache__", "*.pyc", ".*")


def names_in_a_wheel(folder: Path) -> set[str]:
    """Make a wheel of a copy of the checkout, since a build leaves things behind; return what is in it."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*MADE))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    run = [sys.executable, "-W", "ignore", "-c", BUILD, str(folder)]
    told = subprocess.run(run, cwd=folder, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    with zipfile.ZipFile(folder / told.stdout.split()[-1]) as made:
        return set(made.namelist())


def test_a_wheel_has_every_file_of_the_program_and_nothing_else(tmp_path):
    wheel = names_in_a_wheel(tmp_path)
    files = [path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()]
    ours = {str(path) for path in files if path.suffix != ".pyc" and not path.name.startswith(".")}
    assert len(ours) > 300
    assert sorted(ours - wheel) == []
    assert {name.partition("/")[0] for name in wheel if ".dist-info/" not in name} == set(PACKAGES)
