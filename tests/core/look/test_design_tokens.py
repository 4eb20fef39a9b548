"""Words have a contrast of 4.5 to 1, marks and borders of 3 to 1, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

import repository

TOKENS = (Path(repository.__path__[0]) / "static/css/tokens.css").read_text()
LEVELS = ("pre", "1ceb", "2ceb", "3ceb", "sec", "adu", "inc")
GROUNDS = ("paper", "surface", "sunken")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "link", "good", "warn", "bad", "mute") for ground in GROUNDS),
    *((f"l-{level}", ground) for level in LEVELS for ground in (f"l-{level}-tint", "surface", "sunken")),
    *(("ink", f"l-{level}-tint") for level in LEVELS),
    *((tone, f"{tone}-tint") for tone in ("good", "warn", "bad", "info", "mute")),
    *(("ink", f"{tone}-tint") for tone in ("good", "warn", "bad", "info")),
    *(("on-anil", "anil"), ("on-anil", "anil-deep"), ("link", "anil-tint"), ("ink-2", "anil-tint"), ("on-sun", "sun")),
    *(("on-band", "band"), ("on-band-2", "band"), ("ink", "mark")),
]
MARKS = [
    *(("line-strong", ground) for ground in GROUNDS),
    *(("focus", ground) for ground in GROUNDS),
    *((f"l-{level}-solid", ground) for level in LEVELS for ground in (f"l-{level}-tint", "surface")),
    *((f"{tone}-solid", "surface") for tone in ("good", "warn", "bad", "info", "mute")),
    ("sun", "band"),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = colours(TOKENS[TOKENS.index(":root {") : TOKENS.index("/* type:")])
NIGHT = colours(
    TOKENS[
        TOKENS.index("@media screen and (prefers-color-scheme: dark)") : TOKENS.index(
            '@media screen {\n  :root[data-theme="dark"]'
        )
    ]
)
CHOSEN = colours(
    TOKENS[TOKENS.index('@media screen {\n  :root[data-theme="dark"]') : TOKENS.index("/* A level colours")]
)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, {**LIGHT, **NIGHT}], ids=["day", "night"])
def test_words_and_marks_stand_out_from_what_is_behind_them(scheme):
    weak = [pair for pair in TEXT if contrast(scheme[pair[0]], scheme[pair[1]]) < 4.5]
    weak += [pair for pair in MARKS if contrast(scheme[pair[0]], scheme[pair[1]]) < 3]
    assert not weak


def test_night_by_choice_is_the_night_of_the_system():
    assert CHOSEN == NIGHT
    assert NIGHT


def test_every_token_that_a_style_uses_is_defined():
    folder = Path(repository.__path__[0]) / "static"
    styles = "".join(path.read_text() for path in folder.glob("css/*.css")) + (folder / "drawings.svg").read_text()
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    defined = set(re.findall(r"--([\w-]+)\s*:", styles))
    assert used <= defined
