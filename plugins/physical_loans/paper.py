"""The record of a hand-out or a return on paper: A4, with the checklist and a place to sign."""

from collections.abc import Sequence
from datetime import datetime

from repository.api import Sheet

MARGIN, WIDTH, FOOT = 18, 174, 45  # mm
INK = (29, 36, 51)


def record_of_loan(
    words: dict[str, str],
    facts: Sequence[tuple[str, str]],
    lists: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    language: str,
    made_at: datetime,
) -> bytes:
    """Return the record: `words` are centre, title, statement, none, giver and taker; `lists` each copy with its parts
    and how many there are of them."""
    page = Sheet(words["title"], language, made_at)
    page.say(words["centre"], 10, soft=True)
    page.ln(1)
    page.say(words["title"], 18, bold=True)
    page.ln(4)
    for name, value in facts:
        page.say(name, 9, soft=True)
        page.say(value, 11)
        page.ln(1.5)
    for heading, parts in lists:
        page.ln(3)
        page.say(heading, 12, bold=True)
        page.ln(1)
        for name, count in parts:
            _line(page, name, count)
        if not parts:
            page.say(words["none"], 10, soft=True)
    page.ln(5)
    page.say(words["statement"], 10)
    _signatures(page, words)
    return bytes(page.output())


def _line(page: Sheet, name: str, count: str) -> None:
    if page.get_y() > 297 - MARGIN - 10:
        page.add_page()
    top = page.get_y()
    page.set_draw_color(*INK)
    page.rect(MARGIN, top + 1, 3.5, 3.5)
    page.set_xy(MARGIN + 6, top + 0.5)
    page.say(name, 10, width=WIDTH - 40)
    bottom = page.get_y()
    page.set_xy(MARGIN + WIDTH - 32, top + 0.5)
    page.say(count, 10, width=32)
    page.set_xy(MARGIN, max(bottom, page.get_y()) + 1)
    page.rule(MARGIN, page.get_y() - 0.4, WIDTH)


def _signatures(page: Sheet, words: dict[str, str]) -> None:
    if page.get_y() > 297 - MARGIN - FOOT:
        page.add_page()
    top, half = page.get_y() + 22, WIDTH / 2 - 6
    for x, name in ((MARGIN, words["giver"]), (MARGIN + half + 12, words["taker"])):
        page.rule(x, top, half)
        page.set_xy(x, top + 1)
        page.say(name, 9, soft=True, width=half)
