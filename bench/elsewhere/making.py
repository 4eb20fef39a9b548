"""Make the folder of documents from packages that lie in another folder: `python -m bench.elsewhere.making DEBS FOLDER`.

Fetch the packages before, on Debian 12, from the distribution's archive: `apt-get download NAME=VERSION` for each of
packages.toml, which says the licence of each too. Nothing of them is kept in this project.
"""

import csv
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as XML

from bench.elsewhere import gcompris, handbooks
from bench.elsewhere.document import WRITERS, Found, write

TABLE = "documents.csv"  # written beside the folder, for `repository import --csv`
# No term of ours is GPL, GFDL or MPL. This one is nearest: to name who made it, to share alike, and it may be sold.
NEAREST = "CC-BY-SA-4.0"
HELP = "usr/share/libreoffice/help/pt/text"
# Of the help of LibreOffice what a teacher may look for: guides for slides, drawings, formulas, texts, tables and charts.
HELP_PAGES = {
    "simpress/guide/*": "impress", "sdraw/guide/*": "draw", "smath/guide/*": "math", "schart/01/type_*": "grafico",
    "swriter/guide/[f-i]*": "writer", "swriter/guide/t*": "writer", "scalc/guide/[a-d]*": "calc", "scalc/guide/p*": "calc",
}  # fmt: skip
COPIED = {"level": "3ceb|sec", "discipline": "TIC", "type": "text"}
PHYSICS = {"level": "sec", "discipline": "FIS"}


def packages() -> list[dict[str, Any]]:
    """The rows of packages.toml."""
    return list(tomllib.loads((resources.files(__package__) / "packages.toml").read_text("utf-8"))["packages"])


def make(debs: Path, folder: Path) -> int:
    """Write the documents and the table of the import; return how many there are. Raises ValueError for a package
    that is missing or another one."""
    rows: list[dict[str, str]] = []
    endings = list(WRITERS)
    with tempfile.TemporaryDirectory() as scratch:
        roots = {package["name"]: _unpacked(debs, package, Path(scratch)) for package in packages()}
        for number, document in enumerate(_read(roots)):
            path = write(document, folder, endings[number % len(endings)])
            rows.append({"file": path.relative_to(folder).as_posix(), **document.facts})
        rows += [{"file": name, **facts} for name, facts in _copied(roots, folder)]
    _table(folder.with_name(TABLE), rows)
    return len(rows)


def _unpacked(debs: Path, package: dict[str, Any], scratch: Path) -> Path:
    version = package["version"].replace(":", "%3a")
    found = sorted(debs.glob(f"{package['name']}_{version}_*.deb"))
    told = f"{package['name']}={package['version']}"
    if not found:
        raise ValueError(f"{told} is missing: apt-get download {told}")
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != package["sha256"]:
        raise ValueError(f"{found[0].name} is not the package that packages.toml means")
    root = scratch / package["name"]
    subprocess.run(["dpkg-deb", "-x", str(found[0]), str(root)], check=True)
    return root


def _read(roots: dict[str, Path]) -> Iterator[Found]:
    """What is written by us in the formats that teachers have."""
    yield from gcompris.read(roots["gcompris-qt-data"])
    for package in packages():
        if told := package.get("handbook"):
            facts = {"level": told["level"], "discipline": told["discipline"], "type": "text"}
            for document in handbooks.read(roots[package["name"]], told["program"], told["called"]):
                document.facts.update(facts)
                yield document
    for path in sorted((roots["step"] / "usr/share/step/tutorials/pt").glob("*.step")):
        yield _tutorial(path)


def _tutorial(path: Path) -> Found:
    """A lesson of the physics laboratory: its notes, which stand beside the experiment."""
    world = XML.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", path.read_text("utf-8")))
    notes = [one.text or "" for one in world.iter() if one.tag.endswith("}text")]
    plain = [" ".join(re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", note).split()) for note in notes]
    title, *rest = [note for note in plain if note]
    return Found(f"step/{path.stem}", title, [("p", note) for note in rest], {**PHYSICS, "type": "simulation"})


def _copied(roots: dict[str, Path], folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Copy what is a document already, as its makers wrote it; yield its name and what the table says."""
    help_ = roots["libreoffice-help-pt"] / HELP
    for pattern, called in HELP_PAGES.items():
        for path in sorted(help_.glob(f"{pattern}.html")):
            yield _copy(path, folder, f"libreoffice/{called}-{path.name}"), COPIED
    for path in sorted((roots["step"] / "usr/share/step/objinfo/l10n/pt").glob("*.html")):
        yield _copy(path, folder, f"step/{path.name}"), {**PHYSICS, "type": "text"}
    for path in (roots["debian-edu-doc-pt-pt"] / "usr/share/doc/debian-edu-doc-pt-pt").glob("*bookworm-manual.pdf"):
        yield _copy(path, folder, "rede/debian-edu.pdf"), {"level": "doc", "type": "textbook"}


def _copy(path: Path, folder: Path, name: str) -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / name)
    return name


def _table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = ["file", "level", "discipline", "type", "licence", "language"]
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"licence": NEAREST, "language": "pt-PT"})


if __name__ == "__main__":
    try:
        print(make(Path(sys.argv[1]), Path(sys.argv[2])), "documents")
    except ValueError as error:
        sys.exit(str(error))
