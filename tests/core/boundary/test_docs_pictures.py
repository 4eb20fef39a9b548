"""The guides and the tour show pictures that are there, small, and none lies there unseen."""

import re
from pathlib import Path

from bench.tour import LARGEST, SHOTS

ROOT = Path(__file__).parents[3]
DOCS, PICTURES = ROOT / "docs", ROOT / "docs" / "pictures"


def shown(*pages: Path) -> set[str]:
    return {name for page in pages for name in re.findall(r"\]\((?:docs/)?pictures/([^)]+)\)", page.read_text("utf-8"))}


def test_each_picture_that_a_guide_shows_is_there_and_each_that_is_there_is_shown():
    assert shown(*DOCS.glob("*.md"), ROOT / "README.md") == {path.name for path in PICTURES.iterdir()}


def test_pictures_are_small():
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > LARGEST] == []


def test_both_tours_show_each_picture_of_the_tour():
    wanted = {f"tour-{shot.name}.webp" for shot in SHOTS}
    assert shown(DOCS / "tour.md") == shown(DOCS / "tour.pt.md") == wanted
    assert len(SHOTS) <= 30
