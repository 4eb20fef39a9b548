"""How many real documents of 1 to 20 pages an import takes in a second, thumbnails included."""

import random
import time
from pathlib import Path

from docx import Document
from fpdf import FPDF

from bench.instance import EMAIL, WORDS, begin, command


def measure(folder: Path, count: int = 100) -> float:
    """Return documents a second over the whole command, from its start to its end."""
    source = folder / "documents"
    make_documents(source, count)
    services, _ = begin(folder / "instance")
    services.sessions.engine.dispose()
    started = time.perf_counter()
    bring_in(folder / "instance", source)
    return count / (time.perf_counter() - started)


def make_documents(source: Path, count: int, seed: int = 3) -> None:
    """Write documents of 1 to 20 pages, three PDF to one DOCX."""
    source.mkdir(parents=True)
    chance = random.Random(seed)
    for number in range(count):
        pages = chance.randint(1, 20)
        (_docx if number % 4 == 3 else _pdf)(source / f"documento {number}", pages, chance)


def bring_in(instance: Path, source: Path) -> None:
    """Import a folder and publish what it holds."""
    command(
        instance, "import", str(source), "--owner", EMAIL, "--level", "3.º ciclo", "--licence", "CC BY", "--publish"
    )


def _paragraph(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=60)).capitalize() + "."


def _pdf(stem: Path, pages: int, chance: random.Random) -> None:
    document = FPDF()
    document.set_title(stem.name)
    for _ in range(pages):
        document.add_page()
        document.set_font("helvetica", size=11)
        for _ in range(6):
            document.multi_cell(0, 6, _paragraph(chance), new_x="LMARGIN", new_y="NEXT")
    document.output(str(stem.with_suffix(".pdf")))


def _docx(stem: Path, pages: int, chance: random.Random) -> None:
    document = Document()
    document.add_heading(stem.name)
    for _ in range(pages * 6):
        document.add_paragraph(_paragraph(chance))
    document.save(str(stem.with_suffix(".docx")))
