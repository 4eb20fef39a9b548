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
FILES = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
NOT_LISTED = {"VENDOR.toml", *(entry["licence_file"] for entry in FILES)}
OURS = [
    path
    for folder, endings in ((TEMPLATES, (".html",)), (STATIC, (".css", ".js", ".svg")))
    for path in sorted(folder.rglob("*"))
    if path.suffix in endings and VENDOR not in path.parents
]
NAMES_ONLY = ("http://www.w3.org/2000/svg",)  # the name of a language, never fetched


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["path"])
def test_a_vendored_file_has_the_hash_and_the_licence_it_is_listed_with(entry):
    assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (VENDOR / entry["licence_file"]).stat().st_size > 200
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])


def test_every_file_in_the_vendor_folder_is_listed():
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert present - NOT_LISTED == {entry["path"] for entry in FILES}


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
