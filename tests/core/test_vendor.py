"""Files of others are what they say they are, and no page, style or script of ours calls another host."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

import repository

STATIC = Path(repository.__path__[0]) / "static"
TEMPLATES = Path(repository.__path__[0]) / "templates"
VENDOR = STATIC / "vendor"
FOR_TESTS = Path(__file__).parents[1] / "vendored"
FOR_SEARCH = Path(repository.__path__[0]) / "search" / "vendor"
FOLDERS = (VENDOR, FOR_SEARCH, FOR_TESTS)
FILES = {folder: tomllib.loads((folder / "VENDOR.toml").read_text())["file"] for folder in FOLDERS}
OURS = [
    path
    for folder, endings in ((TEMPLATES, (".html",)), (STATIC, (".css", ".js", ".svg")))
    for path in sorted(folder.rglob("*"))
    if path.suffix in endings and VENDOR not in path.parents
]
NAMES_ONLY = ("http://www.w3.org/2000/svg",)  # the name of a language, never fetched


@pytest.mark.parametrize(
    ("folder", "entry"),
    [pytest.param(folder, entry, id=entry["path"]) for folder, entries in FILES.items() for entry in entries],
)
def test_a_vendored_file_has_the_hash_and_the_licence_it_is_listed_with(folder, entry):
    assert hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (folder / entry["licence_file"]).stat().st_size > 200
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])


@pytest.mark.parametrize("folder", FILES, ids=lambda folder: folder.name)
def test_every_file_in_a_vendor_folder_is_listed(folder):
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    licences = {entry["licence_file"] for entry in FILES[folder]}
    rest = {name for name in present - licences if not name.startswith("LICENSE-")}
    assert rest - {"VENDOR.toml"} == {entry["path"] for entry in FILES[folder]}


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(path.parents[2])))
def test_our_pages_styles_and_scripts_name_no_other_host(path):
    text = path.read_text()
    for name in NAMES_ONLY:
        text = text.replace(name, "")
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.sub(r"https://schema\.org", "", text))


def test_vendored_styles_fetch_nothing_from_elsewhere():
    fetched = re.findall(r"url\(([^)]*)\)", (VENDOR / "pico.min.css").read_text())
    assert fetched
    assert all(target.strip("\"'").startswith("data:") for target in fetched)
